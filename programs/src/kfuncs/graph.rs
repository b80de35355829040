//! Objects made by programs, lists and trees of them. Source: `kernel/bpf/helpers.c`. What is where is in `runtime::fields`.
//!
//! Each function has two names: `…_impl` (6.12, kept in 7.2) takes arguments that the verifier fills in and that mean nothing here.

use std::rc::Rc;

use sim::errno::Errno;
use sim::finding;

use super::Row;
use crate::interp::{Callback, Continuation, Outcome};
use crate::runtime::{Bpf, CallFault, HelperCx, Reply, RunState, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_obj_new", body: obj_new },
    Row { name: "bpf_obj_new_impl", body: obj_new },
    Row { name: "bpf_obj_drop", body: obj_drop },
    Row { name: "bpf_obj_drop_impl", body: obj_drop },
    Row { name: "bpf_refcount_acquire", body: refcount_acquire },
    Row { name: "bpf_refcount_acquire_impl", body: refcount_acquire },
    Row { name: "bpf_list_push_front", body: push_front },
    Row { name: "bpf_list_push_front_impl", body: push_front },
    Row { name: "bpf_list_push_back", body: push_back },
    Row { name: "bpf_list_push_back_impl", body: push_back },
    Row { name: "bpf_list_pop_front", body: pop_front },
    Row { name: "bpf_list_pop_back", body: pop_back },
    Row { name: "bpf_rbtree_add", body: rbtree_add },
    Row { name: "bpf_rbtree_add_impl", body: rbtree_add },
    Row { name: "bpf_rbtree_first", body: rbtree_first },
    Row { name: "bpf_rbtree_remove", body: rbtree_remove },
];

fn obj_new(cx: &HelperCx<'_>, [type_id, ..]: [u64; 5]) -> Reply {
    let ty = cx.prog.source.objects.get(&(type_id as u32)).ok_or_else(|| {
        CallFault::not_modelled(format!(
            "bpf_obj_new of type {type_id}, which the object's BTF does not have"
        ))
    })?;
    let Some(object) = cx.bpf.new_object(ty) else { return ret(0) };
    cx.state.references.borrow_mut().push(object);
    ret(object)
}

fn obj_drop(cx: &HelperCx<'_>, [object, ..]: [u64; 5]) -> Reply {
    if !cx.state.give_reference(object) {
        let message = format!("drops {object:#x}, to which this run has no reference");
        return Err(CallFault::new(finding::UNBALANCED, message));
    }
    cx.bpf.drop_reference(object);
    ret(0)
}

fn refcount_acquire(cx: &HelperCx<'_>, [object, ..]: [u64; 5]) -> Reply {
    if !cx.bpf.acquire_object(object) {
        return ret(0);
    }
    cx.state.references.borrow_mut().push(object);
    ret(object)
}

/// The object around a node; a node is always inside one.
fn object_of(cx: &HelperCx<'_>, node: u64) -> Result<u64, CallFault> {
    cx.bpf.contents().objects.containing(node).ok_or_else(|| {
        let message = format!("{node:#x} is no node of an object made by bpf_obj_new");
        CallFault::new(finding::OUT_OF_BOUNDS, message)
    })
}

fn push(cx: &HelperCx<'_>, head: u64, node: u64, front: bool) -> Reply {
    cx.bytes(head, 16)?;
    let object = object_of(cx, node)?;
    cx.state.give_reference(object);
    let mut graphs = cx.bpf.contents().graphs.borrow_mut();
    if graphs.owner(node).is_some() {
        drop(graphs);
        cx.bpf.drop_reference(object);
        return errno(Errno::EINVAL);
    }
    let at = if front { 0 } else { graphs.members(head).len() };
    graphs.insert(head, at, node);
    ret(0)
}

fn push_front(cx: &HelperCx<'_>, [head, node, ..]: [u64; 5]) -> Reply {
    push(cx, head, node, true)
}

fn push_back(cx: &HelperCx<'_>, [head, node, ..]: [u64; 5]) -> Reply {
    push(cx, head, node, false)
}

/// Takes a node out of a list or tree; its reference is the program's.
fn take(cx: &HelperCx<'_>, head: u64, node: Option<u64>) -> Reply {
    let Some(node) = node else { return ret(0) };
    if !cx.bpf.contents().graphs.borrow_mut().remove(head, node) {
        return ret(0);
    }
    let object = object_of(cx, node)?;
    cx.state.references.borrow_mut().push(object);
    ret(node)
}

fn pop_front(cx: &HelperCx<'_>, [head, ..]: [u64; 5]) -> Reply {
    let first = cx.bpf.contents().graphs.borrow().members(head).first().copied();
    take(cx, head, first)
}

fn pop_back(cx: &HelperCx<'_>, [head, ..]: [u64; 5]) -> Reply {
    let last = cx.bpf.contents().graphs.borrow().members(head).last().copied();
    take(cx, head, last)
}

/// The leftmost node; the tree keeps its reference.
fn rbtree_first(cx: &HelperCx<'_>, [root, ..]: [u64; 5]) -> Reply {
    ret(cx.bpf.contents().graphs.borrow().members(root).first().copied().unwrap_or(0))
}

fn rbtree_remove(cx: &HelperCx<'_>, [root, node, ..]: [u64; 5]) -> Reply {
    take(cx, root, Some(node))
}

/// The search for a node's place: left of the first node that it is less than.
struct Add {
    bpf: Bpf,
    root: u64,
    node: u64,
    less: u64,
    low: usize,
    high: usize,
}

fn rbtree_add(cx: &HelperCx<'_>, [root, node, less, ..]: [u64; 5]) -> Reply {
    cx.bytes(root, 16)?;
    let object = object_of(cx, node)?;
    let state: &Rc<RunState> = cx.state;
    state.give_reference(object);
    if cx.bpf.contents().graphs.borrow().owner(node).is_some() {
        cx.bpf.drop_reference(object);
        return errno(Errno::EINVAL);
    }
    let high = cx.bpf.contents().graphs.borrow().members(root).len();
    Ok(Box::new(Add { bpf: cx.bpf.clone(), root, node, less, low: 0, high }).step())
}

impl Add {
    fn middle(&self) -> usize {
        self.low + (self.high - self.low) / 2
    }

    fn step(self: Box<Self>) -> Outcome {
        if self.low == self.high {
            self.bpf.contents().graphs.borrow_mut().insert(self.root, self.low, self.node);
            return Outcome::Ret(0);
        }
        let other = self.bpf.contents().graphs.borrow().members(self.root)[self.middle()];
        Outcome::Callback(Callback { func: self.less, args: [self.node, other, 0, 0, 0], then: self })
    }
}

impl Continuation for Add {
    fn resume(mut self: Box<Self>, r0: u64) -> Outcome {
        let middle = self.middle();
        if r0 as u8 != 0 {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        self.step()
    }
}
