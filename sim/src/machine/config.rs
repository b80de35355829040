//! What a machine is built from: size, seed, policy, virtual costs and limits, each named after what it mirrors.

use super::grace::GracePeriodModel;
use crate::mm::MmConfig;

/// Most CPUs a machine can have: one bit each in an affinity mask.
pub const MAX_CPUS: usize = 64;

/// Which scheduler decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Every candidate in turn.
    #[default]
    RoundRobin,
    /// Seeded random choices.
    Random,
    /// Recorded choices.
    Replay(crate::sched::Schedule),
}

/// Virtual nanoseconds that things take. They order events plausibly; they are no prediction of a real machine's speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Switching a CPU from one task to another. 1.5 us: the order of magnitude of lmbench `lat_ctx` on current x86-64.
    pub context_switch_ns: u64,
    /// Entering and leaving an interrupt.
    pub interrupt_ns: u64,
    /// Entering and leaving a system call.
    pub syscall_ns: u64,
}

impl Default for Costs {
    fn default() -> Costs {
        Costs { context_switch_ns: 1_500, interrupt_ns: 300, syscall_ns: 100 }
    }
}

/// Everything a machine is built from.
#[derive(Clone, Debug)]
pub struct MachineConfig {
    /// 1 to [`MAX_CPUS`].
    pub nr_cpus: usize,
    pub seed: u64,
    pub policy: Policy,
    pub costs: Costs,
    /// How grace periods behave: the kernel's row.
    pub rcu: GracePeriodModel,
    /// A task that shares its CPU gives way after this long. Default 4 ms: one tick at HZ=250.
    pub timeslice_ns: u64,
    /// The run ends here if tasks are still alive. Default one hour of virtual time.
    pub time_limit_ns: u64,
    /// The run ends after this many scheduling decisions (a machine that never advances its clock is an endless loop).
    pub step_limit: u64,
    /// Reservation for kernel memory; committed only as it is touched.
    pub kernel_memory_bytes: usize,
    /// User memory: frames, swap, page-in costs.
    pub mm: MmConfig,
    /// Record events (off only for benches).
    pub record_events: bool,
    /// At most this many events are kept; the rest is counted.
    pub event_limit: usize,
}

impl Default for MachineConfig {
    fn default() -> MachineConfig {
        MachineConfig {
            nr_cpus: 1,
            seed: 0,
            policy: Policy::RoundRobin,
            costs: Costs::default(),
            rcu: GracePeriodModel::default(),
            timeslice_ns: 4_000_000,
            time_limit_ns: 3_600_000_000_000,
            step_limit: 100_000_000,
            kernel_memory_bytes: 256 << 20,
            mm: MmConfig::default(),
            record_events: true,
            event_limit: 4_000_000,
        }
    }
}
