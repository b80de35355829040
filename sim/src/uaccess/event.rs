//! Events of page faults.

use std::any::Any;

use crate::event::{Lane, Payload, Slice, Value};
use crate::ids::MmId;
use crate::mm::fault::Attempt;
use crate::mm::{Access, FaultDone, FaultError};

/// A page fault begins, ends, or is refused because faults are disabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserFaultEvent {
    PageFaultBegin {
        id: u64,
        mm: MmId,
        addr: u64,
        write: bool,
        /// `user`, `kernel` or `remote` (`get_user_pages` on behalf of another).
        mode: &'static str,
    },
    PageFaultEnd {
        id: u64,
        addr: u64,
        /// The kind of fault, or why it failed.
        outcome: &'static str,
        failed: bool,
        major: bool,
        took_ns: u64,
    },
    /// `faulthandler_disabled()`: the access fails without a fault being served.
    PageFaultRefused { mm: MmId, addr: u64, write: bool },
}

impl UserFaultEvent {
    pub(super) fn begin(id: u64, at: &Attempt) -> UserFaultEvent {
        let mode = match (at.flags.user_mode, at.flags.remote) {
            (true, _) => "user",
            (_, true) => "remote",
            _ => "kernel",
        };
        UserFaultEvent::PageFaultBegin {
            id,
            mm: at.mm,
            addr: at.addr,
            write: at.access == Access::Write,
            mode,
        }
    }

    pub(super) fn end(
        id: u64,
        at: &Attempt,
        outcome: &Result<FaultDone, FaultError>,
        took_ns: u64,
    ) -> UserFaultEvent {
        let (name, major) = match outcome {
            Ok(done) => (done.kind.name(), done.major),
            Err(why) => (why.name(), false),
        };
        let failed = outcome.is_err();
        UserFaultEvent::PageFaultEnd { id, addr: at.addr, outcome: name, failed, major, took_ns }
    }

    pub(super) fn refused(at: &Attempt) -> UserFaultEvent {
        UserFaultEvent::PageFaultRefused { mm: at.mm, addr: at.addr, write: at.access == Access::Write }
    }
}

impl Payload for UserFaultEvent {
    fn name(&self) -> &'static str {
        match self {
            UserFaultEvent::PageFaultBegin { .. } => "page_fault_begin",
            UserFaultEvent::PageFaultEnd { .. } => "page_fault_end",
            UserFaultEvent::PageFaultRefused { .. } => "page_fault_refused",
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            UserFaultEvent::PageFaultBegin { mm, addr, write, mode, .. } => vec![
                ("address", Value::Addr(*addr)),
                ("write", Value::Bool(*write)),
                ("mode", Value::Str((*mode).to_string())),
                ("mm", Value::U64(u64::from(mm.0))),
            ],
            UserFaultEvent::PageFaultEnd { addr, outcome, failed, major, took_ns, .. } => vec![
                ("address", Value::Addr(*addr)),
                (if *failed { "error" } else { "kind" }, Value::Str((*outcome).to_string())),
                ("major", Value::Bool(*major)),
                ("took_ns", Value::Ns(*took_ns)),
            ],
            UserFaultEvent::PageFaultRefused { mm, addr, write } => vec![
                ("address", Value::Addr(*addr)),
                ("write", Value::Bool(*write)),
                ("mm", Value::U64(u64::from(mm.0))),
            ],
        }
    }

    fn slice(&self) -> Slice {
        match self {
            UserFaultEvent::PageFaultBegin { id, .. } => {
                Slice::Begin { lane: Lane::Task, id: *id, name: "page fault".to_string() }
            }
            UserFaultEvent::PageFaultEnd { id, .. } => Slice::End { lane: Lane::Task, id: *id },
            UserFaultEvent::PageFaultRefused { .. } => Slice::Instant,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
