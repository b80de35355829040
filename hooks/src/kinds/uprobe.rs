//! Uprobes: programs on functions of user space. A simulated task calls a function by name; its body is what the scenario says.

use std::rc::Rc;

use crate::kernel::Kernel;
use crate::protocol::{Door, run_program};
use crate::registry::{Link, Target};
use crate::regs::{PtRegs, offset};

impl Kernel {
    /// The current task enters user function `function` with these arguments.
    pub async fn uprobe(&self, function: &str, args: &[u64]) {
        let regs = PtRegs::user_function(args);
        self.hit_uprobe(Target::Uprobe(function.to_string()), regs, Some(function.to_string())).await;
    }

    /// The current task returns from user function `function` with value `ret`.
    pub async fn uretprobe(&self, function: &str, args: &[u64], ret: u64) {
        let mut regs = PtRegs::user_function(args);
        regs.set(offset::AX, ret);
        self.hit_uprobe(Target::Uretprobe(function.to_string()), regs, None).await;
    }

    async fn hit_uprobe(&self, target: Target, regs: PtRegs, entry: Option<String>) {
        let Some(links) = self.registry().links(&target) else { return };
        let kernel = self.clone();
        let hook = target.to_string();
        let body = async move { kernel.run_uprobes(&links, &regs, entry.as_deref().unwrap_or("")).await };
        self.fire(hook, body).await;
    }

    async fn run_uprobes(&self, links: &Rc<[Rc<Link>]>, regs: &PtRegs, entry_of: &str) -> i64 {
        let pid = self.machine().current_pid();
        for link in links.iter().filter(|link| link.fires_in(pid)) {
            let inv = self.probe_invocation(regs, entry_of, link);
            run_program(self, &link.program, &inv, Door::Uprobe).await;
            self.free_context(inv.ctx);
        }
        0
    }
}
