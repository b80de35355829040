//! Uprobes: programs on functions of user space. A simulated task calls a function by name; its body is what the scenario says.

use std::rc::Rc;

use crate::kernel::Kernel;
use crate::protocol::{Door, run_program};
use crate::regs::{PtRegs, offset};
use crate::registry::{Link, Target};

impl Kernel {
    /// The current task enters user function `function` with these arguments.
    pub async fn uprobe(&self, function: &str, args: &[u64]) {
        let regs = PtRegs::user_function(args);
        self.hit_uprobe(Target::Uprobe(function.to_string()), regs, true).await;
    }

    /// The current task returns from user function `function` with value `ret`.
    pub async fn uretprobe(&self, function: &str, args: &[u64], ret: u64) {
        let mut regs = PtRegs::user_function(args);
        regs.set(offset::AX, ret);
        self.hit_uprobe(Target::Uretprobe(function.to_string()), regs, false).await;
    }

    async fn hit_uprobe(&self, target: Target, regs: PtRegs, entry: bool) {
        let Some(links) = self.registry().links(&target) else { return };
        let kernel = self.clone();
        let body = async move { kernel.run_uprobes(&links, &regs, entry).await };
        self.fire(target.to_string(), body).await;
    }

    async fn run_uprobes(&self, links: &Rc<[Rc<Link>]>, regs: &PtRegs, entry: bool) -> i64 {
        for link in links.iter() {
            let inv = self.kprobe_invocation(regs, entry, link);
            run_program(self, &link.program, &inv, Door::Uprobe).await;
            self.free_context(inv.ctx);
        }
        0
    }
}
