//! The interpreter's host: turns calls into rows of the helper and kfunc tables. Key type: [`RunHost`]. Neighbour: `run` drives it.

use std::cell::RefMut;
use std::rc::Rc;

use sim::arena::{Arena, Stamp, WatchHit};

use super::cx::HelperCx;
use super::event::ProgEvent;
use super::fault::CallFault;
use super::invocation::Invocation;
use super::program::LoadedProgram;
use super::state::RunState;
use super::{Bpf, packet_load};
use crate::interp::{Call, Host, Outcome, Target};
use crate::{helpers, kfuncs};

/// One run as its host sees it.
pub(super) struct RunHost<'a> {
    pub bpf: &'a Bpf,
    pub prog: &'a Rc<LoadedProgram>,
    pub inv: &'a Invocation,
    pub state: &'a Rc<RunState>,
}

impl Host for RunHost<'_> {
    fn arena(&self) -> RefMut<'_, Arena> {
        self.bpf.machine().arena_mut()
    }

    fn stamp(&self) -> Stamp {
        self.bpf.machine().stamp()
    }

    fn call(&mut self, call: &Call) -> Outcome {
        self.bpf.machine().charge(self.bpf.costs().call_ns);
        if self.bpf.tracing().calls {
            self.trace(call);
        }
        let cx = HelperCx { bpf: self.bpf, prog: self.prog, inv: self.inv, state: self.state, call };
        let reply = match call.target {
            Target::Helper(id) => match helpers::body(id) {
                Some(body) => body(&cx, call.args),
                None => Err(CallFault::not_modelled(helpers::name(id))),
            },
            Target::Kfunc { id, .. } => match kfuncs::body(id) {
                Some(body) => body(&cx, call.args),
                None => Err(CallFault::not_modelled(self.bpf.kfunc_name(id))),
            },
            Target::PacketLoad { size, offset } => packet_load::load(&cx, size, offset),
        };
        reply.unwrap_or_else(|fault| self.state.fail(fault))
    }

    fn watched(&mut self, hits: &[WatchHit]) {
        hits.iter().for_each(|hit| self.state.touched(self.bpf.machine(), hit.addr, hit.write));
    }

    fn charge(&mut self, insns: u64) {
        self.bpf.machine().charge(insns * self.bpf.costs().insn_ns);
    }
}

impl RunHost<'_> {
    fn trace(&self, call: &Call) {
        let name = match call.target {
            Target::Helper(id) => helpers::name(id),
            Target::Kfunc { id, .. } => self.bpf.kfunc_name(id),
            Target::PacketLoad { .. } => "ld_abs".into(),
        };
        let (run, args) = (self.state.run.get(), call.args);
        self.bpf.machine().emit_with(|| ProgEvent::Call { run, name: name.into(), args });
    }
}
