//! Places and tracks: the way to work and back on working days, walks at weekends and on trips, along real streets.
//!
//! The table that grows with the number of rows: it takes what the other tables leave. More rows mean more ways a day and
//! closer points on each, never two points of a person at one moment.

use super::super::places::{City, geohash, moved};
use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table};
use super::super::text::capital;
use super::super::world::{Someone, World};
use super::ways::{Place, Way, heading, places, way};
use super::{days, sources};
use crate::calendar::{Day, Moment};
use crate::copy::RowWriter;
use serde_json::json;

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "locations",
    role: Role::Service,
    per: Per::Person,
    share: Share::Rest { least: 14 },
    columns: &[
        "id",
        "user_id",
        "source_platform",
        "location_type",
        "latitude",
        "longitude",
        "altitude",
        "accuracy",
        "address",
        "city",
        "state",
        "country",
        "postal_code",
        "place_name",
        "place_category",
        "recorded_at",
        "ended_at",
        "activity_type",
        "speed",
        "heading",
        "vertical_accuracy",
        "place_id",
        "device_id",
        "path",
        "geohash",
        "is_outlier",
        "notes",
        "created_at",
        "updated_at",
        "metadata",
    ],
    replaces: false,
    rows: locations,
}];

/// Where of a day the ways begin, in seconds after local midnight; far enough apart that none runs into the next.
const STARTS: [i64; 8] = [29_700, 45_000, 48_600, 62_400, 68_400, 72_600, 76_500, 80_100];

/// The fewest and the most points of one way.
const POINTS: (u64, u64) = (8, 600);

fn locations<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let size = world.size("locations");
    let fixed = places(someone);
    let points = size.saturating_sub(fixed.len() as u64 + 2).max(POINTS.0);
    // Up to three ways a day; beyond that more points on each.
    let each = (points / (world.days() * 3)).clamp(POINTS.0, POINTS.1);
    let ways = (points / (each + 1)).max(1);
    Box::new(Tracks {
        world,
        someone,
        fixed,
        each,
        ways,
        next: 0,
        index: 0,
        last_day: None,
        slot: 0,
        last_at: world.start.at_utc(0),
    })
}

struct Tracks<'w> {
    world: &'w World,
    someone: &'w Someone,
    fixed: Vec<Place>,
    each: u64,
    ways: u64,
    next: u64,
    index: u64,
    last_day: Option<Day>,
    slot: usize,
    last_at: Moment,
}

impl Source for Tracks<'_> {
    fn step(&mut self, out: &mut RowWriter) -> bool {
        if self.index == 0 {
            for place in std::mem::take(&mut self.fixed) {
                self.place(&place, out);
            }
            return true;
        }
        if self.next >= self.ways {
            return false;
        }
        let day = self.world.day(self.next, self.ways);
        self.slot = if self.last_day == Some(day) { self.slot + 1 } else { 0 };
        self.last_day = Some(day);
        self.way(day, out);
        self.next += 1;
        true
    }
}

impl Tracks<'_> {
    /// What every location has.
    fn common(&mut self, at: Moment, position: (f64, f64), city: &City, out: &mut RowWriter) {
        self.world.base(out, "locations", self.someone, self.index, at.plus(30));
        self.index += 1;
        out.set("source_platform", "howdah_phone")
            .set("latitude", position.0)
            .set("longitude", position.1)
            .set("city", city.name)
            .set("state", city.state)
            .set("country", city.country)
            .set("recorded_at", at)
            .set("geohash", geohash(position, 9))
            .set("device_id", sources::phone(self.world, self.someone));
    }

    fn place(&mut self, place: &Place, out: &mut RowWriter) {
        let spot = place.street.at(place.metres);
        let at = self.world.start.at_utc(7 * 3_600 + 60 * self.index as i64);
        let number = self.index;
        self.common(at, moved(spot, 8.0, 0.0), place.city, out);
        out.set("location_type", "place")
            .set("is_outlier", false)
            .set("address", format!("{} {}", place.street.name, place.house))
            .set("postal_code", place.street.postal_code)
            .set("place_name", place.name.as_str())
            .set("place_category", place.category)
            .set("place_id", format!("{}-place-{number}", self.someone.key))
            .set("notes", (place.category == "home").then_some("Second courtyard, ring twice."));
        out.end();
    }

    fn way(&mut self, day: Day, out: &mut RowWriter) {
        let (world, someone) = (self.world, self.someone);
        let mut rng = world.rng("ways", someone, self.next);
        let trip = days::trip_on(world, someone, day);
        // On a day with one way only it is any of them, so that a thin set still shows different ones.
        let slot = if self.ways < world.days() { rng.below(4) as usize } else { self.slot };
        let way = way(someone, day, slot, trip, &mut rng);
        let length = way.length();
        let duration = ((length / way.speed) as i64).max(1);
        let points = self.each.min(duration as u64);
        let start = STARTS.get(slot).copied().unwrap_or(80_100) + rng.range(0, 900);
        let start = day.at_local(way.city.winter_offset_min, start).max(self.last_at.plus(60));
        if start.plus(duration) >= world.now() {
            return;
        }
        self.last_at = start.plus(duration);
        if self.next.is_multiple_of(8) {
            self.route(&way, start, duration, out);
        }
        let mut before = way.at(0.0).1;
        for point in 0..points {
            let share = point as f64 / points as f64;
            let (street, spot) = way.at(length * share);
            let is_outlier = rng.chance(6);
            // Ordinary jitter is a few metres; an outlier is off by forty, as between high houses.
            let (north, east) = if is_outlier { (34.0, 22.0) } else { (rng.bell() * 3.0, rng.bell() * 3.0) };
            let at = start.plus(duration * point as i64 / points as i64);
            self.common(at, moved(spot, north, east), way.city, out);
            out.set("location_type", "gps_point")
                .set("altitude", (way.city.altitude * 10.0 + rng.bell() * 15.0).round() / 10.0)
                .set("accuracy", if is_outlier { rng.range(48, 90) } else { rng.range(3, 12) })
                .set("vertical_accuracy", rng.range(2, 9))
                .set("address", street.name)
                .set("postal_code", street.postal_code)
                .set("activity_type", way.activity)
                .set("speed", ((way.speed + rng.bell() * 0.3).max(0.0) * 100.0).round() / 100.0)
                .set("heading", heading(before, spot))
                .set("is_outlier", is_outlier);
            out.end();
            before = spot;
        }
        if slot > 3 || trip.is_some() || day.is_weekend() {
            if rng.chance(300) {
                self.checkin(&way, start.plus(duration), &mut rng, out);
            }
        } else if self.next % 10 == 3 {
            self.address(&way, start.plus(duration), out);
        }
    }

    /// The way as a whole.
    fn route(&mut self, way: &Way, start: Moment, duration: i64, out: &mut RowWriter) {
        let length = way.length();
        let steps = 12;
        let line: Vec<[f64; 2]> = (0..=steps)
            .map(|step| {
                let (latitude, longitude) = moved(way.at(length * f64::from(step) / f64::from(steps)).1, 0.0, 0.0);
                [longitude, latitude]
            })
            .collect();
        let first = way.at(0.0);
        let last = way.at(length);
        self.common(start, moved(first.1, 0.0, 0.0), way.city, out);
        out.set("location_type", "route")
            .set("address", format!("{} – {}", first.0.name, last.0.name))
            .set("ended_at", start.plus(duration))
            .set("activity_type", way.activity)
            .set("speed", way.speed)
            .set("path", json!({ "type": "LineString", "coordinates": line }))
            .set("is_outlier", false);
        out.end();
    }

    fn checkin(&mut self, way: &Way, at: Moment, rng: &mut Rng, out: &mut RowWriter) {
        let (street, spot) = way.at(way.length());
        let (name, category) = *rng.pick(&[
            ("Kinoteatro", "cinema"),
            ("Seitenweise Books", "bookshop"),
            ("Bistro of the day", "restaurant"),
            ("Halle Climbing", "sport"),
            ("Harbour baths", "swimming"),
            ("Museum of Tides", "museum"),
        ]);
        self.common(at, moved(spot, 5.0, -5.0), way.city, out);
        out.set("location_type", "checkin")
            .set("address", street.name)
            .set("postal_code", street.postal_code)
            .set("place_name", name)
            .set("place_category", category)
            .set("ended_at", self.world.past(at.plus(rng.range(900, 7_200))).max(at))
            .set("is_outlier", false)
            .set("notes", rng.chance(300).then(|| capital(&self.world.say("with {friend}, {weather}", rng, &[]))));
        out.end();
    }

    fn address(&mut self, way: &Way, at: Moment, out: &mut RowWriter) {
        let (street, spot) = way.at(way.length());
        self.common(at, moved(spot, -6.0, 3.0), way.city, out);
        out.set("location_type", "address")
            .set("address", format!("{} {}", street.name, 3 + self.next % 90))
            .set("postal_code", street.postal_code)
            .set("is_outlier", false);
        out.end();
    }
}
