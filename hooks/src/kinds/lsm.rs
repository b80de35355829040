//! LSM hooks.
//!
//! `bpf_lsm_<hook>()` does nothing and returns the hook's default. A program on a hook that returns something is attached like
//! fmod_ret, so the first non-zero value is the verdict and later programs do not run; on a void hook it is attached like fexit
//! (kernel/bpf/trampoline.c:bpf_attach_type_to_tramp). The hooks are called only if `bpf` is in the kernel's list of LSMs.

use std::rc::Rc;

use programs::profile::lsm::LsmHook;
use sim::errno::Errno;

use crate::kernel::Kernel;
use crate::registry::{Links, Target};
use crate::trampoline::TrampolineCall;

impl Kernel {
    /// Calls LSM hook `name` with its arguments; 0 or the verdict of a program, as a negative error number.
    ///
    /// # Panics
    /// If this kernel has no such hook: simulated code names its hooks from the profile's table.
    pub async fn lsm(&self, name: &str, args: &[u64]) -> i64 {
        let function = security_function(name);
        if self.registry().is_empty() || self.registry().function(&function).is_none() {
            return self.bpf_lsm(name, args).await;
        }
        let (kernel, name, inner) = (self.clone(), name.to_string(), args.to_vec());
        self.call_function(&function, args, async move { kernel.bpf_lsm(&name, &inner).await }).await
    }

    async fn bpf_lsm(&self, name: &str, args: &[u64]) -> i64 {
        let profile = self.bpf().profile();
        let Some(hook) = profile.lsm_hook(name) else { return 0 };
        if self.registry().is_empty() || !profile.config.lsm_list_has_bpf() {
            return default_return(hook);
        }
        let function = format!("bpf_lsm_{name}");
        let Some(links) = self.registry().links(&Target::Lsm(name.to_string())) else {
            return self.call_function(&function, args, async move { default_return(hook) }).await;
        };
        let (kernel, args, inner) = (self.clone(), Rc::from(args), Rc::from(function.as_str()));
        let body = async move {
            let call = TrampolineCall::new(&kernel, inner, args);
            let verdict = kernel.run_lsm(hook, &call, &links).await;
            call.free(&kernel);
            verdict
        };
        self.fire(&function, Box::pin(body)).await
    }

    async fn run_lsm(&self, hook: &LsmHook, call: &TrampolineCall, links: &Links) -> i64 {
        if hook.is_void() {
            call.run_all(self, links).await;
            return 0;
        }
        call.run_fmod_ret(self, links).await.unwrap_or_else(|| default_return(hook))
    }
}

/// The function of security/security.c that calls a hook's implementations; most are named after the hook.
pub(crate) fn security_function(hook: &str) -> String {
    match hook {
        "bprm_check_security" => "security_bprm_check".to_string(),
        "file_alloc_security" => "security_file_alloc".to_string(),
        "file_free_security" => "security_file_free".to_string(),
        name => format!("security_{name}"),
    }
}

/// What the hook returns without programs (`LSM_HOOK` in include/linux/lsm_hook_defs.h).
fn default_return(hook: &LsmHook) -> i64 {
    let Some(text) = hook.default else { return 0 };
    match text.strip_prefix('-').and_then(Errno::from_name) {
        Some(errno) => errno.ret(),
        None => text.parse().unwrap_or(0),
    }
}
