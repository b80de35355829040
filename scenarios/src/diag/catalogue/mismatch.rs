//! Expectations that were not met.

super::codes! {
    PROGRAM_RETURN = "M0001", "a program returned something else",
        "The label points to the expectation; the notes tell what every run returned and the events just before the first one that differs.",
        "[[expect.program]]\nname = \"reader\"\nreturns = 0";
    STEP_RETURN = "M0002", "a step returned something else",
        "A syscall, call, map command or test run gave its caller another value than `returns` says. A fmod_ret or LSM program may have changed it: look at the events.",
        "{ syscall = { name = \"getpgid\", args = [0], returns = -14 } }";
    MAP_CONTENTS = "M0003", "a map contains something else",
        "At the end of the run an element is missing, is there although it should not be, or has another value; or a ring buffer has other records.",
        "[[expect.map]]\nname = \"results\"\nentries = [{ key = 0, value = -14 }]";
    PRINTK = "M0004", "other lines were printed",
        "The list of `expect.printk` is complete and in order: every line that programs print with bpf_printk must be in it.",
        "[expect]\nprintk = [\"opened /etc/passwd\"]";
    COUNT = "M0005", "something happened more or less often",
        "Runs, missed runs, sleeps, faults, map elements or events were counted and the count differs.",
        "[[expect.program]]\nname = \"reader\"\nmajor_faults = 1";
    TIME = "M0006", "something took longer or shorter",
        "A duration or point in virtual time differs. Virtual time depends on the costs the scenario sets under `memory.costs`; a range (`{ min = \"1ms\", max = \"2ms\" }`) is more robust than an exact value.",
        "[[expect.program]]\nname = \"reader\"\nblocked = \"8ms\"";
    VERDICT = "M0007", "the kernel's verdict at load is another one",
        "The program was accepted although a refusal was expected, or the reverse, or with another error number or message. The notes have what the kernel says.",
        "[[program]]\nobject = \"a.bpf.o\"\nload = \"reject\"";
    MISSING_FINDING = "M0008", "an expected finding did not appear",
        "The scenario says that a finding with this code appears, but the run had none.",
        "[expect]\nfindings = [\"F0001\"]";
    ORDER = "M0009", "things happened in another order",
        "The entries of `expect.order` must happen one after the other; the label points to the first one that did not happen after the one before it.",
        "[expect]\norder = [\"enter reader\", \"app.woken\", \"exit reader\"]";
    MEMORY_CONTENTS = "M0010", "memory contains something else",
        "A `read` step found other bytes than its `bytes` says, or ended in another signal.",
        "{ read = { at = \"@buf\", len = 4, bytes = \"abcd\" } }";
    GLOBAL_VALUE = "M0011", "a global variable has another value",
        "At the end of the run the variable in the object's `.data` or `.bss` has another value.",
        "[expect.globals]\nresult = -14";
    TASK_STATE = "M0012", "a task did not end, or ended although it should wait",
        "Every task is expected to finish its steps. With `stuck = true` in `[[expect.task]]` it is expected to be waiting still when the run ends.",
        "[[expect.task]]\nname = \"waiter\"\nstuck = true";
    NOTHING_RAN = "M0013", "an expectation names something that never took part",
        "The program, task or map that the expectation names was not part of this run: the program was refused at load, or the run ended before.",
        "";
}
