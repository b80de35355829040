//! What special fields report on the event stream. Key type: [`FieldEvent`]. Neighbours: every file of this folder emits; `scenarios` reads.

use std::any::Any;
use std::rc::Rc;

use sim::event::{Payload, Value};

/// Something that happened to a field of a map value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldEvent {
    /// A timer was armed; it was armed before if `moved`.
    TimerStart { map: Rc<str>, value_addr: u64, expires_ns: u64, moved: bool },
    /// A timer's callback is about to run.
    TimerExpire { map: Rc<str>, value_addr: u64 },
    /// `bpf_timer_cancel`; `active` says whether it was armed.
    TimerCancel { map: Rc<str>, value_addr: u64, active: bool },
    /// A timer was not armed: no task is left that could keep the map.
    TimerDropped { map: Rc<str>, value_addr: u64 },
    /// A work item was queued; false: it was queued already.
    WorkQueue { map: Rc<str>, value_addr: u64, queued: bool },
    /// Task work was added to a task.
    TaskWorkAdd { map: Rc<str>, value_addr: u64, pid: u32 },
    /// The element went: what the field held was cancelled and will be freed.
    AsyncFree { map: Rc<str>, value_addr: u64, what: &'static str },
}

impl Payload for FieldEvent {
    fn name(&self) -> &'static str {
        match self {
            FieldEvent::TimerStart { .. } => "bpf_timer_start",
            FieldEvent::TimerExpire { .. } => "bpf_timer_expire",
            FieldEvent::TimerCancel { .. } => "bpf_timer_cancel",
            FieldEvent::TimerDropped { .. } => "bpf_timer_dropped",
            FieldEvent::WorkQueue { .. } => "bpf_wq_queue",
            FieldEvent::TaskWorkAdd { .. } => "bpf_task_work_add",
            FieldEvent::AsyncFree { .. } => "bpf_async_free",
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let (map, value_addr, more) = match self {
            FieldEvent::TimerStart { map, value_addr, expires_ns, moved } => {
                (map, value_addr, vec![("expires", Value::Ns(*expires_ns)), ("moved", Value::Bool(*moved))])
            }
            FieldEvent::TimerExpire { map, value_addr } | FieldEvent::TimerDropped { map, value_addr } => {
                (map, value_addr, vec![])
            }
            FieldEvent::TimerCancel { map, value_addr, active } => {
                (map, value_addr, vec![("active", Value::Bool(*active))])
            }
            FieldEvent::WorkQueue { map, value_addr, queued } => {
                (map, value_addr, vec![("queued", Value::Bool(*queued))])
            }
            FieldEvent::TaskWorkAdd { map, value_addr, pid } => {
                (map, value_addr, vec![("target_pid", Value::U64(u64::from(*pid)))])
            }
            FieldEvent::AsyncFree { map, value_addr, what } => {
                (map, value_addr, vec![("what", Value::Str((*what).to_owned()))])
            }
        };
        let mut fields = vec![("map", Value::Str(map.to_string())), ("value_addr", Value::Addr(*value_addr))];
        fields.extend(more);
        fields
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
