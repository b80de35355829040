//! Printing: `trace_printk`, `snprintf`, sequence files. Sources: `kernel/trace/bpf_trace.c`, `kernel/bpf/helpers.c`. The text itself is
//! made by `format`.

use sim::errno::Errno;

use super::Row;
use super::format::{Dialect, Memory, format};
use super::probe::{read_kernel, read_kernel_str, read_user_str};
use crate::runtime::{CallFault, Frame, HelperCx, Reply, SeqBuffer, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_trace_printk", body: trace_printk },
    Row { name: "bpf_trace_vprintk", body: trace_vprintk },
    Row { name: "bpf_snprintf", body: snprintf },
    Row { name: "bpf_seq_printf", body: seq_printf },
    Row { name: "bpf_seq_write", body: seq_write },
];

/// `BPF_TRACE_PRINTK_SIZE`, `MAX_BPRINTF_BUF`.
const PRINTK_BYTES: usize = 1024;
/// `MAX_BPRINTF_VARARGS`.
const MAX_VARARGS: u64 = 12;
/// Longest format that `bpf_snprintf` reads; the verifier checks that it ends.
const MAX_FORMAT: usize = 4096;

impl Memory for HelperCx<'_> {
    fn string(&self, addr: u64, user: bool, max: usize) -> Option<Vec<u8>> {
        let mut text = vec![0; max + 1];
        let len = if user {
            read_user_str(self.machine(), addr, &mut text)
        } else {
            read_kernel_str(self.machine(), addr, &mut text)
        };
        let len = len.ok()?;
        text.truncate(len.saturating_sub(1));
        Some(text)
    }

    fn bytes(&self, addr: u64, len: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len];
        read_kernel(self.machine(), addr, &mut bytes).ok()?;
        Some(bytes)
    }
}

/// A format of known size: its last byte must be NUL in 5.10, there must be one somewhere later.
fn sized_format(cx: &HelperCx<'_>, fmt: u64, size: u64) -> Result<Option<Vec<u8>>, CallFault> {
    let mut text = cx.bytes(fmt, size)?;
    let Some(nul) = text.iter().position(|b| *b == 0) else { return Ok(None) };
    text.truncate(nul);
    Ok(Some(text))
}

/// Arguments in an array of u64; `None` when the kernel refuses its size.
fn varargs(cx: &HelperCx<'_>, data: u64, len: u64) -> Result<Option<Vec<u64>>, CallFault> {
    if !len.is_multiple_of(8) || len > MAX_VARARGS * 8 || (len != 0 && data == 0) {
        return Ok(None);
    }
    let bytes = if len == 0 { Vec::new() } else { cx.bytes(data, len)? };
    let (words, _) = bytes.as_chunks::<8>();
    Ok(Some(words.iter().map(|w| u64::from_le_bytes(*w)).collect()))
}

fn trace_printk(cx: &HelperCx<'_>, [fmt, size, a, b, c]: [u64; 5]) -> Reply {
    let dialect = Dialect::trace_printk(cx.version());
    print(cx, dialect, sized_format(cx, fmt, size)?, &[a, b, c])
}

fn trace_vprintk(cx: &HelperCx<'_>, [fmt, size, data, len, _]: [u64; 5]) -> Reply {
    let Some(args) = varargs(cx, data, len)? else { return errno(Errno::EINVAL) };
    print(cx, Dialect::bprintf(cx.version()), sized_format(cx, fmt, size)?, &args)
}

/// The return value is the length before it was cut.
fn print(cx: &HelperCx<'_>, dialect: Dialect, fmt: Option<Vec<u8>>, args: &[u64]) -> Reply {
    let Some(fmt) = fmt else { return errno(Errno::EINVAL) };
    match format(dialect, &fmt, args, cx) {
        Ok(text) => {
            let shown = &text[..text.len().min(PRINTK_BYTES - 1)];
            // A line of trace_pipe ends by itself; a newline of the program's would only leave an empty line.
            let shown = shown.strip_suffix(b"\n").unwrap_or(shown);
            cx.bpf.print_line(&String::from_utf8_lossy(shown));
            ret(text.len() as u64)
        }
        Err(e) => errno(e),
    }
}

/// Returns the length with the NUL; writes what fits.
fn snprintf(cx: &HelperCx<'_>, [buf, size, fmt, data, len]: [u64; 5]) -> Reply {
    let Some(args) = varargs(cx, data, len)? else { return errno(Errno::EINVAL) };
    let fmt = cx.string(fmt, MAX_FORMAT)?;
    match format(Dialect::bprintf(cx.version()), &fmt, &args, cx) {
        Ok(text) => {
            if size > 0 {
                let mut shown = text[..text.len().min(size as usize - 1)].to_vec();
                shown.push(0);
                cx.write(buf, &shown)?;
            }
            ret(text.len() as u64 + 1)
        }
        Err(e) => errno(e),
    }
}

fn seq<'a>(cx: &'a HelperCx<'_>) -> Result<&'a SeqBuffer, CallFault> {
    match cx.frame() {
        Frame::Iter(seq) => Ok(seq),
        _ => Err(CallFault::not_modelled("a sequence file outside an iterator")),
    }
}

fn append(seq: &SeqBuffer, text: &[u8]) -> Reply {
    let mut all = seq.text.borrow_mut();
    if seq.limit != 0 && all.len() + text.len() >= seq.limit {
        seq.overflowed.set(true);
        return errno(Errno::EOVERFLOW);
    }
    all.extend_from_slice(text);
    ret(0)
}

fn seq_printf(cx: &HelperCx<'_>, [_, fmt, size, data, len]: [u64; 5]) -> Reply {
    let Some(args) = varargs(cx, data, len)? else { return errno(Errno::EINVAL) };
    let Some(fmt) = sized_format(cx, fmt, size)? else { return errno(Errno::EINVAL) };
    match format(Dialect::bprintf(cx.version()), &fmt, &args, cx) {
        Ok(text) => append(seq(cx)?, &text),
        Err(e) => errno(e),
    }
}

fn seq_write(cx: &HelperCx<'_>, [_, data, len, ..]: [u64; 5]) -> Reply {
    append(seq(cx)?, &cx.bytes(data, len)?)
}
