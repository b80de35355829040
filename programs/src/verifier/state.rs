//! The state of one path: frames with registers and stack, references, and the regions it is in.
//!
//! Key types: [`State`], [`Frame`], [`Slot`], [`Reference`], [`Regions`]. Neighbours: `reg` is one register; `search` keeps states for
//! pruning; `prune` compares them. Modelled after include/linux/bpf_verifier.h:struct bpf_verifier_state.

use std::rc::Rc;

use super::reg::{DynptrKind, Id, Reg};
use super::scalar::Numbers;
use super::tally::{Counted, Share, Tally};
use crate::profile::KernelVersion;

/// Frames of a call chain that any version allows.
pub const MOST_FRAMES: usize = 16;

/// `MAX_CALL_FRAMES` of a version.
pub fn max_call_frames(version: KernelVersion) -> usize {
    if version == KernelVersion::V7_2 { MOST_FRAMES } else { 8 }
}

/// Stack slots of 8 bytes (`MAX_BPF_STACK / BPF_REG_SIZE`).
pub const MAX_SLOTS: usize = 64;
/// Bytes of a slot.
pub const SLOT_BYTES: usize = 8;

/// What a byte of the stack holds (`enum bpf_stack_slot_type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Byte {
    /// Nothing was stored.
    #[default]
    Invalid,
    /// Part of a spilled register.
    Spill,
    /// The program wrote something.
    Misc,
    /// The program wrote zero.
    Zero,
    Dynptr,
    Iter,
    IrqFlag,
    /// Nothing reads it any more (7.2).
    Poison,
}

/// Special contents of a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Object {
    Dynptr { kind: DynptrKind, first: bool, id: Id, ref_id: Id },
    Iter { btf_id: u32, state: IterState, depth: u32, ref_id: Id, rcu: bool, trusted: bool },
    IrqFlag { ref_id: Id, lock: bool },
}

/// Life of an open-coded iterator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IterState {
    Active,
    Drained,
}

/// Eight bytes of stack, highest address first in [`Frame::stack`]; `bytes[0]` is the lowest address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    pub bytes: [Byte; SLOT_BYTES],
    /// The register that `Byte::Spill` bytes are of.
    pub reg: Reg,
    pub object: Option<Object>,
}

impl Slot {
    pub fn empty(numbers: Numbers) -> Slot {
        Slot { bytes: [Byte::Invalid; SLOT_BYTES], reg: Reg::not_init(numbers), object: None }
    }

    /// A register was spilled here, in its lowest bytes (`is_spilled_reg`).
    pub fn is_spill(&self) -> bool {
        self.bytes[0] == Byte::Spill
    }

    /// All eight bytes are one register.
    pub fn is_full_spill(&self) -> bool {
        self.bytes[SLOT_BYTES - 1] == Byte::Spill && self.is_spill()
    }

    pub fn is_scalar_spill(&self) -> bool {
        self.is_spill() && self.reg.is_scalar()
    }
}

/// Smallest and largest value a function may return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnRange {
    pub min: i32,
    pub max: i32,
    /// Only the low half is looked at.
    pub low_half: bool,
}

/// What kind of function a frame runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Main or a function called by the program.
    #[default]
    Plain,
    /// A callback that its helper or kfunc calls before returning.
    Callback,
    /// A callback that runs later: timer, work queue, task work.
    AsyncCallback,
    ExceptionCallback,
}

/// One function on the call chain (`struct bpf_func_state`).
#[derive(Clone, Debug)]
pub struct Frame {
    pub regs: [Reg; 11],
    /// Slots from the frame pointer downwards; only as many as were touched.
    pub stack: Vec<Slot>,
    /// Instruction that called; `None` for where verification began.
    pub callsite: Option<usize>,
    pub subprog: usize,
    pub role: Role,
    pub callback_range: ReturnRange,
    /// How often `bpf_timer_start` and its like began this callback.
    pub async_entries: u32,
    /// How often the callback was simulated (`callback_depth`).
    pub callback_depth: u32,
    /// It was called with a pointer into the stack.
    pub stack_args: bool,
    /// What it adds to the memory of all states.
    share: Share,
}

/// A frame, shared by all states in which it is the same, and what one of them says of it.
#[derive(Clone, Debug)]
pub struct Shared {
    frame: Rc<Frame>,
    /// Registers and slots written since the last saved state: reads of them do not concern it.
    pub written: Touched,
    /// In a saved state: registers and slots that some continuation read before writing.
    pub read: Touched,
    /// Frames that r0 to r5 were in at the last saved state, if they came with a call or a return since: reads of them concern that
    /// frame's (before 7.2, copies keep `parent` of `struct bpf_reg_state`).
    pub origin: [Option<u8>; 6],
}

impl Shared {
    /// To write to it; copied if another state has it, too.
    pub fn make_mut(&mut self) -> &mut Frame {
        Rc::make_mut(&mut self.frame)
    }

    /// The register was handed over from frame `from`, with what is known of its reads.
    pub fn hand_over(&mut self, reg: usize, from: u8, marks: &(Touched, [Option<u8>; 6])) {
        let bit = 1 << reg;
        self.written.regs = self.written.regs & !bit | marks.0.regs & bit;
        self.origin[reg] = marks.1[reg].or(Some(from));
    }

    /// What [`Shared::hand_over`] needs of the frame that a register comes from.
    pub fn marks(&self) -> (Touched, [Option<u8>; 6]) {
        (self.written, self.origin)
    }
}

/// A frame that begins: its registers were all written just now.
impl From<Frame> for Shared {
    fn from(frame: Frame) -> Shared {
        let written = Touched { regs: 0x7ff, slots: 0 };
        Shared { frame: Rc::new(frame), written, read: Touched::default(), origin: [None; 6] }
    }
}

impl std::ops::Deref for Shared {
    type Target = Frame;

    fn deref(&self) -> &Frame {
        &self.frame
    }
}

/// A set of registers and of stack slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    pub regs: u16,
    pub slots: u64,
}

impl Touched {
    pub const ALL: Touched = Touched { regs: u16::MAX, slots: u64::MAX };
}

impl Frame {
    pub fn new(
        subprog: usize,
        callsite: Option<usize>,
        number: u8,
        (numbers, tally): (Numbers, &Tally),
    ) -> Frame {
        let mut regs = [Reg::not_init(numbers); 11];
        regs[10] = Reg::pointer(super::reg::Kind::Stack { frame: number }, super::reg::Flags::NONE, numbers);
        Frame {
            regs,
            stack: Vec::new(),
            callsite,
            subprog,
            role: Role::default(),
            callback_range: ReturnRange { min: 0, max: 0, low_half: false },
            async_entries: 0,
            callback_depth: 0,
            stack_args: false,
            share: Share::new(tally, size_of::<Frame>()),
        }
    }

    /// The slot at this index from the frame pointer, made if the stack was not that deep yet.
    pub fn slot_mut(&mut self, slot: usize, numbers: Numbers) -> &mut Slot {
        if self.stack.len() <= slot {
            self.share.grow((slot + 1 - self.stack.len()) * size_of::<Slot>());
            self.stack.resize(slot + 1, Slot::empty(numbers));
        }
        &mut self.stack[slot]
    }

    /// Type of the byte at `-offset` from the frame pointer (1 to 512).
    pub fn byte(&self, offset: usize) -> Byte {
        let (slot, byte) = place(offset);
        self.stack.get(slot).map_or(Byte::Invalid, |slot| slot.bytes[byte])
    }
}

/// Slot and byte of the byte at `-offset` from the frame pointer.
pub const fn place(offset: usize) -> (usize, usize) {
    let at = offset - 1;
    (at / SLOT_BYTES, SLOT_BYTES - 1 - at % SLOT_BYTES)
}

/// What a reference is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefKind {
    Pointer,
    Irq,
    Lock,
    ResLock,
    ResLockIrq,
}

/// Something that must be given back (`struct bpf_reference_state`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    pub kind: RefKind,
    pub id: Id,
    /// Where it was acquired.
    pub insn: usize,
    /// Frame that acquired it: before 6.14 a callback must release its own.
    pub frame: usize,
    /// The reference of the object that it lives inside (7.2); 0 is none.
    pub parent: Id,
    /// The locked object, for locks.
    pub lock: Option<LockOf>,
}

/// Identity of a locked object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockOf {
    Map(super::reg::MapRef),
    Allocated(u32),
}

/// Sections the program is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// Depth of `bpf_rcu_read_lock` (0 or 1 before 7.2).
    pub rcu: u32,
    pub preempt: u32,
    /// Id of the innermost saved interrupt state; 0 is none.
    pub irq: Id,
    /// Number of held `bpf_spin_lock`s and `bpf_res_spin_lock`s.
    pub locks: u32,
    /// Id of the innermost lock and what it is of.
    pub lock: Option<(Id, LockOf)>,
    /// The path may sleep: the program may, or it is a callback that runs in process context.
    pub sleepable: bool,
}

/// A path's state.
#[derive(Clone, Debug)]
pub struct State {
    pub frames: Vec<Shared>,
    pub refs: Rc<Counted<Reference>>,
    pub regions: Regions,
    pub may_goto_depth: u32,
    pub callback_unroll_depth: u32,
}

impl State {
    pub fn new(first: Frame, sleepable: bool) -> State {
        let refs = Rc::new(Counted::new(first.share.tally()));
        State {
            frames: vec![first.into()],
            refs,
            regions: Regions { sleepable, ..Regions::default() },
            may_goto_depth: 0,
            callback_unroll_depth: 0,
        }
    }

    /// The function that runs.
    pub fn current(&self) -> &Frame {
        self.frames.last().expect("a path has a frame")
    }

    /// The frame of the function that runs, and what was touched of it.
    pub fn running(&mut self) -> &mut Shared {
        self.frames.last_mut().expect("a path has a frame")
    }

    pub fn current_mut(&mut self) -> &mut Frame {
        self.running().make_mut()
    }

    pub fn frame_mut(&mut self, number: usize) -> &mut Frame {
        self.frames[number].make_mut()
    }

    pub fn reg(&self, number: usize) -> &Reg {
        &self.current().regs[number]
    }

    pub fn reg_mut(&mut self, number: usize) -> &mut Reg {
        &mut self.current_mut().regs[number]
    }

    /// Calls `f` with every register and every spilled one (`bpf_for_each_reg_in_vstate`).
    pub fn each_reg_mut(&mut self, f: impl FnMut(&mut Reg)) {
        self.each_reg_of(Slot::is_spill, f);
    }

    /// As [`Self::each_reg_mut`], of slots that are spilled like this.
    pub fn each_reg_of(&mut self, spilled: impl Fn(&Slot) -> bool, mut f: impl FnMut(&mut Reg)) {
        for frame in &mut self.frames {
            let frame = frame.make_mut();
            frame.regs.iter_mut().for_each(&mut f);
            frame.stack.iter_mut().filter(|slot| spilled(slot)).for_each(|slot| f(&mut slot.reg));
        }
    }

    /// A scalar whose id no other has is tied to nothing (7.2: bpf_clear_singular_ids).
    pub fn drop_lonely_ids(&mut self) {
        let mut ids = Vec::new();
        for frame in &self.frames {
            let spilled = frame.stack.iter().filter(|slot| slot.is_spill()).map(|slot| &slot.reg);
            let tied = frame.regs.iter().chain(spilled).filter(|reg| reg.is_scalar() && reg.id != 0);
            ids.extend(tied.map(|reg| reg.id));
        }
        ids.sort_unstable();
        let lonely = |id: Id| {
            ids.partition_point(|other| *other <= id) - ids.partition_point(|other| *other < id) == 1
        };
        if ids.iter().any(|id| lonely(*id)) {
            self.each_reg_mut(|reg| {
                if reg.is_scalar() && reg.id != 0 && lonely(reg.id) {
                    (reg.id, reg.linked, reg.off) = (0, None, 0);
                }
            });
        }
    }

    /// Precision that was needed before a saved state concerns earlier states only.
    pub fn forget_precision(&mut self) {
        for frame in &mut self.frames {
            let spilled = |slot: &Slot| slot.is_spill() && slot.reg.precise;
            if frame.regs.iter().any(|reg| reg.precise) || frame.stack.iter().any(spilled) {
                let frame = frame.make_mut();
                frame
                    .regs
                    .iter_mut()
                    .chain(frame.stack.iter_mut().map(|slot| &mut slot.reg))
                    .for_each(|reg| reg.precise = false);
            }
        }
    }

    pub fn acquire(&mut self, reference: Reference) {
        Rc::make_mut(&mut self.refs).push(reference);
    }

    /// Removes the reference; false if there is none.
    pub fn release(&mut self, kind: RefKind, id: Id) -> bool {
        let Some(at) = self.refs.iter().position(|held| held.kind == kind && held.id == id) else {
            return false;
        };
        Rc::make_mut(&mut self.refs).remove(at);
        true
    }

    pub fn find_ref(&self, id: Id) -> Option<&Reference> {
        self.refs.iter().find(|held| held.kind == RefKind::Pointer && held.id == id)
    }
}
