//! Regions that programs open by kfunc, and closing what a run left open. Neighbours: `kfuncs::regions` opens and closes, `run` ends.

use std::rc::Rc;

use sim::finding;
use sim::machine::Machine;

use super::Bpf;
use super::program::LoadedProgram;
use super::state::RunState;

/// Closes everything that a run left open; with `complain`, each is a finding: a verifier would have refused the program.
pub(super) fn close_all(bpf: &Bpf, prog: &Rc<LoadedProgram>, state: &RunState, complain: bool) {
    let m = bpf.machine();
    let report = |what: &str| {
        if complain {
            m.finding(finding::UNBALANCED, format!("program {} ended with {what}", prog.name), Vec::new());
        }
    };
    for lock in state.locks.take().into_iter().rev() {
        report("a lock held");
        bpf.unlock(lock);
    }
    type Leave = fn(&Machine);
    let regions: [(&std::cell::Cell<u32>, &str, Leave); 4] = [
        (&state.callback_rcu, "a callback's RCU section open", |m| m.rcu_read_unlock()),
        (&state.rcu, "a bpf_rcu_read_lock region open", |m| m.rcu_read_unlock()),
        (&state.preempt, "a bpf_preempt_disable region open", |m| m.preempt_enable()),
        (&state.irq, "a bpf_local_irq_save region open", |m| m.local_irq_enable()),
    ];
    for (depth, what, leave) in regions {
        if depth.get() > 0 {
            report(what);
        }
        (0..depth.take()).for_each(|_| leave(m));
    }
    let references = state.references.take();
    if !references.is_empty() {
        report("references to kernel objects not released");
    }
    references.into_iter().for_each(|object| bpf.drop_reference(object));
}
