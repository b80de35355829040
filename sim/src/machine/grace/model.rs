//! How grace periods behave on each kernel, as data: one [`GracePeriodModel`] per profile.
//!
//! The engines of [`crate::rcu`] decide *whether* a grace period may end; the rows here decide when the kernel would look, how it waits
//! in between, and who invokes callbacks. All times are jiffies of the kernel's tick unless the name says otherwise. Facts are from
//! kernel/rcu/{tree,tasks,srcutree}.[ch] of Debian's 5.10.262, 6.1.176, 6.12.107 and 7.2.13 and their amd64 configurations (HZ=250,
//! RCU_EXPERT off, no CPU offloaded). Checked against those kernels with two CPUs: `membarrier(MEMBARRIER_CMD_GLOBAL)`, which is
//! `synchronize_rcu()`, takes 13 to 16 ms on the first three and 5.5 to 12 ms on 7.2; the model gives 12 to 16 ms and 4 to 8 ms.
//!
//! Not modelled: adaptive tuning under callback floods (`qhimark`, `blimit`, lock contention that makes Tasks Trace or SRCU switch to
//! per-CPU queues: the simulated locks are never contended), CPU hotplug, real-time configurations.

/// The rules of one kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GracePeriodModel {
    /// Ticks per second (`CONFIG_HZ`).
    pub hz: u32,
    pub classic: ClassicModel,
    pub trace: TraceModel,
}

/// Classic RCU (kernel/rcu/tree.c).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicModel {
    /// `rcu_state.name`: also the name of the kernel thread, and what stall reports say.
    pub name: &'static str,
    /// From the beginning of a grace period until CPUs are looked at (`jiffies_till_first_fqs`).
    pub first_fqs_jiffies: u32,
    /// On a machine with one CPU `synchronize_rcu()` returns at once (`rcu_blocking_is_gp()`): blocking is a quiescent state.
    pub one_cpu_needs_no_wait: bool,
    /// `synchronize_rcu()` starts the grace period itself and is woken by its end, instead of queueing a callback and waiting for the
    /// ticks that notice and invoke it (`rcu_normal_wake_from_gp`).
    pub synchronize_wakes_directly: bool,
    /// A reader that blocks, which is a bug, stays a reader (`CONFIG_PREEMPT_RCU`); without it the switch ends the section.
    pub blocked_reader_counts: bool,
    /// CPUs, a bit each, whose callbacks a kernel thread invokes instead of a softirq (`rcu_nocbs=`).
    pub offloaded_cpus: u64,
    /// On offloaded CPUs `call_rcu()` waits so long for company before it asks for a grace period (`CONFIG_RCU_LAZY`).
    pub lazy_jiffies: Option<u32>,
    /// An expedited grace period without readers, in virtual nanoseconds: interrupting every CPU. An order of magnitude.
    pub expedited_ns: u64,
    /// A grace period older than this gets a stall report (`CONFIG_RCU_CPU_STALL_TIMEOUT`), virtual nanoseconds. `None`: never.
    pub stall_ns: Option<u64>,
}

/// RCU Tasks Trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceModel {
    pub engine: TraceEngine,
    /// `rcu_trace_implies_rcu_gp()`: after a Tasks-Trace grace period no classic one needs to be waited for.
    pub implies_classic: bool,
    /// A grace period older than this gets a stall report (`rcu_task_stall_timeout`), virtual nanoseconds. `None`: never.
    pub stall_ns: Option<u64>,
    /// The kernel writes such reports itself. Where it does not (SRCU), the report is the simulator's alone.
    pub kernel_reports_stalls: bool,
    /// The first line about a slow grace period comes after so long, the next ones after thrice the time each
    /// (`rcu_task_stall_info`, `rcu_task_stall_info_mult`), virtual nanoseconds.
    pub info_ns: Option<u64>,
    /// That line says `grace period number 5 (since boot) is` instead of `grace period 5 is`.
    pub info_says_since_boot: bool,
}

/// Who drives Tasks-Trace grace periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceEngine {
    /// A kernel thread that looks for readers and polls them (kernel/rcu/tasks.h, before 7.0).
    Kthread(KthreadModel),
    /// Two counters per CPU and a work item (SRCU-fast, kernel/rcu/srcutree.c, since 7.0).
    Srcu(SrcuModel),
}

/// The kernel thread of kernel/rcu/tasks.h.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KthreadModel {
    pub finds: Finds,
    /// Sleep before holdouts are looked at the first time; each further sleep is a jiffy longer, up to a second
    /// (`init_fract`, `rcu_tasks_wait_gp()`).
    pub first_poll_jiffies: u32,
    /// Sleep after the callbacks (`gp_sleep`).
    pub pause_jiffies: u32,
    pub lazy: Option<Lazy>,
    /// `rcu_barrier_tasks_trace()` is a `synchronize`; otherwise it waits behind the callbacks that are queued, lazy or not.
    pub barrier_synchronizes: bool,
}

/// How the kernel thread finds the readers it has to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// It visits every task. A blocked reader is counted, and the last one to leave wakes the thread at once (5.10).
    EveryTask,
    /// It takes what runs on each CPU, and the per-CPU lists that readers join when they block. Readers that leave are noticed by
    /// polling (6.1, 6.12: `rtp_blkd_tasks`).
    BlockedLists,
}

/// Callbacks that wait for company (`lazy_jiffies`, `rcu_task_lazy_lim`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lazy {
    pub jiffies: u32,
    /// With so many callbacks queued the next one starts a grace period at once.
    pub limit: usize,
}

/// SRCU grace periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrcuModel {
    /// Before a grace period starts, and before its callbacks are invoked (`SRCU_INTERVAL`); none if it is expedited.
    pub interval_jiffies: u32,
    /// Between two looks at the counters: as long as the grace period is old, at most this (`SRCU_MAX_INTERVAL`).
    pub max_interval_jiffies: u32,
    /// An idle domain expedites `synchronize` if its last grace period ended so long ago (`DEFAULT_SRCU_EXP_HOLDOFF`), nanoseconds.
    pub expedite_holdoff_ns: u64,
    /// Looks in a row after the flip (`srcu_advance_state()`).
    pub looks_after_flip: u32,
}

const SECOND: u64 = 1_000_000_000;
/// `RCU_TASK_STALL_TIMEOUT`: ten minutes.
const TRACE_STALL_NS: u64 = 600 * SECOND;
const DEBIAN_HZ: u32 = 250;

impl GracePeriodModel {
    /// The rules of a profile: `5.10`, `6.1`, `6.12` or `7.2`.
    pub fn for_kernel(name: &str) -> Option<GracePeriodModel> {
        match name {
            "5.10" => Some(Self::v5_10()),
            "6.1" => Some(Self::v6_1()),
            "6.12" => Some(Self::v6_12()),
            "7.2" => Some(Self::v7_2()),
            _ => None,
        }
    }

    /// Length of a jiffy in nanoseconds.
    pub fn jiffy_ns(&self) -> u64 {
        SECOND / u64::from(self.hz)
    }

    /// Debian's 5.10: PREEMPT_VOLUNTARY without PREEMPT_RCU.
    pub fn v5_10() -> GracePeriodModel {
        let classic = ClassicModel {
            name: "rcu_sched",
            one_cpu_needs_no_wait: true,
            blocked_reader_counts: false,
            lazy_jiffies: None,
            ..Self::classic()
        };
        let kthread = KthreadModel {
            finds: Finds::EveryTask,
            first_poll_jiffies: 5,
            pause_jiffies: 1,
            lazy: None,
            barrier_synchronizes: true,
        };
        let trace = TraceModel { info_ns: None, ..Self::trace(TraceEngine::Kthread(kthread)) };
        GracePeriodModel { hz: DEBIAN_HZ, classic, trace }
    }

    /// Debian's 6.1.
    pub fn v6_1() -> GracePeriodModel {
        let trace = TraceModel {
            info_says_since_boot: false,
            ..Self::trace(TraceEngine::Kthread(Self::blocked_lists(None)))
        };
        let classic = ClassicModel { lazy_jiffies: None, ..Self::classic() };
        GracePeriodModel { hz: DEBIAN_HZ, classic, trace }
    }

    /// Debian's 6.12.
    pub fn v6_12() -> GracePeriodModel {
        let lazy = Lazy { jiffies: DEBIAN_HZ.div_ceil(4), limit: 32 };
        let trace = Self::trace(TraceEngine::Kthread(Self::blocked_lists(Some(lazy))));
        GracePeriodModel { hz: DEBIAN_HZ, classic: Self::classic(), trace }
    }

    /// Debian's 7.2.
    pub fn v7_2() -> GracePeriodModel {
        let srcu = SrcuModel {
            interval_jiffies: 1,
            max_interval_jiffies: 10,
            expedite_holdoff_ns: 25_000,
            looks_after_flip: 2,
        };
        let trace = TraceModel {
            kernel_reports_stalls: false,
            info_ns: None,
            ..Self::trace(TraceEngine::Srcu(srcu))
        };
        let classic = ClassicModel { synchronize_wakes_directly: true, ..Self::classic() };
        GracePeriodModel { hz: DEBIAN_HZ, classic, trace }
    }

    fn classic() -> ClassicModel {
        ClassicModel {
            name: "rcu_preempt",
            first_fqs_jiffies: 1,
            one_cpu_needs_no_wait: false,
            synchronize_wakes_directly: false,
            blocked_reader_counts: true,
            offloaded_cpus: 0,
            lazy_jiffies: Some(10 * DEBIAN_HZ),
            expedited_ns: 30_000,
            stall_ns: Some(21 * SECOND),
        }
    }

    fn trace(engine: TraceEngine) -> TraceModel {
        TraceModel {
            engine,
            implies_classic: true,
            stall_ns: Some(TRACE_STALL_NS),
            kernel_reports_stalls: true,
            info_ns: Some(10 * SECOND),
            info_says_since_boot: true,
        }
    }

    fn blocked_lists(lazy: Option<Lazy>) -> KthreadModel {
        KthreadModel {
            finds: Finds::BlockedLists,
            first_poll_jiffies: 1,
            pause_jiffies: 1,
            lazy,
            barrier_synchronizes: false,
        }
    }
}

impl Default for GracePeriodModel {
    /// 6.12.
    fn default() -> GracePeriodModel {
        GracePeriodModel::v6_12()
    }
}
