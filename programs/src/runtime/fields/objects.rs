//! Objects that programs make with `bpf_obj_new`: their types, their references, and what goes with them.
//!
//! Source: `kernel/bpf/helpers.c:bpf_obj_new_impl`, `__bpf_obj_drop_impl`. Memory comes from `bpf_mem_alloc`: it is not cleared, and a dropped
//! object may be handed out again at once; one with a `bpf_refcount` waits for a classic grace period first. Key types: [`ObjectType`],
//! [`LocalObjects`]. Neighbours: `graph` puts them into lists and trees, `kptr` into map values.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use maps::object_cache::ObjectCaches;
use maps::rules::MapRules;
use maps::spec::{FieldKind, SpecialField};

use crate::btf::{Btf, Kind, TypeId};
use crate::gate::special_field;
use crate::object::fields::special;
use crate::runtime::Bpf;

/// A structure that a program can make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectType {
    pub name: String,
    pub bytes: u64,
    pub fields: Vec<SpecialField>,
}

impl ObjectType {
    fn offset_of(&self, kind: FieldKind) -> Option<u64> {
        self.fields.iter().find(|f| f.kind == kind).map(|f| u64::from(f.offset))
    }
}

/// The structures of an object file, by the number that programs pass.
pub(crate) fn types_of(btf: &Btf) -> BTreeMap<u32, Rc<ObjectType>> {
    let structure = |id: u32| {
        let ty = btf.type_by_id(TypeId(id)).filter(|ty| ty.kind() == Kind::Struct)?;
        let fields = special(btf, ty.id()).iter().filter_map(special_field).collect();
        Some((
            id,
            Rc::new(ObjectType { name: ty.name().to_owned(), bytes: u64::from(ty.own_size()), fields }),
        ))
    };
    let ids = (1..).take_while(|id| btf.type_by_id(TypeId(*id)).is_some());
    ids.filter_map(structure).collect()
}

struct LocalObject {
    ty: Rc<ObjectType>,
    references: u32,
}

/// All objects that programs made and that are not dropped.
pub(crate) struct LocalObjects {
    caches: ObjectCaches,
    live: RefCell<BTreeMap<u64, LocalObject>>,
}

impl LocalObjects {
    pub fn new(rules: &MapRules) -> LocalObjects {
        LocalObjects { caches: ObjectCaches::new(rules), live: RefCell::default() }
    }

    /// The object that an address lies in.
    pub fn containing(&self, addr: u64) -> Option<u64> {
        let live = self.live.borrow();
        let (start, object) = live.range(..=addr).next_back()?;
        (addr < start + object.ty.bytes.max(1)).then_some(*start)
    }
}

impl Bpf {
    /// `bpf_obj_new`: an object with one reference. `None` when no memory is at hand.
    pub(crate) fn new_object(&self, ty: &Rc<ObjectType>) -> Option<u64> {
        let (m, objects) = (self.machine(), &self.contents().objects);
        let addr = objects.caches.alloc(m, ty.bytes)?;
        for field in &ty.fields {
            let at = addr + u64::from(field.offset);
            m.arena_mut().slice_mut(at, field.size as usize).expect("inside the object").fill(0);
        }
        if let Some(count) = ty.offset_of(FieldKind::Refcount) {
            m.arena_mut().store(addr + count, 4, 1).expect("inside the object");
        }
        objects.live.borrow_mut().insert(addr, LocalObject { ty: ty.clone(), references: 1 });
        Some(addr)
    }

    /// How many objects made by programs there are: in their hands, in lists and trees, in map values.
    pub fn objects_alive(&self) -> usize {
        self.contents().objects.live.borrow().len()
    }

    /// `bpf_refcount_acquire`: false when the object is not one with a reference count.
    pub(crate) fn acquire_object(&self, addr: u64) -> bool {
        let mut live = self.contents().objects.live.borrow_mut();
        let Some(object) = live.get_mut(&addr) else { return false };
        let Some(count) = object.ty.offset_of(FieldKind::Refcount) else { return false };
        object.references += 1;
        let stored = self.machine().arena_mut().store(addr + count, 4, object.references.into());
        stored.is_ok()
    }

    /// `bpf_obj_drop`: a reference goes, with the last one the object. False when it is no such object.
    pub(crate) fn drop_object(&self, addr: u64) -> bool {
        let objects = &self.contents().objects;
        let gone = {
            let mut live = objects.live.borrow_mut();
            let Some(object) = live.get_mut(&addr) else { return false };
            object.references -= 1;
            if let Some(count) = object.ty.offset_of(FieldKind::Refcount) {
                let _ = self.machine().arena_mut().store(addr + count, 4, object.references.into());
            }
            if object.references > 0 {
                return true;
            }
            live.remove(&addr).expect("just found").ty
        };
        gone.fields.iter().for_each(|f| self.release_field(f.kind, addr + u64::from(f.offset)));
        if gone.offset_of(FieldKind::Refcount).is_some() {
            let bpf = self.clone();
            self.machine().call_rcu(move |m| bpf.contents().objects.caches.free(m, addr));
        } else {
            objects.caches.free(self.machine(), addr);
        }
        true
    }
}
