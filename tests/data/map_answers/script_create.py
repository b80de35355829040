"""Operations about creating maps: every type, one thing changed at a time from a definition that is good (see README.md)."""

K = 1 << 20
KMALLOC_MAX = 4 * K
TYPES = range(0, 38)

# type: key, value, entries, flags, more words. What is missing: 4, 8, 4, 0.
GOOD = {
    3: dict(value=4), 4: dict(value=4), 7: dict(value=80), 8: dict(value=4),
    11: dict(key=8, flags=1), 12: dict(value=4, more="inner=arr"), 13: dict(value=4, more="inner=arr"),
    14: dict(value=4), 15: dict(value=4), 16: dict(value=4), 17: dict(value=4), 18: dict(value=4),
    19: dict(key=16, entries=0), 20: dict(value=4), 21: dict(key=16, entries=0),
    22: dict(key=0), 23: dict(key=0),
    24: dict(entries=0, flags=1, more="btf=plain"), 25: dict(value=4), 26: dict(),
    27: dict(key=0, value=0, entries=4096), 28: dict(entries=0, flags=1, more="btf=plain"),
    29: dict(entries=0, flags=1, more="btf=plain"), 30: dict(key=0), 31: dict(key=0, value=0, entries=4096),
    32: dict(entries=0, flags=1, more="btf=plain"), 33: dict(key=0, value=0, entries=4, flags=1024),
    34: dict(value=16), 35: dict(flags=1),
}
KEYS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 17, 20, 24, 255, 260, 261, 264, 512, 513, 4096, 65536, KMALLOC_MAX, 1 << 31, (1 << 32) - 1]
VALUES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 40, 80, 512, 1016, 1024, 4096, 32768, 32769, 65535, 65536, 262144, KMALLOC_MAX - 600,
          KMALLOC_MAX - 8, KMALLOC_MAX, KMALLOC_MAX + 1, 1 << 31, (1 << 32) - 8, (1 << 32) - 7, (1 << 32) - 1]
# Values at the limits of single types.
EDGE_VALUES = {
    1: [KMALLOC_MAX - 4 - 48 - 1, KMALLOC_MAX - 4 - 48, KMALLOC_MAX - 512 - 48 - 1, KMALLOC_MAX - 512 - 48],
    9: [KMALLOC_MAX - 4 - 48 - 1, KMALLOC_MAX - 4 - 48, KMALLOC_MAX - 512 - 48 - 1, KMALLOC_MAX - 512 - 48],
    5: [32760, 32761], 6: [32760, 32761], 10: [32760, 32761, 32768, 32769],
    7: [8 * 127, 8 * 128, 32, 48, 8 * 4 + 4],
    11: [KMALLOC_MAX - 24 - 4 - 1, KMALLOC_MAX - 256 - 40, KMALLOC_MAX - 256 - 48, KMALLOC_MAX - 256 - 48 + 1, KMALLOC_MAX - 300],
    22: [KMALLOC_MAX - 1], 23: [KMALLOC_MAX - 1],
    24: [65535 - 512, 65535 - 128, 65535 - 88, 65535 - 87, 65535 - 72, 65535 - 71, 65535 - 64, 65535 - 63, 65000, 64000],
    28: [65535 - 512, 65535 - 128, 65535 - 88, 65535 - 87, 65535 - 72, 65535 - 71, 65535 - 64, 65535 - 63, 65000, 64000],
    29: [65000, 64000], 32: [65000, 64000],
    19: [4096 - 16, 4096 - 8, 4096 - 7, 32768, 32767], 21: [4096 - 8, 32760],
    35: [KMALLOC_MAX - 4 - 16, KMALLOC_MAX - 4 - 17, KMALLOC_MAX - 512 - 24],
}
ENTRIES = [0, 1, 2, 3, 5, 64, 100, 127, 128, 129, 4096, 8192, 12288, 65535, 65536, (1 << 31) - 1, 1 << 31, (1 << 31) + 1, (1 << 32) - 1]
PAIRS = [8 | 16, 128 | 256, 8 | 128, 16 | 256, 1 | 2, 1 | 64, 2 | 64, 1024 | 128, 1024 | 4096, 1 | 512, 1 | 1024, 8 | 1024, 16 | 1024, 4 | 1024, 1024 | (1 << 17)]
EXTRAS = [1, 2, 5, 15, 16, 4096, 4097, 1 << 32, 1 << 63]
FIELDS = ["plain", "spin_lock", "two_spin_lock", "res_spin_lock", "timer", "two_timer", "wq", "task_work", "refcount", "list", "rbtree", "kptr", "kptr_ref",
          "kptr_untrusted", "uptr"]


def line(kind, name, type_, key=4, value=8, entries=4, flags=0, more=""):
    return f"{kind} {name} {type_} key={key} value={value} entries={entries} flags={flags:#x} {more}".strip()


def good(type_, **changes):
    definition = dict(GOOD.get(type_, {}))
    definition.update(changes)
    return definition


def sizes(out, t):
    for key in KEYS:
        out.append(line("try", "t", t, **good(t, key=key)))
    for value in VALUES + EDGE_VALUES.get(t, []):
        out.append(line("try", "t", t, **good(t, value=value)))
    for entries in ENTRIES:
        if t in (5, 6, 10, 21) and 65535 < entries < 1 << 31:
            continue
        # Asks the guest for gigabytes page by page.
        if t in (27, 31) and entries == 1 << 31:
            continue
        out.append(line("try", "t", t, **good(t, entries=entries)))


def flags(out, t):
    base = GOOD.get(t, {}).get("flags", 0)
    for bit in range(32):
        out.append(line("try", "t", t, **good(t, flags=base ^ (1 << bit))))
    for pair in PAIRS:
        out.append(line("try", "t", t, **good(t, flags=base | pair)))
        if base & pair:
            out.append(line("try", "t", t, **good(t, flags=pair)))
    more = GOOD.get(t, {}).get("more", "")
    for numa in (1, 70000, (1 << 32) - 1):
        out.append(line("try", "t", t, **good(t, flags=base | 4, more=f"numa={numa} {more}".strip())))
        out.append(line("try", "t", t, **good(t, more=f"numa={numa} {more}".strip())))


def others(out, t):
    more = GOOD.get(t, {}).get("more", "")
    for extra in EXTRAS:
        out.append(line("try", "t", t, **good(t, more=f"extra={extra:#x} {more}".strip())))
    for caps in ("none", "bpf", "net_admin", "bpf+net_admin", "sys_admin"):
        out.append(line("try", "t", t, **good(t, more=f"caps={caps} {more}".strip())))
    for inner in ("arr", "999", "file", "prog", "nest"):
        out.append(line("try", "t", t, **good(t, more=f"inner={inner} " + more.replace("inner=arr", ""))).strip())
    base = more if "inner" in more else ""
    for field in FIELDS:
        for flags_ in (0, 128, 256) if field in ("spin_lock", "timer") else (0,):
            d = good(t, more=f"btf={field} {base}".strip())
            if field != "plain":
                d["value"] = 40
            d["flags"] = d.get("flags", 0) | flags_
            out.append(line("try", "t", t, **d))
    # BTF that is absent, half there or wrong.
    for words in ("", "bk=1", "bv=1", "bk=1 bv=2", "bf=999 bk=1 bv=2", "bf=999", "btf=plain bk=0", "btf=plain bv=0", "btf=plain bk=0 bv=0",
                  "btf=plain bk=77", "btf=plain bv=77", "btf=plain bk=2", "btf=plain bv=1", "btf=plain vv=1", "vv=1"):
        out.append(line("try", "t", t, **good(t, more=f"{words} {base}".strip())))
    for words in ("ifindex=1", "ifindex=99", "name=good_name.1", "name=bad-name", "name=sixteen_letters_"):
        out.append(line("try", "t", t, **good(t, more=f"{words} {more}".strip())))


def inner_kinds(out):
    """Which types may be an inner map of an outer one."""
    out.append("reset")
    for t in range(1, 36):
        d = good(t)
        if "inner" in d.get("more", ""):
            out.append(line("create", "arr", 2))
        out.append(line("create", f"in{t}", t, **d))
        for outer in (12, 13):
            out.append(line("try", "t", outer, value=4, more=f"inner=in{t}"))
        out.append("reset")


def two_faults(out):
    """Which of two faults is told first."""
    for t in (1, 2, 9, 11, 12, 15, 22, 27, 33):
        out.append(line("try", "t", t, **good(t, key=0, value=0, entries=0, flags=1 << 31)))
        out.append(line("try", "t", t, **good(t, entries=0, more="caps=none inner=arr")))
        out.append(line("try", "t", t, **good(t, flags=1 << 31, more="caps=none inner=arr")))
        out.append(line("try", "t", t, **good(t, flags=8 | 16, more="caps=none inner=arr")))
        out.append(line("try", "t", t, **good(t, value=(1 << 32) - 1, entries=0)))
        out.append(line("try", "t", t, **good(t, value=(1 << 32) - 1, flags=1 << 31)))
        out.append(line("try", "t", t, **good(t, flags=64, more="caps=bpf inner=arr")))


def script():
    out = ["reset", "cpus"]
    for t in TYPES:
        out.append("reset")
        # What some definitions refer to.
        out += [line("create", "arr", 2), line("create", "nest", 12, value=4, more="inner=arr"), "fd file file", "fd prog prog:1"]
        out.append(line("try", "t", t, **good(t)))
        sizes(out, t)
        flags(out, t)
        others(out, t)
    for t in (99, (1 << 31), (1 << 32) - 1):
        out.append(line("try", "t", t))
    out.append("reset")
    out.append(line("create", "arr", 2))
    two_faults(out)
    inner_kinds(out)
    return out
