//! `BPF_MAP_TYPE_PROG_ARRAY`: the targets of tail calls. Only user space fills it; when its last descriptor is closed it is emptied,
//! whoever else holds it.
//!
//! Source: `arraymap.c:prog_array_map_ops`, `core.c:bpf_prog_map_compatible`. Key type: [`ProgArray`], [`Owner`]. Neighbours: `fd_array`;
//! `devmap` and `cpumap` hold programs under the same rule.

use std::cell::RefCell;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::next_index;
use crate::create::CreateError;
use crate::fd_array::{FdArray, fd_of};
use crate::map::{Map, MapCore};
use crate::object::{Descriptors, Object, ProgramObject, ProgramTraits};
use crate::rules::MapRules;
use crate::spec::MapDef;

/// The first program that a map of programs had to do with: later ones must be like it (`bpf_map_owner`).
#[derive(Default)]
pub struct Owner(RefCell<Option<ProgramTraits>>);

impl Owner {
    /// Whether `program` fits; the first one always does and decides for the others. `same_attach`: this is a program array, where the
    /// expected attach type counts too.
    pub(crate) fn admit(&self, program: &ProgramTraits, rules: &MapRules, same_attach: bool) -> bool {
        let mut owner = self.0.borrow_mut();
        let Some(owner) = &*owner else {
            *owner = Some(program.clone());
            return true;
        };
        let types = owner.prog_type == program.prog_type;
        if !rules.owner_is_detailed {
            return types;
        }
        types
            && owner.xdp_frags == program.xdp_frags
            && (!same_attach || owner.attach_type == program.attach_type)
            && owner.attach_function == program.attach_function
            && (!rules.owner_has_sleepable || owner.sleepable == program.sleepable)
    }
}

/// `bpf_prog_get`: -EBADF when nothing is open, -EINVAL for anything but a program.
pub(crate) fn program_of(object: Option<Object>) -> Result<Rc<dyn ProgramObject>, Errno> {
    match object {
        Some(Object::Program(program)) => Ok(program),
        Some(_) => Err(Errno::EINVAL),
        None => Err(Errno::EBADF),
    }
}

/// A program array.
pub struct ProgArray {
    array: FdArray,
    owner: Owner,
}

impl ProgArray {
    /// Empty slots; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(ProgArray { array: FdArray::new(def, rules, m)?, owner: Owner::default() }))
    }

    /// Where a tail call with this index goes.
    pub fn target(&self, index: u32) -> Option<Rc<dyn ProgramObject>> {
        match self.array.get(index)? {
            Object::Program(program) => Some(program),
            _ => unreachable!("only programs were stored"),
        }
    }

    fn take_program(&self, fds: &dyn Descriptors, value: &[u8]) -> Result<Object, Errno> {
        let program = program_of(fds.get(fd_of(value)))?;
        let (traits, rules) = (program.traits(), &self.array.core.rules);
        let extension = rules.tail_call_not_to_extension && traits.extension;
        if extension || !self.owner.admit(&traits, rules, true) {
            return Err(Errno::EINVAL);
        }
        Ok(Object::Program(program))
    }
}

impl Map for ProgArray {
    fn core(&self) -> &MapCore {
        &self.array.core
    }

    /// Programs cannot look at programs (-EOPNOTSUPP).
    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    /// Only system calls store (`check_map_func_compatibility`).
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        self.array.take(m, key).map(|_| ())
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        next_index(&self.array.core, prev)
    }

    /// The program's id.
    fn lookup_user(&self, _m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        let id = |object: &Object| match object {
            Object::Program(program) => program.id(),
            _ => unreachable!("only programs were stored"),
        };
        self.array.lookup_user(key, flags, Some(id))
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.array.replace(m, key, flags, || self.take_program(fds, value)).map(|_| ())
    }

    fn admits_user(&self, program: &ProgramTraits) -> bool {
        self.owner.admit(program, &self.array.core.rules, true)
    }

    fn as_prog_array(&self) -> Option<&ProgArray> {
        Some(self)
    }

    /// `prog_array_map_clear`. The kernel does it on a work queue.
    fn release_user(&self, m: &Machine) {
        self.array.take_all(m, |_| true);
    }

    fn len(&self) -> u32 {
        self.array.used()
    }

    fn destroy(&self, m: &Machine) {
        self.array.destroy(m);
    }
}
