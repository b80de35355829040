//! How the helpers of special fields differ between kernels, as data. Source: `kernel/bpf/helpers.c`.

use crate::profile::KernelVersion;

/// The rules of one kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldRules {
    /// Timers and work queues cannot be touched in an NMI: -EOPNOTSUPP (until 6.12).
    pub refused_in_nmi: bool,
    /// With interrupts off or in a hard interrupt, start is deferred to interrupt work and cancel refused (7.2).
    pub deferred_with_irqs_off: bool,
    /// `bpf_*_set_callback` looks whether user space still has the map (until 6.12).
    pub set_callback_needs_user: bool,
    /// `BPF_F_TIMER_ABS` and `BPF_F_TIMER_CPU_PIN` (since 6.4 and 6.7).
    pub timer_flags: bool,
    /// A freed control block waits for Tasks Trace (7.2), or for classic RCU only.
    pub freed_after_tasks_trace: bool,
}

impl FieldRules {
    /// The rules of `version`; 5.10 has none of these fields.
    pub fn new(version: KernelVersion) -> FieldRules {
        let old = FieldRules {
            refused_in_nmi: true,
            deferred_with_irqs_off: false,
            set_callback_needs_user: true,
            timer_flags: false,
            freed_after_tasks_trace: false,
        };
        match version {
            KernelVersion::V5_10 | KernelVersion::V6_1 => old,
            KernelVersion::V6_12 => FieldRules { timer_flags: true, ..old },
            KernelVersion::V7_2 => FieldRules {
                refused_in_nmi: false,
                deferred_with_irqs_off: true,
                set_callback_needs_user: false,
                timer_flags: true,
                freed_after_tasks_trace: true,
            },
        }
    }
}
