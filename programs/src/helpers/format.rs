//! The kernel's restricted `printf` of BPF helpers. Source: `kernel/bpf/helpers.c:bpf_bprintf_prepare` (5.13 on),
//! `kernel/trace/bpf_trace.c:bpf_trace_printk` (5.10, which has less).
//!
//! Differs: `%p` and `%pK` print a hash with a fixed key (a kernel's key is random), `%pB`, `%ps`, `%pS` print the address, as a kernel does
//! for an address that is no symbol. Key function: [`format`]. Neighbours: `print`.

use sim::errno::Errno;

use crate::profile::KernelVersion;

/// Where `%s` and `%pI4` get what their arguments point to. Both as `copy_from_kernel_nofault` and its user twin.
pub trait Memory {
    /// A string of at most `max` bytes, without its NUL; `None` on a fault.
    fn string(&self, addr: u64, user: bool, max: usize) -> Option<Vec<u8>>;
    fn bytes(&self, addr: u64, len: usize) -> Option<Vec<u8>>;
}

/// Which dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `bpf_trace_printk` of 5.10: three arguments, one `%s`, no widths.
    TracePrintk5_10,
    /// `bpf_bprintf_prepare`, and what `bpf_seq_printf` of 5.10 shares with it.
    Bprintf { char_spec: bool },
}

impl Dialect {
    /// The dialect of `bpf_trace_printk`.
    pub fn trace_printk(version: KernelVersion) -> Dialect {
        match version {
            KernelVersion::V5_10 => Dialect::TracePrintk5_10,
            _ => Dialect::bprintf(version),
        }
    }

    /// The dialect of the other helpers.
    pub fn bprintf(version: KernelVersion) -> Dialect {
        Dialect::Bprintf { char_spec: version > KernelVersion::V5_10 }
    }
}

/// The longest string an argument gives: half the buffer of a CPU (`MAX_BPRINTF_BIN_ARGS`).
const MAX_STRING: usize = 512;
/// Arguments that `bpf_trace_printk` has registers for.
const PRINTK_ARGS: usize = 3;

/// Padding, width and sign of an integer.
#[derive(Clone, Copy, Debug, Default)]
struct Layout {
    zero: bool,
    left: bool,
    plus: bool,
    space: bool,
    width: usize,
}

impl Layout {
    fn apply(self, out: &mut Vec<u8>, sign: &str, digits: &str) {
        let fill = self.width.saturating_sub(sign.len() + digits.len());
        let pad = |out: &mut Vec<u8>, byte| out.resize(out.len() + fill, byte);
        if !self.left && !self.zero {
            pad(out, b' ');
        }
        out.extend_from_slice(sign.as_bytes());
        if !self.left && self.zero {
            pad(out, b'0');
        }
        out.extend_from_slice(digits.as_bytes());
        if self.left {
            pad(out, b' ');
        }
    }
}

struct Formatter<'a> {
    dialect: Dialect,
    fmt: &'a [u8],
    at: usize,
    args: std::slice::Iter<'a, u64>,
    used: usize,
    strings: usize,
    memory: &'a dyn Memory,
    out: Vec<u8>,
}

/// Formats `fmt` (without its NUL). Errors: -EINVAL for what the kernel refuses, e.g. a specifier too many.
pub fn format(dialect: Dialect, fmt: &[u8], args: &[u64], memory: &dyn Memory) -> Result<Vec<u8>, Errno> {
    if let Some(bad) =
        fmt.iter().find(|b| !b.is_ascii() || (b.is_ascii_control() && !b.is_ascii_whitespace()))
    {
        let _ = bad;
        return Err(Errno::EINVAL);
    }
    let mut formatter =
        Formatter { dialect, fmt, at: 0, args: args.iter(), used: 0, strings: 0, memory, out: Vec::new() };
    formatter.run()?;
    Ok(formatter.out)
}

impl Formatter<'_> {
    fn run(&mut self) -> Result<(), Errno> {
        while let Some(byte) = self.next() {
            match byte {
                b'%' if self.peek() == Some(b'%') => {
                    self.at += 1;
                    self.out.push(b'%');
                }
                b'%' => self.specifier()?,
                other => self.out.push(other),
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.fmt.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn old(&self) -> bool {
        self.dialect == Dialect::TracePrintk5_10
    }

    fn arg(&mut self) -> Result<u64, Errno> {
        self.used += 1;
        if self.old() && self.used > PRINTK_ARGS {
            return Err(Errno::EINVAL);
        }
        self.args.next().copied().ok_or(Errno::EINVAL)
    }

    fn specifier(&mut self) -> Result<(), Errno> {
        let layout = if self.old() { Layout::default() } else { self.layout() };
        match self.next().ok_or(Errno::EINVAL)? {
            b'p' => self.pointer(),
            b's' => self.text(None, layout),
            b'c' if self.dialect == (Dialect::Bprintf { char_spec: true }) => {
                let arg = self.arg()?;
                self.out.push(arg as u8);
                Ok(())
            }
            b'l' if self.take(b'l') => self.integer(64, layout),
            b'l' => self.integer(64, layout),
            _ => {
                self.at -= 1;
                self.integer(32, layout)
            }
        }
    }

    fn layout(&mut self) -> Layout {
        let mut layout = Layout::default();
        loop {
            match self.peek() {
                Some(b'0') => layout.zero = true,
                Some(b'+') => layout.plus = true,
                Some(b'-') => layout.left = true,
                Some(b' ') => layout.space = true,
                _ => break,
            }
            self.at += 1;
        }
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            layout.width = (layout.width * 10 + usize::from(digit - b'0')).min(MAX_STRING);
            self.at += 1;
        }
        layout
    }

    fn integer(&mut self, bits: u32, layout: Layout) -> Result<(), Errno> {
        let conversion = self.next().ok_or(Errno::EINVAL)?;
        if !b"diuxX".contains(&conversion) || (self.old() && conversion == b'X') {
            return Err(Errno::EINVAL);
        }
        let arg = self.arg()?;
        let unsigned = if bits == 32 { u64::from(arg as u32) } else { arg };
        let signed = if bits == 32 { i64::from(arg as i32) } else { arg as i64 };
        let (sign, digits) = match conversion {
            b'd' | b'i' => {
                let plus = if layout.plus {
                    "+"
                } else if layout.space {
                    " "
                } else {
                    ""
                };
                (if signed < 0 { "-" } else { plus }, signed.unsigned_abs().to_string())
            }
            b'u' => ("", unsigned.to_string()),
            b'x' => ("", format!("{unsigned:x}")),
            _ => ("", format!("{unsigned:X}")),
        };
        layout.apply(&mut self.out, sign, &digits);
        Ok(())
    }

    /// `space`: `Some(true)` user memory, `Some(false)` kernel memory, `None` decided by the address.
    fn text(&mut self, space: Option<bool>, layout: Layout) -> Result<(), Errno> {
        self.strings += 1;
        if self.old() && (self.strings > 1 || !self.ends_here()) {
            return Err(Errno::EINVAL);
        }
        let addr = self.arg()?;
        let user = space.unwrap_or(addr < sim::mm::TASK_SIZE_MAX);
        // A string that cannot be read prints as nothing.
        let text = self.memory.string(addr, user, MAX_STRING - 1).unwrap_or_default();
        let fill = layout.width.saturating_sub(text.len());
        if !layout.left {
            self.out.resize(self.out.len() + fill, b' ');
        }
        self.out.extend_from_slice(&text);
        if layout.left {
            self.out.resize(self.out.len() + fill, b' ');
        }
        Ok(())
    }

    /// Whether a specifier ends here: at the end, before a space or punctuation.
    fn ends_here(&self) -> bool {
        self.peek().is_none_or(|b| b.is_ascii_whitespace() || b.is_ascii_punctuation())
    }

    fn pointer(&mut self) -> Result<(), Errno> {
        match self.peek() {
            Some(space @ (b'k' | b'u')) if self.fmt.get(self.at + 1) == Some(&b's') => {
                self.at += 2;
                self.text(Some(space == b'u'), Layout::default())
            }
            Some(b'i' | b'I') if !self.old() => self.ip(),
            Some(b'x') if !self.old() => {
                self.at += 1;
                let arg = self.arg()?;
                self.out.extend_from_slice(format!("{arg:016x}").as_bytes());
                Ok(())
            }
            Some(b's' | b'S' | b'B') if !self.old() || self.peek() == Some(b'B') => {
                self.at += 1;
                let arg = self.arg()?;
                self.out.extend_from_slice(format!("0x{arg:x}").as_bytes());
                Ok(())
            }
            Some(b'K') if !self.old() => {
                self.at += 1;
                self.hashed()
            }
            _ if self.ends_here() => self.hashed(),
            _ => Err(Errno::EINVAL),
        }
    }

    fn hashed(&mut self) -> Result<(), Errno> {
        let arg = self.arg()?;
        // Like the kernel's, 32 bits of a keyed hash; here the key is fixed so that runs repeat. NULL prints as zeros.
        let mixed = (arg ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let shown = if arg == 0 { 0 } else { mixed >> 32 };
        self.out.extend_from_slice(format!("{shown:016x}").as_bytes());
        Ok(())
    }

    fn ip(&mut self) -> Result<(), Errno> {
        let colons = self.next() == Some(b'I');
        let len = match self.next() {
            Some(b'4') => 4,
            Some(b'6') => 16,
            _ => return Err(Errno::EINVAL),
        };
        let addr = self.arg()?;
        let bytes = self.memory.bytes(addr, len).unwrap_or_else(|| vec![0; len]);
        let text = match (len, colons) {
            (4, true) => bytes.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
            (4, false) => bytes.iter().map(|b| format!("{b:03}")).collect::<Vec<_>>().join("."),
            (_, colons) => {
                let words = bytes.chunks(2).map(|w| format!("{:02x}{:02x}", w[0], w[1]));
                words.collect::<Vec<_>>().join(if colons { ":" } else { "" })
            }
        };
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake;

    impl Memory for Fake {
        fn string(&self, addr: u64, user: bool, _: usize) -> Option<Vec<u8>> {
            (addr != 0).then(|| if user { b"user".to_vec() } else { b"kernel".to_vec() })
        }

        fn bytes(&self, _: u64, len: usize) -> Option<Vec<u8>> {
            Some((0..len as u8).map(|n| n * 17).collect())
        }
    }

    fn new(fmt: &str, args: &[u64]) -> String {
        show(format(Dialect::bprintf(KernelVersion::V6_12), fmt.as_bytes(), args, &Fake))
    }

    fn old(fmt: &str, args: &[u64]) -> String {
        show(format(Dialect::trace_printk(KernelVersion::V5_10), fmt.as_bytes(), args, &Fake))
    }

    fn show(result: Result<Vec<u8>, Errno>) -> String {
        result.map_or_else(|e| e.to_string(), |text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn rows_of_what_each_specifier_prints() {
        let minus = (-2i64) as u64;
        let rows: [(&str, &[u64], &str); 20] = [
            ("a%%b", &[], "a%b"),
            ("%d %u", &[minus, minus], "-2 4294967294"),
            ("%ld %lu %lld", &[minus, minus, 7], "-2 18446744073709551614 7"),
            ("%x %X %llx", &[0xab, 0xab, minus], "ab AB fffffffffffffffe"),
            ("[%5d][%-5d][%05d]", &[42, 42, minus], "[   42][42   ][-0002]"),
            ("%+d % d", &[3, 3], "+3  3"),
            ("%s|%pks|%pus", &[u64::MAX, 1, 1], "kernel|kernel|user"),
            ("%s", &[0x1000], "user"),
            ("[%10s]", &[u64::MAX], "[    kernel]"),
            ("<%s>", &[0], "<>"),
            ("%c%c", &[104, 105], "hi"),
            ("%pI4 %pi4", &[1, 1], "0.17.34.51 000.017.034.051"),
            ("%pI6", &[1], "0011:2233:4455:6677:8899:aabb:ccdd:eeff"),
            ("%pi6", &[1], "00112233445566778899aabbccddeeff"),
            ("%px", &[0xffff], "000000000000ffff"),
            ("%pS", &[0xffff], "0xffff"),
            ("%p", &[0], "0000000000000000"),
            ("%d %d", &[1], "-22 (EINVAL)"),
            ("%f", &[1], "-22 (EINVAL)"),
            ("%", &[], "-22 (EINVAL)"),
        ];
        for (fmt, args, expected) in rows {
            assert_eq!(new(fmt, args), expected, "{fmt}");
        }
        assert_ne!(new("%p", &[5]), new("%px", &[5]));
    }

    #[test]
    fn what_5_10_lacks() {
        assert_eq!(old("%d %s", &[1, u64::MAX]), "1 kernel");
        for fmt in ["%c", "%5d", "%s %s", "%pI4", "%d %d %d %d", "%X"] {
            assert_eq!(old(fmt, &[1, 1, 1, 1]), "-22 (EINVAL)", "{fmt}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert_eq!(new("a\u{e9}", &[]), "-22 (EINVAL)");
        assert_eq!(new("a\x01", &[]), "-22 (EINVAL)");
        assert_eq!(new("a\tb\n", &[]), "a\tb\n");
    }
}
