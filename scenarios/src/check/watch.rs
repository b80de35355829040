//! What the verifier knew along a refused path: it goes the same way again and is watched.
//!
//! Key types: [`Seen`], [`Spot`] (where a value lives). Neighbours: `origin` and `void` ask what a value was at a place of the path.

use programs::btf::Btf;
use programs::object::{Object, ProgramSpec};
use programs::profile::Profile;
use programs::verifier::reg::{Kind, Reg};
use programs::verifier::state::{Slot, State, place};
use programs::verifier::{Observer, verify_with};

/// States that are kept, those before the refusal: a path can be a million instructions long.
const MAX_STATES: usize = 4096;

/// Where a value lives: a register, or the stack at an offset from the frame pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    Reg(u8),
    Slot(i16),
}

/// States before the last instructions of a path.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Position on the path that the first state belongs to.
    from: usize,
    states: Vec<Option<State>>,
}

impl Seen {
    /// Verifies a refused program once more; `path` is what the first time followed.
    pub fn watch(
        profile: &Profile,
        object: &Object,
        program: &ProgramSpec,
        kernel: &Btf,
        path: &[usize],
    ) -> Seen {
        let from = path.len().saturating_sub(MAX_STATES);
        let mut watcher = Watcher { path, from, taken: 0, states: vec![None; path.len() - from] };
        if !path.is_empty() {
            verify_with(profile, object, program, kernel, Some(&mut watcher));
        }
        Seen { from, states: watcher.states }
    }

    /// The state before the instruction at a position of the path.
    pub fn state(&self, at: usize) -> Option<&State> {
        self.states.get(at.checked_sub(self.from)?)?.as_ref()
    }

    /// The register, or the one spilled whole into the slot; `level` counts frames from 0.
    pub fn reg(&self, at: usize, level: i32, spot: Spot) -> Option<&Reg> {
        match spot {
            Spot::Reg(reg) => self.frame(at, level)?.regs.get(usize::from(reg)),
            Spot::Slot(_) => {
                self.slot(at, level, spot).filter(|slot| slot.is_full_spill()).map(|slot| &slot.reg)
            }
        }
    }

    /// The slot of the stack; `None` for registers, and below what was touched.
    pub fn slot(&self, at: usize, level: i32, spot: Spot) -> Option<&Slot> {
        let Spot::Slot(off) = spot else { return None };
        let below = usize::try_from(-i32::from(off)).ok().filter(|below| *below > 0)?;
        self.frame(at, level)?.stack.get(place(below).0)
    }

    /// Where a register points to in the stack of the function that runs.
    pub fn stack_offset(&self, at: usize, level: i32, reg: u8) -> Option<i64> {
        let base = self.reg(at, level, Spot::Reg(reg))?;
        let own = matches!(base.kind, Kind::Stack { frame } if i32::from(frame) == level);
        base.known_offset().filter(|_| own)
    }

    fn frame(&self, at: usize, level: i32) -> Option<&programs::verifier::state::Frame> {
        self.state(at)?.frames.get(usize::try_from(level).ok()?).map(|frame| &**frame)
    }
}

/// The last visit to each place of the path is that of the refused path: what branched off was followed before.
struct Watcher<'a> {
    path: &'a [usize],
    from: usize,
    taken: usize,
    states: Vec<Option<State>>,
}

impl Observer for Watcher<'_> {
    fn taken(&mut self, steps: usize) {
        self.taken = steps;
    }

    fn before(&mut self, insn: usize, state: &State) {
        if self.taken >= self.from && self.path.get(self.taken) == Some(&insn) {
            self.states[self.taken - self.from] = Some(state.clone());
        }
    }
}
