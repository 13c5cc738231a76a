//! Where a person is on a day: at home, or on one of a few trips a year. Photos, tracks, calendar and purchases agree on it.

use super::super::places::{CITIES, City};
use super::super::rng::Rng;
use super::super::world::{Someone, World};
use crate::calendar::Day;

/// A journey, first and last day included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trip {
    pub(super) from: Day,
    pub(super) to: Day,
    pub(super) city: &'static City,
}

/// First day of the year a journey may start on, and how many days of choice there are: spring, summer, autumn.
const SEASONS: [(i32, i64); 3] = [(95, 30), (195, 35), (280, 25)];

/// The trips that start in a year.
pub(super) fn trips(world: &World, someone: &Someone, year: i32) -> [Trip; 3] {
    let mut rng = world.rng("trips", someone, year as u64);
    SEASONS.map(|(first, choice)| trip(&mut rng, someone, Day::from_ymd(year, 1, 1).plus(first), choice))
}

fn trip(rng: &mut Rng, someone: &Someone, first: Day, choice: i64) -> Trip {
    let from = first.plus(rng.range(0, choice) as i32);
    let to = from.plus(rng.range(3, 8) as i32);
    let others: Vec<&'static City> =
        CITIES.iter().enumerate().filter(|(i, _)| *i != someone.city).map(|(_, city)| city).collect();
    Trip { from, to, city: others[rng.below(others.len() as u64) as usize] }
}

/// The trip a person is on, if any.
pub(super) fn trip_on(world: &World, someone: &Someone, day: Day) -> Option<Trip> {
    trips(world, someone, day.ymd().0).into_iter().find(|trip| trip.from <= day && day <= trip.to)
}

/// The city a person is in.
pub(super) fn city_on(world: &World, someone: &Someone, day: Day) -> &'static City {
    trip_on(world, someone, day).map_or_else(|| someone.home_city(), |trip| trip.city)
}
