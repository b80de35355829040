//! One set of LRU lists (`struct bpf_lru_list`): active, inactive and free nodes, and how a list that has no free node gives one up.
//!
//! Pure bookkeeping, no memory and no machine. The common LRU has one set for all CPUs, `BPF_F_NO_COMMON_LRU` one for each CPU.
//! Source: `kernel/bpf/bpf_lru_list.c`, the functions on `struct bpf_lru_list`. Key types: [`Lists`], [`Nodes`]. Neighbours: `lru_list`
//! (the common LRU), `lru_percpu`.

use crate::links::Links;

/// Which list a node is on (`enum bpf_lru_list_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LruPlace {
    Active,
    Inactive,
    Free,
    /// Fetched by a CPU, not used yet.
    LocalFree,
    /// Handed out by a CPU, not yet moved to the shared lists.
    LocalPending,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub place: LruPlace,
    /// The CPU whose lists it is on.
    pub cpu: u16,
    /// Used since it was last looked at.
    pub referenced: bool,
}

/// Takes the node out of its hash bucket; false when the bucket lock cannot be had or the node is not in the map.
pub type DeleteFromHash<'a> = &'a mut dyn FnMut(u32) -> bool;

/// All nodes of a map, by number from 0, and the links of all its lists.
#[derive(Debug)]
pub(crate) struct Nodes {
    pub nodes: Vec<Node>,
    pub links: Links,
}

impl Nodes {
    /// `count` nodes on no list and `heads` empty lists.
    pub fn new(count: u32, heads: u32) -> Nodes {
        let node = Node { place: LruPlace::Free, cpu: 0, referenced: false };
        Nodes { nodes: vec![node; count as usize], links: Links::new(count, heads) }
    }

    pub fn place(&self, node: u32) -> LruPlace {
        self.nodes[node as usize].place
    }

    fn is_head(&self, at: u32) -> bool {
        at as usize >= self.nodes.len()
    }
}

/// The heads of one set of lists and its counters.
#[derive(Debug)]
pub(crate) struct Lists {
    /// Number of the head of the active list; the other two follow.
    first_head: u32,
    active_count: u32,
    inactive_count: u32,
    /// Where the next pass over the inactive list begins.
    next_inactive_rotation: u32,
    /// How many nodes a pass looks at (`LOCAL_NR_SCANS`, `PERCPU_NR_SCANS`).
    scans: u32,
}

impl Lists {
    /// Heads that a set needs.
    pub const HEADS: u32 = 3;

    /// Empty lists whose heads begin at `first_head`.
    pub fn new(first_head: u32, scans: u32) -> Lists {
        Lists {
            first_head,
            active_count: 0,
            inactive_count: 0,
            next_inactive_rotation: first_head + LruPlace::Inactive as u32,
            scans,
        }
    }

    pub fn head(&self, place: LruPlace) -> u32 {
        self.first_head + place as u32
    }

    fn count(&mut self, place: LruPlace) -> Option<&mut u32> {
        match place {
            LruPlace::Active => Some(&mut self.active_count),
            LruPlace::Inactive => Some(&mut self.inactive_count),
            _ => None,
        }
    }

    /// The newest free node.
    pub fn first_free(&self, n: &Nodes) -> Option<u32> {
        n.links.first(self.head(LruPlace::Free))
    }

    /// Moves a node to another list of the set (`__bpf_lru_node_move`).
    pub fn move_to(&mut self, n: &mut Nodes, node: u32, to: LruPlace) {
        self.leave(n, node);
        self.enter(n, node, to);
    }

    pub fn leave(&mut self, n: &mut Nodes, node: u32) {
        if node == self.next_inactive_rotation {
            self.next_inactive_rotation = n.links.prev(node);
        }
        if let Some(count) = self.count(n.place(node)) {
            *count -= 1;
        }
        n.links.remove(node);
    }

    pub fn enter(&mut self, n: &mut Nodes, node: u32, to: LruPlace) {
        n.links.push_front(self.head(to), node);
        n.nodes[node as usize].place = to;
        n.nodes[node as usize].referenced = false;
        if let Some(count) = self.count(to) {
            *count += 1;
        }
    }

    /// `__bpf_lru_list_rotate`.
    pub fn rotate(&mut self, n: &mut Nodes) {
        if self.inactive_count < self.active_count {
            self.rotate_active(n);
        }
        self.rotate_inactive(n);
    }

    /// Referenced nodes get another round in the active list, the others move to the inactive one.
    fn rotate_active(&mut self, n: &mut Nodes) {
        let head = self.head(LruPlace::Active);
        let first = n.links.first(head);
        let mut at = n.links.prev(head);
        for _ in 0..self.scans {
            if n.is_head(at) {
                break;
            }
            let next = n.links.prev(at);
            let referenced = n.nodes[at as usize].referenced;
            self.move_to(n, at, if referenced { LruPlace::Active } else { LruPlace::Inactive });
            if Some(at) == first {
                break;
            }
            at = next;
        }
    }

    /// Referenced nodes of the inactive list move to the active one; a pass goes on where the last one stopped.
    fn rotate_inactive(&mut self, n: &mut Nodes) {
        let head = self.head(LruPlace::Inactive);
        if n.links.first(head).is_none() {
            return;
        }
        let mut last = n.links.next(self.next_inactive_rotation);
        if last == head {
            last = n.links.next(last);
        }
        let mut at = self.next_inactive_rotation;
        let mut next = head;
        let mut scanned = 0;
        while scanned < self.scans {
            if at == head {
                at = n.links.prev(at);
                continue;
            }
            next = n.links.prev(at);
            if n.nodes[at as usize].referenced {
                self.move_to(n, at, LruPlace::Active);
            }
            if at == last {
                break;
            }
            at = next;
            scanned += 1;
        }
        self.next_inactive_rotation = next;
    }

    /// `__bpf_lru_list_shrink`: takes up to `want` unreferenced nodes out of the map, or one by force.
    pub fn shrink(&mut self, n: &mut Nodes, want: u32, fetched: &mut Vec<u32>, delete: DeleteFromHash<'_>) {
        let before = fetched.len();
        self.shrink_inactive(n, want, fetched, delete);
        if fetched.len() > before {
            return;
        }
        let inactive = self.head(LruPlace::Inactive);
        let force = if n.links.first(inactive).is_some() { inactive } else { self.head(LruPlace::Active) };
        let mut at = n.links.prev(force);
        while !n.is_head(at) {
            let next = n.links.prev(at);
            if delete(at) {
                self.leave(n, at);
                fetched.push(at);
                return;
            }
            at = next;
        }
    }

    fn shrink_inactive(
        &mut self,
        n: &mut Nodes,
        want: u32,
        fetched: &mut Vec<u32>,
        delete: DeleteFromHash<'_>,
    ) {
        let mut at = n.links.prev(self.head(LruPlace::Inactive));
        let mut shrunk = 0;
        for _ in 0..self.scans {
            if n.is_head(at) {
                break;
            }
            let next = n.links.prev(at);
            if n.nodes[at as usize].referenced {
                self.move_to(n, at, LruPlace::Active);
            } else if delete(at) {
                self.leave(n, at);
                fetched.push(at);
                shrunk += 1;
                if shrunk == want {
                    break;
                }
            }
            at = next;
        }
    }
}
