//! Maps: look-up, update, delete, iteration. Source: `kernel/bpf/helpers.c`, `kernel/bpf/hashtab.c`, `kernel/bpf/arraymap.c`.

use std::rc::Rc;

use maps::consts::{BPF_F_LOCK, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY};
use maps::map::{Cursor, Map, Visit};
use sim::errno::Errno;

use super::Row;
use super::lock::{Acquire, acquire};
use crate::interp::{Callback, Continuation, Outcome};
use crate::runtime::{Bpf, CallFault, HelperCx, Reply, RunState, errno, ret, status};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_map_lookup_elem", body: lookup },
    Row { name: "bpf_map_update_elem", body: update },
    Row { name: "bpf_map_delete_elem", body: delete },
    Row { name: "bpf_map_lookup_percpu_elem", body: lookup_percpu },
    Row { name: "bpf_map_push_elem", body: push },
    Row { name: "bpf_map_pop_elem", body: pop },
    Row { name: "bpf_map_peek_elem", body: peek },
    Row { name: "bpf_for_each_map_elem", body: for_each },
];

fn lookup(cx: &HelperCx<'_>, [map, key, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let key = cx.key(&*map, key)?;
    let value = map.lookup(cx.machine(), &key);
    if let Some(value) = value {
        cx.hold(&*map, value);
    }
    ret(value.unwrap_or(0))
}

fn lookup_percpu(cx: &HelperCx<'_>, [map, key, cpu, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let key = cx.key(&*map, key)?;
    // The CPU is a u32 in the kernel.
    let value = map.lookup_percpu(cx.machine(), &key, cpu as u32);
    if let Some(value) = value {
        cx.hold(&*map, value);
    }
    ret(value.unwrap_or(0))
}

fn update(cx: &HelperCx<'_>, [map, key, value, flags, _]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let key = cx.key(&*map, key)?;
    let value = cx.bytes(value, u64::from(map.spec().value_size))?;
    if flags & BPF_F_LOCK == 0 {
        return status(map.update(cx.machine(), &key, &value, flags));
    }
    update_locked(cx, map, key, value, flags)
}

/// With `BPF_F_LOCK` the value is copied under its spin lock: wait for it, but hold it for no longer than the copy.
fn update_locked(cx: &HelperCx<'_>, map: Rc<dyn Map>, key: Vec<u8>, value: Vec<u8>, flags: u64) -> Reply {
    let element = map.lookup(cx.machine(), &key);
    let lock = element.and_then(|element| map.lock_addr(element));
    let Some(lock) = lock.filter(|lock| cx.bpf.spin_locks().holder(*lock).is_some()) else {
        return status(map.update(cx.machine(), &key, &value, flags));
    };
    match acquire(cx, lock)? {
        Acquire::Now => cx.bpf.unlock(lock),
        Acquire::Spin(spin) => {
            let bpf = cx.bpf.clone();
            return Ok(Outcome::Wait(Box::pin(async move {
                spin.await;
                bpf.unlock(lock);
                map.update(bpf.machine(), &key, &value, flags).map_or_else(|e| e.ret() as u64, |()| 0)
            })));
        }
    }
    status(map.update(cx.machine(), &key, &value, flags))
}

fn delete(cx: &HelperCx<'_>, [map, key, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let key = cx.key(&*map, key)?;
    status(map.delete(cx.machine(), &key))
}

fn push(cx: &HelperCx<'_>, [map, value, flags, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let value = cx.bytes(value, u64::from(map.spec().value_size))?;
    status(map.push(cx.machine(), &value, flags))
}

fn pop(cx: &HelperCx<'_>, [map, value, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    with_value(cx, &*map, value, |value| map.pop(cx.machine(), value))
}

fn peek(cx: &HelperCx<'_>, [map, value, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    with_value(cx, &*map, value, |value| map.peek(cx.machine(), value))
}

/// Runs `body` on the value at `addr`. What it leaves there is the program's even when it fails: an empty map gives zeros.
fn with_value(
    cx: &HelperCx<'_>,
    map: &dyn Map,
    addr: u64,
    body: impl FnOnce(&mut [u8]) -> Result<(), Errno>,
) -> Reply {
    let mut value = cx.bytes(addr, u64::from(map.spec().value_size))?;
    let result = body(&mut value);
    cx.write(addr, &value)?;
    status(result)
}

/// An iteration in progress. Hash maps hold an RCU section around each callback.
struct ForEach {
    bpf: Bpf,
    state: Rc<RunState>,
    map: Rc<dyn Map>,
    pointer: u64,
    func: u64,
    ctx: u64,
    cursor: Cursor,
    visited: u64,
    in_rcu: bool,
    /// Where keys that are in no kernel memory (array indices) are shown to the callback.
    key_copy: Option<u64>,
}

fn for_each(cx: &HelperCx<'_>, [pointer, func, ctx, flags, _]: [u64; 5]) -> Reply {
    let map = cx.map(pointer)?;
    if flags != 0 {
        return errno(Errno::EINVAL);
    }
    let array = [BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY].contains(&map.spec().map_type);
    let each = ForEach {
        bpf: cx.bpf.clone(),
        state: cx.state.clone(),
        map,
        pointer,
        func,
        ctx,
        cursor: Cursor::default(),
        visited: 0,
        in_rcu: !array,
        key_copy: None,
    };
    Ok(Box::new(each).step())
}

impl ForEach {
    fn step(mut self: Box<Self>) -> Outcome {
        let m = self.bpf.machine().clone();
        let Some(visit) = self.map.visit(&m, &mut self.cursor) else { return self.end() };
        self.visited += 1;
        let key = match self.key_address(&visit) {
            Ok(key) => key,
            Err(fault) => return self.state.clone().fail(fault),
        };
        if self.in_rcu {
            m.rcu_read_lock();
            self.state.callback_rcu.set(self.state.callback_rcu.get() + 1);
        }
        let args = [self.pointer, key, visit.value_addr, self.ctx, 0];
        Outcome::Callback(Callback { func: self.func, args, then: self })
    }

    fn key_address(&mut self, visit: &Visit) -> Result<u64, CallFault> {
        if let Some(addr) = visit.key_addr {
            return Ok(addr);
        }
        let m = self.bpf.machine();
        let addr = match self.key_copy {
            Some(addr) => addr,
            None => {
                let made = m.arena_mut().alloc(visit.key.len(), "key of for_each_map_elem", m.stamp());
                made.ok_or_else(|| CallFault::not_modelled("bpf_for_each_map_elem without kernel memory"))?
            }
        };
        self.key_copy = Some(addr);
        m.arena_mut().write(addr, &visit.key)?;
        Ok(addr)
    }

    fn end(&self) -> Outcome {
        Outcome::Ret(self.visited)
    }
}

impl Drop for ForEach {
    fn drop(&mut self) {
        if let Some(addr) = self.key_copy {
            let m = self.bpf.machine();
            m.arena_mut().free(addr, m.stamp());
        }
    }
}

impl Continuation for ForEach {
    fn resume(self: Box<Self>, r0: u64) -> Outcome {
        if self.in_rcu {
            self.state.callback_rcu.set(self.state.callback_rcu.get() - 1);
            self.bpf.machine().rcu_read_unlock();
        }
        // 0 goes on, 1 stops; a verifier allows nothing else.
        if r0 == 0 { self.step() } else { self.end() }
    }
}
