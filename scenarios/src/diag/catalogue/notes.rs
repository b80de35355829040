//! Notes on verdicts and on what is not modelled.

super::codes! {
    SKIPPED = "N0001", "a part of the object is not modelled",
        "The object contains a section or program type that this simulator does not model. It is left out; the rest is used. Of struct_ops, `check` judges the programs, but not whether the kernel creates the map that they are members of; `run` uses neither. `sleepable support` lists what is modelled.",
        "";
    LEFT_OUT = "N0002", "a trace is incomplete",
        "More events happened than `event_limit` allows to record. The run itself is complete; the trace, and expectations about events, see only the first part.",
        "event_limit = 1000";
    NEVER_FIRES = "N0003", "nothing passes through an attach point",
        "The program loaded and is attached, but no simulated system call and no step of the scenario passes through the place it is attached to, so it cannot run. `sleepable support` lists the functions, LSM hooks and tracepoints that system calls pass through; a `kernel_call` step calls any other function, a `call` step a user function.",
        "";
    UNDECIDED = "N0004", "a program cannot be judged",
        "Whether this kernel loads the program depends on something that this simulator does not model; the message names it. It is neither accepted nor rejected, and `check` exits with 1.",
        "";
}
