//! What programs leave behind for user space besides maps: lines of `trace_pipe`, records of perf buffers.
//! Key types: [`PrintkLine`], [`Outputs`]. Neighbours: `helpers::print` and `helpers::perf` write, `scenarios` reads.

use std::rc::Rc;

use sim::ids::{CpuId, Pid};

/// One line of `/sys/kernel/tracing/trace_pipe`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintkLine {
    pub time_ns: u64,
    pub cpu: CpuId,
    pub pid: Pid,
    pub comm: Rc<str>,
    pub text: Rc<str>,
}

/// One record of a perf buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerfRecord {
    pub map: Rc<str>,
    /// Whose buffer it is in.
    pub cpu: u32,
    pub time_ns: u64,
    pub data: Rc<[u8]>,
}

/// Everything that programs put out, in order.
#[derive(Debug, Default)]
pub struct Outputs {
    pub printk: Vec<PrintkLine>,
    pub perf: Vec<PerfRecord>,
    /// Lines and records beyond the limit.
    pub dropped: u64,
}

impl Outputs {
    pub(crate) fn add_line(&mut self, line: PrintkLine, limit: usize) {
        if self.printk.len() < limit { self.printk.push(line) } else { self.dropped += 1 }
    }

    pub(crate) fn add_record(&mut self, record: PerfRecord, limit: usize) {
        if self.perf.len() < limit { self.perf.push(record) } else { self.dropped += 1 }
    }
}
