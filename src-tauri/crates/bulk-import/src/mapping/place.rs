//! Where a feature stands among the weights. It must never move: the weights were learned in these places.

/// Features that have a place of their own; the rest share `BUCKETS` by hash.
pub const DENSE: usize = 64;
pub const BUCKETS: usize = 1 << 15;
/// All places.
pub const WIDTH: usize = DENSE + BUCKETS;

/// Places and strengths. A place may come twice.
pub type Features = Vec<(u32, f32)>;

/// Adds features by their parts.
pub trait Say {
    fn add(&mut self, strength: f32, parts: &[&str]);

    fn say(&mut self, parts: &[&str]) {
        self.add(1.0, parts);
    }
}

impl Say for Features {
    fn add(&mut self, strength: f32, parts: &[&str]) {
        self.push((place(parts), strength));
    }
}

/// FNV-1a.
fn place(parts: &[&str]) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0x1f]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash ^= hash >> 29;
    (DENSE as u64 + hash % BUCKETS as u64) as u32
}
