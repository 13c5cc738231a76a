//! Orders and their lines. What the lines come to is summed up by the database itself; shipping and taxes are made here
//! from the same lines.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::world::{Someone, World};
use super::catalogue::{Product, product};
use super::customers::{Customer, address, customer};
use crate::calendar::Moment;
use crate::copy::{Money, RowWriter};
use serde_json::json;

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "orders",
        role: Role::Service,
        per: Per::Set,
        share: Share::PerMille { weight: 205, least: 10, most: 10_000_000 },
        // No order_number: a number given here would be given again by the sequence behind the column.
        columns: &[
            "id",
            "customer_id",
            "status",
            "currency",
            "shipping_total",
            "tax_total",
            "email",
            "shipping_address",
            "billing_address",
            "customer_note",
            "placed_at",
            "paid_at",
            "shipped_at",
            "completed_at",
            "cancelled_at",
            "refunded_at",
            "metadata",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: orders,
    },
    Table {
        schema: "public",
        name: "order_items",
        role: Role::Service,
        per: Per::Set,
        share: Share::Of { table: "orders", per_mille: 2_200, least: 10 },
        columns: &[
            "id",
            "customer_id",
            "order_id",
            "product_id",
            "position",
            "sku",
            "name",
            "quantity",
            "unit_price",
            "discount_total",
            "metadata",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: items,
    },
];

/// Sending is free from here on, in cents.
const FREE_FROM: i64 = 8_000;
/// Countries the shop sends to as at home.
const NEAR: &[&str] = &["DE", "PT", "DK", "FR", "PL", "IE", "ES"];

/// One line of an order.
struct Line {
    product: Product,
    quantity: i64,
    /// What one cost then, in cents.
    cents: i64,
    discount: i64,
}

/// The lines of order `index` at a moment: one to five different products that were on sale then.
fn lines(world: &World, host: &Someone, index: u64, at: Moment) -> Vec<Line> {
    let mut rng = world.rng("lines", host, index);
    let count = world.size("products").max(1);
    let wanted = *rng.weighted(&[(38, 1), (30, 2), (17, 3), (10, 4), (5, 5)]);
    let first = rng.below(count);
    let mut lines = Vec::new();
    for number in 0..wanted {
        // A stride that visits each product once before it comes back, if the count is no multiple of 13.
        let chosen = product(world, host, (first + number * 13) % count);
        // What was not there yet is replaced by something that always was.
        let chosen =
            if chosen.created < at { chosen } else { product(world, host, (first + number) % (count / 3).max(1)) };
        if chosen.created >= at || lines.iter().any(|line: &Line| line.product.id == chosen.id) {
            continue;
        }
        // Prices went up by about four in a hundred half a year ago.
        let is_old = world.plan.anchor.since(at.day()) > 180;
        let cents = if is_old { chosen.cents * 96 / 1000 * 10 } else { chosen.cents };
        let quantity = *rng.weighted(&[(70, 1), (20, 2), (6, 3), (3, 4), (1, 10)]);
        let discount = if rng.chance(100) { cents * quantity / 10 } else { 0 };
        lines.push(Line { product: chosen, quantity, cents, discount });
    }
    lines
}

/// What other tables need to know about an order.
struct Order {
    customer: Customer,
    number: u64,
    created: Moment,
    is_basket: bool,
}

fn order(world: &World, host: &Someone, index: u64) -> Order {
    let mut rng = world.rng("order", host, index);
    let (count, customers) = (world.size("orders"), world.size("customers"));
    // The two people have the first orders, and one in twelve of the others.
    let day = world.day(index, count);
    let known = known_on(world, day.since(world.start).max(0) as u64).min(customers);
    let number = match index {
        0..4 => index % 2,
        _ if rng.chance(80) => rng.below(2),
        // Half of the orders come from the quarter of customers that has been there longest.
        _ => {
            let among = if rng.chance(500) { (known / 4).max(2) } else { known };
            rng.below(among)
        }
    };
    let customer = customer(world, host, number);
    let created = world.awake(host, day, &mut rng, 7, 23).max(customer.created.plus(3_600));
    // The last ones are still baskets, and now and then somebody forgot one.
    let is_basket = index > 3 && (count - index <= 2 || rng.chance(25));
    Order { customer, number, created: world.past(created), is_basket }
}

/// How many customers the shop has after so many days; the inverse of when they join.
fn known_on(world: &World, day: u64) -> u64 {
    2 + day * (world.size("customers") * 3 / 2) / world.days()
}

fn orders<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("orders"), move |index, out: &mut RowWriter| {
        let order = order(world, host, index);
        let mut rng = world.rng("orders", host, index);
        let address = address(world, host, order.number, 0);
        let subtotal: i64 =
            lines(world, host, index, order.created).iter().map(|l| l.quantity * l.cents - l.discount).sum();
        let is_near = NEAR.contains(&address.country);
        let shipping = if subtotal >= FREE_FROM {
            0
        } else if is_near {
            490
        } else {
            1_290
        };
        // Prices hold the tax at home; what goes abroad has its duty paid in advance.
        let tax = if is_near { 0 } else { subtotal / 10 };

        let times = Times::new(
            world,
            &order,
            rng.below(1000),
            [
                rng.range(300, 1_500),
                rng.range(20, 7_000),
                rng.range(60_000, 260_000),
                rng.range(100_000, 420_000),
                rng.range(3_000, 90_000),
            ],
        );
        let changed = times.last().unwrap_or(order.created);
        out.set("id", world.id("orders", host, index))
            .set("customer_id", order.customer.id)
            .set("status", times.status)
            .set("currency", host.currency)
            .set("shipping_total", Money::cents(shipping))
            .set("tax_total", Money::cents(tax))
            .set("email", order.customer.member.email.as_str())
            .set("shipping_address", (!order.is_basket).then(|| address.json()))
            .set("billing_address", (!order.is_basket).then(|| address.json()))
            .set("customer_note", rng.chance(90).then(|| world.say_one(NOTES, &mut rng, &[])))
            .set("placed_at", times.placed)
            .set("paid_at", times.paid)
            .set("shipped_at", times.shipped)
            .set("completed_at", times.completed)
            .set("cancelled_at", times.cancelled)
            .set("refunded_at", times.refunded)
            .set("metadata", json!({ "channel": *rng.weighted(&[(7, "web"), (2, "app"), (1, "phone")]) }));
        world.times(out, order.created, changed);
        out.end();
    })
}

const NOTES: &[&str] = &[
    "Please leave it with the neighbours.",
    "It is a present for {friend}: no invoice in the parcel, please.",
    "No hurry, {when} is early enough.",
    "Second bell from the top.",
    "Last time {thing} was missing; thank you for sending it after.",
];

/// How far an order has come, and when it took each step.
#[derive(Default)]
struct Times {
    status: &'static str,
    placed: Option<Moment>,
    paid: Option<Moment>,
    shipped: Option<Moment>,
    completed: Option<Moment>,
    cancelled: Option<Moment>,
    refunded: Option<Moment>,
}

impl Times {
    /// Walks the steps as far as now; `fate` of a thousand decides who turns back on the way, `waits` are the seconds before
    /// being placed, paid, shipped, completed, and given back.
    fn new(world: &World, order: &Order, fate: u64, waits: [i64; 5]) -> Self {
        let mut times = Self { status: "draft", ..Self::default() };
        let now = world.now();
        let mut at = order.created;
        let mut step = |wait: i64| {
            at = at.plus(wait);
            (at < now).then_some(at)
        };
        if order.is_basket {
            return times;
        }
        let Some(placed) = step(waits[0]) else { return times };
        (times.status, times.placed) = ("placed", Some(placed));
        if fate < 40 {
            if let Some(cancelled) = step(waits[4]) {
                (times.status, times.cancelled) = ("cancelled", Some(cancelled));
            }
            return times;
        }
        let Some(paid) = step(waits[1]) else { return times };
        (times.status, times.paid) = ("paid", Some(paid));
        let Some(shipped) = step(waits[2]) else { return times };
        (times.status, times.shipped) = ("shipped", Some(shipped));
        let Some(completed) = step(waits[3]) else { return times };
        (times.status, times.completed) = ("completed", Some(completed));
        if let Some(refunded) = (fate < 75).then(|| step(waits[4] * 5)).flatten() {
            (times.status, times.refunded) = ("refunded", Some(refunded));
        }
        times
    }

    fn last(&self) -> Option<Moment> {
        [self.placed, self.paid, self.shipped, self.completed, self.cancelled, self.refunded]
            .into_iter()
            .flatten()
            .max()
    }
}

fn items<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    let mut next = 0;
    numbered(world.size("orders"), move |index, out: &mut RowWriter| {
        let order = order(world, host, index);
        for (position, line) in lines(world, host, index, order.created).into_iter().enumerate() {
            out.set("id", world.id("order_items", host, next))
                .set("customer_id", order.customer.id)
                .set("order_id", world.id("orders", host, index))
                .set("product_id", line.product.id)
                .set("position", position as i64)
                .set("sku", line.product.sku)
                .set("name", line.product.name)
                .set("quantity", line.quantity)
                .set("unit_price", Money::cents(line.cents))
                .set("discount_total", Money::cents(line.discount))
                .set("metadata", json!({}));
            world.times(out, order.created, order.created);
            out.end();
            next += 1;
        }
    })
}
