//! Money: two accounts a person, day by day, with balances that add up.
//!
//! The days are walked in order and each account carries its balance along; nothing is drawn that the account cannot bear,
//! so the running balance never goes below zero. Rows that have not moved money (pending, failed) have no balance.

use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table};
use super::super::text::COMPANIES;
use super::super::world::{Someone, World};
use super::shops::{ABROAD, SHOPS, SUBSCRIPTIONS, iban, payday};
use super::{days, documents, sources};
use crate::calendar::{Day, Moment};
use crate::copy::{Array, Money, RowWriter};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "transactions",
    role: Role::Service,
    per: Per::Person,
    share: Share::PerDay { weight: 210, least: 20, most_a_day: 5 },
    columns: &[
        "id",
        "user_id",
        "source_integration_id",
        "source_platform",
        "source_object_id",
        "transaction_type",
        "amount",
        "currency",
        "merchant",
        "category",
        "description",
        "transaction_date",
        "posted_on",
        "payment_method",
        "status",
        "account_key",
        "account_last_four",
        "fitid",
        "balance_after",
        "original_amount",
        "original_currency",
        "fx_rate",
        "mcc",
        "counterparty_iban",
        "transfer_pair_id",
        "receipt_document_id",
        "is_recurring",
        "tags",
        "notes",
        "created_at",
        "updated_at",
        "metadata",
    ],
    replaces: false,
    rows: transactions,
}];

const CHECKING: usize = 0;
const SAVINGS: usize = 1;
const ACCOUNTS: [&str; 2] = ["checking", "savings"];

/// What happens every month without being asked, plus the weekly shopping: rows of a year that have to be there.
const FIXED_PER_YEAR: u64 = 150;

/// One movement before it gets its balance.
#[derive(Debug, Clone)]
struct Movement {
    at: Moment,
    account: usize,
    kind: &'static str,
    cents: i64,
    merchant: String,
    category: &'static str,
    method: &'static str,
    mcc: Option<&'static str>,
    iban: Option<String>,
    pair: Option<Uuid>,
    foreign: Option<(i64, &'static str, f64)>,
    is_recurring: bool,
    description: Option<String>,
    is_failed: bool,
}

struct Ledger<'w> {
    world: &'w World,
    someone: &'w Someone,
    day: Day,
    /// Purchases of the everyday kind, in thousandths a day.
    everyday: u64,
    balances: [i64; 2],
    index: u64,
    transfers: u64,
    /// Refunds on their way, by day.
    refunds: BTreeMap<Day, Movement>,
    last_at: Moment,
}

fn transactions<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let wanted = world.size("transactions");
    let fixed = FIXED_PER_YEAR * world.days() / 366;
    // Few rows: a few weeks in full rather than a year with holes.
    let days = if wanted < fixed { (wanted * world.days() / fixed).max(32) } else { world.days() };
    Box::new(Ledger {
        world,
        someone,
        day: world.plan.anchor.plus(-(days as i32)),
        everyday: wanted.saturating_sub(fixed) * 1000 / days,
        balances: [248_317, 861_240],
        index: 0,
        transfers: 0,
        refunds: BTreeMap::new(),
        last_at: world.start.plus(-1).at_utc(0),
    })
}

impl Source for Ledger<'_> {
    fn step(&mut self, out: &mut RowWriter) -> bool {
        if self.day >= self.world.plan.anchor {
            return false;
        }
        let mut movements = self.movements();
        movements.sort_by_key(|movement| movement.at);
        for movement in movements {
            self.write(movement, out);
        }
        self.day = self.day.plus(1);
        true
    }
}

impl Ledger<'_> {
    fn at(&self, seconds: i64) -> Moment {
        self.day.at_local(self.someone.home_city().winter_offset_min, seconds)
    }

    fn movement(
        &self,
        seconds: i64,
        kind: &'static str,
        cents: i64,
        merchant: &str,
        category: &'static str,
    ) -> Movement {
        Movement {
            at: self.at(seconds),
            account: CHECKING,
            kind,
            cents,
            merchant: merchant.to_owned(),
            category,
            method: "bank_transfer",
            mcc: None,
            iban: None,
            pair: None,
            foreign: None,
            is_recurring: false,
            description: None,
            is_failed: false,
        }
    }

    fn iban(&self, name: &str) -> String {
        let mut rng = Rng::keyed(self.world.plan.seed, name, 0);
        iban(self.someone.iban_country, &mut rng)
    }

    /// Everything that moves on this day.
    fn movements(&mut self) -> Vec<Movement> {
        let mut rng = self.world.rng("transactions", self.someone, self.day.number() as u64);
        let (year, month, date) = self.day.ymd();
        let mut list = Vec::new();
        if date == 1 {
            list.push(Movement {
                iban: Some(self.iban(self.someone.landlord)),
                is_recurring: true,
                description: Some(format!("Rent {month:02}/{year:04}")),
                ..self.movement(6 * 3_600, "payment", -self.someone.rent, self.someone.landlord, "housing")
            });
        }
        if self.day == payday(year, month) {
            list.push(Movement {
                iban: Some(self.iban(self.someone.employer)),
                is_recurring: true,
                description: Some(format!("Salary {month:02}/{year:04}")),
                ..self.movement(5 * 3_600, "income", self.someone.salary, self.someone.employer, "income")
            });
        }
        if self.day == payday(year, month).plus(1) {
            // What lies idle is put aside, in whole tens.
            let spare = (self.balances[CHECKING] / 4_000 * 1_000).clamp(20_000, 90_000);
            let pair = self.world.id("transfers", self.someone, self.transfers);
            self.transfers += 1;
            for (account, cents, seconds) in [(CHECKING, -spare, 7 * 3_600), (SAVINGS, spare, 7 * 3_600 + 1)] {
                list.push(Movement {
                    account,
                    pair: Some(pair),
                    is_recurring: true,
                    description: Some("Standing order: savings".to_owned()),
                    ..self.movement(seconds, "transfer", cents, self.someone.display_name, "savings")
                });
            }
        }
        for (day, merchant, category, cents, mcc) in SUBSCRIPTIONS {
            if *day == date {
                list.push(Movement {
                    method: "direct_debit",
                    mcc: Some(mcc),
                    is_recurring: true,
                    ..self.movement(4 * 3_600 + i64::from(*day), "subscription", -cents, merchant, category)
                });
            }
        }
        if self.day.weekday() == 5 {
            // The large shopping of the week; before holidays it is larger.
            let cents = rng.range(4_200, 8_900) + if month == 12 { 2_500 } else { 0 };
            let seconds = rng.range(9 * 3_600, 13 * 3_600);
            list.push(self.card(seconds, cents, "Markthalle Sommerkorn", "groceries", "5411"));
        }
        self.shopping(&mut rng, &mut list);
        if let Some(refund) = self.refunds.remove(&self.day) {
            list.push(refund);
        }
        list
    }

    fn card(&self, seconds: i64, cents: i64, merchant: &str, category: &'static str, mcc: &'static str) -> Movement {
        Movement { method: "card", mcc: Some(mcc), ..self.movement(seconds, "purchase", -cents, merchant, category) }
    }

    /// Purchases by chance, some of them given back.
    fn shopping(&mut self, rng: &mut Rng, list: &mut Vec<Movement>) {
        let times = self.everyday / 1000 + u64::from(rng.chance(self.everyday % 1000));
        let trip = days::trip_on(self.world, self.someone, self.day);
        for _ in 0..times {
            let shop = if trip.is_some() { *rng.pick(ABROAD) } else { *rng.weighted(SHOPS) };
            let (merchant, category, low, high, mcc, hour) = shop;
            // The cheap half of the range is visited twice as often.
            let cents = rng.range(low, high).min(rng.range(low, high));
            let seconds = hour * 3_600 + rng.range(0, 2 * 3_600 - 1);
            let mut movement = self.card(seconds, cents, merchant, category, mcc);
            if let Some(city) = trip.map(|trip| trip.city).filter(|city| city.currency != self.someone.currency) {
                let original = (cents as f64 * city.per_euro).round() as i64;
                movement.foreign = Some((-original, city.currency, city.per_euro));
                movement.description = Some(format!("{merchant}, {}", city.name));
            }
            movement.is_failed = rng.chance(8);
            if matches!(category, "clothing" | "electronics") && !movement.is_failed && rng.chance(250) {
                let later = self.day.plus(rng.range(3, 12) as i32);
                let refund = Movement {
                    at: later.at_utc(10 * 3_600 + rng.range(0, 3_599)),
                    kind: "refund",
                    cents,
                    description: Some(format!("Return of {}", self.day)),
                    foreign: None,
                    ..movement.clone()
                };
                self.refunds.entry(later).or_insert(refund);
            }
            list.push(movement);
        }
    }

    fn write(&mut self, movement: Movement, out: &mut RowWriter) {
        let (world, someone) = (self.world, self.someone);
        let balance = &mut self.balances[movement.account];
        // A card that would overdraw is declined.
        let is_failed = movement.is_failed || (movement.cents < 0 && *balance + movement.cents < 0);
        let is_pending = !is_failed && movement.method == "card" && self.day.plus(1) >= world.plan.anchor;
        let is_moved = !is_failed && !is_pending;
        if is_moved {
            *balance += movement.cents;
        }
        let balance = *balance;
        // Each row has its own moment, so that sorting by time is sorting by balance.
        let at = movement.at.max(self.last_at.plus(1));
        self.last_at = at;
        let index = self.index;
        self.index += 1;
        let mut rng = world.rng("transaction details", someone, index);
        let posted = self.day.plus(if movement.method == "card" { 1 } else { 0 });
        let account = ACCOUNTS[movement.account];
        let digits = Rng::keyed(world.plan.seed, someone.key, movement.account as u64).digits(4);
        let (year, month, date) = self.day.ymd();
        let fitid = format!("{year:04}{month:02}{date:02}{:05}", index % 100_000);
        let receipt = (movement.kind == "purchase"
            && matches!(movement.category, "electronics" | "clothing" | "groceries")
            && rng.chance(300))
        .then(|| documents::receipt(world, someone, &mut rng))
        .flatten();
        let merchant = if movement.merchant.is_empty() { *rng.pick(COMPANIES) } else { movement.merchant.as_str() };

        world.base(out, "transactions", someone, index, posted.at_utc(5 * 3_600 + 1_800).max(at));
        out.set("source_integration_id", sources::integration(world, someone, "bank"))
            .set("source_platform", "bank")
            .set("source_object_id", format!("{account}-{fitid}-{index}"))
            .set("transaction_type", movement.kind)
            .set("amount", Money::cents(movement.cents))
            .set("currency", someone.currency)
            .set("merchant", merchant)
            .set("category", movement.category)
            .set("description", movement.description)
            .set("transaction_date", at)
            .set("posted_on", is_moved.then_some(posted))
            .set("payment_method", movement.method)
            .set(
                "status",
                if is_failed {
                    "failed"
                } else if is_pending {
                    "pending"
                } else {
                    "completed"
                },
            )
            .set("account_key", format!("{}-{account}", someone.key))
            .set("account_last_four", digits)
            .set("fitid", fitid)
            .set("balance_after", is_moved.then_some(Money::cents(balance)))
            .set("original_amount", movement.foreign.map(|(cents, _, _)| Money::cents(cents)))
            .set("original_currency", movement.foreign.map(|(_, currency, _)| currency))
            .set("fx_rate", movement.foreign.map(|(_, _, rate)| (1e10 / rate).round() / 1e10))
            .set("mcc", movement.mcc)
            .set("counterparty_iban", movement.iban)
            .set("transfer_pair_id", movement.pair)
            .set("receipt_document_id", receipt)
            .set("is_recurring", movement.is_recurring)
            .set("tags", Array(&[movement.category]))
            .set("notes", rng.chance(30).then(|| world.say("Shared with {friend}.", &mut rng, &[])));
        out.end();
    }
}
