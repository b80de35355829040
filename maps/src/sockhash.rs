//! `BPF_MAP_TYPE_SOCKHASH`: sockets under keys of any size.
//!
//! Source: `net/core/sock_map.c:sock_hash_ops`. Its own hash table: seed 0, a power of two of buckets, newest element first.
//! Key type: [`Sockhash`]. Neighbours: `sock_array` (which sockets fit).

use std::cell::RefCell;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::consts::*;
use crate::create::CreateError;
use crate::jhash::jhash;
use crate::map::{Map, MapCore};
use crate::object::{Descriptors, SocketObject};
use crate::rules::MapRules;
use crate::sock_array::{Socket, fd_value, sockmap_socket};
use crate::spec::MapDef;

/// An element (`struct bpf_shtab_elem`).
struct Element {
    key: Vec<u8>,
    socket: Rc<dyn SocketObject>,
}

/// A hash map of sockets.
pub struct Sockhash {
    core: MapCore,
    base: u64,
    buckets: RefCell<Vec<Vec<Element>>>,
}

impl Sockhash {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let buckets = def.max_entries.next_power_of_two();
        let bytes = usize::try_from(u64::from(buckets) * BUCKET_BYTES).map_err(|_| Errno::ENOMEM)?;
        let base = m.arena_mut().alloc_zeroed(bytes, "bpf_shtab buckets", m.stamp()).ok_or(Errno::ENOMEM)?;
        let buckets = RefCell::new((0..buckets).map(|_| Vec::new()).collect());
        Ok(Rc::new(Sockhash { core, base, buckets }))
    }

    fn bucket(&self, key: &[u8]) -> usize {
        self.core.check_sizes(key, None);
        jhash(key, 0) as usize & (self.buckets.borrow().len() - 1)
    }

    /// The socket under a key.
    pub fn socket(&self, key: &[u8]) -> Option<Rc<dyn SocketObject>> {
        let buckets = self.buckets.borrow();
        buckets[self.bucket(key)]
            .iter()
            .find(|element| element.key == key)
            .map(|element| element.socket.clone())
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        self.buckets.borrow().iter().flatten().map(|element| element.key.clone()).collect()
    }

    /// `sock_hash_update_common`.
    fn store(&self, key: &[u8], socket: Rc<dyn SocketObject>, flags: u64) -> Result<(), Errno> {
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let at = self.bucket(key);
        let (count, mut buckets) = (self.len(), self.buckets.borrow_mut());
        let old = buckets[at].iter().position(|element| element.key == key);
        match old {
            Some(_) if flags == BPF_NOEXIST => return Err(Errno::EEXIST),
            None if flags == BPF_EXIST => return Err(Errno::ENOENT),
            None if count >= self.core.def.max_entries => return Err(Errno::E2BIG),
            _ => {}
        }
        // The new element comes first, then the old one goes.
        if let Some(old) = old {
            buckets[at].remove(old);
        }
        buckets[at].insert(0, Element { key: key.to_vec(), socket });
        Ok(())
    }
}

impl Map for Sockhash {
    fn core(&self) -> &MapCore {
        &self.core
    }

    /// Address of the `struct sock`.
    fn lookup(&self, _m: &Machine, key: &[u8]) -> Option<u64> {
        self.socket(key).map(|socket| socket.sk_addr())
    }

    /// Programs store sockets by pointer, which only few program types have; not modelled there.
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    fn delete(&self, _m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let at = self.bucket(key);
        let mut buckets = self.buckets.borrow_mut();
        let found = buckets[at].iter().position(|element| element.key == key).ok_or(Errno::ENOENT)?;
        buckets[at].remove(found);
        Ok(())
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        let keys = self.keys();
        let at = prev.and_then(|prev| keys.iter().position(|key| key == prev)).map_or(0, |at| at + 1);
        keys.get(at).cloned().ok_or(Errno::ENOENT)
    }

    /// The socket's cookie, which needs a value of 8 bytes.
    fn lookup_user(&self, _m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        if self.core.def.value_size != 8 {
            return Err(Errno::ENOSPC);
        }
        let socket = self.socket(key).ok_or(Errno::ENOENT)?;
        Ok(socket.cookie().to_le_bytes().to_vec())
    }

    fn update_user_with(
        &self,
        _m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.core.check_update_user(flags)?;
        let socket = sockmap_socket(&Socket { fd: fd_value(value), fds }, &self.core.rules)?;
        self.store(key, socket, flags)
    }

    fn forget_socket(&self, _m: &Machine, cookie: u64) {
        for bucket in self.buckets.borrow_mut().iter_mut() {
            bucket.retain(|element| element.socket.cookie() != cookie);
        }
    }

    fn len(&self) -> u32 {
        self.buckets.borrow().iter().map(Vec::len).sum::<usize>() as u32
    }

    fn as_sockhash(&self) -> Option<&Sockhash> {
        Some(self)
    }

    fn destroy(&self, m: &Machine) {
        self.buckets.borrow_mut().clear();
        m.arena_mut().free(self.base, m.stamp());
        self.core.destroy(m);
    }
}
