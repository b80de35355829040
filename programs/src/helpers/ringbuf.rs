//! Ring buffers. Source: `kernel/bpf/ringbuf.c`; the buffer itself is `maps::ringbuf`.

use std::rc::Rc;

use maps::map::Map;
use sim::errno::Errno;
use sim::finding;

use super::Row;
use crate::runtime::{CallFault, HelperCx, Reply, ret, status};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_ringbuf_output", body: output },
    Row { name: "bpf_ringbuf_reserve", body: reserve },
    Row { name: "bpf_ringbuf_submit", body: submit },
    Row { name: "bpf_ringbuf_discard", body: discard },
    Row { name: "bpf_ringbuf_query", body: query },
];

const IS_RINGBUF: &str = "the map was just checked to be a ring buffer";

fn ring(cx: &HelperCx<'_>, pointer: u64) -> Result<Rc<dyn Map>, CallFault> {
    let map = cx.map(pointer)?;
    match map.as_ringbuf() {
        Some(_) => Ok(map),
        None => {
            let message = format!("map {} is not a ring buffer", map.core().name);
            Err(CallFault::new(finding::OUT_OF_BOUNDS, message))
        }
    }
}

fn output(cx: &HelperCx<'_>, [map, data, size, flags, _]: [u64; 5]) -> Reply {
    let map = ring(cx, map)?;
    let data = cx.bytes(data, size)?;
    status(map.as_ringbuf().expect(IS_RINGBUF).output(cx.machine(), &data, flags))
}

fn reserve(cx: &HelperCx<'_>, [map, size, flags, ..]: [u64; 5]) -> Reply {
    let map = ring(cx, map)?;
    let record = map.as_ringbuf().expect(IS_RINGBUF).reserve(cx.machine(), size, flags);
    hold(cx, record);
    ret(record.unwrap_or(0))
}

fn hold(cx: &HelperCx<'_>, record: Option<u64>) {
    cx.state.references.borrow_mut().extend(record);
}

/// For a dynptr: a record that the run must commit, if there is room.
pub(super) fn reserve_record(cx: &HelperCx<'_>, map: u64, size: u64) -> Result<Option<u64>, CallFault> {
    let map = ring(cx, map)?;
    let record = map.as_ringbuf().expect(IS_RINGBUF).reserve(cx.machine(), size, 0);
    hold(cx, record);
    Ok(record)
}

fn submit(cx: &HelperCx<'_>, [record, flags, ..]: [u64; 5]) -> Reply {
    commit(cx, record, flags, false)
}

fn discard(cx: &HelperCx<'_>, [record, flags, ..]: [u64; 5]) -> Reply {
    commit(cx, record, flags, true)
}

pub(super) fn commit(cx: &HelperCx<'_>, record: u64, flags: u64, discard: bool) -> Reply {
    let held = cx.state.references.borrow().iter().position(|r| *r == record);
    let Some(held) = held else {
        let message = format!("{record:#x} is not a record that this run has reserved");
        return Err(CallFault::new(finding::OUT_OF_BOUNDS, message));
    };
    cx.state.references.borrow_mut().remove(held);
    for handle in cx.bpf.maps().all() {
        let Some(ring) = handle.map.as_ringbuf() else { continue };
        match ring.commit(cx.machine(), record, flags, discard) {
            Err(Errno::EINVAL) => {}
            Err(_) | Ok(()) => return ret(0),
        }
    }
    Err(CallFault::new(finding::OUT_OF_BOUNDS, format!("{record:#x} is in no ring buffer")))
}

fn query(cx: &HelperCx<'_>, [map, what, ..]: [u64; 5]) -> Reply {
    let map = ring(cx, map)?;
    ret(map.as_ringbuf().expect(IS_RINGBUF).query(what))
}
