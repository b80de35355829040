#!/usr/bin/env python3
"""Decodes a trace written by `sleepable run … --trace out.pftrace` with Perfetto's own bindings and checks it.

    python3 -m venv venv && venv/bin/pip install perfetto
    venv/bin/python tests/perfetto/check.py out.pftrace

Not part of `cargo test`, which needs nothing but Rust; `scenarios::export::perfetto` has a test that decodes the wire
format by itself.
"""

import collections
import sys

from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

SLICE_BEGIN, SLICE_END, INSTANT = (
    TrackEvent.TYPE_SLICE_BEGIN,
    TrackEvent.TYPE_SLICE_END,
    TrackEvent.TYPE_INSTANT,
)


def main(path):
    trace = Trace()
    with open(path, "rb") as file:
        trace.ParseFromString(file.read())
    assert trace.packet, "no packets"
    names, kinds, depth, last = {}, collections.Counter(), collections.Counter(), {}
    switches = 0
    for packet in trace.packet:
        if packet.HasField("track_descriptor"):
            track = packet.track_descriptor
            assert track.uuid not in names, f"track {track.uuid} is declared twice"
            assert not track.parent_uuid or track.parent_uuid in names, "a track before its parent"
            names[track.uuid] = track.name or track.thread.thread_name or track.process.process_name
            assert names[track.uuid], "a track without a name"
        elif packet.HasField("track_event"):
            event = packet.track_event
            assert event.track_uuid in names, f"event on the unknown track {event.track_uuid}"
            assert packet.timestamp_clock_id == 6, "not on the boot clock"
            assert packet.timestamp >= last.get(event.track_uuid, 0), "time runs backwards"
            last[event.track_uuid] = packet.timestamp
            kinds[event.type] += 1
            if event.type == SLICE_BEGIN:
                depth[event.track_uuid] += 1
                assert event.name, "a slice without a name"
            elif event.type == SLICE_END:
                depth[event.track_uuid] -= 1
                assert depth[event.track_uuid] >= 0, f"an end without a begin on {names[event.track_uuid]}"
            assert event.type in (SLICE_BEGIN, SLICE_END, INSTANT)
        elif packet.HasField("ftrace_events"):
            for event in packet.ftrace_events.event:
                assert event.HasField("sched_switch"), "only sched_switch is written in the kernel's form"
                assert event.sched_switch.prev_comm and event.sched_switch.next_comm
                switches += 1
    open_slices = {names[uuid]: count for uuid, count in depth.items() if count}
    print(f"{len(names)} tracks: {', '.join(sorted(set(names.values())))}")
    print(f"{kinds[SLICE_BEGIN]} slices, {kinds[INSTANT]} instants, {switches} switches, open at the end: {open_slices or 'none'}")


main(sys.argv[1])
