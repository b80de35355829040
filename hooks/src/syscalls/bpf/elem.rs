//! Commands on one element: lookup, update, delete, get_next_key, lookup_and_delete.
//!
//! Source: `kernel/bpf/syscall.c:map_lookup_elem` and its siblings; permissions and flags are checked before anything is copied.
//! Neighbour: `batch` stores values the same way.

use maps::consts::{BPF_MAP_TYPE_BLOOM_FILTER, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK};
use sim::errno::Errno;

use super::Operands;
use super::fd::Table;

/// Fields of the element commands (include/uapi/linux/bpf.h).
const KEY: usize = 8;
const VALUE: usize = 16;
pub(super) const FLAGS: usize = 24;

/// Types whose values are pushed and popped.
const KEYLESS: [u32; 3] = [BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK, BPF_MAP_TYPE_BLOOM_FILTER];

impl Operands {
    /// `__bpf_copy_key`: a map without keys takes a null pointer only.
    async fn key(&self) -> Result<Vec<u8>, Errno> {
        let addr = self.attr.u64(KEY);
        match self.map.spec().key_size {
            0 if addr != 0 => Err(Errno::EINVAL),
            0 => Ok(Vec::new()),
            size => self.call.read_user(addr, size as usize).await,
        }
    }

    /// `bpf_map_update_value`.
    pub(super) fn update_value(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        let m = self.call.kernel.machine();
        if KEYLESS.contains(&self.map.spec().map_type) {
            return self.map.push(m, value, flags);
        }
        self.map.update_user_with(m, key, value, flags, &self.fds())
    }

    fn fds(&self) -> Table {
        let kernel = self.call.kernel.clone();
        Table { kernel, process: self.call.process(), map_file: self.map_file }
    }

    /// `bpf_map_copy_value`.
    pub(super) fn copy_value(&self, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        let m = self.call.kernel.machine();
        if KEYLESS.contains(&self.map.spec().map_type) {
            let mut value = vec![0; self.map.spec().value_size as usize];
            return self.map.peek(m, &mut value).map(|()| value);
        }
        self.map.lookup_user_with(m, key, flags, &self.fds())
    }
}

pub(super) async fn lookup(op: Operands) -> Result<(), Errno> {
    let flags = op.attr.u64(FLAGS);
    op.map.core().check_lookup_user(flags)?;
    let key = op.key().await?;
    if op.map.spec().map_type == BPF_MAP_TYPE_BLOOM_FILTER {
        // The value asked about comes from user space; nothing is copied back.
        let mut value = op.call.read_user(op.attr.u64(VALUE), op.map.spec().value_size as usize).await?;
        return op.map.peek(op.call.kernel.machine(), &mut value);
    }
    let value = op.copy_value(&key, flags)?;
    op.call.write_user(op.attr.u64(VALUE), &value).await
}

pub(super) async fn update(op: Operands) -> Result<(), Errno> {
    let flags = op.attr.u64(FLAGS);
    op.map.core().check_update_user(flags)?;
    let key = op.key().await?;
    let value = op.call.read_user(op.attr.u64(VALUE), op.map.core().user_value_size(flags)).await?;
    op.update_value(&key, &value, flags)
}

pub(super) async fn delete(op: Operands) -> Result<(), Errno> {
    op.map.core().check_write()?;
    let key = op.key().await?;
    op.map.delete_user_with(op.call.kernel.machine(), &key, &op.fds())
}

pub(super) async fn next_key(op: Operands) -> Result<(), Errno> {
    op.map.core().check_read()?;
    // A null pointer asks for the first key.
    let prev = if op.attr.u64(KEY) == 0 { None } else { Some(op.key().await?) };
    let next = op.map.next_key_user(op.call.kernel.machine(), prev.as_deref())?;
    op.call.write_user(op.attr.u64(VALUE), &next).await
}

/// A value that cannot be copied out is gone all the same.
pub(super) async fn lookup_and_delete(op: Operands) -> Result<(), Errno> {
    let flags = op.attr.u64(FLAGS);
    op.map.core().check_lookup_and_delete_user(flags)?;
    let key = op.key().await?;
    let m = op.call.kernel.machine();
    let value = if matches!(op.map.spec().map_type, BPF_MAP_TYPE_QUEUE | BPF_MAP_TYPE_STACK) {
        let mut value = vec![0; op.map.spec().value_size as usize];
        op.map.pop(m, &mut value)?;
        value
    } else {
        op.map.lookup_and_delete_user(m, &key, flags)?
    };
    op.call.write_user(op.attr.u64(VALUE), &value).await
}
