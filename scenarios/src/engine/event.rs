//! Events of the scenario itself: marks, and what steps came to.

use std::any::Any;

use sim::event::{Payload, Value};

use crate::result::{EVENT_MARK, MARK_FIELD};

/// What tasks of a scenario report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StepEvent {
    /// A `mark` step: `task.label`.
    Mark { name: String },
    /// A `holders` step: the answer.
    Holders { flavour: &'static str, text: String },
    /// A step that calls or accesses something is over.
    Done { task: String, number: usize, kind: &'static str, ret: Option<i64>, signal: Option<&'static str> },
}

impl Payload for StepEvent {
    fn name(&self) -> &'static str {
        match self {
            StepEvent::Mark { .. } => EVENT_MARK,
            StepEvent::Holders { .. } => "grace_period_holders",
            StepEvent::Done { .. } => "step",
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            StepEvent::Mark { name } => vec![(MARK_FIELD, Value::Str(name.clone()))],
            StepEvent::Holders { flavour, text } => {
                vec![("flavour", Value::Str((*flavour).to_owned())), ("held_by", Value::Str(text.clone()))]
            }
            StepEvent::Done { task, number, kind, ret, signal } => {
                let mut fields = vec![
                    ("task", Value::Str(task.clone())),
                    ("number", Value::U64(*number as u64)),
                    ("kind", Value::Str((*kind).to_owned())),
                ];
                fields.extend(ret.map(|ret| ("ret", Value::I64(ret))));
                fields.extend(signal.map(|signal| ("signal", Value::Str(signal.to_owned()))));
                fields
            }
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
