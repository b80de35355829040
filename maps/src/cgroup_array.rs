//! `BPF_MAP_TYPE_CGROUP_ARRAY`: cgroups, for `bpf_current_task_under_cgroup` and `bpf_skb_under_cgroup`.
//!
//! Source: `arraymap.c:cgroup_array_map_ops`. User space stores descriptors of cgroup directories and can read nothing back.
//! Neighbour: `fd_array`.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::next_index;
use crate::create::CreateError;
use crate::fd_array::{FdArray, fd_of};
use crate::map::{Map, MapCore};
use crate::object::{Cgroup, Descriptors, Object};
use crate::rules::MapRules;
use crate::spec::MapDef;

/// An array of cgroups.
pub struct CgroupArray(FdArray);

impl CgroupArray {
    /// Empty slots; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(CgroupArray(FdArray::new(def, rules, m)?)))
    }

    /// The cgroup in a slot; `None` when it is empty or there is no such slot.
    pub fn cgroup(&self, index: u32) -> Option<Rc<Cgroup>> {
        match self.0.get(index)? {
            Object::Cgroup(cgroup) => Some(cgroup),
            _ => unreachable!("only cgroups were stored"),
        }
    }
}

impl Map for CgroupArray {
    fn core(&self) -> &MapCore {
        &self.0.core
    }

    /// Programs cannot look at cgroups (-EOPNOTSUPP).
    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    /// Only system calls store (`check_map_func_compatibility`).
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        self.0.take(m, key).map(|_| ())
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        next_index(&self.0.core, prev)
    }

    /// -ENOTSUPP.
    fn lookup_user(&self, _m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.0.lookup_user(key, flags, None)
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        // `cgroup_get_from_fd`: -EBADF for whatever is no cgroup directory.
        let cgroup = || match fds.get(fd_of(value)) {
            Some(cgroup @ Object::Cgroup(_)) => Ok(cgroup),
            _ => Err(Errno::EBADF),
        };
        self.0.replace(m, key, flags, cgroup).map(|_| ())
    }

    fn as_cgroup_array(&self) -> Option<&CgroupArray> {
        Some(self)
    }

    fn len(&self) -> u32 {
        self.0.used()
    }

    fn destroy(&self, m: &Machine) {
        self.0.destroy(m);
    }
}
