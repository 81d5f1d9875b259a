//! Numbers from a seed (splitmix64: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, 2014). The tests
//! take theirs from here too.

use std::time::Duration;

pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least 0, below `end`; 0 where that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// From 0 to 1.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The time to the next of events that come so often a second; `None` for never.
    pub fn wait(&mut self, rate: f64) -> Option<Duration> {
        (rate > 0.0).then(|| Duration::from_secs_f64((-(1.0 - self.part()).ln() / rate).min(1e6)))
    }
}
