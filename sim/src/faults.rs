//! Deliberate faults in concurrent code for the model checker: the macro [`faults!`](crate::faults!) makes a module's list.
//!
//! A fault is one wrong line: a weakened ordering, a skipped wait, a callback one grace period early. The code asks
//! `mutation::is(Mutation::Name)` at that line. In a normal build the answer is a constant `false` and the line vanishes. Under
//! `--cfg sim_loom` a test process arms one fault by name and the model that guards the line must then panic. The tables that
//! pair faults with models are in `tests/loom/models`.

/// Makes `Mutation` (one variant per fault), `is` and `relaxed_if` for the code, `arm` and `Mutation::ALL` for the models.
///
/// Use it alone in a module `mutation`, private in a normal build and public under `cfg(sim_loom)`.
#[macro_export]
macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One deliberate fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Mutation { $($(#[$doc])* $name,)* }

        impl Mutation {
            /// The names of every fault there is.
            #[cfg(sim_loom)]
            pub const ALL: &'static [&'static str] = &[$(stringify!($name),)*];
        }

        /// `normal`, or relaxed where `fault` is armed.
        #[inline(always)]
        pub(crate) fn relaxed_if(fault: Mutation, normal: $crate::sync::Ordering) -> $crate::sync::Ordering {
            if is(fault) { $crate::sync::Ordering::Relaxed } else { normal }
        }

        /// Whether `fault` is armed.
        #[cfg(not(sim_loom))]
        #[inline(always)]
        pub(crate) const fn is(_: Mutation) -> bool {
            false
        }

        #[cfg(sim_loom)]
        static ARMED: std::sync::OnceLock<Mutation> = std::sync::OnceLock::new();

        /// Arms the fault `name` for the rest of this process. False if it is not in this list.
        #[cfg(sim_loom)]
        pub fn arm(name: &str) -> bool {
            match name {
                $(stringify!($name) => {
                    let armed = *ARMED.get_or_init(|| Mutation::$name);
                    assert_eq!(armed, Mutation::$name, "one fault per process");
                    true
                })*
                _ => false,
            }
        }

        /// Whether `fault` is armed.
        #[cfg(sim_loom)]
        pub(crate) fn is(fault: Mutation) -> bool {
            ARMED.get() == Some(&fault)
        }
    };
}
