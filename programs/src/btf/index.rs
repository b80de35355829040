//! Finding types by name. A hash table over essential names (`task_struct` for `task_struct___v2`), so that CO-RE
//! candidates are one look-up. The hash is fixed (no random state), so results come in the order of type numbers.

use super::{Btf, TypeId};

/// Chained hash table; 0 ends a chain (type 0 is `void` and has no name).
#[derive(Clone, Default)]
pub(super) struct NameIndex {
    heads: Vec<u32>,
    next: Vec<u32>,
}

/// The name without a CO-RE flavour: `a___b` is `a` as long as `a` is not empty (libbpf `bpf_core_essential_name_len`).
pub fn essential_name(name: &str) -> &str {
    let bytes = name.as_bytes();
    for end in (1..bytes.len().saturating_sub(3)).rev() {
        let flavoured = &bytes[end..end + 3] == b"___" && bytes[end - 1] != b'_' && bytes[end + 3] != b'_';
        if flavoured {
            return name.get(..end).unwrap_or(name);
        }
    }
    name
}

fn hash(name: &str) -> u32 {
    // FNV-1a, 32 bits.
    name.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl NameIndex {
    pub(super) fn build(btf: &Btf) -> NameIndex {
        let types = btf.type_count() as usize;
        let buckets = (types + 1).next_power_of_two();
        let mut index = NameIndex { heads: vec![0; buckets], next: vec![0; types + 1] };
        // From the last to the first, so that a chain lists its types in ascending order.
        for id in (1..=types).rev() {
            let name = btf.name_of(TypeId(id as u32));
            if !name.is_empty() {
                let slot = hash(essential_name(name)) as usize & (buckets - 1);
                index.next[id] = index.heads[slot];
                index.heads[slot] = id as u32;
            }
        }
        index
    }

    /// Types whose essential name may be `essential`: the caller compares the names.
    pub(super) fn chain(&self, essential: &str) -> impl Iterator<Item = TypeId> + use<'_> {
        let slot = hash(essential) as usize & self.heads.len().saturating_sub(1);
        let mut id = self.heads.get(slot).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let found = (id != 0).then_some(TypeId(id))?;
            id = self.next[id as usize];
            Some(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::essential_name;

    #[test]
    fn flavours_are_cut_off() {
        let cases = [
            ("task_struct", "task_struct"),
            ("task_struct___v2", "task_struct"),
            ("a___b___c", "a___b"),
            ("___x", "___x"),
            ("x___", "x___"),
            ("a____b", "a____b"),
            ("", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(essential_name(name), expected, "{name}");
        }
    }
}
