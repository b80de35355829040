//! `bpf_perf_event_output`. Sources: `kernel/trace/bpf_trace.c:__bpf_perf_event_output`, `net/core/filter.c:bpf_skb_event_output`. Every
//! CPU has an open buffer at first, as after libbpf's `perf_buffer__new`; records stay in `runtime::Outputs`.

use sim::errno::Errno;

use super::Row;
use crate::runtime::{CallFault, Frame, HelperCx, PerfRecord, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[Row { name: "bpf_perf_event_output", body: output }];

const BPF_F_INDEX_MASK: u64 = 0xffff_ffff;
const BPF_F_CURRENT_CPU: u64 = BPF_F_INDEX_MASK;
/// How many bytes of the packet follow the record, in bits 32 to 51.
const BPF_F_CTXLEN_MASK: u64 = 0xf_ffff << 32;

fn output(cx: &HelperCx<'_>, [_, map, flags, data, size]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let Some(array) = map.as_perf_event_array() else {
        return Err(CallFault::not_modelled(format!("bpf_perf_event_output to map {}", map.core().name)));
    };
    let packet = match cx.frame() {
        Frame::Packet(packet) => Some(packet),
        _ => None,
    };
    let known = BPF_F_INDEX_MASK | if packet.is_some() { BPF_F_CTXLEN_MASK } else { 0 };
    if flags & !known != 0 {
        return errno(Errno::EINVAL);
    }
    let mut record = cx.bytes(data, size)?;
    if let Some(packet) = packet {
        let wanted = ((flags & BPF_F_CTXLEN_MASK) >> 32) as usize;
        let bytes = packet.bytes(cx.machine())?;
        let Some(part) = bytes.get(..wanted) else { return errno(Errno::EFAULT) };
        record.extend_from_slice(part);
    }
    let m = cx.machine();
    let here = u64::from(m.current_cpu().0);
    let index = match flags & BPF_F_INDEX_MASK {
        BPF_F_CURRENT_CPU => here,
        index => index,
    };
    match index {
        index if index >= u64::from(map.spec().max_entries) => errno(Errno::E2BIG),
        index => {
            match array.event(index as u32) {
                None => return errno(Errno::ENOENT),
                Some(event) if !event.bpf_output => return errno(Errno::EINVAL),
                Some(event) if u64::from(event.cpu) != here => return errno(Errno::EOPNOTSUPP),
                Some(_) => {}
            }
            let map = map.core().name.clone();
            let record = PerfRecord { map, cpu: here as u32, time_ns: m.now_ns(), data: record.into() };
            cx.bpf.add_perf_record(record);
            ret(0)
        }
    }
}
