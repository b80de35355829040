//! Why verification ends early.
//!
//! Key type: [`Stop`]. Neighbours: every check returns it; `mod` turns it into a verdict.

use sim::errno::Errno;

use crate::gate::{Rejection, Stage};

/// The end of verification before all paths were followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The kernel refuses the program.
    Refused(Rejection),
    /// The verdict depends on something that is not modelled: what.
    NotModelled(String),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Stop {
        Stop::Refused(rejection)
    }
}

/// Result of a check.
pub type Checked<T = ()> = Result<T, Stop>;

/// A refusal while following instructions.
pub fn refuse<T>(errno: Errno, message: impl Into<String>) -> Checked<T> {
    Err(Stop::Refused(Rejection { errno, message: message.into(), insn: None, stage: Stage::Instructions }))
}

/// `-EACCES`.
pub fn no_access<T>(message: impl Into<String>) -> Checked<T> {
    refuse(Errno::EACCES, message)
}

/// `-EINVAL`.
pub fn invalid<T>(message: impl Into<String>) -> Checked<T> {
    refuse(Errno::EINVAL, message)
}

/// Not modelled.
pub fn not_modelled<T>(what: impl Into<String>) -> Checked<T> {
    Err(Stop::NotModelled(what.into()))
}
