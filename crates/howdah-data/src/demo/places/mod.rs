//! Places: real streets, and how to walk along them.

mod streets;

pub use streets::{CITIES, City, Street};

/// A position in WGS 84 degrees.
pub(crate) type Position = (f64, f64);

/// Metres of one degree of latitude.
const METRES_PER_DEGREE: f64 = 111_320.0;

/// The cosine by its Taylor series, exact to 1e-9 below a right angle. The one of the platform's C library may differ in
/// the last bit from machine to machine, and with it the bytes of the demo data.
fn cos_degrees(degrees: f64) -> f64 {
    let x = degrees * (std::f64::consts::PI / 180.0);
    let square = x * x;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..9 {
        let n = f64::from(n);
        term *= -square / ((2.0 * n - 1.0) * (2.0 * n));
        sum += term;
    }
    sum
}

/// Metres between two positions a few kilometres apart, on a plane.
pub(crate) fn distance(a: Position, b: Position) -> f64 {
    let north = (b.0 - a.0) * METRES_PER_DEGREE;
    let east = (b.1 - a.1) * METRES_PER_DEGREE * cos_degrees(f64::midpoint(a.0, b.0));
    (north * north + east * east).sqrt()
}

/// A position moved by metres to the north and to the east, rounded to seven decimals (a centimetre), which is what
/// receivers write.
pub(crate) fn moved(from: Position, north: f64, east: f64) -> Position {
    let latitude = from.0 + north / METRES_PER_DEGREE;
    let longitude = from.1 + east / (METRES_PER_DEGREE * cos_degrees(from.0));
    (round7(latitude), round7(longitude))
}

fn round7(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

impl Street {
    /// Its length in metres.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.points.windows(2).map(|pair| distance(pair[0], pair[1])).sum()
    }

    /// The position `metres` from its first corner; its ends beyond them.
    #[must_use]
    pub fn at(&self, metres: f64) -> (f64, f64) {
        let mut left = metres.max(0.0);
        for pair in self.points.windows(2) {
            let length = distance(pair[0], pair[1]);
            if left <= length && length > 0.0 {
                let share = left / length;
                return (pair[0].0 + (pair[1].0 - pair[0].0) * share, pair[0].1 + (pair[1].1 - pair[0].1) * share);
            }
            left -= length;
        }
        self.points.last().copied().unwrap_or_default()
    }

    /// Metres from a position to the nearest point of the street.
    #[must_use]
    pub fn distance_to(&self, position: (f64, f64)) -> f64 {
        let mut nearest = f64::MAX;
        for pair in self.points.windows(2) {
            let scale = cos_degrees(position.0);
            let flat =
                |p: Position| ((p.1 - position.1) * METRES_PER_DEGREE * scale, (p.0 - position.0) * METRES_PER_DEGREE);
            let (a, b) = (flat(pair[0]), flat(pair[1]));
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let along = if dx == 0.0 && dy == 0.0 {
                0.0
            } else {
                (-(a.0 * dx + a.1 * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0)
            };
            let (x, y) = (a.0 + along * dx, a.1 + along * dy);
            nearest = nearest.min((x * x + y * y).sqrt());
        }
        nearest
    }
}

/// The geohash of a position (Niemeyer's base 32), `length` characters.
pub(crate) fn geohash(position: Position, length: usize) -> String {
    const DIGITS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
    let (mut lat, mut lon) = ((-90.0_f64, 90.0_f64), (-180.0_f64, 180.0_f64));
    let mut text = String::with_capacity(length);
    let mut east = true;
    for _ in 0..length {
        let mut digit = 0;
        for _ in 0..5 {
            let (range, value) = if east { (&mut lon, position.1) } else { (&mut lat, position.0) };
            let middle = f64::midpoint(range.0, range.1);
            digit <<= 1;
            if value >= middle {
                digit |= 1;
                range.0 = middle;
            } else {
                range.1 = middle;
            }
            east = !east;
        }
        text.push(char::from(DIGITS[digit]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{CITIES, cos_degrees, distance, geohash, moved};

    #[test]
    fn the_cosine_is_one() {
        for degrees in 0..90 {
            assert!((cos_degrees(f64::from(degrees)) - f64::from(degrees).to_radians().cos()).abs() < 1e-9);
        }
    }

    #[test]
    fn streets_are_streets() {
        for city in CITIES {
            for street in city.streets {
                let length = street.length();
                assert!((100.0..4000.0).contains(&length), "{} in {}: {length} m", street.name, city.name);
                for metres in [0.0, length / 3.0, length / 2.0, length, length * 2.0] {
                    assert!(street.distance_to(street.at(metres)) < 0.1, "{}", street.name);
                }
            }
            // All of a city's streets lie within a few kilometres of each other: a mistyped corner would not.
            for street in city.streets {
                let far = distance(street.points[0], city.streets[0].points[0]);
                assert!(far < 9_000.0, "{} is {far} m from {}", street.name, city.streets[0].name);
            }
        }
        // The ways to work of the two people are one way: each street starts near where the last one ends.
        for (city, commute) in [(&CITIES[0], 4), (&CITIES[1], 4)] {
            for pair in city.streets[..commute].windows(2) {
                let gap = distance(pair[0].at(f64::MAX), pair[1].points[0]);
                assert!(gap < 500.0, "{} m between {} and {}", gap, pair[0].name, pair[1].name);
            }
        }
    }

    #[test]
    fn moving_and_geohash() {
        let start = CITIES[0].streets[3].points[0];
        assert!((distance(start, moved(start, 30.0, 40.0)) - 50.0).abs() < 0.1);
        // The example of the geohash article: 57.64911, 10.40744.
        assert_eq!(geohash((57.64911, 10.40744), 11), "u4pruydqqvj");
    }
}
