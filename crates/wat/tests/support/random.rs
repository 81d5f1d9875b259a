//! Numbers from a seed, which is printed so that `WAT_SEED` can repeat a run.

#[path = "../../src/chaos/chance.rs"]
mod chance;

use chance::Chance;

pub struct Random(Chance);

impl Random {
    /// From `WAT_SEED` where it is set; the seed is printed, and shown when the test fails.
    pub fn seeded() -> Random {
        let given = std::env::var("WAT_SEED").ok().and_then(|text| text.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.expect("after 1970").as_nanos() as u64 % 1_000_000_000
        });
        println!("WAT_SEED={seed}");
        Random(Chance(seed))
    }

    /// From `WAT_SEED` where it is set, else from `seed`: alike at every run.
    pub fn of(seed: u64) -> Random {
        Random(Chance(std::env::var("WAT_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(seed)))
    }

    pub fn next(&mut self) -> u64 {
        self.0.next()
    }

    /// At least 0, below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.below(end)
    }

    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}
