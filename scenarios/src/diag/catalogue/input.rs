//! Errors in what the user gives: files, scenarios, command lines.

super::codes! {
    UNREADABLE = "E0001", "a file cannot be read",
        "The file does not exist, is a directory where a file is needed, or the system refuses access. Names inside a scenario are relative to the directory the scenario is in.",
        "sleepable run no-such-file.toml";
    NOT_UTF8 = "E0002", "a scenario is not text",
        "Scenario files are TOML, which is UTF-8. The message tells the byte where the text ends. A compiled object goes to `sleepable check`, not to `run`.",
        "sleepable run program.bpf.o";
    TOO_LARGE = "E0003", "a file is too large",
        "A scenario may have 4 MiB, an object or capture 64 MiB. Larger files are refused before they are read: they are nearly always the wrong file.",
        "";
    SYNTAX = "E0004", "not TOML",
        "The text is not well-formed TOML. Frequent slips: an inline table `{ … }` over several lines, text without quotes, a key twice in a table.",
        "cpus = two";
    UNKNOWN_KEY = "E0005", "unknown key",
        "No such key exists in this table. Nothing is ignored silently, because a misspelt expectation would never fail. `scenarios/schema/scenario.schema.json` lists all keys; editors that know JSON schemas complete them.",
        "kernle = \"6.12\"";
    WRONG_TYPE = "E0006", "wrong type",
        "A value of another kind is needed here, for example a number instead of text.",
        "cpus = \"two\"";
    MISSING_KEY = "E0007", "a key is missing",
        "The table cannot be understood without this key; the label points to the table that lacks it.",
        "[[task]]        # a task needs a name\nsteps = []";
    UNKNOWN_NAME = "E0008", "no such choice",
        "The value must be one of a fixed list: a page state, a scheduler, an error name, a syscall, a constant.",
        "scheduler = \"fair\"";
    OUT_OF_RANGE = "E0009", "a value is out of range",
        "The number or text is of the right kind but not possible here: 1 to 64 CPUs, addresses of user space, sizes that fit.",
        "cpus = 65";
    DURATION = "E0010", "not a duration",
        "Durations are nanoseconds as an integer, or a number with a unit: ns, us, ms, s, min.",
        "time_limit = \"5 parsecs\"";
    DATA = "E0011", "not bytes",
        "Bytes are an integer (its width comes from the map or variable it goes into), text, `\"hex:dead beef\"`, a list of pieces, or a table such as { u32 = 5 }, { be16 = 80 }, { cstr = \"a\" }, { zeros = 8 }, { addr = \"@buf\" } or { pid = \"app\" }.",
        "entries = [{ key = { u8 = 300 }, value = 0 }]";
    DUPLICATE = "E0012", "a name is used twice",
        "Tasks, programs, maps and the regions of one task are told apart by their names.",
        "[[task]]\nname = \"a\"\n[[task]]\nname = \"a\"";
    DANGLING = "E0013", "no such thing in this scenario",
        "A task, program, map, region, file, mark or saved value is named that the scenario does not have.",
        "steps = [{ read = { at = \"@bufer\" } }]   # the region is called buf";
    OVERLAP = "E0014", "memory overlaps",
        "Two regions of one task cover the same addresses. A real `mmap` with MAP_FIXED would silently replace the first; a scenario that does so by accident is wrong.",
        "region = [{ name = \"a\", at = 0x1000, pages = 2 }, { name = \"b\", at = 0x2000 }]";
    ADDRESS = "E0015", "bad address",
        "A region begins at a multiple of 4096 inside user space (0x1000 to 0x7fff_ffff_efff). References are `\"@region\"`, `\"@region+8\"` or `\"@task.region\"`.",
        "region = [{ name = \"a\", at = 0x1001 }]";
    UNMAPPED = "E0016", "address outside any mapping",
        "A step reads or writes an address at which the task has nothing mapped, and does not say that it expects a signal.",
        "steps = [{ read = { at = \"@buf+4096\" } }]   # buf has one page";
    CONFLICT = "E0017", "keys that exclude each other",
        "Two ways of saying the same thing are given at once, or a key needs another one that is missing. Exactly one source of a program (`object` or `asm`) and of a packet (`hex`, `pcap` or `build`) is needed.",
        "[[program]]\nobject = \"a.bpf.o\"\nasm = 'exit'";
    SCENARIO_FILE = "E0018", "a file that the scenario names cannot be read",
        "Objects, captures and BTF files are looked for beside the scenario. The label points to the place that names the file.",
        "[[program]]\nobject = \"missing.bpf.o\"";
    ASSEMBLY = "E0019", "an instruction cannot be assembled",
        "Inline programs are written in the syntax of the kernel's verifier log: `r1 = *(u64 *)(r10 -8)`, `if r1 s> 5 goto +2`, `call 14`. The label points to the part that is not understood.",
        "asm = '''\n  r11 = 0\n'''";
    OBJECT = "E0020", "an object cannot be loaded",
        "The file is not an ELF object for BPF, is cut off, or contains something that no BPF loader accepts. Compile with `clang -O2 -g -target bpf -c`.",
        "sleepable check truncated.bpf.o";
    NO_PROGRAM = "E0021", "the object has no such program",
        "The function or section is not in the object. `sleepable check OBJECT` lists what is.",
        "[[program]]\nobject = \"a.bpf.o\"\nfunction = \"no_such\"";
    ATTACH = "E0022", "a program cannot attach there",
        "The section name is unknown, or the target does not exist in this kernel profile. Section names are libbpf's: `lsm.s/file_open`, `fentry/do_unlinkat`, `uprobe.s//bin/app:func`, `xdp`.",
        "attach = \"lms/file_open\"";
    MAP = "E0023", "a map cannot be created",
        "The type is unknown or its sizes and flags do not go together; the kernel's `map_alloc_check` of that type says the same.",
        "[[map]]\nname = \"m\"\ntype = \"hsh\"";
    GLOBAL = "E0024", "no such global variable",
        "No object of the scenario has a global variable of this name in `.data`, `.bss` or `.rodata`, or the value does not fit it. Objects need BTF (`clang -g`) for this.",
        "[globals]\ntarget_pdi = 1";
    PCAP = "E0025", "a capture file cannot be read",
        "The file is not a pcap capture or ends in the middle of a packet.",
        "[[packet]]\npcap = \"cut-in-half.pcap\"";
    OUTPUT = "E0026", "an output file cannot be written",
        "The directory does not exist or the system refuses. Output is written to a temporary file beside the target and renamed, so a file is either complete or not there.",
        "sleepable run a.toml --trace /no/such/dir/out.jsonl";
    TRACE_FORMAT = "E0027", "the trace format is not known",
        "The extension of the `--trace` file chooses the format: `.pftrace` or `.perfetto-trace` (opens in ui.perfetto.dev), `.jsonl` (one JSON object per event), `.txt` (as ftrace prints), `.svg` (a picture).",
        "sleepable run a.toml --trace out.png";
    NOTHING_TO_RUN = "E0028", "nothing to run",
        "The directories given contain no scenario (`*.toml`), or the object no program.",
        "sleepable run empty-directory";
    KERNEL = "E0029", "no such kernel profile",
        "The profiles are 5.10, 6.1, 6.12 and 7.2. Each stands for the kernel that Debian ships under that version.",
        "kernel = \"6.6\"";
    NATIVE = "E0030", "no such native program",
        "Native programs are lesson programs written in Rust inside this simulator. `sleepable support` lists them with their parameters.",
        "[[native]]\nname = \"sleep-under-spinlok\"";
    NO_CODE = "E0031", "no such code",
        "`sleepable explain` knows the codes that the other commands print.",
        "sleepable explain E9999";
    OPTIONS = "E0032", "options that do not go together",
        "`--btf FILE` holds the types of one kernel: either one kernel is asked for, or each file says which one it is (`--btf 6.12=FILE`).",
        "sleepable check a.bpf.o --kernel all --btf vmlinux";
    KERNEL_TYPES = "E0033", "a file has no kernel types",
        "`--btf` takes a kernel's BTF: `/sys/kernel/btf/vmlinux` of a running kernel, a copy of it, or a `vmlinux` image (ELF) with a `.BTF` section. A module's BTF alone is not enough, nor is the compressed `vmlinuz` or `bzImage`.",
        "sleepable check a.bpf.o --kernel 6.12 --btf vmlinuz";
}
