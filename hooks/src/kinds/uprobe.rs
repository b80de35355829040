//! Uprobes: programs on functions of user space. A simulated task calls a function by name; its body is what the scenario says.

use std::rc::Rc;

use crate::kernel::Kernel;
use crate::protocol::{Door, run_program};
use crate::registry::{Links, Target};
use crate::regs::{PtRegs, offset};

impl Kernel {
    /// The current task enters user function `function` with these arguments.
    pub async fn uprobe(&self, function: &str, args: &[u64]) {
        let Some(links) = self.registry().user_function(function) else { return };
        let (kernel, regs, entry) = (self.clone(), PtRegs::user_function(args), Rc::<str>::from(function));
        let body = async move { kernel.run_uprobes(&links, &regs, &entry).await };
        self.fire(function, Box::pin(body)).await;
        self.bpf().run_task_works().await;
    }

    /// The current task returns from user function `function` with value `ret`.
    pub async fn uretprobe(&self, function: &str, args: &[u64], ret: u64) {
        let Some(links) = self.registry().links(&Target::Uretprobe(function.to_string())) else { return };
        let (kernel, mut regs) = (self.clone(), PtRegs::user_function(args));
        regs.set(offset::AX, ret);
        let body = async move { kernel.run_uprobes(&links, &regs, "").await };
        self.fire(function, Box::pin(body)).await;
        self.bpf().run_task_works().await;
    }

    async fn run_uprobes(&self, links: &Links, regs: &PtRegs, entry_of: &str) -> i64 {
        let pid = self.machine().current_pid();
        for link in links.iter().filter(|link| link.fires_in(pid)) {
            let inv = self.probe_invocation(regs, entry_of, link);
            run_program(self, &link.program, &inv, Door::Uprobe).await;
            self.free_context(inv.ctx);
        }
        0
    }
}
