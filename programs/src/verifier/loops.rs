//! Loops that end because a state came back: which states lie in one that is not complete, and whose comparison must be exact.
//!
//! Key types: [`Loops`], [`Backedge`]. Neighbours: `search` asks and keeps states; `precision` walks back from where a loop closed; `blocks`
//! says where instructions go on. Modelled after kernel/bpf/verifier.c:get_loop_entry, update_loop_entry and update_branch_counts
//! (6.12), and kernel/bpf/cfg.c:bpf_compute_scc and kernel/bpf/states.c:maybe_enter_scc, maybe_exit_scc and propagate_backedges (7.2).

use super::blocks::Blocks;
use super::history::History;
use super::precision::{Wanted, mark_chain};
use super::program::Program;
use super::search::{NodeId, Path, Search};
use super::state::State;

/// Rounds after which 7.2 takes everything behind a loop's ends as precise (`MAX_BACKEDGE_ITERS`).
const MAX_ROUNDS: usize = 64;

/// Loops of the function that is verified.
#[derive(Default)]
pub struct Loops {
    /// 7.2: the number of the loop that each instruction is in, 0 is none. Empty before 7.2.
    pub components: Vec<u32>,
    visits: Vec<Visit>,
}

/// 7.2: a loop as it is reached through certain calls (`struct bpf_scc_visit`).
struct Visit {
    calls: Vec<usize>,
    component: u32,
    /// The first state kept in it; all that was found since is complete when this one is.
    entry: Option<NodeId>,
    backedges: Vec<Backedge>,
    /// States that wait for the loop's end to be freed.
    late: Vec<NodeId>,
}

/// A path that ended in a state of a loop that is not complete.
struct Backedge {
    parent: Option<NodeId>,
    history: History,
    insn: usize,
    frames: usize,
    /// The state that covers it.
    equal: NodeId,
}

impl Loops {
    /// Number of the visit that a state at `insn` is in: that of the outermost frame in a loop (`compute_scc_callchain`).
    pub fn visit_of(&mut self, state: &State, insn: usize) -> Option<usize> {
        if self.components.is_empty() {
            return None;
        }
        let mut calls = Vec::new();
        for number in 0..state.frames.len() {
            let at = state.frames.get(number + 1).and_then(|above| above.callsite).unwrap_or(insn);
            let component = self.components[at];
            if component == 0 {
                calls.push(at);
                continue;
            }
            let same = |visit: &Visit| visit.component == component && visit.calls == calls;
            return Some(self.visits.iter().position(same).unwrap_or_else(|| {
                let (entry, backedges, late) = (None, Vec::new(), Vec::new());
                self.visits.push(Visit { calls, component, entry, backedges, late });
                self.visits.len() - 1
            }));
        }
        None
    }

    /// A state was kept in this visit.
    pub fn entered(&mut self, visit: usize, node: NodeId) {
        self.visits[visit].entry.get_or_insert(node);
    }

    /// Some path came back in this visit, and not all of its paths were followed (`incomplete_read_marks`).
    pub fn is_open(&self, visit: Option<usize>) -> bool {
        visit.is_some_and(|visit| !self.visits[visit].backedges.is_empty())
    }

    /// The state is not freed before the visit ends, if it is open.
    pub fn defers(&mut self, visit: Option<usize>, node: NodeId) -> bool {
        let open = self.is_open(visit);
        if let (Some(visit), true) = (visit, open) {
            self.visits[visit].late.push(node);
        }
        open
    }

    pub fn clear(&mut self) {
        self.visits.clear();
    }
}

impl Search {
    /// 7.2: the path ends in `equal`, whose loop is not complete.
    pub fn close_loop(&mut self, path: &Path, equal: NodeId) {
        let Some(visit) = self.nodes[equal].visit else { return };
        let backedge = Backedge {
            parent: path.parent,
            history: path.history.clone(),
            insn: path.insn,
            frames: path.state.frames.len(),
            equal,
        };
        self.loops.visits[visit].backedges.push(backedge);
        self.hold(1);
    }

    /// 7.2: the state is complete. If it is the one through which a loop was entered, what the loop's states rest on is carried around
    /// until nothing new comes up; then the loop is complete, too.
    pub fn leave_loop(&mut self, node: NodeId, program: &Program) {
        let Some(visit) = self.nodes[node].visit else { return };
        let open = &mut self.loops.visits[visit];
        if open.entry != Some(node) {
            return;
        }
        open.entry = None;
        let backedges = std::mem::take(&mut open.backedges);
        let late = std::mem::take(&mut open.late);
        let mut rounds = 0;
        while self.carry(&backedges, program) {
            rounds += 1;
            if rounds > MAX_ROUNDS || self.check_walks().is_err() {
                backedges.iter().for_each(|backedge| self.all_precise(backedge.parent));
                break;
            }
        }
        self.hold(-(backedges.len() as isize));
        late.into_iter().for_each(|node| self.release(node));
    }

    /// Once around all ends of the loop; whether any state learnt something.
    fn carry(&mut self, backedges: &[Backedge], program: &Program) -> bool {
        let mut changed = false;
        for edge in backedges {
            let wanted = Wanted::precise_of(&self.nodes[edge.equal].state, edge.frames - 1);
            match mark_chain(program, self, edge.parent, &edge.history, edge.insn, wanted) {
                Ok(marked) => changed |= marked,
                Err(from) => self.all_precise(from),
            }
        }
        changed
    }

    /// Every scalar of a state and of all before it (`mark_all_scalars_precise`). What is precise stays so: the kernel walks to the first
    /// state each time, for minutes where a long loop asks for it at every round.
    pub fn all_precise(&mut self, mut at: Option<NodeId>) {
        while let Some(id) = at.filter(|id| !self.nodes[*id].all_precise) {
            let node = &mut self.nodes[id];
            node.all_precise = true;
            node.state.each_reg_mut(|reg| reg.precise |= reg.is_scalar());
            at = node.parent;
        }
    }

    /// 6.12: the outermost entry of the loop that a state is in, remembered in all states on the way to it (`get_loop_entry`).
    pub fn loop_entry(&mut self, id: NodeId) -> Option<NodeId> {
        let top = self.outermost(self.nodes[id].loop_entry);
        let mut at = Some(id);
        while let Some(node) = at.filter(|node| self.nodes[*node].loop_entry != top) {
            at = std::mem::replace(&mut self.nodes[node].loop_entry, top);
        }
        top
    }

    fn outermost(&self, entry: Option<NodeId>) -> Option<NodeId> {
        let mut top = entry?;
        while let Some(outer) = self.nodes[top].loop_entry.filter(|outer| *outer != top) {
            top = outer;
        }
        Some(top)
    }

    /// 6.12: the path came back to `header`, or to a state of its loop (`update_loop_entry`).
    pub fn note_loop(&mut self, path: &mut Path, header: NodeId) {
        if !self.loops.components.is_empty() {
            return;
        }
        let known = self.outermost(path.loop_entry).map_or(path.depth, |top| self.nodes[top].depth);
        if self.encloses(header, known) {
            path.loop_entry = Some(header);
        }
    }

    fn encloses(&mut self, header: NodeId, depth: u32) -> bool {
        let top = self.loop_entry(header).unwrap_or(header);
        let encloses = self.nodes[top].branches > 0 && self.nodes[top].depth <= depth;
        self.nodes[header].enters_loop |= encloses;
        encloses
    }

    /// 6.12: all that came after a state is followed, so the state before it is in the same loop.
    pub fn pass_loop_on(&mut self, to: NodeId, header: Option<NodeId>) {
        let Some(header) = header else { return };
        let known = self.loop_entry(to).unwrap_or(to);
        if self.encloses(header, self.nodes[known].depth) {
            self.nodes[to].loop_entry = Some(header);
        }
    }
}

/// The loop that each instruction is in: those that reach each other have a number of their own (`bpf_compute_scc`). A call that runs a
/// callback is a loop by itself.
pub fn components(program: &Program, blocks: &Blocks) -> Vec<u32> {
    let length = program.ops.len();
    let mut found = Components { number: vec![0; length], order: vec![0; length], ..Components::default() };
    found.low = vec![0; length];
    for start in 0..length {
        if found.order[start] == 0 {
            found.walk(start, program, blocks);
        }
    }
    found.number
}

#[derive(Default)]
struct Components {
    number: Vec<u32>,
    /// When each instruction was come to; 0 is not yet.
    order: Vec<u32>,
    /// The earliest that can be reached from there and is not done.
    low: Vec<u32>,
    waiting: Vec<usize>,
    clock: u32,
    last: u32,
}

impl Components {
    fn walk(&mut self, start: usize, program: &Program, blocks: &Blocks) {
        let mut path = vec![start];
        while let Some(&at) = path.last() {
            if self.order[at] == 0 {
                self.clock += 1;
                (self.order[at], self.low[at]) = (self.clock, self.clock);
                self.waiting.push(at);
            }
            if let Some(next) = blocks.after(at).find(|next| self.order[*next] == 0) {
                path.push(next);
                continue;
            }
            self.low[at] = blocks.after(at).map(|next| self.low[next]).fold(self.low[at], u32::min);
            path.pop();
            if self.low[at] == self.order[at] {
                let itself = program.marks[at].callback || blocks.after(at).any(|next| next == at);
                self.close(at, itself);
            }
        }
    }

    /// What waits since `first` is one component; alone it is a loop only if it is one by itself.
    fn close(&mut self, first: usize, itself: bool) {
        let alone = self.waiting.last() == Some(&first);
        let number = if alone && !itself { 0 } else { self.last + 1 };
        self.last = self.last.max(number);
        while let Some(at) = self.waiting.pop() {
            (self.low[at], self.number[at]) = (u32::MAX, number);
            if at == first {
                break;
            }
        }
    }
}
