//! `BPF_MAP_TYPE_STACK_TRACE`: stacks under the low bits of their hash.
//!
//! A stack has one possible place, its bucket; another stack in it is a collision, which keeps the old stack (-EEXIST) or drops it
//! (`BPF_F_REUSE_STACKID`). Elements are preallocated; user space's copy takes the bucket out for a moment and puts it back.
//! Source: `kernel/bpf/stackmap.c`. Key type: [`StackTrace`]. Differs: `BPF_F_STACK_BUILD_ID` maps keep addresses
//! (`BPF_STACK_BUILD_ID_IP`), which is what a kernel stores where it finds no build id; no file here has one.

use std::cell::RefCell;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::index_of;
use crate::consts::*;
use crate::create::CreateError;
use crate::event::{MapEvent, UpdateKind};
use crate::jhash::jhash;
use crate::map::{Map, MapCore};
use crate::rules::MapRules;
use crate::spec::MapDef;

/// Flags of `bpf_get_stackid`: how many frames to leave out.
pub const BPF_F_SKIP_FIELD_MASK: u64 = 0xff;
pub const BPF_F_USER_STACK: u64 = 1 << 8;
/// Two stacks with the same hash count as the same.
pub const BPF_F_FAST_STACK_CMP: u64 = 1 << 9;
/// On a collision the new stack stays.
pub const BPF_F_REUSE_STACKID: u64 = 1 << 10;
/// `sysctl_perf_event_max_stack`: the longest stack.
pub const MAX_STACK: u32 = 127;
/// `struct bpf_stack_build_id`.
const BUILD_ID_BYTES: usize = 32;
/// `BPF_STACK_BUILD_ID_IP`.
const BUILD_ID_IP: u32 = 2;
/// `sizeof(struct stack_map_bucket)`, kept beside the simulated memory, but part of an element's size.
const BUCKET_HEADER: u64 = 24;

/// A stack as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bucket {
    hash: u32,
    /// Number of frames.
    frames: usize,
    element: u32,
}

/// A map of stacks.
pub struct StackTrace {
    core: MapCore,
    base: u64,
    buckets: RefCell<Vec<Option<Bucket>>>,
    free: RefCell<Vec<u32>>,
}

const IN_MAP: &str = "the elements are memory of the map";

impl StackTrace {
    /// No stacks; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let bytes = u64::from(def.max_entries) * (BUCKET_HEADER + u64::from(def.value_size));
        let bytes = usize::try_from(bytes).map_err(|_| Errno::ENOMEM)?;
        let base = m.arena_mut().alloc_zeroed(bytes, "stack_map elems", m.stamp()).ok_or(Errno::ENOMEM)?;
        let buckets = RefCell::new(vec![None; def.max_entries.next_power_of_two() as usize]);
        Ok(Rc::new(StackTrace {
            core,
            base,
            buckets,
            free: RefCell::new((0..def.max_entries).rev().collect()),
        }))
    }

    fn frame_bytes(&self) -> usize {
        if self.core.def.has(BPF_F_STACK_BUILD_ID) { BUILD_ID_BYTES } else { 8 }
    }

    /// How many frames a look at the stack should fetch (`get_perf_callchain`'s `max_depth`).
    pub fn depth(&self, flags: u64) -> usize {
        let fits = self.core.def.value_size as usize / self.frame_bytes();
        (fits + (flags & BPF_F_SKIP_FIELD_MASK) as usize).min(MAX_STACK as usize)
    }

    fn addr(&self, element: u32) -> u64 {
        self.base + u64::from(element) * (BUCKET_HEADER + u64::from(self.core.def.value_size))
    }

    fn encode(&self, ips: &[u64]) -> Vec<u8> {
        if !self.core.def.has(BPF_F_STACK_BUILD_ID) {
            return ips.iter().flat_map(|ip| ip.to_le_bytes()).collect();
        }
        let entry = |ip: &u64| {
            let mut entry = [0; BUILD_ID_BYTES];
            entry[..4].copy_from_slice(&BUILD_ID_IP.to_le_bytes());
            entry[24..].copy_from_slice(&ip.to_le_bytes());
            entry
        };
        ips.iter().flat_map(entry).collect()
    }

    fn stored(&self, m: &Machine, bucket: &Bucket) -> Vec<u8> {
        let len = bucket.frames * self.frame_bytes();
        m.arena().read(self.addr(bucket.element), len).expect(IN_MAP).to_vec()
    }

    /// `bpf_get_stackid` with the stack `ips`, innermost frame first: the number of its bucket.
    ///
    /// # Errors
    /// -EINVAL: unknown flags; -EFAULT: fewer frames than are to be skipped; -EEXIST: the bucket has another stack; -ENOMEM: all elements
    /// are in use.
    pub fn store(&self, m: &Machine, ips: &[u64], flags: u64) -> Result<u32, Errno> {
        let known = BPF_F_SKIP_FIELD_MASK | BPF_F_USER_STACK | BPF_F_FAST_STACK_CMP | BPF_F_REUSE_STACKID;
        if flags & !known != 0 {
            return Err(Errno::EINVAL);
        }
        let ips = &ips[..ips.len().min(self.depth(flags))];
        let skip = (flags & BPF_F_SKIP_FIELD_MASK) as usize;
        let ips = ips.get(skip..).filter(|rest| !rest.is_empty()).ok_or(Errno::EFAULT)?;
        let addresses: Vec<u8> = ips.iter().flat_map(|ip| ip.to_le_bytes()).collect();
        let hash = jhash(&addresses, 0);
        let mut buckets = self.buckets.borrow_mut();
        let id = hash & (buckets.len() as u32 - 1);
        let data = self.encode(ips);
        let slot = &mut buckets[id as usize];
        if let Some(old) = &*slot {
            let same_hash = old.hash == hash;
            if same_hash && (flags & BPF_F_FAST_STACK_CMP != 0 || self.stored(m, old) == data) {
                return Ok(id);
            }
            if flags & BPF_F_REUSE_STACKID == 0 {
                return Err(Errno::EEXIST);
            }
        }
        let element = self.free.borrow_mut().pop().ok_or(Errno::ENOMEM)?;
        m.arena_mut().write(self.addr(element), &data).expect(IN_MAP);
        let old = slot.replace(Bucket { hash, frames: ips.len(), element });
        let kind = if old.is_some() { UpdateKind::Replace } else { UpdateKind::Insert };
        self.free.borrow_mut().extend(old.map(|old| old.element));
        m.emit_with(|| MapEvent::Update {
            map: self.core.name.clone(),
            key: id.to_le_bytes().to_vec(),
            value_addr: self.addr(element),
            kind,
        });
        Ok(id)
    }

    fn remove(&self, id: u32) -> Result<(), Errno> {
        let mut buckets = self.buckets.borrow_mut();
        let slot = buckets.get_mut(id as usize).ok_or(Errno::E2BIG)?;
        let old = slot.take().ok_or(Errno::ENOENT)?;
        self.free.borrow_mut().push(old.element);
        Ok(())
    }
}

impl Map for StackTrace {
    fn core(&self) -> &MapCore {
        &self.core
    }

    /// Programs cannot look stacks up (-EOPNOTSUPP).
    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    /// Only `bpf_get_stackid` stores.
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, _m: &Machine, key: &[u8]) -> Result<(), Errno> {
        self.remove(index_of(&self.core, key))
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        let buckets = self.buckets.borrow();
        let full = |id: u32| buckets.get(id as usize).is_some_and(Option::is_some);
        let start = prev.map(|key| index_of(&self.core, key)).filter(|id| full(*id)).map_or(0, |id| id + 1);
        let next = (start..buckets.len() as u32).find(|id| full(*id)).ok_or(Errno::ENOENT)?;
        Ok(next.to_le_bytes().to_vec())
    }

    /// The stack, filled up with zeros.
    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let buckets = self.buckets.borrow();
        let bucket = buckets.get(index_of(&self.core, key) as usize).and_then(Option::as_ref);
        let mut value = self.stored(m, bucket.ok_or(Errno::ENOENT)?);
        value.resize(self.core.def.value_size as usize, 0);
        Ok(value)
    }

    fn lookup_and_delete_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        if !self.core.rules.stack_lookup_and_delete {
            return Err(Errno::ENOTSUPP);
        }
        let value = self.lookup_user(m, key, flags)?;
        self.remove(index_of(&self.core, key)).map(|()| value)
    }

    fn len(&self) -> u32 {
        self.buckets.borrow().iter().flatten().count() as u32
    }

    fn as_stack_trace(&self) -> Option<&StackTrace> {
        Some(self)
    }

    fn destroy(&self, m: &Machine) {
        m.arena_mut().free(self.base, m.stamp());
        self.core.destroy(m);
    }
}
