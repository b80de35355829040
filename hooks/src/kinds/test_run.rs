//! `BPF_PROG_TEST_RUN` of syscall programs: run by hand, with a context from user space.
//!
//! net/bpf/test_run.c:bpf_prog_test_run_syscall: the program runs under Tasks Trace and may sleep.

use std::rc::Rc;

use programs::runtime::{Frame, Invocation, LoadedProgram};

use crate::kernel::Kernel;
use crate::protocol::{Door, run_program};

/// Size of the context that a program may expect at least.
const MIN_CTX_BYTES: usize = 8;

impl Kernel {
    /// Runs a program with a copy of `ctx`; its return value and the context afterwards.
    pub async fn test_run(&self, program: &Rc<LoadedProgram>, ctx: &[u8]) -> (i64, Vec<u8>) {
        let mut bytes = ctx.to_vec();
        bytes.resize(bytes.len().max(MIN_CTX_BYTES), 0);
        let addr = self.alloc_context("syscall context", &bytes);
        let (kernel, program, hook) = (self.clone(), program.clone(), format!("test_run/{}", program.name));
        let body = async move {
            let inv = Invocation::new(addr, Frame::Plain);
            let ret = run_program(&kernel, &program, &inv, Door::Direct).await;
            i64::from(ret.unwrap_or_default() as u32 as i32)
        };
        let ret = self.fire(hook, body).await;
        let after = self.machine().arena().read(addr, ctx.len()).map(<[u8]>::to_vec).unwrap_or_default();
        self.free_context(addr);
        (ret, after)
    }
}
