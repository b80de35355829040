//! Batch commands: many elements in one call, the caller's memory read and written between them.
//!
//! `count` goes in as the room or number of elements and comes back as how many were done; after -EFAULT it stays 0 or what was
//! written last. Sources: `syscall.c:generic_map_{lookup,update,delete}_batch`, `hashtab.c:__htab_map_lookup_and_delete_batch`,
//! `__rhtab_map_lookup_and_delete_batch`. Neighbour: `maps::batch` says which type walks how.

use maps::batch::{Command, Pair, Walk};
use sim::errno::Errno;

use super::Operands;

/// Fields of the batch commands (include/uapi/linux/bpf.h).
const IN_BATCH: usize = 0;
const OUT_BATCH: usize = 8;
const KEYS: usize = 16;
const VALUES: usize = 24;
const COUNT: usize = 32;
pub(super) const MAP_FD: usize = 36;
const ELEM_FLAGS: usize = 40;
const FLAGS: usize = 48;

/// `bpf_map_do_batch`.
pub(super) async fn run(op: Operands, command: Command) -> Result<(), Errno> {
    let core = op.map.core();
    core.check_batch_access(command)?;
    let walk = core.batch_walk(command)?;
    core.check_batch_flags(command, walk, op.attr.u64(ELEM_FLAGS), op.attr.u64(FLAGS))?;
    if op.attr.u32(COUNT) == 0 {
        return Ok(());
    }
    op.put_count(0).await?;
    match (command, walk) {
        (Command::Update, _) => op.update_batch().await,
        (Command::Delete, _) => op.delete_batch().await,
        (_, Walk::Keys) => op.lookup_keys().await,
        (_, Walk::Buckets) => op.lookup_buckets(command).await,
        (_, Walk::Elements) => op.lookup_elements(command).await,
    }
}

impl Operands {
    fn max(&self) -> u32 {
        self.attr.u32(COUNT)
    }

    fn elem_flags(&self) -> u64 {
        self.attr.u64(ELEM_FLAGS)
    }

    fn key_size(&self) -> usize {
        self.map.spec().key_size as usize
    }

    fn value_size(&self) -> usize {
        self.map.core().user_value_size(self.elem_flags())
    }

    async fn put_count(&self, count: u32) -> Result<(), Errno> {
        self.call.write_user(self.attr.addr + COUNT as u64, &count.to_le_bytes()).await
    }

    /// Element `i` of the array at `field`.
    fn place(&self, field: usize, i: u32, size: usize) -> u64 {
        self.attr.u64(field).wrapping_add(u64::from(i) * size as u64)
    }

    async fn read_key(&self, i: u32) -> Result<Vec<u8>, Errno> {
        self.call.read_user(self.place(KEYS, i, self.key_size()), self.key_size()).await
    }

    async fn write_pair(&self, i: u32, (key, value): &Pair) -> Result<(), Errno> {
        self.call.write_user(self.place(KEYS, i, self.key_size()), key).await?;
        self.call.write_user(self.place(VALUES, i, self.value_size()), value).await
    }

    /// The cursor that the last call gave, if one is passed.
    async fn in_batch(&self, size: usize) -> Result<Option<Vec<u8>>, Errno> {
        match self.attr.u64(IN_BATCH) {
            0 => Ok(None),
            addr => self.call.read_user(addr, size).await.map(Some),
        }
    }

    async fn put_out_batch(&self, cursor: &[u8]) -> Result<(), Errno> {
        self.call.write_user(self.attr.u64(OUT_BATCH), cursor).await
    }

    /// `generic_map_update_batch`: ends at the first element that fails; the count tells which.
    async fn update_batch(&self) -> Result<(), Errno> {
        let mut result = Ok(());
        let mut done = 0;
        while done < self.max() && result.is_ok() {
            result = self.update_one(done).await;
            done += u32::from(result.is_ok());
        }
        self.put_count(done).await?;
        result
    }

    async fn update_one(&self, i: u32) -> Result<(), Errno> {
        let key = self.read_key(i).await?;
        let size = self.value_size();
        let value = self.call.read_user(self.place(VALUES, i, size), size).await?;
        self.update_value(&key, &value, self.elem_flags())
    }

    /// `generic_map_delete_batch`.
    async fn delete_batch(&self) -> Result<(), Errno> {
        let mut result = Ok(());
        let mut done = 0;
        while done < self.max() && result.is_ok() {
            result = match self.read_key(done).await {
                Ok(key) => self.map.delete(self.call.kernel.machine(), &key),
                Err(errno) => Err(errno),
            };
            done += u32::from(result.is_ok());
        }
        self.put_count(done).await?;
        result
    }

    /// `generic_map_lookup_batch`: -ENOENT says that the walk is over, with the count valid. Any other error of a lookup leaves it 0.
    async fn lookup_keys(&self) -> Result<(), Errno> {
        let mut prev = self.in_batch(self.key_size()).await?;
        let mut end = Ok(());
        let mut done = 0;
        while done < self.max() {
            let key = match self.map.next_key(self.call.kernel.machine(), prev.as_deref()) {
                Ok(key) => key,
                Err(errno) => {
                    end = Err(errno);
                    break;
                }
            };
            match self.copy_value(&key, self.elem_flags()) {
                Ok(value) => {
                    self.write_pair(done, &(key.clone(), value)).await?;
                    done += 1;
                }
                // An empty slot, or an element that went in between.
                Err(Errno::ENOENT) => {}
                Err(errno) => return Err(errno),
            }
            prev = Some(key);
        }
        self.put_count(done).await?;
        if let Some(last) = prev.filter(|_| done > 0) {
            self.put_out_batch(&last).await?;
        }
        end
    }

    /// `__htab_map_lookup_and_delete_batch`. What was taken out and cannot be copied to the caller is lost.
    async fn lookup_buckets(&self, command: Command) -> Result<(), Errno> {
        let buckets = self.map.as_buckets().expect("a type whose batches walk buckets has buckets");
        let cursor = self.in_batch(4).await?;
        let mut bucket = cursor.map_or(0, |c| u32::from_le_bytes(c.try_into().expect("read 4 bytes")));
        if bucket >= buckets.bucket_count() {
            return Err(Errno::ENOENT);
        }
        let mut done = 0;
        let end = loop {
            let len = buckets.bucket_len(bucket);
            if len > self.max() - done {
                break if done == 0 { Err(Errno::ENOSPC) } else { Ok(()) };
            }
            if len > 0 {
                let copied =
                    buckets.copy_bucket(self.call.kernel.machine(), bucket, self.elem_flags(), command);
                let pairs = match copied {
                    Ok(pairs) => pairs,
                    Err(errno) => break Err(errno),
                };
                for pair in &pairs {
                    self.write_pair(done, pair).await?;
                    done += 1;
                }
            }
            bucket += 1;
            if bucket >= buckets.bucket_count() {
                break Err(Errno::ENOENT);
            }
        };
        self.put_out_batch(&bucket.to_le_bytes()).await?;
        self.put_count(done).await?;
        end
    }

    /// `__rhtab_map_lookup_and_delete_batch`: everything is collected, then deleted, then copied out.
    async fn lookup_elements(&self, command: Command) -> Result<(), Errno> {
        let cursor = self.in_batch(self.key_size()).await?;
        let (pairs, next) = self.collect_elements(cursor)?;
        let m = self.call.kernel.machine();
        if command == Command::LookupAndDelete {
            for (key, _) in &pairs {
                // The element was found a moment ago and nothing ran since.
                self.map.delete(m, key)?;
            }
        }
        if pairs.is_empty() {
            return Err(Errno::ENOENT);
        }
        for (i, pair) in pairs.iter().enumerate() {
            self.write_pair(i as u32, pair).await?;
        }
        self.put_count(pairs.len() as u32).await?;
        match next {
            Some(key) => self.put_out_batch(&key).await,
            None => Err(Errno::ENOENT),
        }
    }

    /// Up to `count` elements from the cursor on, and the key after them.
    fn collect_elements(&self, cursor: Option<Vec<u8>>) -> Result<(Vec<Pair>, Option<Vec<u8>>), Errno> {
        let m = self.call.kernel.machine();
        let mut at = match cursor {
            Some(key) if self.map.lookup(m, &key).is_none() => return Err(Errno::EAGAIN),
            Some(key) => Some(key),
            None => self.map.next_key(m, None).ok(),
        };
        let mut pairs = Vec::new();
        while let Some(key) = at.take() {
            if pairs.len() as u32 == self.max() {
                return Ok((pairs, Some(key)));
            }
            let value = self.copy_value(&key, self.elem_flags())?;
            at = self.map.next_key(m, Some(&key)).ok();
            pairs.push((key, value));
        }
        Ok((pairs, None))
    }
}
