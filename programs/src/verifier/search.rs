//! Which path comes next: branches that wait, states that were followed, loops.
//!
//! Key types: [`Search`], [`Path`], [`Node`]. Neighbours: `history` is what a path followed; `precision` walks it back; `prune` compares
//! states; `verify` steps through instructions. Modelled after kernel/bpf/verifier.c:do_check, push_stack and is_state_visited (7.2:
//! states.c). Read marks are kept per saved state, as kernels before 7.2 do; 7.2 knows beforehand what is read (`liveness`).

use std::rc::Rc;

use sim::errno::Errno;

use super::history::History;
use super::loops::Loops;
use super::program::Program;
use super::prune::{Exact, Rules, states_equal};
use super::reg::Reg;
use super::state::{IterState, Object, Role, Shared, State, Touched};
use super::stop::{Checked, invalid, not_modelled, refuse};
use super::tally::{MAX_STATE_BYTES, Tally};

/// Branches that may wait at once (`BPF_COMPLEXITY_LIMIT_JMP_SEQ`).
pub const MAX_PENDING: usize = 8192;
/// Instructions that may be followed (`BPF_COMPLEXITY_LIMIT_INSNS`).
pub const MAX_PROCESSED: usize = 1_000_000;
/// Steps that may be walked back, all in all: seconds. The kernel has no such limit, and takes as long where each round of a long loop asks
/// for numbers from before it and no state is kept in between.
const MAX_WALKED: u64 = 1 << 28;
/// Jumps after which a state is kept in any case.
const LONG_HISTORY: usize = 40;

/// Index of a saved state.
pub type NodeId = usize;

/// A saved state and what became of it.
pub struct Node {
    pub state: State,
    pub insn: usize,
    pub parent: Option<NodeId>,
    /// Steps from the parent to here.
    pub history: History,
    /// Instructions followed from the beginning to here.
    taken: usize,
    /// Paths from here that are not at their end.
    pub branches: u32,
    hits: u32,
    misses: u32,
    /// 6.12: entry of a loop this state is in.
    pub(super) loop_entry: Option<NodeId>,
    pub(super) depth: u32,
    pub(super) evicted: bool,
    /// Some state has this one as the entry of its loop.
    pub(super) enters_loop: bool,
    /// All its scalars were said to be precise, and those of all states before it.
    pub(super) all_precise: bool,
    /// 7.2: the visit of a loop that the state is in.
    pub(super) visit: Option<usize>,
}

/// A branch that waits.
pub struct Pending {
    pub path: Path,
}

/// The path that is followed.
pub struct Path {
    pub state: State,
    pub insn: usize,
    pub parent: Option<NodeId>,
    pub history: History,
    /// Entries that the kernel's history would have, which decide when a state is kept (6.12 on).
    pub recorded: usize,
    pub(super) depth: u32,
    /// 6.12: entry of the loop that the path ended in.
    pub(super) loop_entry: Option<NodeId>,
}

impl Path {
    pub fn new(state: State, insn: usize) -> Path {
        Path {
            state,
            insn,
            parent: None,
            history: History::default(),
            recorded: 0,
            depth: 0,
            loop_entry: None,
        }
    }

    /// Another path with the same past.
    pub fn fork(&mut self) -> Path {
        Path { state: self.state.clone(), history: self.history.fork(), ..*self }
    }
}

/// Work already done; limits look at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub processed: usize,
    pub jumps: usize,
    pub states: usize,
    pub peak_states: usize,
    /// Kept states that were given up later and freed at once.
    pub freed: usize,
    /// Most states in one bucket of the kernel's table, at a visit that covered nothing.
    pub max_states_per_insn: usize,
    /// Most states that one read was marked in, on its way back.
    pub longest_read_walk: usize,
    /// Steps that were walked back for what must be precise.
    pub walked: u64,
    /// Walks back that could not tell.
    pub given_up_walks: usize,
    last_processed: usize,
    last_jumps: usize,
}

/// All states and waiting branches of a function that is verified.
#[derive(Default)]
pub struct Search {
    pub nodes: Vec<Node>,
    at: Vec<Vec<NodeId>>,
    pub pending: Vec<Pending>,
    pub progress: Progress,
    /// States that the kernel holds, and ends of paths in loops that are not complete.
    live_nodes: usize,
    /// Memory of the frames of all states and paths.
    pub tally: Tally,
    pub loops: Loops,
    /// States per bucket of the kernel's table (`explored_state`).
    buckets: Vec<usize>,
    /// What is not read or not precise counts, too, when states are compared (see `Observer::thorough`).
    pub thorough: bool,
    /// Instructions after which whoever watches gives up earlier than the kernel.
    pub limit: Option<usize>,
}

/// What the search found at a place where states are kept.
pub enum Visit {
    /// Covered by this state: the path ends, and the state's marks are ours. `open` if they may not be all, as its loop goes on (7.2).
    Covered {
        by: NodeId,
        open: bool,
    },
    Continue,
}

/// What is special about the instruction, for [`Search::visit`].
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub force: bool,
    pub iter_next: bool,
    pub may_goto: bool,
    pub callback: bool,
    pub rules: Rules,
}

impl Search {
    /// Forgets the states of another function.
    pub fn begin(&mut self, insns: usize) {
        self.nodes.clear();
        self.at = vec![Vec::new(); insns];
        self.buckets = vec![0; insns];
        self.pending.clear();
        self.loops.clear();
    }

    /// Puts a branch aside (`push_stack`).
    ///
    /// # Errors
    /// -E2BIG beyond [`MAX_PENDING`]; 5.10 and 6.1 return -EFAULT.
    pub fn push(&mut self, path: Path, too_many: Errno) -> Checked {
        if let Some(parent) = path.parent {
            self.nodes[parent].branches += 1;
        }
        self.pending.push(Pending { path });
        if self.pending.len() > MAX_PENDING {
            return refuse(too_many, format!("The sequence of {} jumps is too complex.", self.pending.len()));
        }
        self.check_memory()
    }

    /// Puts a callback aside that runs on its own (`push_async_cb`).
    ///
    /// # Errors
    /// As [`Search::push`], in other words.
    pub fn push_async(&mut self, path: Path, too_many: Errno) -> Checked {
        self.pending.push(Pending { path });
        if self.pending.len() > MAX_PENDING {
            let text = format!("The sequence of {} jumps is too complex for async cb.", self.pending.len());
            return refuse(too_many, text);
        }
        Ok(())
    }

    /// Instructions of a path from its beginning.
    pub fn trail(&self, path: &Path) -> Vec<usize> {
        let mut back = vec![path.insn];
        back.extend(path.history.back().map(|step| step.insn));
        let mut at = path.parent;
        while let Some(id) = at {
            back.extend(self.nodes[id].history.back().map(|step| step.insn));
            at = self.nodes[id].parent;
        }
        back.reverse();
        back
    }

    /// How many instructions a path followed before the one it is at: the length of its [`Search::trail`] less one.
    pub fn taken(&self, path: &Path) -> usize {
        path.parent.map_or(0, |parent| self.nodes[parent].taken) + path.history.len()
    }

    /// The path reached its end: its states lose a branch, and those without any are complete (`update_branch_counts`).
    pub fn end_path(&mut self, path: &Path, program: &Program) {
        let (mut at, mut entry) = (path.parent, path.loop_entry);
        while let Some(node) = at {
            self.pass_loop_on(node, entry);
            self.nodes[node].branches -= 1;
            if self.nodes[node].branches > 0 {
                break;
            }
            self.leave_loop(node, program);
            self.release(node);
            (at, entry) = (self.nodes[node].parent, self.nodes[node].loop_entry);
        }
    }

    pub fn pop(&mut self) -> Option<Path> {
        self.pending.pop().map(|pending| pending.path)
    }

    /// Compares the path's state with those kept here, and keeps it if that may help (`is_state_visited`).
    ///
    /// # Errors
    /// The kernel's infinite loop: the same state again on one path.
    pub fn visit(&mut self, path: &mut Path, place: Place) -> Checked<Visit> {
        let insn = path.insn;
        let force_new = place.force || (place.rules.untouched_ok && path.recorded > LONG_HISTORY);
        let since = (
            self.progress.jumps - self.progress.last_jumps,
            self.progress.processed - self.progress.last_processed,
        );
        let mut keep = force_new || (since.0 >= 2 && since.1 >= 8);
        let here = bucket(&path.state, insn, self.buckets.len());
        let seen = self.buckets[here];
        // States of a function that was called from elsewhere are in other buckets: this visit is no miss of theirs.
        let near = |id: &NodeId| bucket(&self.nodes[*id].state, insn, self.buckets.len()) == here;
        let candidates: Vec<NodeId> = self.at[insn].iter().rev().copied().filter(near).collect();
        for id in candidates {
            match self.compare(id, path, place)? {
                Compared::Covered { open } => {
                    self.nodes[id].hits += 1;
                    return Ok(Visit::Covered { by: id, open });
                }
                Compared::Open => {
                    if !force_new && since.0 < 20 && since.1 < 100 {
                        keep = false;
                    }
                }
                Compared::Differs => {}
            }
            if keep {
                self.nodes[id].misses += 1;
            }
            let patience = if place.force && self.nodes[id].branches > 0 { 64 } else { 3 };
            if self.nodes[id].misses > self.nodes[id].hits * patience + patience {
                self.evict(insn, id);
            }
        }
        self.progress.max_states_per_insn = self.progress.max_states_per_insn.max(seen);
        if keep {
            self.keep(path, place.rules);
            self.check_memory()?;
        }
        Ok(Visit::Continue)
    }

    fn check_memory(&self) -> Checked {
        if self.tally.bytes() > MAX_STATE_BYTES {
            return not_modelled(format!(
                "programs whose states take more than {} MiB",
                MAX_STATE_BYTES >> 20
            ));
        }
        Ok(())
    }

    /// Whether too much was walked back.
    ///
    /// # Errors
    /// Not modelled beyond [`MAX_WALKED`].
    pub fn check_walks(&self) -> Checked {
        if self.progress.walked > MAX_WALKED {
            return not_modelled("programs that ask so often where a number in a long loop came from");
        }
        Ok(())
    }

    fn evict(&mut self, insn: usize, id: NodeId) {
        self.at[insn].retain(|kept| *kept != id);
        let node = &mut self.nodes[id];
        node.evicted = true;
        let complete = node.branches == 0 && !node.enters_loop;
        let open = self.loop_entry(id).is_some_and(|entry| self.nodes[entry].branches > 0);
        self.progress.freed += usize::from(complete && !open);
        let node = &self.nodes[id];
        let bucket = bucket(&node.state, insn, self.buckets.len());
        self.buckets[bucket] -= 1;
        self.release(id);
    }

    /// A state that is no candidate any more and on no path that goes on gives its memory back; its place and its parent stay.
    pub(super) fn release(&mut self, id: NodeId) {
        let node = &mut self.nodes[id];
        if node.evicted && node.branches == 0 && !self.loops.defers(node.visit, id) {
            (node.state.frames, node.state.refs, node.history) =
                (Vec::new(), Rc::default(), History::default());
            self.live_nodes -= 1;
        }
    }

    fn compare(&mut self, id: NodeId, path: &mut Path, place: Place) -> Checked<Compared> {
        if self.nodes[id].branches == 0 {
            return Ok(self.compare_complete(id, path, place));
        }
        let (old, new) = (&self.nodes[id].state, &path.state);
        let equal = |exact| states_equal(old, new, exact, place.rules);
        let frame = new.current();
        if frame.role == Role::AsyncCallback && old.current().async_entries != frame.async_entries {
            return Ok(Compared::Open);
        }
        if place.iter_next {
            if equal(Exact::RangeWithin) && iterator_is_active(new) {
                self.note_loop(path, id);
                return Ok(Compared::Covered { open: true });
            }
            return Ok(Compared::Open);
        }
        if place.may_goto && old.may_goto_depth != new.may_goto_depth && equal(Exact::RangeWithin) {
            self.note_loop(path, id);
            return Ok(Compared::Covered { open: true });
        }
        if place.callback {
            let covered = equal(Exact::RangeWithin);
            return Ok(if covered { Compared::Covered { open: true } } else { Compared::Open });
        }
        // Before 6.12 only registers must be the same; what no one read or needed exactly on the stack does not count.
        let level = if place.rules.untouched_ok { Exact::Same } else { Exact::Not };
        let looping = same_registers(old, new)
            && equal(level)
            && !iterators_moved(old, new)
            && old.may_goto_depth == new.may_goto_depth
            && old.callback_unroll_depth == new.callback_unroll_depth;
        if looping {
            return invalid(format!("infinite loop detected at insn {}", path.insn));
        }
        Ok(Compared::Open)
    }

    /// With a state all of whose paths are at their end: exactly, if a loop it is in goes on.
    fn compare_complete(&mut self, id: NodeId, path: &mut Path, place: Place) -> Compared {
        let entry = self.loop_entry(id).filter(|entry| self.nodes[*entry].branches > 0);
        let open = self.loops.is_open(self.nodes[id].visit);
        let exact = if entry.is_some() || open || self.thorough { Exact::RangeWithin } else { Exact::Not };
        if !states_equal(&self.nodes[id].state, &path.state, exact, place.rules) {
            return Compared::Differs;
        }
        if let Some(entry) = entry {
            self.note_loop(path, entry);
        }
        Compared::Covered { open }
    }

    /// More states, or ends of paths in a loop, that the kernel holds, or fewer.
    pub(super) fn hold(&mut self, more: isize) {
        self.live_nodes = self.live_nodes.saturating_add_signed(more);
        self.progress.peak_states = self.progress.peak_states.max(self.live_nodes);
    }

    fn keep(&mut self, path: &mut Path, rules: Rules) {
        self.progress.states += 1;
        self.hold(1);
        self.progress.last_jumps = self.progress.jumps;
        self.progress.last_processed = self.progress.processed;
        let id = self.nodes.len();
        path.state.forget_precision();
        if rules.dead_forgotten {
            path.state.drop_lonely_ids();
        }
        let visit = self.loops.visit_of(&path.state, path.insn);
        if let Some(visit) = visit {
            self.loops.entered(visit, id);
        }
        let taken = self.taken(path);
        let history = std::mem::take(&mut path.history);
        let node = Node {
            state: path.state.clone(),
            insn: path.insn,
            parent: path.parent,
            history,
            taken,
            branches: 1,
            hits: 0,
            misses: 0,
            loop_entry: None,
            depth: path.depth,
            evicted: false,
            enters_loop: false,
            all_precise: false,
            visit,
        };
        let bucket = bucket(&path.state, path.insn, self.buckets.len());
        self.buckets[bucket] += 1;
        self.nodes.push(node);
        self.at[path.insn].push(id);
        path.parent = Some(id);
        path.recorded = 0;
        path.depth += 1;
        for frame in &mut path.state.frames {
            (frame.written, frame.read) = (Touched::default(), Touched::default());
            frame.origin = [None; 6];
        }
        if rules.dead_forgotten {
            // What is left of the state is what may be read.
            self.nodes[id].state.frames.iter_mut().for_each(|frame| frame.read = Touched::ALL);
        }
    }

    /// A continuation reads these registers and slots of `frame`: every state since they were written needs them.
    pub fn mark_read(&mut self, path: &Path, frame: usize, read: Touched) {
        let walked = self.walk_reads(path, frame, read);
        self.progress.longest_read_walk = self.progress.longest_read_walk.max(walked);
    }

    /// Marks, and says in how many states.
    fn walk_reads(&mut self, path: &Path, frame: usize, read: Touched) -> usize {
        let Some(held) = path.state.frames.get(frame) else { return 0 };
        // Registers that were in another frame go their own ways.
        let moved = (0..6).filter(|reg| read.regs >> reg & 1 == 1);
        let walked = moved.map(|reg| self.walk_moved(path.parent, held, frame, reg)).max().unwrap_or(0);
        let rest = Touched { regs: read.regs & !0x3f, ..read };
        walked.max(self.walk_within(path, frame, rest))
    }

    /// Marks r0 to r5 of a frame, or of the frames that it was in before calls and returns.
    fn walk_moved(&mut self, parent: Option<NodeId>, held: &Shared, frame: usize, reg: usize) -> usize {
        let bit = 1_u16 << reg;
        let (mut at, mut frame, mut walked) = (parent, frame, 0);
        let (mut written, mut origin) = (held.written.regs, held.origin[reg]);
        while written & bit == 0 {
            frame = origin.map_or(frame, usize::from);
            let Some(node) = at.map(|id| &mut self.nodes[id]) else { break };
            let Some(kept) = node.state.frames.get_mut(frame).filter(|kept| kept.read.regs & bit == 0) else {
                break;
            };
            kept.read.regs |= bit;
            (written, origin) = (kept.written.regs, kept.origin[reg]);
            at = node.parent;
            walked += 1;
        }
        walked
    }

    fn walk_within(&mut self, path: &Path, frame: usize, read: Touched) -> usize {
        let mut walked = 0;
        let mut left = without(read, path.state.frames.get(frame).map_or(Touched::default(), |f| f.written));
        let mut at = path.parent;
        while let Some(id) = at {
            let node = &mut self.nodes[id];
            if frame >= node.state.frames.len() {
                break;
            }
            let known = node.state.frames[frame].read;
            left = without(left, known);
            if left == Touched::default() {
                break;
            }
            let kept = &mut node.state.frames[frame];
            kept.read = Touched { regs: kept.read.regs | left.regs, slots: kept.read.slots | left.slots };
            left = without(left, node_written(node, frame));
            at = node.parent;
            walked += 1;
        }
        walked
    }

    /// The path ends in `covering`: what its continuations read, ours would have (`propagate_liveness`).
    pub fn adopt_reads(&mut self, path: &Path, covering: NodeId) {
        for frame in 0..path.state.frames.len() {
            let mut read = self.nodes[covering].state.frames[frame].read;
            if frame + 1 < path.state.frames.len() {
                read.regs &= !0x3f;
            }
            // The path's own state is the first that is marked.
            let walked = usize::from(read != Touched::default()) + self.walk_reads(path, frame, read);
            self.progress.longest_read_walk = self.progress.longest_read_walk.max(walked);
        }
    }
}

/// Where the kernel's hash table keeps states of this place (`explored_state`).
fn bucket(state: &State, insn: usize, buckets: usize) -> usize {
    let callsite = state.current().callsite.map_or(u32::MAX, |insn| insn as u32);
    (insn as u32 ^ callsite) as usize % buckets.max(1)
}

/// Written between the node's parent and the node itself; kept in the saved copy of the state.
fn node_written(node: &Node, frame: usize) -> Touched {
    node.state.frames[frame].written
}

fn without(a: Touched, b: Touched) -> Touched {
    Touched { regs: a.regs & !b.regs, slots: a.slots & !b.slots }
}

enum Compared {
    Covered {
        open: bool,
    },
    /// The state is on this path or has branches left: a loop.
    Open,
    Differs,
}

/// The registers of the function that runs are the same, ids included (`states_maybe_looping`).
fn same_registers(old: &State, new: &State) -> bool {
    let same = |(a, b): (&Reg, &Reg)| Reg { precise: false, ..*a } == Reg { precise: false, ..*b };
    old.frames.len() == new.frames.len() && old.current().regs.iter().zip(&new.current().regs).all(same)
}

fn iterators(state: &State) -> impl Iterator<Item = (IterState, u32)> {
    state.frames.iter().flat_map(|frame| &frame.stack).filter_map(|slot| match slot.object {
        Some(Object::Iter { state, depth, .. }) => Some((state, depth)),
        _ => None,
    })
}

/// Some active iterator went on since (`iter_active_depths_differ`).
fn iterators_moved(old: &State, new: &State) -> bool {
    iterators(old).zip(iterators(new)).any(|(a, b)| a.0 == IterState::Active && a.1 != b.1)
}

/// The iterator that the call's first argument points to is active.
fn iterator_is_active(state: &State) -> bool {
    let reg = state.reg(1);
    let super::reg::Kind::Stack { frame } = reg.kind else { return false };
    let Some(offset) = reg.known_offset().filter(|offset| (-512..0).contains(offset)) else { return false };
    let slot = (-offset as usize - 1) / super::state::SLOT_BYTES;
    let object = state.frames[usize::from(frame)].stack.get(slot).and_then(|slot| slot.object);
    matches!(object, Some(Object::Iter { state: IterState::Active, .. }))
}
