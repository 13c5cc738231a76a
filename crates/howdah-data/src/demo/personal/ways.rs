//! Ways along real streets: to work and back, to the café, and walks elsewhere; and the places at their ends.

use super::super::places::{CITIES, City, Street};
use super::super::rng::Rng;
use super::super::world::Someone;
use super::days;
use crate::calendar::Day;

/// Streets of the home city that make the way to work, in order.
const COMMUTE: usize = 4;

/// Part of a street, walked from one distance to another, backwards when `to` is less.
#[derive(Debug, Clone, Copy)]
struct Leg {
    street: &'static Street,
    from: f64,
    to: f64,
}

impl Leg {
    fn whole(street: &'static Street) -> Self {
        Self { street, from: 0.0, to: street.length() }
    }

    fn length(&self) -> f64 {
        (self.to - self.from).abs()
    }

    fn back(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }
}

/// A way: legs, how fast in metres a second, and what it is called.
pub(super) struct Way {
    legs: Vec<Leg>,
    pub(super) speed: f64,
    pub(super) activity: &'static str,
    pub(super) city: &'static City,
}

impl Way {
    pub(super) fn length(&self) -> f64 {
        self.legs.iter().map(Leg::length).sum()
    }

    /// The street and the position on it after so many metres.
    pub(super) fn at(&self, metres: f64) -> (&'static Street, (f64, f64)) {
        let mut left = metres;
        let mut last = self.legs[0];
        for leg in &self.legs {
            last = *leg;
            if left <= leg.length() {
                let along = if leg.to >= leg.from { leg.from + left } else { leg.from - left };
                return (leg.street, leg.street.at(along));
            }
            left -= leg.length();
        }
        (last.street, last.street.at(last.to))
    }
}

/// Home, 30 % along the first street of the way to work; work, 60 % along the last; the café beyond it.
fn home(someone: &Someone) -> Leg {
    let street = &someone.home_city().streets[0];
    Leg { street, from: street.length() * 0.3, to: street.length() }
}

fn work(someone: &Someone) -> Leg {
    let streets = someone.home_city().streets;
    let street = &streets[(COMMUTE - 1).min(streets.len() - 1)];
    Leg { street, from: 0.0, to: street.length() * 0.6 }
}

/// From home to work.
fn commute(someone: &Someone) -> Vec<Leg> {
    let streets = someone.home_city().streets;
    let mut legs = vec![home(someone)];
    legs.extend(streets[1..COMMUTE - 1].iter().map(Leg::whole));
    legs.push(work(someone));
    legs
}

pub(super) fn way(someone: &Someone, day: Day, slot: usize, trip: Option<days::Trip>, rng: &mut Rng) -> Way {
    let city = trip.map_or_else(|| someone.home_city(), |trip| trip.city);
    let is_working_day = trip.is_none() && !day.is_weekend();
    let desk = work(someone);
    let lunch = Leg { street: desk.street, from: desk.to, to: desk.street.length() * 0.95 };
    let (legs, speed, activity) = match slot {
        0 if is_working_day => (commute(someone), 4.2, "cycling"),
        1 if is_working_day => (vec![lunch], 1.3, "walking"),
        2 if is_working_day => (vec![lunch.back()], 1.3, "walking"),
        3 if is_working_day => (commute(someone).into_iter().rev().map(Leg::back).collect(), 4.0, "cycling"),
        _ => {
            let leg = Leg::whole(rng.pick(city.streets));
            (
                vec![if rng.chance(500) { leg } else { leg.back() }],
                1.2,
                if rng.chance(150) { "running" } else { "walking" },
            )
        }
    };
    Way { legs, speed, activity, city }
}

/// A fixed place: name, category, where on which street, house number.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) category: &'static str,
    pub(super) street: &'static Street,
    pub(super) metres: f64,
    pub(super) house: u32,
    pub(super) city: &'static City,
}

pub(super) fn places(someone: &Someone) -> Vec<Place> {
    let city = someone.home_city();
    let (home, work) = (home(someone), work(someone));
    let place = |name: &str, category, street: &'static Street, metres, house| Place {
        name: name.to_owned(),
        category,
        street,
        metres,
        house,
        city,
    };
    let mut places = vec![
        place("Home", "home", home.street, home.from, someone.house),
        place(someone.employer, "work", work.street, work.to, someone.desk),
        place("Corner Café", "cafe", work.street, work.street.length() * 0.95, 12),
        place("Markthalle Sommerkorn", "supermarket", home.street, home.street.length() * 0.8, 27),
    ];
    let away = CITIES.iter().enumerate().filter(|(i, _)| *i != someone.city);
    places.extend(away.map(|(_, city)| Place {
        name: "Hotel Sextant".to_owned(),
        category: "hotel",
        street: &city.streets[0],
        metres: 120.0,
        house: 9,
        city,
    }));
    places
}

/// Degrees from north, clockwise, to the whole degree. The arc tangent is approximated by a polynomial (within a quarter of
/// a degree), because the platform's may differ in the last bit.
pub(super) fn heading(from: (f64, f64), to: (f64, f64)) -> i64 {
    let north = to.0 - from.0;
    // Degrees of longitude are shorter; the cities lie between 38 and 56 degrees north.
    let east = (to.1 - from.1) * if from.0 > 50.0 { 0.59 } else { 0.76 };
    if north == 0.0 && east == 0.0 {
        return 0;
    }
    let (n, e) = (north.abs(), east.abs());
    let ratio = n.min(e) / n.max(e);
    let acute = ratio * (45.0 + 15.64 * (1.0 - ratio));
    let quarter = if e > n { 90.0 - acute } else { acute };
    let degrees = match (north >= 0.0, east >= 0.0) {
        (true, true) => quarter,
        (false, true) => 180.0 - quarter,
        (false, false) => 180.0 + quarter,
        (true, false) => 360.0 - quarter,
    };
    degrees.round() as i64 % 360
}

#[cfg(test)]
mod tests {
    use super::heading;

    #[test]
    fn headings_point_the_right_way() {
        let here = (52.0, 13.0);
        for (north, east, expect) in [
            (1.0, 0.0, 0),
            (1.0, 1.0, 45),
            (0.0, 1.0, 90),
            (-1.0, 1.0, 135),
            (-1.0, 0.0, 180),
            (0.0, -1.0, 270),
            (1.0, -1.0, 315),
        ] {
            let got = heading(here, (here.0 + north * 0.001, here.1 + east * 0.001 / 0.59));
            assert!((got - expect).abs() <= 1, "{north} {east}: {got}");
        }
    }
}
