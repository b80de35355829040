"""A sleepable program holds an element and waits for a page; meanwhile user space changes the map (see README.md)."""

from script_create import line

NUMBERS = ["array", "hash", "hash_np", "lru", "lru_local", "percpu_array", "percpu_hash", "percpu_hash_np", "lru_percpu", "rhash"]
KEYS = {kind: str for kind in NUMBERS}
KEYS["lpm"] = lambda k: "x20000000" + int(k).to_bytes(4, "little").hex()

# What happens while key 1 is held: (name, what is in the map, operations). %N is key N.
CASES = [
    ("nothing", 1, []),
    ("update", 1, ["update m %1 100"]),
    ("two updates", 1, ["update m %1 100", "update m %1 101"]),
    ("three updates", 1, ["update m %1 100", "update m %1 101", "update m %1 102"]),
    ("update of another key", 4, ["update m %2 100"]),
    ("two updates of other keys", 4, ["update m %2 100", "update m %3 101"]),
    ("update and update of another key", 4, ["update m %1 100", "update m %2 101"]),
    ("update and two updates of other keys", 4, ["update m %1 100", "update m %2 101", "update m %3 102"]),
    ("delete", 1, ["delete m %1"]),
    ("delete in a full map", 4, ["delete m %1"]),
    ("delete and insert the same", 1, ["delete m %1", "update m %1 100"]),
    ("delete and insert the same in a full map", 4, ["delete m %1", "update m %1 100"]),
    ("delete and insert another", 1, ["delete m %1", "update m %9 200"]),
    ("delete and insert another in a full map", 4, ["delete m %1", "update m %9 200"]),
    ("delete and insert two", 1, ["delete m %1", "update m %9 200", "update m %10 201"]),
    ("delete and insert five", 1, ["delete m %1", "update m %9 200", "update m %10 201", "update m %11 202", "update m %12 203", "update m %13 204"]),
    ("delete and later insert another", 1, ["delete m %1", "sleep 400", "update m %9 200"]),
    ("delete and later insert five", 1, ["delete m %1", "sleep 400", "update m %9 200", "update m %10 201", "update m %11 202", "update m %12 203", "update m %13 204"]),
    ("delete another and insert", 4, ["delete m %2", "update m %9 200"]),
    ("delete two and insert two", 4, ["delete m %1", "delete m %2", "update m %9 200", "update m %10 201"]),
    ("delete all and refill", 4, ["delete m %1", "delete m %2", "delete m %3", "delete m %4", "update m %11 211", "update m %12 212", "update m %13 213", "update m %14 214"]),
    ("insert delete insert", 1, ["update m %9 200", "delete m %1", "delete m %9", "update m %10 300"]),
    ("delete and insert again and again", 1, ["delete m %1"] + [op for n in range(20) for op in (f"update m %{20 + n} {300 + n}", f"delete m %{20 + n}")]),
    ("update after freeze", 1, ["freeze m", "update m %1 100"]),
]


def held(out, kind, name, before, during):
    out += ["reset", f"# {kind}: {name}", f"load {kind}"] + before + ["hold 1"] + during + ["resume", "count m"]


def numbers(out, kind):
    key = KEYS[kind]

    def put(op):
        return " ".join(key(word[1:]) if word.startswith("%") else word for word in op.split())

    for name, filled, during in CASES:
        before = [put(f"update m %{k} {10 * k}") for k in range(1, filled + 1)]
        after = [put(f"lookup m %{k}") for k in (1, 2, 9)]
        held(out, kind, name, before, [put(op) for op in during])
        out += after
    held(out, kind, "no such key", [put("update m %5 50")] if kind not in ("array", "percpu_array") else [], [])


def lru(out):
    for kind in ("lru", "lru_local", "lru_percpu"):
        for more in (4, 8, 20, 100):
            held(out, kind, f"{more} keys more", [f"update m {k} {10 * k}" for k in range(1, 5)], [f"fill m 1000 {more}"])
            out += ["lookup m 1"]


def batch(out):
    for kind in ("hash", "hash_np", "lru", "percpu_hash"):
        held(out, kind, "batches", ["bupdate m 1 4 v=10"], ["bdelete m 1 2", "bupdate m 20 2 v=300"])
        held(out, kind, "lookup and delete batch", ["bupdate m 1 1 v=10"], ["blookdel m - 8", "bupdate m 20 2 v=300"])
        held(out, kind, "lookup and delete", ["update m 1 10"], ["lookdel m 1", "update m 9 200"])


def maps_of_maps(out):
    for kind in ("array_of_maps", "hash_of_maps"):
        before = [line("create", "a", 2, entries=1), line("create", "b", 2, entries=1), "update a 0 10", "update b 0 20", "update m 1 fd:a"]
        for name, during in (
            ("nothing", []), ("update of the inner map", ["update a 0 11"]), ("replaced", ["update m 1 fd:b"]), ("replaced and closed", ["update m 1 fd:b", "close a"]),
            ("replaced and closed; later", ["update m 1 fd:b", "close a", "sleep 400"]), ("replaced then changed", ["update m 1 fd:b", "update a 0 12", "update b 0 21"]),
            ("deleted", ["delete m 1"]), ("deleted and closed; later", ["delete m 1", "close a", "sleep 400"]), ("deleted and another in", ["delete m 1", "update m 1 fd:b"]),
            ("replaced and back", ["update m 1 fd:b", "update m 1 fd:a"]), ("frozen", ["freeze a", "update a 0 11"]),
        ):
            held(out, kind, name, before, during)
        held(out, kind, "empty", before[:4], [])


def others(out):
    g = "fd:pid"
    before = ["fd pid pidfd", f"update m {g} 10"]
    for name, during in (("nothing", []), ("update", [f"update m {g} 100"]), ("two updates", [f"update m {g} 100", f"update m {g} 101"]), ("delete", [f"delete m {g}"]),
                         ("delete; later", [f"delete m {g}", "sleep 400"]), ("delete and create", [f"delete m {g}", f"update m {g} 100"]),
                         ("delete and create; later", [f"delete m {g}", "sleep 400", f"update m {g} 100"])):
        out += ["reset", f"# task_storage: {name}", "load task_storage"] + before + ["hold 1"] + during + ["resume", f"lookup m {g}"]
    out += ["reset", "# task_storage: none", "load task_storage", "hold 1", "resume"]
    for kind in ("queue", "stack"):
        for name, during in (("nothing", []), ("pop", ["lookdel m -"]), ("push", ["update m - 30"]), ("pop and push", ["lookdel m -", "update m - 30"])):
            out += ["reset", f"# {kind}: {name}", f"load {kind}", "update m - 10", "update m - 20", "hold 1"] + during + ["resume", "lookup m -"]
    out += ["reset", "# ringbuf", "load ringbuf", "ring m", "hold 77", "ring m", "resume", "ring m", "hold 78", "ring m", "resume", "ring m"]


def script():
    out = ["reset", "cpus"]
    for kind in (*NUMBERS, "lpm"):
        numbers(out, kind)
    lru(out)
    batch(out)
    maps_of_maps(out)
    others(out)
    return out
