//! The common LRU: which node a full LRU map gives up. Pure bookkeeping, no memory and no machine.
//!
//! All nodes are on one of: a shared `active`, `inactive` or `free` list, or a CPU's own list of fetched free nodes or of
//! pending (newly used) ones. A CPU fetches a batch of free nodes from the shared lists and, when there are not enough,
//! the shared lists shrink: a node whose reference bit is clear leaves the map. When even that gives nothing the CPU steals,
//! from its own and the other CPUs' lists. A node evicted this way is handed out again at once: no grace period.
//!
//! Source: `kernel/bpf/bpf_lru_list.c`, the "common" half. Key type: [`CommonLru`]. Neighbours: `lru_shared` (the shared lists),
//! `lru_percpu` (the other half), `source`.

use crate::lru_shared::{DeleteFromHash, Lists, LruPlace, Node, Nodes};
use crate::rules::MapRules;

/// Nodes looked at per pass, and fetched at most per batch (`LOCAL_NR_SCANS`, `LOCAL_FREE_TARGET`).
const LOCAL_FREE_TARGET: u32 = 128;

/// The lists of one map. Nodes are numbers from 0.
#[derive(Debug)]
pub(crate) struct CommonLru {
    n: Nodes,
    shared: Lists,
    nr_cpus: u32,
    next_steal: Vec<u32>,
    target_free: u32,
    local_fifo: bool,
}

impl CommonLru {
    /// All `nr_nodes` nodes free.
    pub fn new(nr_nodes: u32, nr_cpus: u32, rules: &MapRules) -> CommonLru {
        let mut n = Nodes::new(nr_nodes, Lists::HEADS + 2 * nr_cpus);
        let mut shared = Lists::new(nr_nodes, LOCAL_FREE_TARGET);
        (0..nr_nodes).for_each(|node| shared.enter(&mut n, node, LruPlace::Free));
        let target_free = if rules.lru_target_scaled {
            (nr_nodes / nr_cpus / 2).clamp(1, LOCAL_FREE_TARGET)
        } else {
            LOCAL_FREE_TARGET
        };
        CommonLru {
            n,
            shared,
            nr_cpus,
            next_steal: (0..nr_cpus).collect(),
            target_free,
            local_fifo: rules.lru_local_fifo,
        }
    }

    /// A program used the node: it survives the next look (`bpf_lru_node_set_ref`).
    pub fn set_referenced(&mut self, node: u32) {
        self.n.nodes[node as usize].referenced = true;
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
        match self.n.place(node) {
            LruPlace::Free | LruPlace::LocalFree => unreachable!("node {node} is free already"),
            LruPlace::LocalPending => {
                let head = self.local_head(LruPlace::LocalFree, self.n.nodes[node as usize].cpu.into());
                self.n.links.remove(node);
                self.n.links.push_front(head, node);
                self.n.nodes[node as usize].place = LruPlace::LocalFree;
                self.n.nodes[node as usize].referenced = false;
            }
            LruPlace::Active | LruPlace::Inactive => self.shared.move_to(&mut self.n, node, LruPlace::Free),
        }
    }

    fn local_head(&self, place: LruPlace, cpu: u32) -> u32 {
        let kind = if place == LruPlace::LocalFree { 0 } else { 1 };
        self.n.nodes.len() as u32 + Lists::HEADS + 2 * cpu + kind
    }

    fn pop_local_free(&mut self, cpu: u32) -> Option<u32> {
        let node = self.n.links.first(self.local_head(LruPlace::LocalFree, cpu))?;
        self.n.links.remove(node);
        Some(node)
    }

    fn add_pending(&mut self, cpu: u32, node: u32) {
        self.n.links.push_front(self.local_head(LruPlace::LocalPending, cpu), node);
        self.n.nodes[node as usize] =
            Node { place: LruPlace::LocalPending, cpu: cpu as u16, referenced: false };
    }

    /// `bpf_lru_list_pop_free_to_local`: brings the shared lists up to date and fetches a batch.
    fn fetch_to_local(&mut self, cpu: u32, delete: DeleteFromHash<'_>) {
        self.flush_pending(cpu);
        self.shared.rotate(&mut self.n);
        let mut fetched = Vec::new();
        while (fetched.len() as u32) < self.target_free {
            let Some(node) = self.shared.first_free(&self.n) else { break };
            self.shared.leave(&mut self.n, node);
            fetched.push(node);
        }
        let missing = self.target_free - fetched.len() as u32;
        if missing > 0 {
            self.shared.shrink(&mut self.n, missing, &mut fetched, delete);
        }
        let head = self.local_head(LruPlace::LocalFree, cpu);
        // Pushed to the front one after the other they come out newest first; 7.2 turns the batch round.
        if self.local_fifo {
            fetched.reverse();
        }
        for node in fetched {
            self.n.links.push_front(head, node);
            self.n.nodes[node as usize].place = LruPlace::LocalFree;
        }
    }

    /// `__local_list_flush`: the CPU's pending nodes join the shared lists, oldest first.
    fn flush_pending(&mut self, cpu: u32) {
        let head = self.local_head(LruPlace::LocalPending, cpu);
        while let Some(node) = self.n.links.last(head) {
            self.n.links.remove(node);
            let referenced = self.n.nodes[node as usize].referenced;
            let to = if referenced { LruPlace::Active } else { LruPlace::Inactive };
            self.shared.enter(&mut self.n, node, to);
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
            let mut at = self.n.links.prev(head);
            while at != head {
                let next = self.n.links.prev(at);
                if (force || !self.n.nodes[at as usize].referenced) && delete(at) {
                    self.n.links.remove(at);
                    return Some(at);
                }
                at = next;
            }
        }
        None
    }
}
