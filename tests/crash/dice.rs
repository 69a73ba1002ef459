//! Chance from a printed seed.

/// SplitMix64: small, and the same everywhere.
pub struct Dice(u64);

impl Dice {
    /// From `DESK_CRASH_SEED`, or from the time; printed, so that a failure can be played again.
    pub fn from_environment() -> Dice {
        let given = std::env::var("DESK_CRASH_SEED")
            .ok()
            .and_then(|text| text.parse().ok());
        let now = || {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since.map_or(1, |since| since.as_nanos() as u64)
        };
        let seed = given.unwrap_or_else(now);
        println!("    DESK_CRASH_SEED={seed}");
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 1 to `most`.
    pub fn up_to(&mut self, most: usize) -> usize {
        1 + (self.next() % most.max(1) as u64) as usize
    }

    /// From 0 to 1.
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
