//! The packing of the built-in kernel types: runs of new bytes, and copies of what came before.
//!
//! Key items: [`unpack`], and [`pack`] for the command that makes the files. Neighbours: `kernel_types` unpacks its files at the first use.
//!
//! A packed file is a list of steps. Each begins with a byte whose upper half counts new bytes and whose lower half, plus [`SHORTEST`],
//! counts bytes to copy; a half of 15 goes on in further bytes, up to one below 255. Then come the new bytes and, unless the file ends
//! there, how far back the copy begins (two bytes, little-endian, not 0). A copy may run into the bytes it makes. (LZ4 calls this a block.)

/// Bytes of the shortest copy.
pub const SHORTEST: usize = 4;
/// How far back a copy may begin.
const WINDOW: usize = 0xffff;
/// Candidates that are compared at each place.
const TRIES: usize = 512;
const HASH_BITS: u32 = 16;

/// The bytes that were packed, or `None` if these are none of [`pack`].
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(packed.len() * 5 / 2);
    let mut rest = packed;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let new = count(usize::from(first >> 4), &mut rest)?;
        let (bytes, after) = rest.split_at_checked(new)?;
        out.extend_from_slice(bytes);
        rest = after;
        if rest.is_empty() {
            return Some(out);
        }
        let (back, after) = rest.split_at_checked(2)?;
        rest = after;
        let back = usize::from(u16::from_le_bytes([back[0], back[1]]));
        let mut len = count(usize::from(first & 15), &mut rest)? + SHORTEST;
        let from = out.len().checked_sub(back).filter(|_| back > 0)?;
        while len > 0 {
            let piece = len.min(out.len() - from);
            out.extend_from_within(from..from + piece);
            len -= piece;
        }
    }
    Some(out)
}

fn count(half: usize, rest: &mut &[u8]) -> Option<usize> {
    let mut sum = half;
    if half == 15 {
        loop {
            let (&more, after) = rest.split_first()?;
            *rest = after;
            sum += usize::from(more);
            if more != 255 {
                break;
            }
        }
    }
    Some(sum)
}

/// Packs bytes: at each place the longest copy is taken, unless the next place has a longer one.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut seen = Seen { last: vec![usize::MAX; 1 << HASH_BITS], before: vec![usize::MAX; bytes.len()] };
    let (mut at, mut new) = (0, 0);
    let mut found = seen.longest(bytes, 0);
    while at < bytes.len() {
        seen.add(bytes, at);
        let next = seen.longest(bytes, at + 1);
        let (len, back) = found;
        if len < SHORTEST || next.0 > len {
            at += 1;
            found = next;
            continue;
        }
        step(&mut out, &bytes[new..at], Some((len, back)));
        (at + 1..at + len).for_each(|inside| seen.add(bytes, inside));
        at += len;
        new = at;
        found = seen.longest(bytes, at);
    }
    step(&mut out, &bytes[new..], None);
    out
}

fn step(out: &mut Vec<u8>, new: &[u8], copy: Option<(usize, usize)>) {
    let len = copy.map_or(0, |(len, _)| len - SHORTEST);
    out.push((new.len().min(15) << 4 | len.min(15)) as u8);
    more(out, new.len());
    out.extend_from_slice(new);
    if let Some((_, back)) = copy {
        out.extend_from_slice(&(back as u16).to_le_bytes());
        more(out, len);
    }
}

fn more(out: &mut Vec<u8>, count: usize) {
    if let Some(mut left) = count.checked_sub(15) {
        while left >= 255 {
            out.push(255);
            left -= 255;
        }
        out.push(left as u8);
    }
}

/// Where four bytes were seen, newest first.
struct Seen {
    last: Vec<usize>,
    before: Vec<usize>,
}

impl Seen {
    fn slot(bytes: &[u8], at: usize) -> Option<usize> {
        let four = bytes.get(at..at + SHORTEST)?;
        let word = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        Some((word.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize)
    }

    fn add(&mut self, bytes: &[u8], at: usize) {
        if let Some(slot) = Seen::slot(bytes, at) {
            self.before[at] = self.last[slot];
            self.last[slot] = at;
        }
    }

    /// Length and distance of the longest copy that could begin here; length 0 if there is none.
    fn longest(&self, bytes: &[u8], at: usize) -> (usize, usize) {
        let mut best = (0, 0);
        let Some(slot) = Seen::slot(bytes, at) else { return best };
        let mut from = self.last[slot];
        for _ in 0..TRIES {
            if from == usize::MAX || at - from > WINDOW {
                break;
            }
            let same = bytes[at..].iter().zip(&bytes[from..]).take_while(|(a, b)| a == b).count();
            if same >= SHORTEST && same > best.0 {
                best = (same, at - from);
            }
            from = self.before[from];
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let ramp: Vec<u8> = (0..70_000_u32).flat_map(|n| (n / 3).to_le_bytes()).collect();
        let noise: Vec<u8> =
            (0..5_000_u32).map(|n| (n.wrapping_mul(n).wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for bytes in [&b""[..], b"a", b"abcabcabcabcabcabcabcabcabcabcabcabc", &[7; 1000], &ramp, &noise] {
            let packed = pack(bytes);
            assert!(unpack(&packed).as_deref() == Some(bytes), "{} bytes", bytes.len());
        }
        assert!(pack(&ramp).len() < ramp.len() / 3);
    }

    #[test]
    fn damage_is_noticed_or_harmless() {
        let packed = pack(b"a struct, a struct, another struct and a struct again");
        assert_eq!(unpack(&[0x10, b'a', 0, 0]), None);
        assert_eq!(unpack(&[0x10, b'a', 2, 0]), None);
        assert_eq!(unpack(&[0xf0]), None);
        for cut in 0..packed.len() {
            let _ = unpack(&packed[..cut]);
        }
    }
}
