//! Events of hooks: fires, missed runs, attachments, system calls.

use std::any::Any;

use sim::event::{Lane, Payload, Slice, Value};

/// What hooks report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookEvent {
    /// A program was attached.
    Attach {
        program: String,
        target: String,
        link: u32,
    },
    /// A program was detached.
    Detach {
        program: String,
        target: String,
        link: u32,
    },
    /// A hook with programs fires.
    FireBegin {
        hook: String,
        id: u64,
    },
    /// The hook is through; `ret` is what the caller of the hooked function gets.
    FireEnd {
        hook: String,
        ret: i64,
        id: u64,
    },
    /// The program was skipped: it, or for kprobes any program, already runs on this CPU.
    Missed {
        program: String,
        why: &'static str,
    },
    /// A program replaced the function's return value; the function itself did not run.
    Overridden {
        function: String,
        ret: i64,
        by: String,
    },
    /// A packet passed the hooks of a device: who decided, and how.
    Packet {
        device: String,
        len: u64,
        by: &'static str,
        verdict: &'static str,
    },
    SysEnter {
        name: &'static str,
        args: Vec<u64>,
        id: u64,
    },
    SysExit {
        name: &'static str,
        ret: i64,
        id: u64,
    },
}

impl Payload for HookEvent {
    fn name(&self) -> &'static str {
        match self {
            HookEvent::Attach { .. } => "bpf_attach",
            HookEvent::Detach { .. } => "bpf_detach",
            HookEvent::FireBegin { .. } => "hook_begin",
            HookEvent::FireEnd { .. } => "hook_end",
            HookEvent::Missed { .. } => "bpf_prog_missed",
            HookEvent::Overridden { .. } => "override_return",
            HookEvent::Packet { .. } => "packet",
            HookEvent::SysEnter { .. } => "sys_enter",
            HookEvent::SysExit { .. } => "sys_exit",
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let s = |text: &str| Value::Str(text.to_string());
        match self {
            HookEvent::Attach { program, target, link } | HookEvent::Detach { program, target, link } => {
                vec![("program", s(program)), ("target", s(target)), ("link", Value::U64(u64::from(*link)))]
            }
            HookEvent::FireBegin { hook, .. } => vec![("hook", s(hook))],
            HookEvent::FireEnd { hook, ret, .. } => vec![("hook", s(hook)), ("ret", Value::I64(*ret))],
            HookEvent::Missed { program, why } => vec![("program", s(program)), ("why", s(why))],
            HookEvent::Overridden { function, ret, by } => {
                vec![("function", s(function)), ("ret", Value::I64(*ret)), ("by", s(by))]
            }
            HookEvent::Packet { device, len, by, verdict } => {
                vec![("device", s(device)), ("len", Value::U64(*len)), ("by", s(by)), ("verdict", s(verdict))]
            }
            HookEvent::SysEnter { name, args, .. } => {
                let args: Vec<String> = args.iter().map(|arg| format!("{arg:#x}")).collect();
                vec![("name", s(name)), ("args", Value::Str(args.join(", ")))]
            }
            HookEvent::SysExit { name, ret, .. } => vec![("name", s(name)), ("ret", Value::I64(*ret))],
        }
    }

    fn slice(&self) -> Slice {
        match self {
            HookEvent::FireBegin { hook, id } => {
                Slice::Begin { lane: Lane::Task, id: *id, name: hook.clone() }
            }
            HookEvent::SysEnter { name, id, .. } => {
                Slice::Begin { lane: Lane::Task, id: *id, name: (*name).to_string() }
            }
            HookEvent::FireEnd { id, .. } | HookEvent::SysExit { id, .. } => {
                Slice::End { lane: Lane::Task, id: *id }
            }
            _ => Slice::Instant,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
