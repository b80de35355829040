//! Random numbers: one seed, named streams, so that a new consumer does not shift the numbers of the others.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256StarStar;

/// A stream of pseudo-random numbers, fully determined by the run's seed and the stream's name.
#[derive(Clone, Debug)]
pub struct Rng(Xoshiro256StarStar);

impl Rng {
    /// The stream `name` of `seed`.
    pub fn stream(seed: u64, name: &str) -> Rng {
        // FNV-1a over the name keeps streams apart; the generator's own SplitMix seeding does the mixing.
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
        Rng(Xoshiro256StarStar::seed_from_u64(seed ^ hash))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A number below `n`, without modulo bias. Panics if `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        assert!(n > 0, "below(0) has no answer");
        let zone = u64::MAX - (u64::MAX % n);
        loop {
            let v = self.next_u64();
            if v < zone || zone == 0 {
                return v % n;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_reproducible_and_apart() {
        let draw = |name| Rng::stream(7, name).next_u64();
        assert_eq!(draw("sched"), draw("sched"));
        assert_ne!(draw("sched"), draw("prandom"));
        let mut rng = Rng::stream(1, "x");
        assert!((0..1000).all(|_| rng.below(3) < 3));
    }
}
