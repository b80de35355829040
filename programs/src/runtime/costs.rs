//! Virtual time that programs take, and limits on them.

/// Virtual costs. They order events plausibly; they are no prediction of a real machine's speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgCosts {
    /// One instruction. 1 ns: jitted code runs about one instruction a cycle, and the slowest (map accesses that miss the cache)
    /// are several times that.
    pub insn_ns: u64,
    /// One call of a helper or kfunc, whatever it does. 20 ns: a hash look-up takes some tens of nanoseconds on x86-64.
    pub call_ns: u64,
    /// One look at a spin lock that somebody else holds.
    pub spin_ns: u64,
}

impl Default for ProgCosts {
    fn default() -> ProgCosts {
        ProgCosts { insn_ns: 1, call_ns: 20, spin_ns: 50 }
    }
}

/// Limits of the simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A program gives other CPUs a chance to run after this many instructions. Less interleaves more finely.
    pub slice_insns: u64,
    /// A run that executes more is reported as endless and ends. The kernel proves termination instead, but for loops around
    /// callbacks and iterators: 6.12 and later accept endless ones. 64 Mi are well above what its 1,000,000 verified instructions and 8 Mi
    /// loop iterations make likely.
    pub insn_budget: u64,
    /// Lines and records that printing programs may leave behind, each; the rest is counted.
    pub output_records: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { slice_insns: 1_000, insn_budget: 64 << 20, output_records: 1 << 20 }
    }
}

/// Which optional events are emitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tracing {
    /// An event for every call of a helper or kfunc.
    pub calls: bool,
}
