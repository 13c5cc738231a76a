//! Numbers that look random and are a function of (seed, stream, index).
//!
//! SplitMix64 (Steele, Lea, Flood 2014; the constants are Vigna's public-domain `splitmix64.c`) stands here in full instead
//! of a crate: neither `rand`'s generators nor its ranges promise the same values across versions, and demo data is
//! worth having only when a seed means the same rows next year. A row's stream starts at its own key, so that adding a draw
//! to one row, or a table to the set, moves nothing else.
//!
//! Not for secrets.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

/// The finaliser of SplitMix64: every input bit reaches every output bit.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream for one row: `stream` names a table or a purpose, `index` the row.
    pub(crate) fn keyed(seed: u64, stream: &str, index: u64) -> Self {
        // FNV-1a over the name; mixed between the parts so that (seed, index) and (index, seed) differ.
        let name =
            stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Self(mix(mix(mix(seed).wrapping_add(name)).wrapping_add(index)))
    }

    /// 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// 0 to `n` − 1; 0 when `n` is 0. The bias of multiply-and-shift is below 2⁻³² for the sizes used here.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// `low` to `high`, both included.
    pub(crate) fn range(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    /// 0.0 to just below 1.0.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True `permille` times in a thousand.
    pub(crate) fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// One of `choices`, which a table of this crate never leaves empty.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// One of `choices`, each as often as its weight says.
    pub(crate) fn weighted<'a, T>(&mut self, choices: &'a [(u32, T)]) -> &'a T {
        let total: u64 = choices.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (weight, choice) in choices {
            if left < u64::from(*weight) {
                return choice;
            }
            left -= u64::from(*weight);
        }
        &choices[0].1
    }

    /// About normal with mean 0 and deviation 1, within ±3.5: the sum of four uniform draws, because `ln` and `cos`
    /// give other last bits on other machines.
    pub(crate) fn bell(&mut self) -> f64 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732_050_807_568_877_2
    }

    /// `len` lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, len: usize) -> String {
        let mut text = String::with_capacity(len + 16);
        while text.len() < len {
            text.push_str(&format!("{:016x}", self.next()));
        }
        text.truncate(len);
        text
    }

    /// `len` decimal digits, the first not 0.
    pub(crate) fn digits(&mut self, len: usize) -> String {
        (0..len).map(|i| char::from(b'0' + self.range(i64::from(i == 0), 9) as u8)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    /// The first outputs for state 1234567, as published with the reference implementation.
    #[test]
    fn it_is_splitmix64() {
        let mut rng = Rng(1_234_567);
        let got: Vec<u64> = (0..5).map(|_| rng.next()).collect();
        let reference = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(got, reference);
    }

    #[test]
    fn streams_differ_and_repeat() {
        let first = |seed, stream, index| Rng::keyed(seed, stream, index).next();
        assert_eq!(first(1, "emails", 2), first(1, "emails", 2));
        assert_ne!(first(1, "emails", 2), first(2, "emails", 1));
        assert_ne!(first(1, "emails", 2), first(1, "tasks", 2));
    }

    #[test]
    fn ranges_hold_their_ends() {
        let mut rng = Rng::keyed(7, "test", 0);
        let mut seen = [0_u32; 6];
        for _ in 0..6000 {
            seen[(rng.range(10, 15) - 10) as usize] += 1;
            assert!((0.0..1.0).contains(&rng.unit()));
            assert!(rng.bell().abs() < 3.5);
        }
        assert!(seen.iter().all(|n| (800..1200).contains(n)), "{seen:?}");
        assert_eq!(rng.digits(12).len(), 12);
        assert_eq!(rng.hex(40).len(), 40);
    }
}
