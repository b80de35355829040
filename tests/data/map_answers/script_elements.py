"""Operations on elements: what each type answers to updates, lookups, deletes, iteration, batches, freezing, mmap (see README.md)."""

from script_create import good, line

FLAGS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 32, 8 | 1 << 32, 8 | 2 << 32, 16 | 1 << 32, 1 << 32, 1 << 63, 9, 10, 17, 18, 12]
ZERO_SEED = 0x40
LITTLE = {1: ZERO_SEED, 2: 0, 5: ZERO_SEED, 6: 0, 9: ZERO_SEED, 10: ZERO_SEED, 35: 0}  # maps of numbers: flags for a fixed order


def make(t, name="m", flags=None, **changes):
    d = good(t, **changes)
    if flags is not None:
        d["flags"] = d.get("flags", 0) | flags
    return line("create", name, t, **d)


def section(out, title):
    out += ["reset", "# " + title.replace(",", "")]


def each_flag(out, t, flags):
    """Every flag with a key that is there and one that is not, in maps with room."""
    section(out, f"flags of type {t}")
    out.append(make(t, flags=flags, entries=64))
    for n, f in enumerate(FLAGS):
        out += [f"update m 1 {10 + n} {f:#x}", "lookup m 1", f"update m {20 + n} {n} {f:#x}", f"lookup m {20 + n}"]
    for f in FLAGS:
        out += [f"lookup m 1 {f:#x}", f"lookup m 99 {f:#x}"]
    for f in FLAGS:
        out += [f"lookdel m 1 {f:#x}", f"lookdel m 98 {f:#x}", "update m 1 5 0"]
    for f in (0, 1, 2, 4, 8, 1 << 63):
        out.append(f"delete m 1 {f:#x}")


def full(out, t, flags, entries=4):
    section(out, f"full map of type {t}")
    out.append(make(t, flags=flags, entries=entries))
    out += [f"update m {k} {k * 10}" for k in range(entries + 3)]
    out += [f"lookup m {k}" for k in range(entries + 3)]
    out += [f"update m {k} 7 {f}" for f in (1, 2, 3) for k in (0, 1, entries, entries + 9)]
    out += ["count m", "delete m 2", "delete m 2", "delete m 77", "update m 50 1", "update m 51 1", "count m"]
    out += ["lookdel m 1", "lookdel m 1", "update m 1 9 2", "update m 1 9", "lookup m 1"]
    out += ["walk m", "next m -", "next m 0", "next m 3", "next m 77", "next m 4294967295"]


def pointers(out, t, flags):
    section(out, f"bad pointers of type {t}")
    out.append(make(t, flags=flags))
    out += ["update m 1 5"]
    for key in ("null", "bad"):
        out += [f"update m {key} 5", f"lookup m {key}", f"lookdel m {key}", f"delete m {key}", f"next m {key}"]
    out += ["update m 1 null", "update m 99 null", "update m 1 null 8", "update m 1 null 0x80000000"]


def frozen(out, t, flags, first=1):
    section(out, f"freezing of type {t}")
    out.append(make(t, flags=flags))
    out += [f"update m {first} 5", "freeze m", "freeze m", f"update m {first} 6", f"update m {first} 6 0x80", f"lookup m {first}", f"delete m {first}",
            f"lookdel m {first}", "next m -", "bupdate m 0 2", "bdelete m 0 2", "blookup m - 10", "blookdel m - 10", "mmap m 1 r", "mmap m 1 rw", "count m"]
    out += [line("try", "t", 12, value=4, more="inner=m"), "dup d m", "update d 1 6", "freeze d", "lookup d 1"]


def modes(out, t, flags):
    for mode in (8, 16, 128, 256):
        section(out, f"access {mode:#x} of type {t}")
        out.append(make(t, flags=flags | mode))
        out += ["update m 1 5", "update m 1 5 0x80", "lookup m 1", "lookup m 1 0x80", "lookdel m 1", "delete m 1", "next m -", "bupdate m 0 2", "blookup m - 4", "blookdel m - 4",
                "bdelete m 0 2", "mmap m 1 r", "mmap m 1 rw", "freeze m", "freeze m"]
    section(out, f"descriptors of type {t} with access")
    out.append(make(t, flags=flags))
    out += ["update m 1 5"]
    for name, mode in (("r", 8), ("w", 16), ("x", 24), ("p", 128), ("z", 1)):
        out.append(f"dup {name} m flags={mode}")
        out += [f"update {name} 1 6", f"lookup {name} 1", f"next {name} -", f"delete {name} 1", f"lookdel {name} 1", f"bupdate {name} 0 1", f"blookup {name} - 4",
                f"bdelete {name} 0 1", f"blookdel {name} - 1", f"mmap {name} 1 r", f"mmap {name} 1 rw", f"mmap {name} 1 w"]
    out += ["freeze r", "freeze w", "freeze m", "info m", "info r", "lookup m 1"]


def batches(out, t, flags):
    section(out, f"batches of type {t}")
    out.append(make(t, flags=flags, entries=8))
    out += ["blookup m - 4", "bupdate m 0 5 v=100", "blookup m - 3", "blookup m last 3", "blookup m last 3", "blookup m - 5", "blookup m - 8", "blookup m last 8", "blookup m - 100",
            "blookup m - 0", "bupdate m 0 0", "bdelete m 0 0", "blookdel m - 0", "blookup m - 1", "blookup m last 1", "blookup m - 2", "blookup m last 2"]
    for ef in (0, 1, 2, 3, 4, 8, 16, 8 | 1 << 32, 1 << 63):
        out += [f"bupdate m 3 3 v=9 ef={ef:#x}", f"blookup m - 20 ef={ef:#x}", f"bdelete m 5 1 ef={ef:#x}"]
    for f in (1, 4, 1 << 63):
        out += [f"bupdate m 3 3 v=9 f={f:#x}", f"blookup m - 20 f={f:#x}", f"bdelete m 5 1 f={f:#x}", f"blookdel m - 20 f={f:#x}"]
    out += ["bupdate m 4 9 v=50", "count m", "blookup m - 20", "bdelete m 3 3", "bdelete m 3 3", "bdelete m 77 1", "count m", "blookdel m - 3", "count m", "blookdel m - 20", "count m",
            "blookdel m - 20", "bupdate m 0 4 v=1", "lookup m 0", "lookup m 3"]
    # Several elements in one bucket.
    section(out, f"batches of type {t} with few buckets")
    out.append(make(t, flags=flags, entries=64))
    out += ["bupdate m 0 40 v=0", "blookup m - 1", "blookup m - 2", "blookup m - 7", "blookup m last 7", "blookup m last 7", "blookup m - 40", "blookup m - 64", "blookdel m - 9",
            "blookdel m last 9", "count m"]


def mapped(out, t, flags):
    for entries, value in ((4, 8), (512, 8), (513, 8), (1000, 16), (1, 4096)):
        section(out, f"mmap of type {t}, {entries} entries of {value} bytes")
        out.append(make(t, flags=flags, entries=entries, value=value))
        out += [f"mmap m {pages} {prot} {rest}".strip() for pages in (1, 2, 3, 4, 5) for prot in ("r", "rw") for rest in ("", "off=1", "private=1")]
        out += ["mmap m 1 w", "mmap m 1 rx", "mmap m 1 x", "mmap m 1 r keep=1", "freeze m", "munmap m 1", "freeze m", "mmap m 1 rw", "mmap m 1 r"]
    section(out, f"writable mapping and freeze, type {t}")
    out.append(make(t, flags=flags))
    out += ["mmap m 1 rw keep=1", "freeze m", "update m 1 5", "munmap m 1", "freeze m", "update m 1 6"]


def all_numbers(out):
    for t, flags in LITTLE.items():
        each_flag(out, t, flags)
        full(out, t, flags)
        pointers(out, t, flags)
        frozen(out, t, flags)
        modes(out, t, flags)
        batches(out, t, flags)
    for t, flags in ((1, 1 | ZERO_SEED), (5, 1 | ZERO_SEED), (9, 2 | ZERO_SEED), (10, 2 | ZERO_SEED)):
        each_flag(out, t, flags)
        full(out, t, flags)
        frozen(out, t, flags)
        batches(out, t, flags)
    mapped(out, 2, 0x400)
    mapped(out, 2, 0)
    mapped(out, 1, 0)
    # Sizes that are no multiple of 8, seen by user space.
    for t in (1, 2, 5, 6, 9, 10):
        for value in (1, 3, 12, 20):
            section(out, f"values of {value} bytes of type {t}")
            out.append(make(t, flags=LITTLE[t], value=value))
            out += ["update m 1 0x1122334455667788", "lookup m 1", "bupdate m 0 2 v=0x41424344", "blookup m - 4"]
    for key in (1, 2, 3, 5, 8, 12, 16, 40, 64):
        section(out, f"order of hash keys of {key} bytes")
        out += [make(1, flags=ZERO_SEED, key=key, entries=64), "fill m 0 50", "walk m", "delete m 3", "update m 3 1", "walk m"]


def locks(out):
    """BPF_F_LOCK, with a spin lock in the value."""
    for t in (1, 2, 9, 11):
        for field in ("spin_lock", "timer"):
            section(out, f"BPF_F_LOCK of type {t} with {field}")
            d = good(t, value=40, more=f"btf={field}")
            d["flags"] = d.get("flags", 0) | LITTLE.get(t, 0)
            out.append(line("create", "m", t, **d))
            ones = "x" + "ff" * 40
            out += [f"update m 1 {ones}", "lookup m 1", "lookup m 1 4", "lookup m 2 4", f"update m 1 {ones} 4", f"update m 1 {ones} 5", f"update m 1 {ones} 6", f"update m 2 {ones} 4",
                    f"update m 2 {ones} 5", f"update m 3 {ones} 6", "lookup m 3 4", "lookdel m 1 4", "lookdel m 2", "freeze m", "blookup m - 8 ef=4", "blookup m - 8",
                    "bupdate m 0 2 ef=4", "lookup m 0"]
            out.append(line("try", "t", 12, value=4, more="inner=m"))


def lru(out):
    """Which keys are kept."""
    for t in (9, 10):
        for flags in (0, 2):
            for entries in (1, 2, 3, 7, 64, 128, 200, 400):
                section(out, f"eviction of type {t}, {entries} entries, flags {flags}")
                out.append(make(t, flags=flags | ZERO_SEED, entries=entries))
                out += [f"fill m 0 {entries}", "count m", f"fill m 1000 {max(1, entries // 2)}", "count m", "walk m", "lookup m 0", "lookup m 1", "update m 1000 5 2", "delete m 1001",
                        f"fill m 2000 {entries}", "count m", "walk m", "fill m 5000 10", "walk m", "info m"]


def lpm(out):
    section(out, "LPM_TRIE")
    out.append(make(11, entries=6))

    def key(bits, data):
        return "x" + bits.to_bytes(4, "little").hex() + data

    inserted = [(24, "c0a80100"), (16, "c0a80000"), (32, "c0a80105"), (0, "00000000"), (17, "c0a88000")]
    out += [f"update m {key(b, d)} {b}" for b, d in inserted]
    out += [f"lookup m {key(32, d)}" for d in ("c0a80105", "c0a80106", "c0a80001", "c0a8ff01", "0a000001", "c0a80100")]
    out += [f"lookup m {key(b, 'c0a80105')}" for b in (0, 1, 15, 16, 17, 23, 24, 25, 31, 32, 33, 4294967295)]
    out += ["walk m", f"next m {key(24, 'c0a80100')}", f"next m {key(24, 'c0a80200')}", f"next m {key(33, 'c0a80105')}", f"next m {key(5, 'ffffffff')}", "next m -"]
    for f in (0, 1, 2, 3, 4, 8, 16, 1 << 63):
        out += [f"update m {key(24, 'c0a80100')} 9 {f:#x}", f"update m {key(20, 'c0a8f000')} 9 {f:#x}", f"delete m {key(20, 'c0a8f000')}", f"lookup m {key(24, 'c0a80100')} {f:#x}"]
    out += [f"update m {key(33, 'c0a80100')} 1", f"update m {key(8, 'c0ffffff')} 8", f"update m {key(9, '0affffff')} 9", f"update m {key(10, '0bffffff')} 9",
            f"update m {key(24, 'c0a80100')} 9", f"update m {key(24, 'c0a80100')} 10 1", f"update m {key(10, '0bffffff')} 9 2", "walk m", "count m"]
    out += [f"lookup m {key(32, d)}" for d in ("c0a80105", "c0000000", "0affffff", "0a800000", "0b000000")]
    out += [f"delete m {key(16, 'c0a80000')}", f"delete m {key(16, 'c0a80000')}", f"delete m {key(33, 'c0a80000')}", f"delete m {key(12, 'c0a80000')}", "walk m", f"delete m {key(0, 'ffffffff')}",
            "walk m", f"lookdel m {key(24, 'c0a80100')}", f"lookup m {key(32, '01020304')}", f"delete m {key(32, 'c0a80105')}", f"delete m {key(24, 'c0a80177')}", "walk m"]
    out += ["lookup m null", "update m null 1", "update m 1 null", "delete m null", "freeze m", f"update m {key(24, 'c0a80100')} 9", "next m -"]
    section(out, "LPM_TRIE full of intermediate nodes")
    out.append(make(11, entries=4))
    out += [f"update m {key(32, f'{i:02x}000000')} {i}" for i in (0, 0x80, 0x40, 0xc0, 0x20, 0x60)]
    out += ["walk m", "count m", "update m " + key(32, "00000000") + " 5 2", "update m " + key(32, "00000000") + " 5 1", "update m " + key(32, "20000000") + " 5 1"]
    out += ["delete m " + key(32, "80000000"), "walk m", "update m " + key(1, "80000000") + " 7", "walk m", "lookup m " + key(32, "ff000000")]
    section(out, "batches of LPM_TRIE")
    out.append(make(11, entries=8))
    out += [f"update m {key(b, d)} {b}" for b, d in inserted]
    out += ["blookup m - 3", "blookup m last 3", "blookup m - 10", "bupdate m 1 2 v=4", "bdelete m 1 1", "blookdel m - 2", "walk m", "bupdate m 1 2 v=4 ef=1", "blookup m - 10 ef=4"]
    for size in (5, 8, 20, 260):
        section(out, f"LPM_TRIE with keys of {size} bytes")
        out.append(make(11, key=size, entries=40))
        bits = (size - 4) * 8
        for n in range(24):
            data = bytes((n * 37 + i * 11) & 255 for i in range(min(size - 4, 16))).hex()
            out.append(f"update m {key((n * 7) % (bits + 1), data)} {n}")
        out += ["walk m", "count m", "mmap m 1 r", "freeze m", "freeze m"]
    modes_lpm = (8, 16, 128, 256)
    for mode in modes_lpm:
        section(out, f"access {mode:#x} of LPM_TRIE")
        out.append(make(11, flags=mode))
        out += [f"update m {key(8, '01000000')} 1", f"lookup m {key(8, '01000000')}", f"delete m {key(8, '01000000')}", "next m -"]


def queues(out):
    for t in (22, 23):
        section(out, f"type {t}")
        out.append(make(t, entries=3))
        out += ["lookup m -", "lookdel m -", "update m - 1", "update m - 2", "lookup m -", "update m - 3", "update m - 4", "update m - 5 2", "lookup m -", "update m - 6 1", "update m - 6 4"]
        out += [f"update m - 9 {f:#x}" for f in FLAGS] + [f"lookup m - {f:#x}" for f in FLAGS] + [f"lookdel m - {f:#x}" for f in FLAGS]
        out += ["update m - 7", "update m - 8", "lookdel m -", "lookdel m -", "lookdel m -", "update m 1 1", "lookup m 1", "lookdel m 1", "delete m -", "delete m 1", "next m -", "next m 1",
                "blookup m - 4", "bupdate m 0 2", "bdelete m 0 1", "blookdel m - 1", "mmap m 1 r", "update m - null", "update m - 1", "freeze m", "update m - 2", "lookup m -", "lookdel m -", "freeze m", "info m"]
        for mode in (8, 16, 128, 256):
            section(out, f"access {mode:#x} of type {t}")
            out.append(make(t, flags=mode))
            out += ["update m - 1", "lookup m -", "lookdel m -", "lookup m -"]
        section(out, f"type {t} with one entry and 5 bytes")
        out.append(make(t, entries=1, value=5))
        out += ["update m - 0x1122334455667788", "lookup m -", "update m - 1", "update m - 1 2", "lookdel m -", "lookdel m -"]


def bloom(out):
    for extra in ("", "extra=1", "extra=15"):
        section(out, f"BLOOM_FILTER {extra}")
        out.append(make(30, entries=100, more=extra))
        out += ["lookup m in 5", "update m - 5", "update m - 6", "lookup m in 5", "lookup m in 6"]
        out += [f"update m - 9 {f:#x}" for f in FLAGS] + [f"lookup m in 9 {f:#x}" for f in FLAGS] + ["lookup m in 9"]
        out += ["lookdel m in 5", "delete m -", "delete m 5", "next m -", "update m 1 5", "lookup m 1", "blookup m - 4", "bupdate m 0 2", "bdelete m 0 1", "mmap m 1 r", "update m - null",
                "freeze m", "update m - 7", "lookup m in 5", "freeze m", "info m"]
    # ZERO_SEED: which other values are said to be there follows from the hash.
    for entries, value, extra in ((4, 8, 1), (4, 8, 5), (16, 4, 2), (64, 12, 5), (64, 7, 3)):
        section(out, f"BLOOM_FILTER with {entries} entries of {value} bytes and {extra} hashes")
        out.append(make(30, entries=entries, value=value, flags=ZERO_SEED, more=f"extra={extra}"))
        out += [f"update m - {n}" for n in range(entries)] + [f"lookup m in {n}" for n in range(0, entries * 3)]
    for mode in (8, 16, 128, 256):
        section(out, f"access {mode:#x} of BLOOM_FILTER")
        out.append(make(30, flags=mode))
        out += ["update m - 1", "lookup m in 1"]


def descriptors(out, t, good_fd, kinds, key="1", value_size=4, flags=None):
    """A map whose values are descriptors."""
    section(out, f"descriptors in type {t}, {value_size} bytes")
    out.append(line("create", "arr", 2))
    out.append(make(t, value=value_size, flags=flags))
    out += [f"fd {name} {kind}" for name, kind in kinds.items()]
    for name in kinds:
        out += [f"update m {key} fd:{name}", f"lookup m {key} as=id", f"delete m {key}"]
    out += [f"update m {key} fd:m", f"update m {key} 999", f"update m {key} 0xffffffff", f"update m {key} fd:arr", f"lookup m {key} as=id", f"delete m {key}"]
    g = f"fd:{good_fd}"
    for f in FLAGS:
        out += [f"update m {key} {g} {f:#x}", f"lookup m {key} {f:#x} as=id"]
        if key == "1":
            out += [f"update m 2 {g} {f:#x}", "delete m 2"]
    out += ["count m", "next m -", f"next m {key}", "next m 77", f"delete m {key}", f"delete m {key}", f"lookup m {key} as=id", f"update m {key} {g}", f"lookdel m {key} as=id", f"lookdel m {key}"]
    if key == "1":
        out += [f"update m {k} {g}" for k in (0, 1, 2, 3, 4, 5, 4294967295)] + [f"lookup m {k} as=id" for k in (0, 3, 4, 5)] + [f"delete m {k}" for k in (0, 4, 5, 4294967295)] + ["count m"]
    out += [f"bupdate m 0 2 v={g}", "blookup m - 0", "bdelete m 0 2", "blookdel m - 2", "mmap m 1 r", "mmap m 1 rw", f"update m {key} null", f"update m null {g}", "lookup m null", "delete m null",
            f"update m {key} {g}", "freeze m", f"update m {key} {g}", f"lookup m {key} as=id", f"delete m {key}", "freeze m", "info m"]
    for mode in (8, 16, 128, 256):
        section(out, f"access {mode:#x} of descriptors in type {t} {value_size} bytes")
        out += [f"fd {good_fd} {kinds[good_fd]}" if good_fd in kinds else line("create", "arr", 2), make(t, value=value_size, flags=mode | (flags or 0)),
                f"update m {key} {g}", f"lookup m {key} as=id", f"next m {key}", f"delete m {key}"]


PROGS = {"sock": "prog:1", "sock2": "prog:1", "kprobe": "prog:2", "cls": "prog:3", "xdp": "prog:6", "file": "file", "null": "null", "btf": "btf:plain"}
SOCKETS = {"tcp": "tcp", "udp": "udp", "udp_un": "udp_unbound", "udp_con": "udp_connected", "closed": "tcp_closed", "listen": "tcp_listen", "us": "unix_stream", "ud": "unix_dgram",
           "uu": "unix_unconnected", "nl": "netlink", "packet": "packet", "xsk": "xsk_unbound", "reuse": "udp_reuse", "lreuse": "tcp_listen_reuse", "breuse": "tcp_bound_reuse", "file": "file",
           "prog": "prog:1", "null": "null", "cg": "cgroup"}


def of_maps(out):
    inner_hash = line("create", "hash", 1, flags=ZERO_SEED)
    variants = {
        "same": line("create", "same", 2), "more": line("create", "more", 2, entries=9), "value": line("create", "value", 2, value=16),
        "flagged": line("create", "flagged", 2, flags=0x1000), "flagged2": line("create", "flagged2", 2, flags=0x1000, entries=9), "mmapable": line("create", "mmapable", 2, flags=0x400),
        "hash": inner_hash, "hash9": line("create", "hash9", 1, entries=9, flags=ZERO_SEED), "hashnp": line("create", "hashnp", 1, flags=1), "lru": line("create", "lru", 9),
        "percpu": line("create", "percpu", 6), "ring": line("create", "ring", 27, key=0, value=0, entries=4096), "ring2": line("create", "ring2", 27, key=0, value=0, entries=8192),
        "locked": line("create", "locked", 2, value=40, more="btf=spin_lock"), "rdonly": line("create", "rdonly", 2, flags=128), "frozen": line("create", "frozen", 2),
        "sockmap": line("create", "sockmap", 15, value=4), "lpm": line("create", "lpm", 11, key=8, flags=1), "plainbtf": line("create", "plainbtf", 2, more="btf=plain"),
    }
    for outer in (12, 13):
        seed = ZERO_SEED if outer == 13 else 0
        for template in ("same", "flagged", "hash", "hashnp", "lru", "ring", "percpu", "locked", "rdonly", "lpm", "sockmap", "mmapable"):
            section(out, f"inner maps of type {outer} made from {template}")
            out += list(variants.values()) + ["freeze frozen"]
            out.append(line("create", "m", outer, value=4, flags=seed, more=f"inner={template}"))
            for name in variants:
                out += [f"update m 1 fd:{name}", "lookup m 1 as=id"]
            out += ["update m 2 fd:m", "lookup m 2 as=id", "lookup m 1 as=id", "delete m 1", "lookup m 1 as=id"]
        section(out, f"replacing inner maps of type {outer}")
        out += [variants["same"], variants["more"], line("create", "two", 2), line("create", "m", outer, value=4, flags=seed, more="inner=same")]
        out += ["update m 1 fd:same", "lookup m 1 as=id", "update m 1 fd:two 1", "update m 1 fd:two 2", "lookup m 1 as=id", "close two", "lookup m 1 as=id", "update m 0 fd:same", "walk m",
                "close same", "lookup m 0 as=id", "delete m 0", "lookup m 0 as=id", "walk m"]
        section(out, f"nesting of type {outer}")
        out += ["fd file file", variants["same"], line("create", "a", outer, value=4, more="inner=same"), line("create", "b", 12, value=4, more="inner=a"), line("create", "c", 13, value=4, more="inner=a"),
                line("create", "d", outer, value=4, more="inner=999"), line("create", "e", outer, value=4, more="inner=file")]
    descriptors(out, 12, "arr", {"prog": "prog:1", "file": "file", "null": "null"})
    descriptors(out, 13, "arr", {"prog": "prog:1", "file": "file", "null": "null"}, flags=ZERO_SEED)


def devices(out):
    for t in (14, 25):
        for value in (4, 8):
            section(out, f"type {t} with {value} bytes")
            out += [make(t, value=value), "fd dev prog:6:33", "fd cpu prog:6:35", "fd xdp prog:6", "fd sock prog:1"]
            high = "00000000" if value == 8 else ""
            for index in (1, 0, 99, 0xffffffff):
                out += [f"update m 1 {index}", "lookup m 1", "delete m 1"]
            if value == 8:
                out += ["update m 1 x01000000ffffffff", "lookup m 1", "update m 1 x0100000063000000", "update m 1 x00000000ffffffff", "update m 1 x0000000001000000"]
            for f in FLAGS:
                out += [f"update m 1 x01000000{high} {f:#x}", f"lookup m 1 {f:#x}", f"update m 2 x01000000{high} {f:#x}", "delete m 2"]
            out += [f"update m {k} x01000000{high}" for k in (0, 1, 2, 3, 4, 5, 4294967295)] + [f"lookup m {k}" for k in (0, 3, 4)] + ["count m", "next m 77", "delete m 0", "delete m 0", "delete m 9",
                    "lookup m 0", "lookdel m 1", "bupdate m 0 1 v=1", "blookup m - 2", "bdelete m 0 1", "mmap m 1 r", "update m 1 null", "update m null 1", "freeze m", "update m 1 1", "freeze m", "info m"]
    for value in (4, 8):
        section(out, f"CPUMAP with {value} bytes")
        out += [make(16, value=value, entries=2)]
        for q in (192, 0, 1, 16384, 16385, 0xffffffff):
            out += [f"update m 0 {q}", "lookup m 0"]
        for f in FLAGS:
            out += [f"update m 1 8 {f:#x}", f"lookup m 1 {f:#x}"]
        out += ["update m 2 8", "update m 77 8", "lookup m 2", "next m -", "next m 0", "next m 1", "next m 77", "delete m 0", "delete m 0", "delete m 5", "lookup m 0", "count m", "lookdel m 1",
                "blookup m - 2", "bupdate m 0 1 v=1", "update m 1 null", "freeze m", "update m 1 8", "info m"]
        if value == 8:
            out += ["reset", make(16, value=8, entries=2), "update m 0 x08000000ffffffff", "update m 0 x0800000063000000", "lookup m 0"]
        out += ["reset", make(16, value=value, entries=64), "update m 1 8", "update m 2 8", "update m 63 8", "update m 64 8", "lookup m 3", "count m"]


def sockets(out):
    for t in (15, 18):
        for value in (4, 8):
            flags = None
            descriptors(out, t, "tcp", SOCKETS, value_size=value, flags=flags)
    descriptors(out, 20, "reuse", SOCKETS, value_size=4)
    descriptors(out, 20, "reuse", SOCKETS, value_size=8)
    descriptors(out, 17, "xsk", SOCKETS)


def storages(out):
    for t, owner, kinds in ((24, "tcp", SOCKETS), (28, "file", {"file": "file", "tmp": "tmpfile", "cg": "cgroup", "tcp": "tcp", "prog": "prog:1", "null": "null", "pid": "pidfd"}),
                            (29, "pid", {"pid": "pidfd", "dead": "pidfd_dead", "file": "file", "tcp": "tcp", "null": "null"}), (32, "cg", {"cg": "cgroup", "file": "file", "pid": "pidfd", "null": "null"})):
        section(out, f"storage of type {t}")
        out += [f"fd {name} {kind}" for name, kind in kinds.items()] + [make(t)]
        for name in kinds:
            out += [f"lookup m fd:{name}", f"update m fd:{name} 5", f"lookup m fd:{name}", f"delete m fd:{name}", f"lookup m fd:{name}"]
        g = f"fd:{owner}"
        for f in FLAGS:
            out += [f"update m {g} 7 {f:#x}", f"lookup m {g} {f:#x}", f"delete m {g}", f"update m {g} 8 {f:#x}", f"update m {g} 9"]
        out += [f"update m {g} 1 1", f"update m {g} 2 2", f"lookup m {g}", f"delete m {g}", f"delete m {g}", f"update m {g} 1 2", "next m -", f"next m {g}", f"lookdel m {g}", "blookup m - 4", "bupdate m 0 1",
                "mmap m 1 r", "update m null 1", f"update m {g} null", "lookup m null", f"update m {g} 3", "freeze m", f"update m {g} 4", f"lookup m {g}", f"delete m {g}", "freeze m", "info m"]
        section(out, f"two storages of type {t}")
        out += [f"fd {name} {kind}" for name, kind in kinds.items()] + [make(t), make(t, name="n", value=8)]
        out += [f"update m {g} 1", f"update n {g} 2", f"lookup m {g}", f"lookup n {g}", f"delete m {g}", f"lookup n {g}", "close m", f"lookup n {g}"]
        section(out, f"BPF_F_LOCK in storage of type {t}")
        ones = "x" + "ff" * 40
        out += [f"fd {name} {kind}" for name, kind in kinds.items()] + [line("create", "m", t, **good(t, value=40, more="btf=spin_lock"))]
        out += [f"update m {g} {ones} {f}" for f in (0, 4, 5, 6)] + [f"lookup m {g}", f"lookup m {g} 4", f"delete m {g}"] + [f"update m {g} {ones} {f}" for f in (4, 6, 5, 4)] + [f"lookup m {g} 4"]
        for mode in (8, 16, 128, 256):
            section(out, f"access {mode:#x} of storage of type {t}")
            out += [f"fd {owner} {kinds[owner]}", make(t, flags=mode), f"update m {g} 5", f"lookup m {g}", f"delete m {g}"]


def cgroup_storage(out):
    for t in (19, 21):
        for key in (8, 16):
            section(out, f"type {t}, keys of {key} bytes")
            out += ["fd cg cgroup", make(t, key=key), "lookup m 1", "update m 1 5", "update m 1 5 1", "update m 1 5 2", "update m 1 5 4", "delete m 1", "next m -", "next m 1", "lookdel m 1", "blookup m - 2",
                    "freeze m", "update m 1 5", "info m"]


def buffers(out):
    for t in (27, 31):
        section(out, f"type {t}")
        out += [make(t), "lookup m -", "lookup m 1", "update m - -", "update m 1 1", "update m - 1", "delete m -", "delete m 1", "next m -", "next m 1", "lookdel m -", "lookdel m 1", "blookup m - 1", "bupdate m 0 1",
                "freeze m", "freeze m", "info m"]
        for pages in (1, 2, 3, 4, 5):
            for off in (0, 1, 2, 3):
                for prot in ("r", "rw", "w"):
                    out += ["reset", make(t), f"mmap m {pages} {prot} off={off}"]
        for mode in (8, 16, 128, 256):
            out += ["reset", make(t, flags=mode), "mmap m 1 r", "mmap m 1 rw", "mmap m 1 r off=1", "mmap m 1 rw off=1", "freeze m", "mmap m 1 r", "mmap m 1 rw"]
        out += ["reset", make(t), "mmap m 1 rw keep=1", "freeze m", "munmap m 1", "freeze m", "mmap m 1 rw", "mmap m 1 r"]


def arenas(out):
    section(out, "ARENA")
    out += [make(33), "lookup m -", "lookup m 1", "update m - 1", "update m 1 1", "delete m -", "next m -", "lookdel m -", "blookup m - 1", "bupdate m 0 1", "freeze m", "freeze m", "info m"]
    for pages in (1, 3, 4, 5):
        for prot in ("r", "rw", "rx"):
            for rest in ("", "off=1", "private=1"):
                out += ["reset", make(33), f"mmap m {pages} {prot} {rest}".strip()]
    address = 0x10000000000
    for extra in (address, address + 4096, address + 1):
        out += ["reset", make(33, more=f"extra={extra:#x}"), f"mmap m 4 rw addr={extra & ~4095:#x}", f"mmap m 4 rw addr={(extra & ~4095) + 8192:#x}", "mmap m 4 rw"]
    out += ["reset", make(33, entries=(1 << 20)), make(33, name="n", entries=(1 << 20) + 1), line("create", "o", 33, key=0, value=0, entries=2, flags=0x400, more="extra=0xfffffff000"),
            line("create", "p", 33, key=0, value=0, entries=2, flags=0x400, more="extra=0xffffe000"), line("create", "q", 33, key=0, value=0, entries=1, flags=0x400, more="extra=0xfffff000")]


def instructions(out):
    section(out, "INSN_ARRAY")
    out += [make(34), "lookup m 0", "lookup m 4", "update m 0 0", "update m 0 1", "update m 0 x00000000010000000000000000000000", "update m 0 x00000000000000000000000001000000", "update m 4 0", "lookup m 0",
            "delete m 0", "next m -", "next m 0", "next m 3", "lookdel m 0", "blookup m - 2", "bupdate m 0 1", "mmap m 1 r", "freeze m", "update m 0 0", "freeze m", "info m"]
    out += [f"update m 0 0 {f:#x}" for f in FLAGS]
    out += ["reset", make(34)] + [f"update m 0 0 {f:#x}" for f in FLAGS]


def unusual(out):
    section(out, "STACK_TRACE")
    out += [make(7), "lookup m 0", "lookup m 4", "lookup m 99", "update m 0 1", "update m 0 1 1", "update m 0 1 2", "delete m 0", "delete m 99", "next m -", "next m 0", "next m 3", "next m 99", "lookdel m 0",
            "blookup m - 2", "bupdate m 0 1", "bdelete m 0 1", "mmap m 1 r", "freeze m", "update m 0 1", "info m"]
    section(out, "PERF_EVENT_ARRAY without descriptors")
    out += [make(4), "lookup m 0", "lookup m 9", "delete m 0", "delete m 9", "next m -", "next m 3", "count m"]
    section(out, "bad descriptors")
    out += ["fd file file", "fd prog prog:1", "fd null null"]
    for s in ("file", "prog", "null"):
        out += [f"lookup {s} -", f"update {s} - -", f"delete {s} -", f"next {s} -", f"lookdel {s} -", f"freeze {s}", f"blookup {s} - 1", f"bupdate {s} 0 1", f"bdelete {s} 0 1", f"blookdel {s} - 1"]


def rhash(out):
    section(out, "RHASH, random order")
    out += [make(35, entries=100), "fill m 0 100", "count m", "fill m 200 5", "count m", "delete m 5", "delete m 5", "update m 200 1", "count m", "fill m 0 100 2", "fill m 0 100 1", "lookup m 99", "info m"]
    for key in (1, 4, 8, 40):
        out += ["reset", make(35, key=key, entries=10), "fill m 0 12", "count m", "lookup m 3", "lookdel m 3", "lookup m 3", "count m"]


def script():
    out = ["reset", "cpus"]
    all_numbers(out)
    locks(out)
    lru(out)
    lpm(out)
    queues(out)
    bloom(out)
    descriptors(out, 3, "sock", PROGS)
    descriptors(out, 4, "out", {"out": "perf_output", "clock": "perf_clock", "file": "file", "null": "null", "prog": "prog:1"})
    descriptors(out, 8, "cg", {"cg": "cgroup", "file": "file", "null": "null", "prog": "prog:1"})
    of_maps(out)
    devices(out)
    sockets(out)
    storages(out)
    cgroup_storage(out)
    buffers(out)
    arenas(out)
    instructions(out)
    unusual(out)
    rhash(out)
    return out
