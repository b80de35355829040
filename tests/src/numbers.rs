//! A small generator of numbers (SplitMix64), so that every run tries the same inputs.

/// Numbers that depend on the seed alone.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 when the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        if limit == 0 { 0 } else { (self.next_u64() % limit as u64) as usize }
    }

    /// A number of the range, both ends included.
    pub fn within(&mut self, low: i64, high: i64) -> i64 {
        let width = high.wrapping_sub(low) as u64;
        let drawn = if width == u64::MAX { self.next_u64() } else { self.next_u64() % (width + 1) };
        low.wrapping_add(drawn as i64)
    }

    /// True once in `of` times.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// One of the choices.
    ///
    /// # Panics
    /// Without choices.
    pub fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }

    /// A number with an interesting shape as often as any number: around powers of two and the ends of ranges.
    pub fn edgy(&mut self) -> u64 {
        match self.below(4) {
            0 => self.next_u64(),
            1 => self.next_u64() % 256,
            2 => (1u64 << self.below(64)).wrapping_add(self.within(-2, 2) as u64),
            _ => (1u64 << self.below(64)).wrapping_neg().wrapping_add(self.within(-2, 2) as u64),
        }
    }
}
