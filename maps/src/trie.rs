//! The tree of an LPM trie: prefixes, each with at most two more specific ones below it. No memory, no machine.
//!
//! A node is an element's number. An intermediate node only tells its two children apart: it is in no lookup, walk or count.
//! Source: the walks of `kernel/bpf/lpm_trie.c`. Key types: [`Tree`], [`Prefix`]. Neighbour: `lpm_trie` (the map).

use crate::links::NIL;

/// `struct bpf_lpm_trie_key_u8`: length in bits, then the bits in network order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    pub len: u32,
    pub data: Vec<u8>,
}

impl Prefix {
    /// From the bytes of a key.
    pub fn new(key: &[u8]) -> Prefix {
        let (len, data) = key.split_at(4);
        Prefix { len: u32::from_le_bytes(len.try_into().expect("4 bytes")), data: data.to_vec() }
    }

    pub fn key(&self) -> Vec<u8> {
        [&self.len.to_le_bytes()[..], &self.data].concat()
    }

    fn bit(&self, index: u32) -> usize {
        usize::from(self.data[index as usize / 8] >> (7 - index % 8) & 1)
    }

    /// How many leading bits two prefixes share.
    fn common(&self, other: &Prefix) -> u32 {
        let limit = self.len.min(other.len);
        let mut same = 0;
        for (a, b) in self.data.iter().zip(&other.data) {
            same += (a ^ b).leading_zeros();
            if a != b {
                break;
            }
        }
        same.min(limit)
    }
}

#[derive(Clone, Debug)]
struct Node {
    prefix: Prefix,
    child: [u32; 2],
    intermediate: bool,
}

/// Where a pointer to a node is: below a node, or the root (NIL).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u32, usize);

const ROOT: Slot = Slot(NIL, 0);

/// Where the walk for a prefix ended.
pub(crate) struct End {
    slot: Slot,
    /// What is in the slot.
    node: Option<u32>,
    /// Bits of the prefix that `node` shares.
    matched: u32,
    /// The node above, and the slot it is in.
    parent: Option<(u32, Slot)>,
}

/// How a new prefix gets into the tree.
pub(crate) enum Place {
    /// An empty slot.
    Leaf,
    /// Instead of this node; `true`: which was an intermediate one.
    Instead(u32, bool),
    /// Above the node in the slot.
    Above(u32),
    /// Beside the node in the slot, below a new intermediate node with this prefix.
    Beside(u32, Prefix),
}

/// The tree. Nodes' numbers come from outside.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Option<Node>>,
    root: u32,
}

impl Tree {
    pub fn new() -> Tree {
        Tree { nodes: Vec::new(), root: NIL }
    }

    fn node(&self, id: u32) -> &Node {
        self.nodes[id as usize].as_ref().expect("in the tree")
    }

    fn node_mut(&mut self, id: u32) -> &mut Node {
        self.nodes[id as usize].as_mut().expect("in the tree")
    }

    fn get(&self, slot: Slot) -> Option<u32> {
        let id = if slot == ROOT { self.root } else { self.node(slot.0).child[slot.1] };
        (id != NIL).then_some(id)
    }

    fn set(&mut self, slot: Slot, id: u32) {
        if slot == ROOT {
            self.root = id;
        } else {
            self.node_mut(slot.0).child[slot.1] = id;
        }
    }

    fn put(&mut self, id: u32, node: Node) {
        if self.nodes.len() <= id as usize {
            self.nodes.resize(id as usize + 1, None);
        }
        self.nodes[id as usize] = Some(node);
    }

    /// The most specific prefix that contains `key` (`trie_lookup_elem`).
    pub fn longest(&self, key: &Prefix) -> Option<u32> {
        let max = key.data.len() as u32 * 8;
        let mut found = None;
        let mut at = self.get(ROOT);
        while let Some(id) = at {
            let node = self.node(id);
            let matched = node.prefix.common(key);
            if matched == max {
                return Some(id);
            }
            if matched < node.prefix.len {
                break;
            }
            if !node.intermediate {
                found = Some(id);
            }
            at = self.get(Slot(id, key.bit(node.prefix.len)));
        }
        found
    }

    /// Walks to where `key` is or would be.
    pub fn walk(&self, key: &Prefix) -> End {
        let mut end = End { slot: ROOT, node: None, matched: 0, parent: None };
        while let Some(id) = self.get(end.slot) {
            let node = self.node(id);
            end.matched = node.prefix.common(key);
            end.node = Some(id);
            if node.prefix.len != end.matched || node.prefix.len == key.len {
                return end;
            }
            end.parent = Some((id, end.slot));
            end.slot = Slot(id, key.bit(node.prefix.len));
            end.node = None;
        }
        end
    }

    /// What an insert of `key` does at the end of its walk.
    pub fn place(&self, end: &End, key: &Prefix) -> Place {
        let Some(id) = end.node else { return Place::Leaf };
        let node = self.node(id);
        if node.prefix.len == end.matched {
            Place::Instead(id, node.intermediate)
        } else if end.matched == key.len {
            Place::Above(id)
        } else {
            Place::Beside(id, Prefix { len: end.matched, data: node.prefix.data.clone() })
        }
    }

    /// Puts a new node in; `between` is the number for the intermediate node of [`Place::Beside`].
    pub fn insert(&mut self, end: &End, place: Place, id: u32, key: &Prefix, between: Option<u32>) {
        let mut child = [NIL; 2];
        match &place {
            Place::Leaf => {}
            Place::Instead(old, _) => child = self.nodes[*old as usize].take().expect("in the tree").child,
            Place::Above(below) => child[self.node(*below).prefix.bit(key.len)] = *below,
            Place::Beside(sibling, prefix) => {
                let between = between.expect("an intermediate node was made");
                let bit = key.bit(prefix.len);
                let mut children = [*sibling; 2];
                children[bit] = id;
                self.put(between, Node { prefix: prefix.clone(), child: children, intermediate: true });
                self.put(id, Node { prefix: key.clone(), child, intermediate: false });
                self.set(end.slot, between);
                return;
            }
        }
        self.put(id, Node { prefix: key.clone(), child, intermediate: false });
        self.set(end.slot, id);
    }

    /// The node with exactly this prefix, if the walk for it ended there.
    pub fn exact(&self, end: &End, key: &Prefix) -> Option<u32> {
        end.node.filter(|id| {
            let node = self.node(*id);
            node.prefix.len == key.len && node.prefix.len == end.matched && !node.intermediate
        })
    }

    /// Takes out the node that a walk found (`trie_delete_elem`). Returns the nodes that are in the tree no more: a node with two
    /// children stays as an intermediate one; a leaf takes its intermediate parent along.
    pub fn remove(&mut self, end: &End, id: u32) -> Vec<u32> {
        let [left, right] = self.node(id).child;
        if left != NIL && right != NIL {
            self.node_mut(id).intermediate = true;
            return Vec::new();
        }
        let gone = match end.parent {
            Some((parent, slot)) if self.node(parent).intermediate && left == NIL && right == NIL => {
                let other = self.node(parent).child[1 - end.slot.1];
                self.set(slot, other);
                vec![parent, id]
            }
            _ => {
                self.set(end.slot, if left != NIL { left } else { right });
                vec![id]
            }
        };
        gone.iter().for_each(|id| self.nodes[*id as usize] = None);
        gone
    }

    /// The prefix after `key` in postorder, more specific ones first (`trie_get_next_key`). An unknown key starts over.
    pub fn next(&self, key: Option<&Prefix>) -> Option<Prefix> {
        let mut search = self.get(ROOT)?;
        if let Some(path) = key.and_then(|key| self.path(key)) {
            let mut at = *path.last().expect("a path has nodes");
            let mut above = path[..path.len() - 1].iter().rev();
            loop {
                let parent = *above.next()?;
                let right = self.node(parent).child[1];
                if self.node(parent).child[0] == at && right != NIL {
                    search = right;
                    break;
                }
                if !self.node(parent).intermediate {
                    return Some(self.node(parent).prefix.clone());
                }
                at = parent;
            }
        }
        Some(self.node(self.leftmost(search)).prefix.clone())
    }

    /// The nodes from the root to the one with this prefix.
    fn path(&self, key: &Prefix) -> Option<Vec<u32>> {
        if key.len > key.data.len() as u32 * 8 {
            return None;
        }
        let mut path = Vec::new();
        let mut at = self.get(ROOT);
        while let Some(id) = at {
            path.push(id);
            let node = self.node(id);
            let matched = node.prefix.common(key);
            if node.prefix.len != matched {
                return None;
            }
            if node.prefix.len == key.len {
                return (!node.intermediate).then_some(path);
            }
            at = self.get(Slot(id, key.bit(node.prefix.len)));
        }
        None
    }

    fn leftmost(&self, from: u32) -> u32 {
        let mut found = from;
        let mut at = from;
        while at != NIL {
            let node = self.node(at);
            if !node.intermediate {
                found = at;
            }
            at = match node.child {
                [NIL, right] if !node.intermediate => right,
                [left, _] => left,
            };
        }
        found
    }

    /// Every node, intermediate ones too.
    pub fn all(&self) -> Vec<u32> {
        (0..self.nodes.len() as u32).filter(|id| self.nodes[*id as usize].is_some()).collect()
    }
}
