//! Files that are not what they should be: always an error with a help text, never a panic.

use programs::core_reloc::relocate;
use programs::kernel_types::builtin;
use programs::object::{ErrorKind, load_object};
use programs::profile::KernelVersion;

use super::{FIXTURES, bytes};

/// A fixture with some bytes replaced.
fn patched(name: &str, at: usize, with: &[u8]) -> Vec<u8> {
    let mut file = bytes(name).to_vec();
    file[at..at + with.len()].copy_from_slice(with);
    file
}

/// Changes every occurrence of `from`; both have the same length.
fn renamed(name: &str, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut file = bytes(name).to_vec();
    let places: Vec<usize> = (0..file.len()).filter(|at| file[*at..].starts_with(from)).collect();
    assert!(!places.is_empty(), "text in the file");
    for at in places {
        file[at..at + to.len()].copy_from_slice(to);
    }
    file
}

#[test]
fn the_reason_is_named() {
    let btf_magic = renamed("maps", b"\x9f\xeb\x01\0\x18\0\0\0", b"\x9f\xec\x01\0\x18\0\0\0");
    let table: Vec<(&str, Vec<u8>, ErrorKind, &str)> = vec![
        ("empty", vec![], ErrorKind::NotElf, "not an ELF file"),
        ("text", b"int main(void) {}".to_vec(), ErrorKind::NotElf, "not an ELF file"),
        ("header cut off", bytes("plain")[..5].to_vec(), ErrorKind::Malformed, "ends inside the ELF header"),
        ("half a file", bytes("plain")[..300].to_vec(), ErrorKind::Malformed, "malformed ELF"),
        ("32 bits", patched("plain", 4, &[1]), ErrorKind::NotBpf, "32-bit"),
        ("big-endian", patched("plain", 5, &[2]), ErrorKind::NotBpf, "big-endian"),
        ("x86-64", patched("plain", 18, &[62, 0]), ErrorKind::NotBpf, "machine 62 (x86-64), expected 247"),
        ("executable", patched("plain", 16, &[2, 0]), ErrorKind::NotBpf, "type 2, expected 1"),
        ("no BTF", bytes("plain_map").to_vec(), ErrorKind::NeedsBtf, "declares maps but has no BTF"),
        ("BTF magic", btf_magic, ErrorKind::Btf, "bad magic"),
        (
            "attribute",
            renamed("maps", b"map_extra", b"map_xtras"),
            ErrorKind::Map,
            "unknown attribute `map_xtras`",
        ),
        ("extern", renamed("linking", b".ksyms\0", b".kzyms\0"), ErrorKind::Extern, "expected `.ksyms`"),
    ];
    for (case, file, kind, text) in table {
        let error = load_object(&file, "bad").expect_err(case);
        assert_eq!(error.kind(), kind, "{case}: {error}");
        assert!(error.to_string().contains(text), "{case}: {error}");
        assert!(!error.help().is_empty(), "{case}");
    }
}

/// A small generator, so that every run tries the same files (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn damage(&mut self, file: &mut [u8]) {
        let at = self.below(file.len());
        match self.below(3) {
            0 => file[at] ^= 1 << self.below(8),
            1 => file[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
            _ => file.iter_mut().skip(at).take(4).for_each(|byte| *byte = 0xff),
        }
    }
}

/// Loads the file and uses everything that can be used. Whether it loaded.
fn exercise(file: &[u8]) -> bool {
    let Ok(object) = load_object(file, "mutant") else { return false };
    for program in &object.programs {
        for slot in 0..program.insns.len() {
            let _ = (program.line_of(slot), program.function_of(slot));
        }
        if let Some(btf) = &object.btf {
            let _ = relocate(program, btf, builtin(KernelVersion::V6_12));
        }
    }
    let _ = object.kconfig_value(|_| Some("1".to_string()));
    true
}

#[test]
fn files_cut_off_anywhere_are_answered() {
    for (_, file) in FIXTURES {
        for len in (0..file.len()).step_by(37) {
            exercise(&file[..len]);
        }
    }
}

/// Thousands of damaged files. Most are refused, some still load: both must be answered.
#[test]
fn damaged_files_are_answered() {
    let mut numbers = Numbers(7);
    let (mut loaded, mut refused) = (0, 0);
    for (_, file) in FIXTURES {
        for _ in 0..600 {
            let mut mutant = file.to_vec();
            for _ in 0..=numbers.below(4) {
                numbers.damage(&mut mutant);
            }
            if exercise(&mutant) { loaded += 1 } else { refused += 1 }
        }
    }
    assert!(loaded > 300 && refused > 300, "{loaded} loaded, {refused} refused");
}

#[test]
fn random_bytes_behind_a_good_header_are_answered() {
    let mut numbers = Numbers(11);
    for _ in 0..500 {
        let mut file = bytes("plain")[..64].to_vec();
        file.extend((0..numbers.below(2000)).map(|_| numbers.next() as u8));
        exercise(&file);
    }
}
