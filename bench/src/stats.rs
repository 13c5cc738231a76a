//! Medians, spreads, and a histogram of latencies that keeps every sample.

use serde::{Serialize, Serializer};

/// The median; 0 of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len() / 2, sorted.len() % 2) {
        (_, _) if sorted.is_empty() => 0.0,
        (middle, 1) => sorted[middle],
        (middle, _) => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The least and the greatest; zeros of nothing.
pub(crate) fn spread(values: &[f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
}

/// The first slot of each decade, its first value and its step, in microseconds: exact below a millisecond, then three
/// digits.
const DECADES: [(usize, u64, u64); 5] =
    [(0, 0, 1), (1_000, 1_000, 10), (1_900, 10_000, 100), (2_800, 100_000, 1_000), (3_700, 1_000_000, 10_000)];
const SLOTS: usize = 4_600;

/// How often which latency occurred. In JSON a string of `microseconds:count`, separated by spaces: a run holds millions.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; SLOTS] }
    }

    /// One sample; beyond ten seconds it counts as ten seconds.
    pub(crate) fn add(&mut self, microseconds: u64) {
        if let Some(count) = self.counts.get_mut(slot(microseconds)) {
            *count += 1;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// How many samples.
    pub(crate) fn len(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The latency in microseconds that `share` of the samples do not exceed; 0 without samples.
    pub(crate) fn percentile(&self, share: f64) -> u64 {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let wanted = self.len() as f64 * share;
        let mut seen = 0;
        for (value, count) in self.values() {
            seen += count;
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            if seen as f64 >= wanted {
                return value;
            }
        }
        0
    }

    fn values(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(slot, count)| (value(slot), *count))
    }
}

fn slot(microseconds: u64) -> usize {
    let decade = DECADES.iter().rev().find(|(_, from, _)| microseconds >= *from);
    let (first, from, step) = decade.copied().unwrap_or_default();
    let offset = (microseconds - from).checked_div(step).unwrap_or(0);
    usize::try_from(offset).map_or(SLOTS - 1, |offset| (first + offset).min(SLOTS - 1))
}

fn value(slot: usize) -> u64 {
    let decade = DECADES.iter().rev().find(|(first, _, _)| slot >= *first);
    let (first, from, step) = decade.copied().unwrap_or_default();
    from + (slot - first) as u64 * step
}

impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs: Vec<String> = self.values().map(|(value, count)| format!("{value}:{count}")).collect();
        serializer.serialize_str(&pairs.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Histogram, median, slot, spread, value};

    #[test]
    fn medians() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0]) - 2.5).abs() < 1e-9);
        assert!(median(&[]).abs() < 1e-9);
        assert_eq!(spread(&[2.0, 1.0, 5.0]), (1.0, 5.0));
    }

    #[test]
    fn a_slot_holds_its_value_to_three_digits() {
        for us in [0, 1, 999, 1_000, 1_009, 1_010, 9_999, 10_000, 123_456, 999_999, 1_000_000, 9_999_999] {
            let kept = value(slot(us));
            assert!(kept <= us && us - kept <= us / 100, "{us} became {kept}");
        }
        assert_eq!(value(slot(u64::MAX)), 9_990_000);
    }

    #[test]
    fn percentiles_and_text() {
        let mut histogram = Histogram::new();
        (1..=100).for_each(|us| histogram.add(us));
        assert_eq!((histogram.percentile(0.5), histogram.percentile(0.99), histogram.len()), (50, 99, 100));
        let mut small = Histogram::new();
        small.add(7);
        small.add(7);
        small.add(1_234);
        assert_eq!(serde_json::to_string(&small).unwrap(), "\"7:2 1230:1\"");
        assert_eq!(Histogram::new().percentile(0.5), 0);
    }
}
