//! Loads and stores: the path every simulated kernel memory access takes.
//!
//! The common case (inside one granule of a live object) is one subtraction, the bounds checks of two slices and one
//! compare of the shadow byte, inlined into the caller. Everything else, including an access that straddles two
//! granules, goes through the out-of-line check that also says what is wrong. Neighbours: `shadow`, the parent module.

use super::shadow::{self, GRANULE};
use super::{ARENA_BASE, Arena, MemFault, MemFaultKind};

macro_rules! sized {
    ($load:ident, $store:ident, $int:ty) => {
        #[doc = concat!("Loads a little-endian `", stringify!($int), "`. Any alignment.")]
        #[inline(always)]
        pub fn $load(&self, addr: u64) -> Result<$int, MemFault> {
            Ok(<$int>::from_le_bytes(self.load_bytes(addr)?))
        }

        #[doc = concat!("Stores a little-endian `", stringify!($int), "`. Any alignment.")]
        #[inline(always)]
        pub fn $store(&mut self, addr: u64, value: $int) -> Result<(), MemFault> {
            self.store_bytes(addr, value.to_le_bytes())
        }
    };
}

impl Arena {
    sized!(load_u8, store_u8, u8);
    sized!(load_u16, store_u16, u16);
    sized!(load_u32, store_u32, u32);
    sized!(load_u64, store_u64, u64);

    /// Loads 1, 2, 4 or 8 bytes, little endian, zero-extended.
    ///
    /// # Panics
    /// When `size` is none of these: sizes come from decoded instructions.
    #[inline]
    pub fn load(&self, addr: u64, size: u8) -> Result<u64, MemFault> {
        match size {
            1 => self.load_u8(addr).map(u64::from),
            2 => self.load_u16(addr).map(u64::from),
            4 => self.load_u32(addr).map(u64::from),
            8 => self.load_u64(addr),
            _ => panic!("load of {size} bytes"),
        }
    }

    /// Stores the low 1, 2, 4 or 8 bytes of `value`, little endian.
    ///
    /// # Panics
    /// When `size` is none of these.
    #[inline]
    pub fn store(&mut self, addr: u64, size: u8, value: u64) -> Result<(), MemFault> {
        match size {
            1 => self.store_u8(addr, value as u8),
            2 => self.store_u16(addr, value as u16),
            4 => self.store_u32(addr, value as u32),
            8 => self.store_u64(addr, value),
            _ => panic!("store of {size} bytes"),
        }
    }

    #[inline(always)]
    fn load_bytes<const N: usize>(&self, addr: u64) -> Result<[u8; N], MemFault> {
        let offset = addr.wrapping_sub(ARENA_BASE) as usize;
        if let Some(&granule) = self.shadow.get(offset / GRANULE)
            && shadow::plainly_readable(granule)
            && offset % GRANULE + N <= GRANULE
            && let Some(bytes) = self.bytes.get(offset..offset + N)
        {
            return Ok(bytes.try_into().expect("the slice has N bytes"));
        }
        self.load_checked(addr)
    }

    #[inline(always)]
    fn store_bytes<const N: usize>(&mut self, addr: u64, value: [u8; N]) -> Result<(), MemFault> {
        let offset = addr.wrapping_sub(ARENA_BASE) as usize;
        if let Some(&granule) = self.shadow.get(offset / GRANULE)
            && shadow::writable_granule(granule)
            && offset % GRANULE + N <= GRANULE
            && let Some(bytes) = self.bytes.get_mut(offset..offset + N)
        {
            bytes.copy_from_slice(&value);
            return Ok(());
        }
        self.store_checked(addr, value)
    }

    #[cold]
    #[inline(never)]
    fn load_checked<const N: usize>(&self, addr: u64) -> Result<[u8; N], MemFault> {
        let bytes = self.read(addr, N)?.try_into().expect("read returns N bytes");
        self.note_hit(addr, N, false);
        Ok(bytes)
    }

    #[cold]
    #[inline(never)]
    fn store_checked<const N: usize>(&mut self, addr: u64, value: [u8; N]) -> Result<(), MemFault> {
        self.write(addr, &value)?;
        self.note_hit(addr, N, true);
        Ok(())
    }

    /// The bytes `addr..addr + len`. All of them must belong to live objects.
    pub fn read(&self, addr: u64, len: usize) -> Result<&[u8], MemFault> {
        let offset = self.check(addr, len, false)?;
        Ok(&self.bytes[offset..offset + len])
    }

    /// Copies `bytes` to `addr`. Nothing is written when any byte may not be.
    pub fn write(&mut self, addr: u64, bytes: &[u8]) -> Result<(), MemFault> {
        self.slice_mut(addr, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    /// The bytes `addr..addr + len` for writing.
    pub fn slice_mut(&mut self, addr: u64, len: usize) -> Result<&mut [u8], MemFault> {
        let offset = self.check(addr, len, true)?;
        Ok(&mut self.bytes[offset..offset + len])
    }

    /// Copies inside the arena; the ranges may overlap.
    pub fn copy(&mut self, to: u64, from: u64, len: usize) -> Result<(), MemFault> {
        let from = self.check(from, len, false)?;
        let to = self.check(to, len, true)?;
        self.bytes.copy_within(from..from + len, to);
        Ok(())
    }

    /// Checks a range and returns its offset in the arena.
    fn check(&self, addr: u64, len: usize, write: bool) -> Result<usize, MemFault> {
        let fault = |bad: u64, kind| Err(MemFault { addr, len, bad, kind, write });
        let offset = addr.wrapping_sub(ARENA_BASE) as usize;
        match offset.checked_add(len) {
            _ if offset >= self.bytes.len() => fault(addr, MemFaultKind::OutsideArena),
            Some(end) if end <= self.bytes.len() => match shadow::first_bad(&self.shadow, offset, len, write)
            {
                None => Ok(offset),
                Some((bad, kind)) => fault(ARENA_BASE + bad as u64, kind),
            },
            _ => fault(ARENA_BASE + self.bytes.len() as u64, MemFaultKind::OutsideArena),
        }
    }
}
