//! `bpf_task_storage_get`, `bpf_inode_storage_get`, `bpf_sk_storage_get`, `bpf_cgrp_storage_get` and their deletes.
//!
//! Sources: `kernel/bpf/bpf_task_storage.c`, `bpf_inode_storage.c`, `bpf_cgrp_storage.c`, `net/core/bpf_sk_storage.c`. Differs: an
//! allocation never sleeps here.

use maps::local_storage::{LocalStorage, Owner, OwnerKind};
use maps::map::Map;
use sim::errno::Errno;
use sim::finding;

use super::Row;
use crate::profile::{KernelVersion, ProgType};
use crate::runtime::{CallFault, HelperCx, Reply, errno, ret, status};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_task_storage_get", body: get },
    Row { name: "bpf_task_storage_delete", body: delete },
    Row { name: "bpf_inode_storage_get", body: get },
    Row { name: "bpf_inode_storage_delete", body: delete },
    Row { name: "bpf_sk_storage_get", body: get },
    Row { name: "bpf_sk_storage_delete", body: delete },
    Row { name: "bpf_cgrp_storage_get", body: get },
    Row { name: "bpf_cgrp_storage_delete", body: delete },
];

/// `BPF_LOCAL_STORAGE_GET_F_CREATE`.
const F_CREATE: u64 = 1;

/// What an operation may do that begins inside another one on the same CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recursion {
    /// Everything: there is no counter.
    Allowed,
    /// Look an element up, but neither make nor delete one (6.12).
    LookupOnly,
    /// Nothing (6.1).
    Refused,
}

fn recursion(cx: &HelperCx<'_>, kind: OwnerKind) -> Recursion {
    let profile = cx.bpf.profile();
    match (profile.version, kind) {
        (KernelVersion::V6_1, OwnerKind::Task) => Recursion::Refused,
        // Programs that cannot recurse have a variant of the helper that only counts.
        (KernelVersion::V6_12, OwnerKind::Task) if cx.prog.kind.checks_recursion(profile) => {
            Recursion::LookupOnly
        }
        (KernelVersion::V6_12, OwnerKind::Cgroup) => Recursion::LookupOnly,
        _ => Recursion::Allowed,
    }
}

fn storage<'a>(map: &'a dyn Map, cx: &HelperCx<'_>) -> Result<&'a LocalStorage, CallFault> {
    map.as_local_storage().ok_or_else(|| {
        let message = format!("map {} of program {} is no local storage", map.core().name, cx.prog.name);
        CallFault::new(finding::OUT_OF_BOUNDS, message)
    })
}

/// Tracing programs may not touch sockets' storage in an interrupt.
fn refused_here(cx: &HelperCx<'_>, kind: OwnerKind) -> bool {
    let task = cx.machine().current_task();
    let interrupt = task.ctx.in_hardirq() || task.ctx.in_nmi();
    kind == OwnerKind::Socket && cx.prog.prog_type() == ProgType::TRACING && interrupt
}

/// The owner with the number people know it by.
fn owner(cx: &HelperCx<'_>, kind: OwnerKind, addr: u64) -> Owner {
    let (m, kobjs) = (cx.machine(), cx.bpf.kobjs());
    let number = match kind {
        OwnerKind::Task => kobjs.task_at(m, addr).map(|task| u64::from(task.pid.0)),
        OwnerKind::Inode => kobjs.get_of(m, "inode", addr, "i_ino").ok(),
        OwnerKind::Socket | OwnerKind::Cgroup => None,
    };
    Owner { addr, number: number.unwrap_or(addr) }
}

fn get(cx: &HelperCx<'_>, [map, object, value, flags, _]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let storage = storage(&*map, cx)?;
    let kind = storage.kind();
    if flags & !F_CREATE != 0 || object == 0 || refused_here(cx, kind) {
        return ret(0);
    }
    let (owners, cpu) = (cx.bpf.owners(), cx.machine().current_cpu());
    let first = owners.enter(kind, cpu);
    let found = look_up_or_make(cx, storage, object, value, flags & F_CREATE != 0, first);
    owners.leave(kind, cpu);
    let found = found?.unwrap_or(0);
    if found != 0 {
        cx.hold(&*map, found);
    }
    ret(found)
}

fn look_up_or_make(
    cx: &HelperCx<'_>,
    storage: &LocalStorage,
    object: u64,
    value: u64,
    create: bool,
    first: bool,
) -> Result<Option<u64>, CallFault> {
    let recursion = if first { Recursion::Allowed } else { recursion(cx, storage.kind()) };
    if recursion == Recursion::Refused {
        return Ok(None);
    }
    let found = storage.find(object);
    let alive = storage.kind() != OwnerKind::Task || cx.bpf.owners().alive(object);
    let may_make = create && recursion == Recursion::Allowed && alive;
    if found.is_some() || !may_make {
        return Ok(found);
    }
    // The object must be memory: its storage pointer is in it.
    cx.bytes(object, 1)?;
    let size = u64::from(storage.spec().value_size);
    let initial = if value == 0 { None } else { Some(cx.bytes(value, size)?) };
    let owner = owner(cx, storage.kind(), object);
    Ok(storage.set(cx.machine(), owner, initial.as_deref(), maps::consts::BPF_NOEXIST).ok())
}

fn delete(cx: &HelperCx<'_>, [map, object, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let storage = storage(&*map, cx)?;
    let kind = storage.kind();
    if refused_here(cx, kind) {
        return errno(Errno::EPERM);
    }
    if object == 0 {
        return errno(Errno::EINVAL);
    }
    let (m, owners) = (cx.machine(), cx.bpf.owners());
    let cpu = m.current_cpu();
    let first = owners.enter(kind, cpu);
    let recursion = if first { Recursion::Allowed } else { recursion(cx, kind) };
    let nmi = m.current_task().ctx.in_nmi() && cx.version() == KernelVersion::V7_2;
    let result = match recursion {
        Recursion::Refused => Err(Errno::EBUSY),
        _ if storage.find(object).is_none() => Err(Errno::ENOENT),
        Recursion::LookupOnly => Err(Errno::EBUSY),
        Recursion::Allowed if nmi => Err(Errno::EOPNOTSUPP),
        Recursion::Allowed => storage.remove(m, object),
    };
    owners.leave(kind, cpu);
    status(result)
}
