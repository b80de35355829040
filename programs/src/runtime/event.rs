//! What the BPF subsystem reports: loads, runs, printed lines, records.
//!
//! Key type: [`ProgEvent`]. Neighbours: every file of `runtime` and `helpers` emits, `scenarios` reads.

use std::any::Any;
use std::rc::Rc;

use sim::event::{Lane, Payload, Slice, Value};

/// An event of the BPF subsystem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgEvent {
    /// A program was loaded.
    Load { id: u32, name: Rc<str>, section: Rc<str>, sleepable: bool, insns: u64 },
    /// A program body starts; `run` numbers the runs of a machine.
    RunBegin { run: u64, id: u32, name: Rc<str>, sleepable: bool },
    /// A program body is over. `slept_ns` is the time it was blocked in helpers.
    RunEnd { run: u64, id: u32, name: Rc<str>, ret: u64, insns: u64, slept_ns: u64 },
    /// A call of a helper or kfunc, if tracing of calls is on ([`super::Tracing`]).
    Call { run: u64, name: Rc<str>, args: [u64; 5] },
    /// `bpf_trace_printk` and `bpf_trace_vprintk`: a line of `trace_pipe`.
    Printk { text: Rc<str> },
    /// A record of `bpf_perf_event_output`, in the buffer of this CPU.
    PerfOutput { map: Rc<str>, cpu: u32, data: Rc<[u8]> },
    /// A spin lock is held by somebody else: this CPU spins.
    SpinWait { lock: u64, holder_pid: u32, holder_cpu: u16 },
    /// `bpf_res_spin_lock` gave up: -EDEADLK or -ETIMEDOUT.
    LockRefused { lock: u64, map: Rc<str>, ret: i64 },
    /// `bpf_override_return`: the probed function will not run and returns this instead.
    Override { function: Rc<str>, ret: u64 },
    /// A packet is to leave through another interface.
    Redirect { ifindex: u32, flags: u64 },
    /// A packet is to go where this entry of a map says; `devices` are the interfaces, if that is what the map has.
    RedirectMap { map: Rc<str>, index: u32, devices: Vec<u32> },
}

impl Payload for ProgEvent {
    fn name(&self) -> &'static str {
        match self {
            ProgEvent::Load { .. } => "bpf_prog_load",
            ProgEvent::RunBegin { .. } => "bpf_prog_run_begin",
            ProgEvent::RunEnd { .. } => "bpf_prog_run_end",
            ProgEvent::Call { .. } => "bpf_call",
            ProgEvent::Printk { .. } => "bpf_trace_printk",
            ProgEvent::PerfOutput { .. } => "bpf_perf_output",
            ProgEvent::SpinWait { .. } => "bpf_spin_wait",
            ProgEvent::LockRefused { .. } => "bpf_res_spin_lock_failed",
            ProgEvent::Override { .. } => "bpf_override_return",
            ProgEvent::Redirect { .. } => "bpf_redirect",
            ProgEvent::RedirectMap { .. } => "bpf_redirect_map",
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let text = |t: &Rc<str>| Value::Str(t.to_string());
        let number = |n: u32| Value::U64(u64::from(n));
        match self {
            ProgEvent::Load { id, name, section, sleepable, insns } => vec![
                ("prog_id", number(*id)),
                ("prog", text(name)),
                ("section", text(section)),
                ("sleepable", Value::Bool(*sleepable)),
                ("insns", Value::U64(*insns)),
            ],
            ProgEvent::RunBegin { run, id, name, sleepable } => vec![
                ("run", Value::U64(*run)),
                ("prog_id", number(*id)),
                ("prog", text(name)),
                ("sleepable", Value::Bool(*sleepable)),
            ],
            ProgEvent::RunEnd { run, id, name, ret, insns, slept_ns } => vec![
                ("run", Value::U64(*run)),
                ("prog_id", number(*id)),
                ("prog", text(name)),
                ("ret", Value::I64(*ret as i64)),
                ("insns", Value::U64(*insns)),
                ("slept_ns", Value::Ns(*slept_ns)),
            ],
            ProgEvent::Call { run, name, args } => {
                let names = ["r1", "r2", "r3", "r4", "r5"];
                let mut fields = vec![("run", Value::U64(*run)), ("func", text(name))];
                fields.extend(names.into_iter().zip(args.iter().map(|a| Value::Addr(*a))));
                fields
            }
            ProgEvent::Printk { text: line } => vec![("text", text(line))],
            ProgEvent::PerfOutput { map, cpu, data } => {
                vec![("map", text(map)), ("buffer_cpu", number(*cpu)), ("data", Value::Bytes(data.to_vec()))]
            }
            ProgEvent::SpinWait { lock, holder_pid, holder_cpu } => vec![
                ("lock", Value::Addr(*lock)),
                ("holder_pid", number(*holder_pid)),
                ("holder_cpu", number(u32::from(*holder_cpu))),
            ],
            ProgEvent::LockRefused { lock, map, ret } => {
                vec![("lock", Value::Addr(*lock)), ("map", text(map)), ("ret", Value::I64(*ret))]
            }
            ProgEvent::Override { function, ret } => {
                vec![("function", text(function)), ("ret", Value::I64(*ret as i64))]
            }
            ProgEvent::Redirect { ifindex, flags } => {
                vec![("ifindex", number(*ifindex)), ("flags", Value::U64(*flags))]
            }
            ProgEvent::RedirectMap { map, index, devices } => {
                let devices: Vec<String> = devices.iter().map(u32::to_string).collect();
                vec![
                    ("map", text(map)),
                    ("index", number(*index)),
                    ("devices", Value::Str(devices.join(","))),
                ]
            }
        }
    }

    fn slice(&self) -> Slice {
        match self {
            ProgEvent::RunBegin { run, name, .. } => {
                Slice::Begin { lane: Lane::Task, id: *run, name: name.to_string() }
            }
            ProgEvent::RunEnd { run, .. } => Slice::End { lane: Lane::Task, id: *run },
            _ => Slice::Instant,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
