//! `bpf_list_head` and `bpf_rb_root`: who is in which list or tree, and in what order.
//!
//! Source: `kernel/bpf/helpers.c:__bpf_list_add`, `__bpf_list_del`, `bpf_rbtree_add_impl`, `bpf_list_head_free`. The order is kept here beside
//! kernel memory; a node is known by the address of its `bpf_list_node` or `bpf_rb_node`. Differs: a tree is a sorted list, so its shape
//! (`bpf_rbtree_root`, `_left`, `_right`) is not modelled, and adding asks `less` about as often as a balanced tree would. Key type:
//! [`Graphs`]. Neighbours: `objects` are what is in them, `kfuncs::graph` what programs call.

use std::collections::BTreeMap;

use crate::runtime::Bpf;

/// All lists and trees, by the address of their head.
#[derive(Default)]
pub(crate) struct Graphs {
    members: BTreeMap<u64, Vec<u64>>,
    /// The head that each node is under (`node->owner`).
    owner: BTreeMap<u64, u64>,
}

impl Graphs {
    /// Nodes in order.
    pub fn members(&self, head: u64) -> &[u64] {
        self.members.get(&head).map_or(&[], Vec::as_slice)
    }

    /// The head that a node is under.
    pub fn owner(&self, node: u64) -> Option<u64> {
        self.owner.get(&node).copied()
    }

    /// Puts a node at a position.
    pub fn insert(&mut self, head: u64, at: usize, node: u64) {
        self.members.entry(head).or_default().insert(at, node);
        self.owner.insert(node, head);
    }

    /// Takes a node out; false if it is not under this head.
    pub fn remove(&mut self, head: u64, node: u64) -> bool {
        if self.owner(node) != Some(head) {
            return false;
        }
        self.owner.remove(&node);
        let members = self.members.get_mut(&head).expect("a node's owner has members");
        members.retain(|member| *member != node);
        if members.is_empty() {
            self.members.remove(&head);
        }
        true
    }

    fn take_all(&mut self, head: u64) -> Vec<u64> {
        let nodes = self.members.remove(&head).unwrap_or_default();
        nodes.iter().for_each(|node| {
            self.owner.remove(node);
        });
        nodes
    }
}

impl Bpf {
    /// `bpf_list_head_free`, `bpf_rb_root_free`: every object in it loses the reference that the list or tree had.
    pub(super) fn free_graph(&self, head: u64) {
        let nodes = self.contents().graphs.borrow_mut().take_all(head);
        let objects: Vec<u64> =
            nodes.iter().filter_map(|node| self.contents().objects.containing(*node)).collect();
        for object in objects {
            self.drop_object(object);
        }
    }
}
