//! FNV-1a, 64 bits: names files by what is in them and tells whether anything changed. It guards against no attacker.

/// A running hash.
#[derive(Clone, Copy)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The hash of nothing.
    pub fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// This hash, with `bytes` added as one item (their length counts, so items do not run together).
    pub fn with(self, bytes: &[u8]) -> Self {
        let length = (bytes.len() as u64).to_le_bytes();
        Self(length.iter().chain(bytes).fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    /// Sixteen hexadecimal digits.
    pub fn hex(self) -> String {
        format!("{:016x}", self.0)
    }
}

/// The hash of one item, as text.
pub fn of(bytes: &[u8]) -> String {
    Fingerprint::new().with(bytes).hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_do_not_run_together() {
        let one = Fingerprint::new().with(b"ab").with(b"c").hex();
        let other = Fingerprint::new().with(b"a").with(b"bc").hex();
        assert_ne!(one, other);
    }
}
