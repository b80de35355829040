//! Sets of kernel functions that decide what may attach where: error injection, `fmod_ret`, deny lists, `bpf_d_path`.
//!
//! System calls are not listed: every `__x64_sys_*` wrapper is in the error-injection list by construction
//! (`arch/x86/include/asm/syscall_wrapper.h`).

use std::sync::LazyLock;

use super::table::{self, Versions};
use super::{KernelVersion, Profile};

/// Name of a set in `data/functions.tsv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionSet {
    /// `ALLOW_ERROR_INJECTION`; value: error type.
    ErrorInjection,
    /// In the error-injection list but not for sleepable programs.
    NonSleepableErrorInjection,
    /// `fmod_ret` allowed by its own set; value `KF_SLEEPABLE` allows sleepable programs.
    FmodRet,
    /// No tracing program may attach.
    Deny,
    /// Never returns: no fexit, fsession or fmod_ret.
    NoReturn,
    /// `bpf_d_path` may be called from programs attached here.
    DPath,
}

impl FunctionSet {
    fn name(self) -> &'static str {
        match self {
            FunctionSet::ErrorInjection => "error_injection",
            FunctionSet::NonSleepableErrorInjection => "non_sleepable_error_injection",
            FunctionSet::FmodRet => "fmodret",
            FunctionSet::Deny => "deny",
            FunctionSet::NoReturn => "noreturn",
            FunctionSet::DPath => "d_path",
        }
    }
}

struct Row {
    set: &'static str,
    function: &'static str,
    versions: Versions,
    value: &'static str,
    condition: &'static str,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let row = |c: Vec<&'static str>| Row {
        set: c[0],
        function: c[1],
        versions: Versions::parse(c[2]),
        value: c[3],
        condition: c[4],
    };
    table::rows(include_str!("data/functions.tsv"), &[5]).into_iter().map(row).collect()
});

impl Profile {
    /// The value of `function` in `set` on this kernel; `None` when it is not a member.
    pub fn function_set(&self, set: FunctionSet, function: &str) -> Option<&'static str> {
        let listed = ROWS.iter().filter(|row| row.set == set.name() && row.function == function);
        let mut live =
            listed.filter(|row| row.versions.contains(self.version) && self.config.holds(row.condition));
        live.next().map(|row| row.value)
    }

    /// `within_error_injection_list`: a stub that says no when the option is off.
    pub fn error_injectable(&self, function: &str) -> bool {
        self.config.function_error_injection()
            && (is_syscall_wrapper(function)
                || self.function_set(FunctionSet::ErrorInjection, function).is_some())
    }

    /// May a sleepable fentry/fexit/fmod_ret attach (verifier.c:bpf_check_attach_target, check_attach_sleepable)?
    pub fn sleepable_tracing_target(&self, function: &str) -> bool {
        let listed = self.error_injectable(function)
            && self.function_set(FunctionSet::NonSleepableErrorInjection, function).is_none();
        listed
            || self.syscall_prefix_replaces_list(function)
            || self.function_set(FunctionSet::FmodRet, function) == Some("KF_SLEEPABLE")
    }

    /// May a non-sleepable fmod_ret attach (verifier.c:check_attach_modify_return)?
    pub fn modifiable_target(&self, function: &str) -> bool {
        self.error_injectable(function)
            || function.starts_with("security_")
            || self.syscall_prefix_replaces_list(function)
            || self.function_set(FunctionSet::FmodRet, function).is_some()
    }

    /// 7.2 without error injection looks at the name instead (verifier.c:has_arch_syscall_prefix).
    fn syscall_prefix_replaces_list(&self, function: &str) -> bool {
        self.version == KernelVersion::V7_2
            && !self.config.function_error_injection()
            && function.starts_with("__x64_")
    }
}

/// Whether the name is one of the wrappers that carry system calls on x86-64.
fn is_syscall_wrapper(function: &str) -> bool {
    ["__x64_sys_", "__ia32_sys_", "__ia32_compat_sys_", "__x64_compat_sys_"]
        .iter()
        .any(|prefix| function.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_error_injection_only_late_kernels_have_targets() {
        let ok = |version, name| Profile::new(version).sleepable_tracing_target(name);
        assert_eq!(KernelVersion::ALL.map(|v| ok(v, "bpf_fentry_test1")), [false, false, true, true]);
        assert_eq!(KernelVersion::ALL.map(|v| ok(v, "__x64_sys_openat")), [false, false, false, true]);
        assert_eq!(KernelVersion::ALL.map(|v| ok(v, "vfs_read")), [false; 4]);
    }

    #[test]
    fn error_injection_opens_its_list_minus_the_page_cache() {
        let mut profile = Profile::new(KernelVersion::V6_1);
        profile.config.set("FUNCTION_ERROR_INJECTION", true).unwrap();
        assert!(profile.sleepable_tracing_target("__x64_sys_openat"));
        assert!(profile.error_injectable("__filemap_add_folio"));
        assert!(!profile.sleepable_tracing_target("__filemap_add_folio"));
    }

    #[test]
    fn every_row_names_known_sets_and_options() {
        use FunctionSet as F;
        let sets =
            [F::ErrorInjection, F::NonSleepableErrorInjection, F::FmodRet, F::Deny, F::NoReturn, F::DPath];
        for row in ROWS.iter() {
            assert!(sets.iter().any(|set| set.name() == row.set), "{}", row.set);
            Profile::new(KernelVersion::V7_2).config.holds(row.condition);
        }
    }
}
