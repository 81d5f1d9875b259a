//! Numbers from a seed (splitmix64), which is printed so that `WAT_SEED` can repeat a run.

pub struct Random(u64);

impl Random {
    /// From `WAT_SEED` where it is set; the seed is printed, and shown when the test fails.
    pub fn seeded() -> Random {
        let given = std::env::var("WAT_SEED").ok().and_then(|text| text.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.expect("after 1970").as_nanos() as u64 % 1_000_000_000
        });
        println!("WAT_SEED={seed}");
        Random(seed)
    }

    /// From `WAT_SEED` where it is set, else from `seed`: alike at every run.
    pub fn of(seed: u64) -> Random {
        Random(std::env::var("WAT_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(seed))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least 0, below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}
