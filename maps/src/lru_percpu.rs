//! LRU lists of `BPF_F_NO_COMMON_LRU`: every CPU has its own nodes and evicts among them only, so a CPU that inserts much gives up its
//! own entries while another CPU's lie idle. Pure bookkeeping.
//!
//! Source: `kernel/bpf/bpf_lru_list.c`, the "percpu" half. Key type: [`PercpuLru`]. Neighbours: `lru_shared`, `lru_list`.

use crate::lru_shared::{DeleteFromHash, Lists, LruPlace, Nodes};

/// Nodes looked at per pass, and freed at most at once (`PERCPU_NR_SCANS`, `PERCPU_FREE_TARGET`).
const PERCPU_FREE_TARGET: u32 = 4;

/// One set of lists for each CPU.
#[derive(Debug)]
pub(crate) struct PercpuLru {
    n: Nodes,
    lists: Vec<Lists>,
}

impl PercpuLru {
    /// `nr_nodes` free nodes, a multiple of the CPUs, in equal blocks (`bpf_percpu_lru_populate`).
    pub fn new(nr_nodes: u32, nr_cpus: u32) -> PercpuLru {
        assert!(nr_nodes.is_multiple_of(nr_cpus), "the map's size was rounded");
        let mut n = Nodes::new(nr_nodes, Lists::HEADS * nr_cpus);
        let set = |cpu| Lists::new(nr_nodes + Lists::HEADS * cpu, PERCPU_FREE_TARGET);
        let mut lists: Vec<Lists> = (0..nr_cpus).map(set).collect();
        for node in 0..nr_nodes {
            let cpu = node / (nr_nodes / nr_cpus);
            n.nodes[node as usize].cpu = cpu as u16;
            lists[cpu as usize].enter(&mut n, node, LruPlace::Free);
        }
        PercpuLru { n, lists }
    }

    pub fn set_referenced(&mut self, node: u32) {
        self.n.nodes[node as usize].referenced = true;
    }

    /// `bpf_percpu_lru_pop_free`: never another CPU's node.
    pub fn pop_free(&mut self, cpu: u32, delete: DeleteFromHash<'_>) -> Option<u32> {
        let lists = &mut self.lists[cpu as usize];
        lists.rotate(&mut self.n);
        if lists.first_free(&self.n).is_none() {
            let mut freed = Vec::new();
            lists.shrink(&mut self.n, PERCPU_FREE_TARGET, &mut freed, delete);
            freed.into_iter().for_each(|node| lists.enter(&mut self.n, node, LruPlace::Free));
        }
        let node = lists.first_free(&self.n)?;
        lists.move_to(&mut self.n, node, LruPlace::Inactive);
        Some(node)
    }

    /// `bpf_percpu_lru_push_free`: to the CPU that the node belongs to.
    pub fn push_free(&mut self, node: u32) {
        let cpu = self.n.nodes[node as usize].cpu;
        self.lists[usize::from(cpu)].move_to(&mut self.n, node, LruPlace::Free);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cpu_evicts_among_its_own_nodes() {
        let mut lru = PercpuLru::new(8, 2);
        let mut evicted = Vec::new();
        let mut pop = |lru: &mut PercpuLru, cpu| {
            let mut delete = |node| {
                evicted.push(node);
                true
            };
            lru.pop_free(cpu, &mut delete).expect("a node")
        };
        let first: Vec<u32> = (0..4).map(|_| pop(&mut lru, 0)).collect();
        assert_eq!(first, [3, 2, 1, 0]);
        let other = pop(&mut lru, 1);
        // CPU 0 is full: it gives up its own, four at once, though CPU 1 has three free nodes.
        let next = pop(&mut lru, 0);
        assert!(next < 4 && other >= 4);
        assert_eq!(evicted, [3, 2, 1, 0]);
    }
}
