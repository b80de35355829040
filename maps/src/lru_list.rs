//! The common LRU: which node a full LRU map gives up. Pure bookkeeping, no memory and no machine.
//!
//! All nodes are on one of: a shared `active`, `inactive` or `free` list, or a CPU's own list of fetched free nodes or of
//! pending (newly used) ones. A CPU fetches a batch of free nodes from the shared lists and, when there are not enough,
//! the shared lists shrink: a node whose reference bit is clear leaves the map. When even that gives nothing the CPU steals,
//! from its own and the other CPUs' lists. A node evicted this way is handed out again at once: no grace period.
//!
//! Source: `kernel/bpf/bpf_lru_list.c`, the "common" half. Key type: [`LruList`]. Neighbour: `lru_hash`.

use crate::links::{Links, NIL};
use crate::rules::MapRules;

/// Nodes looked at per pass, and fetched at most per batch (`LOCAL_NR_SCANS`, `LOCAL_FREE_TARGET`).
const LOCAL_FREE_TARGET: u32 = 128;
const NR_SCANS: u32 = LOCAL_FREE_TARGET;

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
struct Node {
    place: LruPlace,
    /// The CPU whose local list it is on.
    cpu: u16,
    /// Used since it was last looked at.
    referenced: bool,
}

/// Takes the node out of its hash bucket; false when the bucket lock cannot be had or the node is not in the map.
pub type DeleteFromHash<'a> = &'a mut dyn FnMut(u32) -> bool;

/// The lists of one map. Nodes are numbers from 0.
#[derive(Debug)]
pub struct LruList {
    nodes: Vec<Node>,
    links: Links,
    nr_cpus: u32,
    active_count: u32,
    inactive_count: u32,
    /// Where the next pass over the inactive list begins.
    next_inactive_rotation: u32,
    next_steal: Vec<u32>,
    target_free: u32,
    local_fifo: bool,
}

impl LruList {
    /// All `nr_nodes` nodes free.
    pub fn new(nr_nodes: u32, nr_cpus: u32, rules: &MapRules) -> LruList {
        let heads = 3 + 2 * nr_cpus;
        let mut links = Links::new(nr_nodes, heads);
        let free = nr_nodes + LruPlace::Free as u32;
        (0..nr_nodes).for_each(|node| links.push_front(free, node));
        let target_free = if rules.lru_target_scaled {
            (nr_nodes / nr_cpus / 2).clamp(1, LOCAL_FREE_TARGET)
        } else {
            LOCAL_FREE_TARGET
        };
        LruList {
            nodes: vec![Node { place: LruPlace::Free, cpu: 0, referenced: false }; nr_nodes as usize],
            links,
            nr_cpus,
            active_count: 0,
            inactive_count: 0,
            next_inactive_rotation: nr_nodes + LruPlace::Inactive as u32,
            next_steal: (0..nr_cpus).collect(),
            target_free,
            local_fifo: rules.lru_local_fifo,
        }
    }

    /// Where a node is now.
    pub fn place(&self, node: u32) -> LruPlace {
        self.nodes[node as usize].place
    }

    /// A program used the node: it survives the next look (`bpf_lru_node_set_ref`).
    pub fn set_referenced(&mut self, node: u32) {
        self.nodes[node as usize].referenced = true;
    }

    /// A node for a new entry, evicting one when none is free (`bpf_common_lru_pop_free`). `None` when no node can be had,
    /// which happens when `delete` refuses every candidate.
    pub fn pop_free(&mut self, cpu: u32, delete: DeleteFromHash<'_>) -> Option<u32> {
        let mut node = self.pop_local_free(cpu);
        if node.is_none() {
            self.fetch_to_local(cpu, delete);
            node = self.pop_local_free(cpu);
        }
        let node = node.or_else(|| self.steal(cpu, delete))?;
        self.add_pending(cpu, node);
        Some(node)
    }

    /// The entry was deleted: the node is free (`bpf_common_lru_push_free`).
    pub fn push_free(&mut self, node: u32) {
        match self.place(node) {
            LruPlace::Free | LruPlace::LocalFree => unreachable!("node {node} is free already"),
            LruPlace::LocalPending => {
                let head = self.local_head(LruPlace::LocalFree, self.nodes[node as usize].cpu.into());
                self.links.remove(node);
                self.links.push_front(head, node);
                self.nodes[node as usize].place = LruPlace::LocalFree;
                self.nodes[node as usize].referenced = false;
            }
            LruPlace::Active | LruPlace::Inactive => self.move_to(node, LruPlace::Free),
        }
    }

    fn head(&self, place: LruPlace) -> u32 {
        self.nodes.len() as u32 + place as u32
    }

    fn local_head(&self, place: LruPlace, cpu: u32) -> u32 {
        let kind = if place == LruPlace::LocalFree { 0 } else { 1 };
        self.nodes.len() as u32 + 3 + 2 * cpu + kind
    }

    fn is_head(&self, at: u32) -> bool {
        at as usize >= self.nodes.len()
    }

    fn count(&mut self, place: LruPlace) -> Option<&mut u32> {
        match place {
            LruPlace::Active => Some(&mut self.active_count),
            LruPlace::Inactive => Some(&mut self.inactive_count),
            _ => None,
        }
    }

    fn pop_local_free(&mut self, cpu: u32) -> Option<u32> {
        let node = self.links.first(self.local_head(LruPlace::LocalFree, cpu))?;
        self.links.remove(node);
        Some(node)
    }

    fn add_pending(&mut self, cpu: u32, node: u32) {
        self.links.push_front(self.local_head(LruPlace::LocalPending, cpu), node);
        self.nodes[node as usize] =
            Node { place: LruPlace::LocalPending, cpu: cpu as u16, referenced: false };
    }

    /// Moves a node that is on a shared list to another shared list (`__bpf_lru_node_move`).
    fn move_to(&mut self, node: u32, to: LruPlace) {
        self.leave_shared(node);
        self.enter_shared(node, to);
    }

    fn leave_shared(&mut self, node: u32) {
        if node == self.next_inactive_rotation {
            self.next_inactive_rotation = self.links.prev(node);
        }
        if let Some(count) = self.count(self.place(node)) {
            *count -= 1;
        }
        self.links.remove(node);
    }

    fn enter_shared(&mut self, node: u32, to: LruPlace) {
        self.links.push_front(self.head(to), node);
        self.nodes[node as usize].place = to;
        self.nodes[node as usize].referenced = false;
        if let Some(count) = self.count(to) {
            *count += 1;
        }
    }

    /// `bpf_lru_list_pop_free_to_local`: brings the shared lists up to date and fetches a batch.
    fn fetch_to_local(&mut self, cpu: u32, delete: DeleteFromHash<'_>) {
        self.flush_pending(cpu);
        self.rotate();
        let mut fetched = Vec::new();
        while (fetched.len() as u32) < self.target_free {
            let Some(node) = self.links.first(self.head(LruPlace::Free)) else { break };
            self.leave_shared(node);
            fetched.push(node);
        }
        let missing = self.target_free - fetched.len() as u32;
        if missing > 0 {
            self.shrink(missing, &mut fetched, delete);
        }
        let head = self.local_head(LruPlace::LocalFree, cpu);
        // Pushed to the front one after the other they come out newest first; 7.2 turns the batch round.
        if self.local_fifo {
            fetched.reverse();
        }
        for node in fetched {
            self.links.push_front(head, node);
            self.nodes[node as usize].place = LruPlace::LocalFree;
        }
    }

    /// `__local_list_flush`: the CPU's pending nodes join the shared lists, oldest first.
    fn flush_pending(&mut self, cpu: u32) {
        let head = self.local_head(LruPlace::LocalPending, cpu);
        while let Some(node) = self.links.last(head) {
            self.links.remove(node);
            let referenced = self.nodes[node as usize].referenced;
            self.enter_shared(node, if referenced { LruPlace::Active } else { LruPlace::Inactive });
        }
    }

    /// `__bpf_lru_list_rotate`.
    fn rotate(&mut self) {
        if self.inactive_count < self.active_count {
            self.rotate_active();
        }
        self.rotate_inactive();
    }

    /// Referenced nodes get another round in the active list, the others move to the inactive one.
    fn rotate_active(&mut self) {
        let head = self.head(LruPlace::Active);
        let first = self.links.first(head);
        let mut at = self.links.prev(head);
        for _ in 0..NR_SCANS {
            if self.is_head(at) {
                break;
            }
            let next = self.links.prev(at);
            let referenced = self.nodes[at as usize].referenced;
            self.move_to(at, if referenced { LruPlace::Active } else { LruPlace::Inactive });
            if Some(at) == first {
                break;
            }
            at = next;
        }
    }

    /// Referenced nodes of the inactive list move to the active one; a pass goes on where the last one stopped.
    fn rotate_inactive(&mut self) {
        let head = self.head(LruPlace::Inactive);
        if self.links.first(head).is_none() {
            return;
        }
        let mut last = self.links.next(self.next_inactive_rotation);
        if last == head {
            last = self.links.next(last);
        }
        let mut at = self.next_inactive_rotation;
        let mut next = head;
        let mut scanned = 0;
        while scanned < NR_SCANS {
            if at == head {
                at = self.links.prev(at);
                continue;
            }
            next = self.links.prev(at);
            if self.nodes[at as usize].referenced {
                self.move_to(at, LruPlace::Active);
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
    fn shrink(&mut self, want: u32, fetched: &mut Vec<u32>, delete: DeleteFromHash<'_>) {
        let before = fetched.len();
        self.shrink_inactive(want, fetched, delete);
        if fetched.len() > before {
            return;
        }
        let inactive = self.head(LruPlace::Inactive);
        let force = if self.links.first(inactive).is_some() { inactive } else { self.head(LruPlace::Active) };
        let mut at = self.links.prev(force);
        while !self.is_head(at) {
            let next = self.links.prev(at);
            if delete(at) {
                self.leave_shared(at);
                fetched.push(at);
                return;
            }
            at = next;
        }
    }

    fn shrink_inactive(&mut self, want: u32, fetched: &mut Vec<u32>, delete: DeleteFromHash<'_>) {
        let mut at = self.links.prev(self.head(LruPlace::Inactive));
        let mut shrunk = 0;
        for _ in 0..NR_SCANS {
            if self.is_head(at) {
                break;
            }
            let next = self.links.prev(at);
            if self.nodes[at as usize].referenced {
                self.move_to(at, LruPlace::Active);
            } else if delete(at) {
                self.leave_shared(at);
                fetched.push(at);
                shrunk += 1;
                if shrunk == want {
                    break;
                }
            }
            at = next;
        }
    }

    /// Takes a node from some CPU's local lists, beginning where this CPU stole last; its own are among them.
    fn steal(&mut self, cpu: u32, delete: DeleteFromHash<'_>) -> Option<u32> {
        let first = self.next_steal[cpu as usize];
        let mut victim = first;
        let mut node;
        loop {
            node = self.pop_local_free(victim).or_else(|| self.pop_pending(victim, delete));
            victim = (victim + 1) % self.nr_cpus;
            if node.is_some() || victim == first {
                break;
            }
        }
        self.next_steal[cpu as usize] = victim;
        node
    }

    /// The oldest unreferenced pending node, else the oldest (`__local_list_pop_pending`).
    fn pop_pending(&mut self, cpu: u32, delete: DeleteFromHash<'_>) -> Option<u32> {
        let head = self.local_head(LruPlace::LocalPending, cpu);
        for force in [false, true] {
            let mut at = self.links.prev(head);
            while at != head {
                let next = self.links.prev(at);
                if (force || !self.nodes[at as usize].referenced) && delete(at) {
                    self.links.remove(at);
                    return Some(at);
                }
                at = next;
            }
        }
        debug_assert_ne!(head, NIL);
        None
    }
}
