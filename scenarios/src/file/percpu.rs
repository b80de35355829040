//! Values of per-CPU maps in steps: one value, which is every CPU's, or the whole layout that the system call copies.
//!
//! Used by `check` (before the run), `engine::map_step` (what is stored) and `expect::tasks` (what is expected).

use super::{Data, Names};

/// The bytes that `bpf(2)` copies: for each of `cpus` CPUs the value, rounded up to 8 bytes (`bpf_map_value_size`,
/// kernel/bpf/syscall.c).
///
/// # Errors
/// A message when the data is neither one value nor the values of all CPUs.
pub fn encode(data: &Data, value_size: usize, cpus: usize, names: &dyn Names) -> Result<Vec<u8>, String> {
    let stride = value_size.next_multiple_of(8);
    let all = stride * cpus;
    // An integer has no length of its own: it is one value.
    let length = data.encode(None, names).map_or(0, |bytes| bytes.len());
    if length > value_size {
        return match length == all {
            true => data.encode(None, names),
            false => Err(format!(
                "E0011: this is {length} bytes; one value has {value_size}, those of all CPUs ({cpus} x {stride}) have {all}"
            )),
        };
    }
    let mut one = data.encode(Some(value_size), names)?;
    one.resize(stride, 0);
    Ok(one.repeat(cpus))
}
