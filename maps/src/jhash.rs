//! The hash of hash maps: Bob Jenkins' lookup3 in the form the kernel uses it (`include/linux/jhash.h`, there `jhash` and
//! `jhash2`, which agree on keys whose length is a multiple of 4).
//!
//! Neighbour: `table` turns the hash into a bucket, so the order of iteration equals a kernel's with the same `hash_rnd`.

const JHASH_INITVAL: u32 = 0xdead_beef;

/// Rotation distances of one mixing round over (a, b, c).
const MIX: [u32; 6] = [4, 6, 8, 16, 19, 4];
/// Rotation distances of the final round.
const FINAL: [u32; 7] = [14, 11, 25, 16, 4, 14, 24];

/// The hash of `key` under `seed`.
pub fn jhash(key: &[u8], seed: u32) -> u32 {
    let start = JHASH_INITVAL.wrapping_add(key.len() as u32).wrapping_add(seed);
    let mut state = [start; 3];
    let mut rest = key;
    while rest.len() > 12 {
        add_words(&mut state, &rest[..12]);
        mix(&mut state);
        rest = &rest[12..];
    }
    if !rest.is_empty() {
        add_words(&mut state, rest);
        finish(&mut state);
    }
    state[2]
}

/// Adds up to three little-endian words, the last one padded with zeros.
fn add_words(state: &mut [u32; 3], bytes: &[u8]) {
    for (slot, chunk) in state.iter_mut().zip(bytes.chunks(4)) {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        *slot = slot.wrapping_add(u32::from_le_bytes(word));
    }
}

/// Round `i` changes word `i % 3` by the word before it and feeds the word after it.
fn mix(s: &mut [u32; 3]) {
    for (i, rotation) in MIX.into_iter().enumerate() {
        let (x, y, z) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        s[x] = s[x].wrapping_sub(s[y]) ^ s[y].rotate_left(rotation);
        s[y] = s[y].wrapping_add(s[z]);
    }
}

fn finish(s: &mut [u32; 3]) {
    for (i, rotation) in FINAL.into_iter().enumerate() {
        let (x, y) = ((i + 2) % 3, (i + 1) % 3);
        s[x] = (s[x] ^ s[y]).wrapping_sub(s[y].rotate_left(rotation));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values published with lookup3 itself.
    #[test]
    fn agrees_with_lookup3() {
        let text = b"Four score and seven years ago";
        let cases: [(&[u8], u32, u32); 4] = [
            (b"", 0, 0xdead_beef),
            (b"", 0xdead_beef, 0xbd5b_7dde),
            (text, 0, 0x1777_0551),
            (text, 1, 0xcd62_8161),
        ];
        for (key, seed, want) in cases {
            assert_eq!(jhash(key, seed), want, "{key:?} {seed:#x}");
        }
    }
}
