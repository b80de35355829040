//! Damaging files with an eye for their structure: section headers, symbols, relocations, type records, instructions.
//!
//! [`mutate`] never needs its input to be whole: what cannot be found is damaged as plain bytes. Deterministic.

use crate::numbers::Numbers;

/// A section as its header tells it, cut to the file.
struct Place {
    kind: u32,
    executable: bool,
    start: usize,
    len: usize,
}

const SHT_SYMTAB: u32 = 2;
const SHT_REL: u32 = 9;

fn number<const N: usize>(file: &[u8], at: usize) -> Option<u64> {
    let bytes = file.get(at..at.checked_add(N)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// Where the section headers are, and how many.
fn headers(file: &[u8]) -> Option<(usize, usize)> {
    let (at, count) = (number::<8>(file, 40)? as usize, number::<2>(file, 60)? as usize);
    let end = at.checked_add(count.checked_mul(64)?)?;
    (file.starts_with(b"\x7fELF") && count > 0 && end <= file.len()).then_some((at, count))
}

fn sections(file: &[u8]) -> Vec<Place> {
    let Some((at, count)) = headers(file) else { return Vec::new() };
    let section = |nr: usize| {
        let header = at + nr * 64;
        let (start, len) =
            (number::<8>(file, header + 24)? as usize, number::<8>(file, header + 32)? as usize);
        let kind = number::<4>(file, header + 4)? as u32;
        let inside = start.checked_add(len).is_some_and(|end| end <= file.len()) && len > 0 && kind != 8;
        let executable = number::<8>(file, header + 8)? & 4 != 0;
        inside.then_some(Place { kind, executable, start, len })
    };
    (0..count).filter_map(section).collect()
}

/// Overwrites up to `width` bytes at `at` with a number that programs like to trip over.
fn overwrite(file: &mut [u8], at: usize, width: usize, numbers: &mut Numbers) {
    let old = file.iter().skip(at).take(width).rev().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    let len = file.len() as u64;
    let new = match numbers.below(8) {
        0 => 0,
        1 => u64::MAX,
        2 => old.wrapping_add(1),
        3 => old.wrapping_sub(1),
        4 => old ^ 1 << numbers.below(8 * width),
        5 => len.wrapping_add(numbers.within(-9, 9) as u64),
        6 => old.wrapping_mul(8),
        _ => numbers.edgy(),
    };
    for (byte, value) in file.iter_mut().skip(at).take(width).zip(new.to_le_bytes()) {
        *byte = value;
    }
}

/// Fields of a section header, a symbol and a relocation: offset and width.
const HEADER_FIELDS: [(usize, usize); 8] =
    [(0, 4), (4, 4), (8, 8), (24, 8), (32, 8), (40, 4), (44, 4), (56, 8)];
const SYMBOL_FIELDS: [(usize, usize); 6] = [(0, 4), (4, 1), (5, 1), (6, 2), (8, 8), (16, 8)];
const RELOCATION_FIELDS: [(usize, usize); 2] = [(0, 8), (12, 4)];
const INSN_FIELDS: [(usize, usize); 4] = [(0, 1), (1, 1), (2, 2), (4, 4)];

fn damage_record(
    file: &mut [u8],
    start: usize,
    len: usize,
    size: usize,
    fields: &[(usize, usize)],
    numbers: &mut Numbers,
) {
    let record = start + numbers.below(len / size) * size;
    let (offset, width) = *numbers.pick(fields);
    overwrite(file, record + offset, width, numbers);
}

/// One change inside the structure of an ELF file.
fn damage_structure(file: &mut [u8], numbers: &mut Numbers) {
    if numbers.one_in(4)
        && let Some((at, count)) = headers(file)
    {
        return damage_record(file, at, count * 64, 64, &HEADER_FIELDS, numbers);
    }
    let places = sections(file);
    if places.is_empty() {
        return damage_bytes(file, numbers);
    }
    let Place { kind, executable, start, len } = *numbers.pick(&places);
    let (size, fields): (usize, &[(usize, usize)]) = match kind {
        SHT_SYMTAB => (24, &SYMBOL_FIELDS),
        SHT_REL => (16, &RELOCATION_FIELDS),
        _ if executable => (8, &INSN_FIELDS),
        // Types and their records are words.
        _ => (4, &[(0, 4)]),
    };
    if len >= size {
        damage_record(file, start, len, size, fields, numbers);
    }
}

fn damage_bytes(file: &mut [u8], numbers: &mut Numbers) {
    let at = numbers.below(file.len());
    let width = *numbers.pick(&[1, 2, 4, 8]);
    overwrite(file, at, width, numbers);
}

/// Moves bytes around: what follows is read at the wrong place.
fn shift_bytes(file: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    let (at, len) = (numbers.below(file.len() + 1), numbers.below(64) + 1);
    let end = (at + len).min(file.len());
    match numbers.below(4) {
        0 => file.truncate(at),
        1 => drop(file.drain(at..end)),
        2 => {
            let again = file[at..end].to_vec();
            file.splice(at..at, again);
        }
        _ => {
            let from = numbers.below(other.len());
            let piece = &other[from..(from + len).min(other.len())];
            file.splice(at..end, piece.iter().copied());
        }
    }
}

/// Changes a file a few times. `other` is a second file from which pieces are taken.
pub fn mutate(file: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(5) {
        match numbers.below(8) {
            0 if !file.is_empty() => damage_bytes(file, numbers),
            1 => shift_bytes(file, other, numbers),
            _ if !file.is_empty() => damage_structure(file, numbers),
            _ => {}
        }
    }
}

/// The same for libFuzzer: changes the first `size` bytes of a buffer and returns the new size. `None`: leave it to
/// libFuzzer's own mutations, as often as not.
pub fn mutate_in_place(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> Option<usize> {
    let mut numbers = Numbers::new(u64::from(seed));
    if numbers.one_in(2) || size == 0 {
        return None;
    }
    let mut file = data[..size].to_vec();
    let other = file.clone();
    mutate(&mut file, &other, &mut numbers);
    file.truncate(max_size.min(data.len()));
    data[..file.len()].copy_from_slice(&file);
    Some(file.len())
}
