//! Why a call of a helper or kfunc cannot be carried out. Not an errno: the program or the simulator is wrong.
//! Key type: [`CallFault`]. Neighbours: helpers return it, `report` makes a finding of it.

use std::fmt;

use sim::arena::MemFault;
use sim::finding::{Code, NOT_MODELLED};

/// The end of a run inside a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFault {
    /// The helper would touch memory that is not there: a pointer that a verifier would have refused.
    Memory(MemFault),
    /// Anything else, with the finding's code and further lines.
    Other { code: Code, message: String, notes: Vec<String> },
}

impl CallFault {
    /// The helper, or what it was asked for, is not modelled.
    pub fn not_modelled(what: impl Into<String>) -> CallFault {
        CallFault::Other {
            code: NOT_MODELLED,
            message: format!("{}: not modelled", what.into()),
            notes: vec![],
        }
    }

    /// A finding with this code.
    pub fn new(code: Code, message: impl Into<String>) -> CallFault {
        CallFault::Other { code, message: message.into(), notes: Vec::new() }
    }
}

impl From<MemFault> for CallFault {
    fn from(fault: MemFault) -> CallFault {
        CallFault::Memory(fault)
    }
}

impl fmt::Display for CallFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallFault::Memory(fault) => write!(f, "{fault}"),
            CallFault::Other { message, .. } => f.write_str(message),
        }
    }
}
