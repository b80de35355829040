//! Tracepoints: with their record as context (`tp`), or with their arguments (`raw_tp`, `tp_btf`).

use std::rc::Rc;

use programs::runtime::{Frame, Invocation, TrampolineFrame};

use crate::kernel::Kernel;
use crate::protocol::{Door, run_program};
use crate::registry::{Link, Target};

/// Size of the common header of a trace record (`struct trace_entry`).
const TRACE_ENTRY_BYTES: usize = 8;

impl Kernel {
    /// A tracepoint is hit: `raw` are its arguments, `record` the fields behind the common header of its trace record.
    /// `group/name`, e.g. `sched/sched_process_exec`.
    pub async fn tracepoint(&self, group_name: &str, raw: &[u64], record: &[u8]) {
        if self.registry().is_empty() {
            return;
        }
        let name = group_name.split_once('/').map_or(group_name, |(_, name)| name);
        self.hit_tracepoint(Target::RawTracepoint(name.to_string()), raw, &[]).await;
        self.hit_tracepoint(Target::Tracepoint(group_name.to_string()), &[], record).await;
    }

    /// The two system call tracepoints: `sys_enter`/`sys_exit` with raw arguments, and the one per system call with a record of
    /// its own (kernel/trace/trace_syscalls.c).
    pub async fn syscall_tracepoint(&self, enter: bool, name: &str, raw: [u64; 2], words: &[u64]) {
        if self.registry().is_empty() {
            return;
        }
        let which = if enter { "sys_enter" } else { "sys_exit" };
        let record: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.hit_tracepoint(Target::RawTracepoint(which.to_string()), &raw, &[]).await;
        self.hit_tracepoint(Target::Tracepoint(format!("raw_syscalls/{which}")), &[], &record).await;
        self.hit_tracepoint(Target::Tracepoint(format!("syscalls/{which}_{name}")), &[], &record).await;
    }

    async fn hit_tracepoint(&self, target: Target, raw: &[u64], record: &[u8]) {
        let Some(links) = self.registry().links(&target) else { return };
        let raw_tp = matches!(target, Target::RawTracepoint(_));
        let bytes: Vec<u8> = if raw_tp {
            raw.iter().flat_map(|arg| arg.to_le_bytes()).collect()
        } else {
            [&[0; TRACE_ENTRY_BYTES], record].concat()
        };
        let (kernel, raw) = (self.clone(), Rc::<[u64]>::from(raw));
        let hook = target.to_string();
        let body = async move { kernel.run_tracepoint(&links, raw_tp, &hook, raw, &bytes).await };
        self.fire(&target.to_string(), Box::pin(body)).await;
    }

    async fn run_tracepoint(
        &self,
        links: &Rc<[Rc<Link>]>,
        raw_tp: bool,
        hook: &str,
        raw: Rc<[u64]>,
        bytes: &[u8],
    ) -> i64 {
        let door = if raw_tp { Door::RawTracepoint } else { Door::PerfArray };
        for link in links.iter() {
            let ctx = self.alloc_context("tracepoint record", bytes);
            let frame = match raw_tp {
                true => Frame::Trampoline(TrampolineFrame {
                    func: hook.into(),
                    ip: 0,
                    args: raw.clone(),
                    ret: None,
                }),
                false => Frame::Plain,
            };
            let inv = Invocation { ctx, cookie: link.cookie, frame: Rc::new(frame) };
            run_program(self, &link.program, &inv, door).await;
            self.free_context(ctx);
        }
        0
    }
}
