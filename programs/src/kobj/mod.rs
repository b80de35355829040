//! Kernel objects (`task_struct`, `file`, `dentry`, ...) in kernel memory, laid out from the kernel's BTF, so that a program compiled
//! with CO-RE reads them where it expects them.
//!
//! Key type: [`Kobjs`]: allocates a structure by name and reads or writes members by path (`"f_path.dentry"`, `"comm"`). Objects come
//! to life when something asks for them; what nobody sets is zero. Map: `task` (tasks, credentials, `mm_struct`), `file` (files and paths).
//! Differs from a kernel: members that the BTF lacks cannot be set, and `set_known` skips them.

mod file;
mod task;

use std::cell::RefCell;
use std::collections::BTreeMap;

use sim::machine::Machine;

use crate::btf::{Kind, TypeId};
use crate::runtime::KernelTypes;

pub use file::{FileObject, FileSpec};

/// Why a kernel object cannot be built or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KobjError {
    #[error("the kernel's types have no struct {0}")]
    NoType(String),
    #[error("struct {structure} has no member {path}")]
    NoMember { structure: String, path: String },
    #[error("{structure}.{path} has {size} bytes: not a number")]
    NotANumber { structure: String, path: String, size: u64 },
    #[error("{addr:#x} is not a kernel object")]
    NotAnObject { addr: u64 },
    #[error("kernel memory is full")]
    NoMemory,
}

/// Where a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub addr: u64,
    pub size_bytes: u64,
    /// Shift and width of a bitfield; width 0 for other members.
    shift: u32,
    bits: u32,
}

/// The kernel objects of a machine.
pub struct Kobjs {
    types: KernelTypes,
    objects: RefCell<BTreeMap<u64, TypeId>>,
    tasks: RefCell<task::Tasks>,
    paths: RefCell<file::Paths>,
}

/// Names of structures under which objects appear in findings; others are a "kernel object".
const NAMES: [&str; 16] = [
    "task_struct",
    "cred",
    "mm_struct",
    "file",
    "dentry",
    "inode",
    "super_block",
    "vfsmount",
    "mount",
    "linux_binprm",
    "sk_buff",
    "sock",
    "socket",
    "net_device",
    "bio",
    "vm_area_struct",
];

impl Kobjs {
    pub fn new(types: KernelTypes) -> Kobjs {
        Kobjs { types, objects: RefCell::default(), tasks: RefCell::default(), paths: RefCell::default() }
    }

    fn structure(&self, name: &str) -> Result<TypeId, KobjError> {
        let found = self.types.find_by_name_kind(name, Kind::Struct);
        found.map(|ty| ty.id()).ok_or_else(|| KobjError::NoType(name.to_string()))
    }

    /// A zeroed `struct name`. Errors: unknown type, no memory.
    pub fn alloc_struct(&self, m: &Machine, name: &str) -> Result<u64, KobjError> {
        let id = self.structure(name)?;
        let size = self.types.size_of(id).ok_or_else(|| KobjError::NoType(name.to_string()))?;
        let what = NAMES.iter().find(|n| **n == name).copied().unwrap_or("kernel object");
        let addr = m.arena_mut().alloc_zeroed(size as usize, what, m.stamp()).ok_or(KobjError::NoMemory)?;
        self.objects.borrow_mut().insert(addr, id);
        Ok(addr)
    }

    /// Frees an object. Accesses to it are uses after free from now on.
    pub fn free(&self, m: &Machine, addr: u64) -> Result<(), KobjError> {
        self.objects.borrow_mut().remove(&addr).ok_or(KobjError::NotAnObject { addr })?;
        m.arena_mut().free(addr, m.stamp());
        Ok(())
    }

    /// The structure that was allocated at this address.
    pub fn type_of(&self, addr: u64) -> Option<TypeId> {
        self.objects.borrow().get(&addr).copied()
    }

    /// Name of the structure that was allocated at this address.
    pub fn type_name(&self, addr: u64) -> Option<String> {
        self.type_of(addr).map(|id| self.types.name_of(id).to_string())
    }

    /// Where a member of an object is.
    pub fn place(&self, addr: u64, path: &str) -> Result<Place, KobjError> {
        let id = self.type_of(addr).ok_or(KobjError::NotAnObject { addr })?;
        self.place_in(id, addr, path)
    }

    /// Where a member of a structure at `addr` is, which need not be an object of its own (e.g. a `struct path` in a `file`).
    pub fn place_of(&self, structure: &str, addr: u64, path: &str) -> Result<Place, KobjError> {
        self.place_in(self.structure(structure)?, addr, path)
    }

    fn place_in(&self, id: TypeId, addr: u64, path: &str) -> Result<Place, KobjError> {
        let steps: Vec<&str> = path.split('.').collect();
        let no_member =
            || KobjError::NoMember { structure: self.types.name_of(id).to_string(), path: path.to_string() };
        let member = self.types.field(id, &steps).ok_or_else(no_member)?;
        let size_bytes = self.types.size_of(member.ty).ok_or_else(no_member)?;
        let byte = member.bit_offset / 8;
        if member.bitfield_bits == 0 {
            return Ok(Place { addr: addr + u64::from(byte), size_bytes, shift: 0, bits: 0 });
        }
        // A bitfield lies in the aligned word of its type's size.
        let word = u64::from(byte) / size_bytes * size_bytes;
        let shift = member.bit_offset - (word * 8) as u32;
        Ok(Place { addr: addr + word, size_bytes, shift, bits: member.bitfield_bits })
    }

    /// Sets a number or pointer.
    pub fn set(&self, m: &Machine, addr: u64, path: &str, value: u64) -> Result<(), KobjError> {
        let place = self.place(addr, path)?;
        let size = self.number_size(addr, path, place)?;
        let mut arena = m.arena_mut();
        let value = if place.bits == 0 {
            value
        } else {
            let mask = (u64::MAX >> (64 - place.bits)) << place.shift;
            let old = arena.load(place.addr, size).map_err(|_| KobjError::NotAnObject { addr })?;
            (old & !mask) | (value << place.shift & mask)
        };
        arena.store(place.addr, size, value).map_err(|_| KobjError::NotAnObject { addr })
    }

    /// Sets a number or pointer if the kernel's structure has the member.
    pub fn set_known(&self, m: &Machine, addr: u64, path: &str, value: u64) -> Result<(), KobjError> {
        match self.set(m, addr, path, value) {
            Err(KobjError::NoMember { .. }) => Ok(()),
            other => other,
        }
    }

    /// Reads a number or pointer.
    pub fn get(&self, m: &Machine, addr: u64, path: &str) -> Result<u64, KobjError> {
        let place = self.place(addr, path)?;
        self.load(m, addr, path, place)
    }

    /// Reads a number or pointer of a structure that is not an object of its own.
    pub fn get_of(&self, m: &Machine, structure: &str, addr: u64, path: &str) -> Result<u64, KobjError> {
        let place = self.place_of(structure, addr, path)?;
        self.load(m, addr, path, place)
    }

    fn load(&self, m: &Machine, addr: u64, path: &str, place: Place) -> Result<u64, KobjError> {
        let size = self.number_size(addr, path, place)?;
        let word = m.arena().load(place.addr, size).map_err(|_| KobjError::NotAnObject { addr })?;
        Ok(if place.bits == 0 { word } else { word >> place.shift & (u64::MAX >> (64 - place.bits)) })
    }

    /// Copies bytes into an array member (`comm`), cut or padded with zeros to its size.
    pub fn set_bytes(&self, m: &Machine, addr: u64, path: &str, bytes: &[u8]) -> Result<(), KobjError> {
        let place = self.place(addr, path)?;
        let mut padded = bytes.to_vec();
        padded.resize(place.size_bytes as usize, 0);
        m.arena_mut().write(place.addr, &padded).map_err(|_| KobjError::NotAnObject { addr })
    }

    fn number_size(&self, addr: u64, path: &str, place: Place) -> Result<u8, KobjError> {
        match place.size_bytes {
            1 | 2 | 4 | 8 => Ok(place.size_bytes as u8),
            size => Err(KobjError::NotANumber {
                structure: self.type_name(addr).unwrap_or_default(),
                path: path.to_string(),
                size,
            }),
        }
    }
}
