//! Constant strings in maps, and the format that `bpf_snprintf` is given.
//!
//! Key items: `check_const_string`, `check_snprintf` of [`Verifier`]. Neighbours: kfuncs take constant strings, too. Modelled after
//! kernel/bpf/verifier.c:check_arg_const_str, check_bpf_snprintf_call and kernel/bpf/helpers.c:bpf_bprintf_prepare.

use crate::profile::KernelVersion;
use crate::verifier::reg::Kind;
use crate::verifier::stop::{Checked, invalid, no_access};
use crate::verifier::verify::Verifier;

impl Verifier<'_> {
    /// The register points to a string in a map that nobody can change any more.
    pub(in crate::verifier) fn check_const_string(&mut self, regno: u8) -> Checked {
        let reg = *self.reg(regno);
        let Kind::MapValue { map, .. } = reg.kind else { return invalid("(no message) Invalid argument") };
        let facts = self.facts.map(map);
        if self.version() == KernelVersion::V7_2 && facts.is(&["INSN_ARRAY"]) {
            return no_access(format!(
                "R{regno} points to insn_array map which cannot be used as const string"
            ));
        }
        let (size, contents) = (i64::from(facts.value_size), &facts.frozen);
        let Some(contents) = contents else {
            return no_access(format!("R{regno} does not point to a readonly map'"));
        };
        let Some(at) = reg.known_offset() else {
            return no_access(format!("R{regno} is not a constant address'"));
        };
        let fixed = i64::from(reg.off);
        let length = if self.version() == KernelVersion::V7_2 { size - at } else { size - fixed };
        self.map_access(regno, fixed, length, false, false)?;
        let text = usize::try_from(at).ok().and_then(|at| contents.get(at..)).unwrap_or(&[]);
        if text.contains(&0) { Ok(()) } else { invalid("string is not zero-terminated") }
    }

    /// The format of `bpf_snprintf` fits the number of arguments.
    pub(super) fn check_snprintf(&self) -> Checked {
        let bytes = self.reg(5).num.var_off().value;
        if !bytes.is_multiple_of(8) {
            return invalid("(no message) Invalid argument");
        }
        let format = *self.reg(3);
        let Kind::MapValue { map, .. } = format.kind else { return Ok(()) };
        let contents = self.facts.map(map).frozen.as_deref().unwrap_or(&[]);
        let at = format.known_offset().and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
        let text = contents.get(at..).unwrap_or(&[]);
        let text = text.split(|byte| *byte == 0).next().unwrap_or(&[]);
        if format_ok(text, (bytes / 8) as usize) { Ok(()) } else { invalid("Invalid format string") }
    }
}

/// Reads a format as the kernel does.
struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    /// The byte `ahead` of here; 0 at the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn ends_word(&self, ahead: usize) -> bool {
        let byte = self.peek(ahead);
        byte == 0 || is_space(byte) || byte.is_ascii_punctuation()
    }

    /// After the width: the conversion itself. Moves to its last byte.
    fn conversion(&mut self) -> bool {
        match self.peek(0) {
            b'p' => self.pointer(),
            b's' => self.ends_word(1),
            b'c' => true,
            _ => {
                for _ in 0..2 {
                    if self.peek(0) == b'l' {
                        self.at += 1;
                    }
                }
                matches!(self.peek(0), b'i' | b'd' | b'u' | b'x' | b'X')
            }
        }
    }

    fn pointer(&mut self) -> bool {
        if self.ends_word(1) {
            return true;
        }
        match (self.peek(1), self.peek(2)) {
            (b'k' | b'u', b's') => {
                self.at += 2;
                self.ends_word(1)
            }
            (b'K' | b'x' | b's' | b'S' | b'B', _) => {
                self.at += 1;
                true
            }
            (b'i' | b'I', b'4' | b'6') => {
                self.at += 2;
                true
            }
            _ => false,
        }
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether the kernel takes the format with this many arguments.
fn format_ok(text: &[u8], args: usize) -> bool {
    let mut scan = Scanner { text, at: 0 };
    let mut used = 0;
    while scan.at < text.len() {
        let byte = scan.peek(0);
        if byte.is_ascii() && !(0x20..0x7f).contains(&byte) && !is_space(byte) {
            return false;
        }
        if byte == b'%' {
            if scan.peek(1) == b'%' {
                scan.at += 1;
            } else {
                scan.at += 1;
                if used >= args || !scan.peek(0).is_ascii() {
                    return false;
                }
                while matches!(scan.peek(0), b'0' | b'+' | b'-' | b' ') {
                    scan.at += 1;
                }
                if matches!(scan.peek(0), b'1'..=b'9') {
                    while scan.peek(0).is_ascii_digit() {
                        scan.at += 1;
                    }
                }
                if !scan.conversion() {
                    return false;
                }
                used += 1;
            }
        }
        scan.at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let ok: &[(&str, usize)] = &[
            ("plain", 0),
            ("%d %s", 2),
            ("%5llx|%-3d", 2),
            ("100%%", 0),
            ("%pI4,%pks.", 2),
            ("%p", 1),
            ("\u{e9}", 0),
        ];
        for (text, args) in ok {
            assert!(format_ok(text.as_bytes(), *args), "{text}");
        }
        let bad: &[(&str, usize)] =
            &[("%d %d", 1), ("%f", 1), ("%", 1), ("%sx", 1), ("\u{1}", 0), ("%pI5", 1), ("%lls", 1)];
        for (text, args) in bad {
            assert!(!format_ok(text.as_bytes(), *args), "{text}");
        }
    }
}
