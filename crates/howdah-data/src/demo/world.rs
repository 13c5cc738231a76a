//! What every source of rows knows: the plan, the people, the time span, the size of each table, and the ids.

use super::people::{Person, namespace, people};
use super::rng::Rng;
use super::table::{Per, Share, Template};
use super::{Plan, text};
use crate::calendar::{Day, Moment};
use crate::copy::RowWriter;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Counts up whenever the same plan gives other rows, so that a database seeded by an older Howdah is told apart.
pub(crate) const EDITION: u32 = 2;

/// The history is a year, and grows by a day for each so many rows beyond twenty thousand …
const ROWS_PER_EXTRA_DAY: u64 = 400;
/// … up to eight years.
const LONGEST_HISTORY: u64 = 2_922;

/// One of the two, under this plan's seed.
#[derive(Debug)]
pub(crate) struct Someone {
    pub(crate) person: &'static Person,
    pub(crate) id: Uuid,
    /// The other one.
    pub(crate) other: &'static Person,
}

impl std::ops::Deref for Someone {
    type Target = Person;

    fn deref(&self) -> &Person {
        self.person
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) people: Vec<Someone>,
    /// The first day of the history.
    pub(crate) start: Day,
    namespace: Uuid,
    sizes: BTreeMap<&'static str, u64>,
    /// Password hashes by the person's key, of those who have no account yet.
    pub(crate) hashes: BTreeMap<&'static str, String>,
    /// The ids of those.
    pub(crate) new: Vec<Uuid>,
}

impl World {
    pub(crate) fn new(plan: Plan, template: &Template) -> Self {
        let all = people();
        let extra = plan.rows.saturating_sub(20_000) / ROWS_PER_EXTRA_DAY;
        let days = (366 + extra).min(LONGEST_HISTORY);
        let people = all
            .iter()
            .enumerate()
            .map(|(i, person)| Someone { person, id: person.user_id(plan.seed), other: &all[(i + 1) % all.len()] })
            .collect();
        Self {
            plan,
            people,
            start: plan.anchor.plus(-(days as i32)),
            namespace: namespace(plan.seed),
            sizes: sizes(plan.rows, all.len() as u64, days, template),
            hashes: BTreeMap::new(),
            new: Vec::new(),
        }
    }

    /// The moment the demo happens at: nothing that has happened lies after it.
    pub(crate) fn now(&self) -> Moment {
        self.plan.anchor.at_utc(12 * 3600)
    }

    /// When the two accounts were opened: the morning before the history starts.
    pub(crate) fn born(&self) -> Moment {
        self.start.plus(-1).at_utc(8 * 3600 + 1_260)
    }

    /// Days of history.
    pub(crate) fn days(&self) -> u64 {
        self.plan.anchor.since(self.start).max(1) as u64
    }

    /// Rows of a table for one person.
    pub(crate) fn size(&self, table: &str) -> u64 {
        self.sizes.get(table).copied().unwrap_or(0)
    }

    /// The id of row `index` of one person in a table.
    pub(crate) fn id(&self, table: &str, someone: &Someone, index: u64) -> Uuid {
        Uuid::new_v5(&self.namespace, format!("{table}/{}/{index}", someone.key).as_bytes())
    }

    /// The id of a row of a table, any one.
    pub(crate) fn some_id(&self, table: &str, someone: &Someone, rng: &mut Rng) -> Uuid {
        self.id(table, someone, rng.below(self.size(table).max(1)))
    }

    /// The numbers behind row `index` of one person in a table.
    pub(crate) fn rng(&self, table: &str, someone: &Someone, index: u64) -> Rng {
        Rng::keyed(
            self.plan.seed ^ u64::from_be_bytes(*someone.id.as_bytes().first_chunk().unwrap_or(&[0; 8])),
            table,
            index,
        )
    }

    /// The day of row `index` of `count`, spread evenly in order over the history; the last is yesterday at the latest.
    pub(crate) fn day(&self, index: u64, count: u64) -> Day {
        let day = u128::from(index) * u128::from(self.days()) / u128::from(count.max(1));
        self.start.plus(day as i32)
    }

    /// A moment of that day at which people are awake: between `from` and `to` o'clock, in the person's own zone.
    pub(crate) fn awake(&self, someone: &Someone, day: Day, rng: &mut Rng, from: i64, to: i64) -> Moment {
        let seconds = rng.range(from * 3600, to * 3600 - 1);
        self.past(day.at_local(someone.home_city().winter_offset_min, seconds))
    }

    /// The moment, or now when it lies in the future.
    pub(crate) fn past(&self, moment: Moment) -> Moment {
        moment.min(self.now())
    }

    /// What `auth.users.metadata` says about where the account comes from.
    pub(crate) fn mark(&self) -> Value {
        json!({ "edition": EDITION, "seed": self.plan.seed, "rows": self.plan.rows, "anchor": self.plan.anchor.to_string() })
    }

    /// Sets what every model has: id, times, metadata; and the owner.
    pub(crate) fn base(&self, out: &mut RowWriter, table: &str, someone: &Someone, index: u64, created: Moment) {
        out.set("id", self.id(table, someone, index)).set("user_id", someone.id);
        self.times(out, created, created);
        out.set("metadata", json!({}));
    }

    /// Sets when the row was made and last changed, never after now.
    pub(crate) fn times(&self, out: &mut RowWriter, created: Moment, updated: Moment) {
        let created = self.past(created);
        out.set("created_at", created).set("updated_at", self.past(updated).max(created));
    }

    /// One of the templates, as a sentence.
    pub(crate) fn say_one(&self, templates: &[&str], rng: &mut Rng, values: &[(&str, &str)]) -> String {
        let template = *rng.pick(templates);
        text::expand(template, rng, values)
    }

    /// A sentence.
    pub(crate) fn say(&self, template: &str, rng: &mut Rng, values: &[(&str, &str)]) -> String {
        text::expand(template, rng, values)
    }
}

/// A readable form of the mark in `auth.users.metadata`, for the message that says which plan stands in the database.
pub(crate) fn describe_mark(mark: &Value) -> String {
    let number = |key: &str| mark.get(key).map_or_else(|| "?".to_owned(), Value::to_string);
    let anchor = mark.get("anchor").and_then(Value::as_str).unwrap_or("?");
    let edition = match mark.get("edition").and_then(Value::as_u64) {
        Some(edition) if edition == u64::from(EDITION) => String::new(),
        _ => " by another version of Howdah".to_owned(),
    };
    format!("seed {}, {} rows, up to {anchor}{edition}", number("seed"), number("rows"))
}

/// Rows of each table for one person, or for the set where nobody owns them.
fn sizes(rows: u64, people: u64, days: u64, template: &Template) -> BTreeMap<&'static str, u64> {
    let mut sizes = BTreeMap::new();
    let mut taken = 0;
    let mut rest = None;
    for table in template.tables() {
        let owners = if table.per == Per::Person { people } else { 1 };
        let weighted = |weight: u64| rows / owners * weight / 1000;
        let size = match table.share {
            Share::Fixed(count) => count,
            Share::PerMille { weight, least, most } => weighted(weight).clamp(least, most),
            Share::PerDay { weight, least, most_a_day } => {
                weighted(weight).clamp(least, (most_a_day * days).max(least))
            }
            Share::Of { table, per_mille, least } => {
                (sizes.get(table).copied().unwrap_or(0) * per_mille / 1000).max(least)
            }
            Share::Rest { least } => {
                rest = Some((table.name, owners, least));
                continue;
            }
        };
        sizes.insert(table.name, size);
        taken += size * owners;
    }
    if let Some((name, owners, least)) = rest {
        sizes.insert(name, (rows.saturating_sub(taken) / owners).max(least));
    }
    sizes
}
