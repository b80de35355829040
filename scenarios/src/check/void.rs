//! Where a pointer stopped being valid, although no instruction wrote to it: releases, changes of the packet, the end of a section.
//!
//! Key function: [`voided`]. Neighbours: `origin` says where the value lived; `trail` tells of it.

use programs::isa::Op;
use programs::verifier::reg::{Flags, Reg};
use programs::verifier::state::{RefKind, State};

use super::listing::Listing;
use super::origin::Stay;
use super::watch::{Seen, Spot};

/// The end of a pointer's life.
#[derive(Debug, PartialEq, Eq)]
pub struct Voided {
    /// Position on the path.
    pub at: usize,
    pub cause: Cause,
    /// What did it.
    pub by: String,
}

/// Why a pointer stopped being valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Released,
    Packet,
    Section,
    Unlocked,
    HandedOver,
    /// Of a dynptr, iterator or saved interrupt state.
    Ended,
    Overwritten,
    Other,
}

/// How a cause is told: what became of the pointer, what the call did, and what to do. `{}` stands for the call.
struct Words {
    cause: Cause,
    became: &'static str,
    did: &'static str,
    help: &'static str,
}

const HERE: &str = "stops being valid here";

const WORDS: &[Words] = &[
    Words {
        cause: Cause::Released,
        became: HERE,
        did: "gives it back",
        help: "behind `{}` the pointer and its copies are only numbers: release last, and once",
    },
    Words {
        cause: Cause::Packet,
        became: HERE,
        did: "may move the packet",
        help: "behind `{}` read `data` and `data_end` from the context again and compare them again, or ask the dynptr for its slice again",
    },
    Words {
        cause: Cause::Section,
        became: HERE,
        did: "ends the section it was read in",
        help: "use the pointer before `{}`, or acquire a reference inside the section (`bpf_task_acquire`, `bpf_cgroup_acquire`, …)",
    },
    Words {
        cause: Cause::Unlocked,
        became: HERE,
        did: "ends the lock that protected it",
        help: "use the node before `{}`, or keep a reference of your own: `bpf_refcount_acquire`",
    },
    Words {
        cause: Cause::HandedOver,
        became: "stops being the program's own here",
        did: "hands it over",
        help: "`{}` takes the object; to get it back, remove it from the list or tree, or acquire a reference first: `bpf_refcount_acquire`",
    },
    Words {
        cause: Cause::Ended,
        became: "ends here",
        did: "gives it back",
        help: "behind `{}` it cannot be used any more: construct it again, or use it before",
    },
    Words {
        cause: Cause::Overwritten,
        became: "ends here",
        did: "writes over it",
        help: "only its own functions may touch the variable",
    },
    Words {
        cause: Cause::Other,
        became: HERE,
        did: "ends its use",
        help: "use the pointer before `{}`, or make a new one behind it",
    },
];

impl Voided {
    fn row(&self) -> &'static Words {
        WORDS.iter().find(|row| row.cause == self.cause).expect("every cause has a row")
    }

    /// What happened; `name` is the pointer's.
    pub fn words(&self, name: &str) -> String {
        let Words { became, did, .. } = self.row();
        format!("{name} {became}: `{}` {did}", self.by)
    }

    /// What to do.
    pub fn help(&self) -> String {
        self.row().help.replace("{}", &self.by)
    }
}

/// The last place at which the value that lived at `stays` (latest first) stopped being valid by a call.
pub(super) fn voided(listing: &Listing<'_>, path: &[usize], seen: &Seen, stays: &[Stay]) -> Option<Voided> {
    for pair in stays.windows(2) {
        let (after, before) = (&pair[0], &pair[1]);
        let calls = matches!(listing.op(path[before.at]), Some(Op::Call(_)));
        // Calls destroy these in any case.
        let scratch = matches!(before.spot, Spot::Reg(0..=5));
        if !calls || scratch || before.spot != after.spot || before.at + 1 != after.at {
            continue;
        }
        let (Some(was), Some(is)) =
            (seen.reg(before.at, before.level, before.spot), seen.reg(after.at, after.level, after.spot))
        else {
            continue;
        };
        if lost(was, is) {
            let by = listing.callee(path[before.at]).unwrap_or_else(|| "this call".to_owned());
            let states = (seen.state(before.at)?, seen.state(after.at)?);
            return Some(Voided { at: before.at, cause: cause(was, is, states), by });
        }
    }
    None
}

/// The last place at which the dynptr, iterator or saved state that lives at `stays` on the stack stopped being one.
pub(super) fn ended(listing: &Listing<'_>, path: &[usize], seen: &Seen, stays: &[Stay]) -> Option<Voided> {
    let object = |stay: &Stay| seen.slot(stay.at, stay.level, stay.spot).and_then(|slot| slot.object);
    let pair = stays.windows(2).find(|pair| object(&pair[0]).is_none() && object(&pair[1]).is_some())?;
    let insn = path[pair[1].at];
    let (cause, by) = match listing.op(insn) {
        Some(Op::Call(_)) => (Cause::Ended, listing.callee(insn).unwrap_or_else(|| "this call".to_owned())),
        _ => (Cause::Overwritten, listing.line(insn)),
    };
    Some(Voided { at: pair[1].at, cause, by })
}

/// Less can be done with it than before.
fn lost(was: &Reg, is: &Reg) -> bool {
    let gone = was.is_pointer() && !is.is_pointer();
    let untrusted = is.flags.has(Flags::UNTRUSTED) && !was.flags.has(Flags::UNTRUSTED);
    let lent = is.flags.has(Flags::NON_OWN_REF) && !was.flags.has(Flags::NON_OWN_REF);
    gone || (was.is_pointer() && (untrusted || lent))
}

fn cause(was: &Reg, is: &Reg, (before, after): (&State, &State)) -> Cause {
    let slice = was.flags.has(Flags::PACKET_SLICE);
    let given_back =
        before.refs.iter().any(|held| held.kind == RefKind::Pointer && !after.refs.contains(held));
    let (then, now) = (before.regions, after.regions);
    match () {
        () if was.is_packet_or_end() || slice => Cause::Packet,
        () if is.is_pointer() && is.flags.has(Flags::NON_OWN_REF) => Cause::HandedOver,
        () if given_back => Cause::Released,
        () if was.flags.has(Flags::NON_OWN_REF) && now.locks < then.locks => Cause::Unlocked,
        () if was.flags.has(Flags::RCU)
            && (now.rcu, now.preempt, now.locks) < (then.rcu, then.preempt, then.locks) =>
        {
            Cause::Section
        }
        () => Cause::Other,
    }
}
