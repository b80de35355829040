//! Doubly linked circular lists over numbered nodes, as `struct list_head` gives them: a node is on at most one list and can
//! be taken out without knowing which.
//!
//! Nodes are numbered from 0, list heads follow. Key type: [`Links`]. Neighbour: `lru_list`.

/// No node.
pub const NIL: u32 = u32::MAX;

/// The links of all nodes and heads of one family of lists.
#[derive(Debug)]
pub struct Links {
    /// (previous, next) of each node or head; a node on no list has NIL in both.
    links: Vec<(u32, u32)>,
    nodes: u32,
}

impl Links {
    /// `nodes` nodes on no list, and `heads` empty lists whose heads are numbered from `nodes`.
    pub fn new(nodes: u32, heads: u32) -> Links {
        let mut links = vec![(NIL, NIL); nodes as usize];
        links.extend((nodes..nodes + heads).map(|head| (head, head)));
        Links { links, nodes }
    }

    /// The neighbour towards the tail; a head after the last node.
    pub fn next(&self, at: u32) -> u32 {
        self.links[at as usize].1
    }

    /// The neighbour towards the front; a head before the first node.
    pub fn prev(&self, at: u32) -> u32 {
        self.links[at as usize].0
    }

    /// First node of the list.
    pub fn first(&self, head: u32) -> Option<u32> {
        Some(self.next(head)).filter(|at| *at < self.nodes)
    }

    /// Last node of the list.
    pub fn last(&self, head: u32) -> Option<u32> {
        Some(self.prev(head)).filter(|at| *at < self.nodes)
    }

    /// Puts a node that is on no list to the front.
    pub fn push_front(&mut self, head: u32, node: u32) {
        debug_assert!(head >= self.nodes && node < self.nodes, "{node} onto {head}");
        debug_assert_eq!(self.links[node as usize], (NIL, NIL), "node {node} is on a list");
        let first = self.next(head);
        self.links[node as usize] = (head, first);
        self.links[head as usize].1 = node;
        self.links[first as usize].0 = node;
    }

    /// Takes a node out of its list.
    pub fn remove(&mut self, node: u32) {
        let (prev, next) = self.links[node as usize];
        debug_assert_ne!(next, NIL, "node {node} is on no list");
        self.links[prev as usize].1 = next;
        self.links[next as usize].0 = prev;
        self.links[node as usize] = (NIL, NIL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_survives_removal_in_the_middle() {
        let mut links = Links::new(4, 2);
        (0..4).for_each(|node| links.push_front(4, node));
        links.remove(2);
        links.push_front(5, 2);
        let walk = |head| {
            let mut seen = Vec::new();
            let mut at = links.next(head);
            while at != head {
                seen.push(at);
                at = links.next(at);
            }
            seen
        };
        assert_eq!((walk(4), walk(5)), (vec![3, 1, 0], vec![2]));
        assert_eq!((links.first(5), links.last(4)), (Some(2), Some(0)));
    }
}
