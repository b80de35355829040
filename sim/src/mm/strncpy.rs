//! `strncpy_from_user` (`lib/strncpy_from_user.c`), with the same stores to the destination as on x86: whole words of 8 bytes
//! while a word can be loaded, bytes behind the NUL of the last word zeroed; single bytes from the first word that cannot.

use crate::errno::Errno;
use crate::ids::MmId;

use super::fault::{FaultError, FaultFlags};
use super::op::{OpStep, UserOp, left_in_page};
use super::{Access, MmRules, PAGE_SIZE, TASK_SIZE_MAX, UserMemory};

/// Bytes in a word.
pub(super) const WORD: usize = 8;

/// The words of a string: where its NUL is, and the word with everything from there on cleared.
pub(super) fn cut_at_nul(word: [u8; WORD]) -> Option<(usize, [u8; WORD])> {
    let nul = word.iter().position(|b| *b == 0)?;
    let mut cut = word;
    cut[nul..].fill(0);
    Some((nul, cut))
}

/// A string copy in progress. The length does not count the NUL.
#[derive(Clone, Debug)]
pub struct StrncpyOp {
    mm: MmId,
    addr: u64,
    /// Most bytes the caller wants.
    count: usize,
    /// Most bytes that lie in user space.
    max: usize,
    done: usize,
    by_byte: bool,
    ended: Option<Result<usize, Errno>>,
}

impl StrncpyOp {
    /// A copy of at most `count` bytes from `addr`.
    pub fn new(mm: MmId, addr: u64, count: usize) -> StrncpyOp {
        let room = usize::try_from(TASK_SIZE_MAX.saturating_sub(addr)).unwrap_or(usize::MAX);
        let ended = match (count, room) {
            (0, _) => Some(Ok(0)),
            (_, 0) => Some(Err(Errno::EFAULT)),
            _ => None,
        };
        StrncpyOp { mm, addr, count, max: count.min(room), done: 0, by_byte: false, ended }
    }

    /// The length of the string without its NUL, `count` when there was none within it, or `EFAULT`.
    pub fn result(&self) -> Result<usize, Errno> {
        self.ended.expect("asked for the result of a finished operation")
    }

    /// The result as `strncpy_from_user_nofault` gives it: the length with the NUL, which is forced into the last byte.
    ///
    /// Errors: `EFAULT`.
    pub fn nofault_result(&self, rules: &MmRules, dst: &mut [u8]) -> Result<usize, Errno> {
        match (self.result()?, dst.last_mut()) {
            (_, None) => Ok(0),
            (n, Some(last)) if n >= self.count => {
                *last = 0;
                Ok(self.count)
            }
            (0, _) if !rules.nofault_empty_string_is_one => Ok(0),
            (n, _) => Ok(n + 1),
        }
    }

    fn take_word(&mut self, memory: &mut UserMemory, dst: &mut [u8]) -> Result<(), OpStep> {
        let mut word = [0; WORD];
        self.load(memory, &mut word)?;
        match cut_at_nul(word) {
            Some((nul, cut)) => {
                dst[self.done..self.done + WORD].copy_from_slice(&cut);
                self.ended = Some(Ok(self.done + nul));
            }
            None => {
                dst[self.done..self.done + WORD].copy_from_slice(&word);
                self.done += WORD;
            }
        }
        Ok(())
    }

    fn take_byte(&mut self, memory: &mut UserMemory, dst: &mut [u8]) -> Result<(), OpStep> {
        let mut byte = [0];
        self.load(memory, &mut byte)?;
        dst[self.done] = byte[0];
        if byte[0] == 0 {
            self.ended = Some(Ok(self.done));
        } else {
            self.done += 1;
        }
        Ok(())
    }

    /// One load instruction: all of it or a fault on the first page that is missing.
    fn load(&self, memory: &mut UserMemory, word: &mut [u8]) -> Result<(), OpStep> {
        let addr = self.addr + self.done as u64;
        let first = left_in_page(addr).min(word.len());
        let parts = [(addr, 0..first), (addr + first as u64, first..word.len())];
        let mut pages = [None; 2];
        for (page, (at, range)) in pages.iter_mut().zip(&parts) {
            if !range.is_empty() {
                *page = memory.translate(self.mm, *at, Access::Read);
                if page.is_none() {
                    let attempt = memory.fault_attempt(self.mm, *at, Access::Read, FaultFlags::KERNEL);
                    return Err(OpStep::Fault(attempt));
                }
            }
        }
        for (page, (at, range)) in pages.into_iter().zip(parts) {
            if let Some(page) = page {
                memory.read_page(page, (at % PAGE_SIZE) as usize, &mut word[range]);
            }
        }
        Ok(())
    }
}

impl UserOp for StrncpyOp {
    fn step(&mut self, memory: &mut UserMemory, dst: &mut [u8]) -> OpStep {
        while self.ended.is_none() {
            let left = self.max - self.done;
            let loaded = match left {
                0 => {
                    // The end of what the caller wanted, or of user space before that.
                    self.ended =
                        Some(if self.done >= self.count { Ok(self.done) } else { Err(Errno::EFAULT) });
                    Ok(())
                }
                1..WORD => self.take_byte(memory, dst),
                _ if self.by_byte => self.take_byte(memory, dst),
                _ => self.take_word(memory, dst),
            };
            if let Err(fault) = loaded {
                return fault;
            }
        }
        OpStep::Finished
    }

    fn fault_failed(&mut self, _why: FaultError) {
        let word_failed = !self.by_byte && self.max - self.done >= WORD;
        if word_failed {
            self.by_byte = true;
        } else {
            self.ended = Some(Err(Errno::EFAULT));
        }
    }
}
