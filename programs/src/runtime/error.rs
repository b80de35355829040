//! Why an object or program was not loaded. Neighbours: `load` returns it, `scenarios` prints it.

use sim::errno::Errno;

use crate::gate::Stage;
use crate::object::LineInfo;

/// A load that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{name}`: {kind}")]
pub struct LoadError {
    /// `"program"` or `"map"`.
    pub what: &'static str,
    pub name: String,
    pub kind: LoadErrorKind,
    /// Instruction at which it was noticed.
    pub insn: Option<usize>,
    /// Its C source line, if the object has line information.
    pub line: Option<Box<LineInfo>>,
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadErrorKind {
    /// The simulated kernel (or its loader library) refuses it.
    #[error("{message} ({errno})")]
    Refused { errno: Errno, message: String, stage: Stage },
    /// The kernel may accept it, the simulator cannot run it.
    #[error("{0}: not modelled")]
    NotModelled(String),
}

impl LoadError {
    pub(super) fn refused(
        what: &'static str,
        name: &str,
        stage: Stage,
        errno: Errno,
        message: impl Into<String>,
    ) -> LoadError {
        let kind = LoadErrorKind::Refused { errno, message: message.into(), stage };
        LoadError { what, name: name.to_string(), kind, insn: None, line: None }
    }

    pub(super) fn not_modelled(what: &'static str, name: &str, text: impl Into<String>) -> LoadError {
        let kind = LoadErrorKind::NotModelled(text.into());
        LoadError { what, name: name.to_string(), kind, insn: None, line: None }
    }

    /// The errno that `bpf()` would return; `None` when the simulator gave up instead.
    pub fn errno(&self) -> Option<Errno> {
        match &self.kind {
            LoadErrorKind::Refused { errno, .. } => Some(*errno),
            LoadErrorKind::NotModelled(_) => None,
        }
    }

    /// The decisive line of the verifier's log, or what is not modelled.
    pub fn message(&self) -> &str {
        match &self.kind {
            LoadErrorKind::Refused { message, .. } => message,
            LoadErrorKind::NotModelled(what) => what,
        }
    }
}
