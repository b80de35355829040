//! `bpf_redirect_map`, and what asks maps of cgroups. Sources: `include/linux/filter.h:__bpf_xdp_redirect_map`,
//! `kernel/trace/bpf_trace.c:bpf_current_task_under_cgroup`.
//!
//! Where a redirected packet goes is noted and reported; the simulated network ends there (`XDP_REDIRECT`).

use maps::map::Map;
use maps::object::Cgroup;
use sim::errno::Errno;

use super::Row;
use crate::profile::KernelVersion;
use crate::runtime::{CallFault, Frame, HelperCx, ProgEvent, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_redirect_map", body: redirect_map },
    Row { name: "bpf_current_task_under_cgroup", body: current_task_under_cgroup },
];

const XDP_ABORTED: u64 = 0;
const XDP_TX: u64 = 3;
const XDP_REDIRECT: u64 = 4;
/// The action to return when the map has no such entry.
const ACTION_MASK: u64 = 3;
const BPF_F_BROADCAST: u64 = 1 << 3;
const BPF_F_EXCLUDE_INGRESS: u64 = 1 << 4;

/// Interface numbers that the packet goes to; none for CPUs and sockets.
type Targets = Vec<u32>;

/// What is under `index`; `None`: nothing. An entry with a program is not modelled.
fn target(map: &dyn Map, index: u32) -> Result<Option<Targets>, CallFault> {
    let program = |has: bool| match has {
        true => Err(CallFault::not_modelled(format!("the program of an entry of map {}", map.core().name))),
        false => Ok(()),
    };
    if let Some(devices) = map.as_devmap() {
        let Some(device) = devices.device(index) else { return Ok(None) };
        program(device.program.is_some())?;
        return Ok(Some(vec![device.ifindex]));
    }
    if let Some(cpus) = map.as_cpumap() {
        let Some(entry) = cpus.target(index) else { return Ok(None) };
        program(entry.is_some())?;
        return Ok(Some(Vec::new()));
    }
    if let Some(sockets) = map.as_sock_array() {
        return Ok(sockets.socket(index).map(|_| Vec::new()));
    }
    Err(CallFault::not_modelled(format!("bpf_redirect_map with map {}", map.core().name)))
}

fn redirect_map(cx: &HelperCx<'_>, [map, index, flags, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let Frame::Packet(packet) = cx.frame() else {
        return Err(CallFault::not_modelled("bpf_redirect_map without a packet"));
    };
    let index = index as u32;
    let broadcasts = cx.version() != KernelVersion::V5_10 && map.as_devmap().is_some();
    let known = ACTION_MASK | if broadcasts { BPF_F_BROADCAST | BPF_F_EXCLUDE_INGRESS } else { 0 };
    if flags & !known != 0 || (!broadcasts && flags > XDP_TX) {
        return ret(XDP_ABORTED);
    }
    let broadcast = flags & BPF_F_BROADCAST != 0;
    let targets = match map.as_devmap().filter(|_| broadcast) {
        Some(devices) => devices.devices().iter().map(|device| device.ifindex).collect(),
        None => match target(&*map, index)? {
            Some(targets) => targets,
            None => return ret(flags & ACTION_MASK),
        },
    };
    if let Some(ifindex) = targets.first() {
        packet.redirect.set(Some((*ifindex, flags)));
    }
    let name = map.core().name.clone();
    cx.machine().emit_with(|| ProgEvent::RedirectMap { map: name, index, devices: targets });
    ret(XDP_REDIRECT)
}

/// Every simulated task is in the root cgroup.
fn current_task_under_cgroup(cx: &HelperCx<'_>, [map, index, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let Some(groups) = map.as_cgroup_array() else {
        let what = format!("bpf_current_task_under_cgroup with map {}", map.core().name);
        return Err(CallFault::not_modelled(what));
    };
    let index = index as u32;
    if index >= map.spec().max_entries {
        return errno(Errno::E2BIG);
    }
    let Some(group) = groups.cgroup(index) else { return errno(Errno::EAGAIN) };
    let root = Cgroup { id: 1, path: "/".into() };
    ret(u64::from(root.is_under(&group)))
}
