//! Customers and where they live. The two people are the first; most others are guests without an account.

use super::super::readers::{Member, member};
use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::COMPANIES;
use super::super::world::{Someone, World};
use crate::calendar::Moment;
use crate::copy::RowWriter;
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "customers",
        role: Role::Service,
        per: Per::Set,
        share: Share::PerMille { weight: 65, least: 6, most: 100_000 },
        columns: &[
            "id",
            "user_id",
            "email",
            "full_name",
            "company",
            "phone",
            "locale",
            "forgotten_at",
            "metadata",
            "created_at",
            "updated_at",
            "deleted_at",
        ],
        replaces: false,
        rows: customers,
    },
    Table {
        schema: "public",
        name: "customer_addresses",
        role: Role::Service,
        per: Per::Set,
        share: Share::Of { table: "customers", per_mille: 1_200, least: 6 },
        columns: &[
            "id",
            "customer_id",
            "label",
            "recipient",
            "line1",
            "line2",
            "postal_code",
            "city",
            "region",
            "country",
            "phone",
            "is_default_shipping",
            "is_default_billing",
            "metadata",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: addresses,
    },
];

/// What other tables need to know about a customer.
pub(super) struct Customer {
    pub(super) id: Uuid,
    pub(super) member: Member,
    pub(super) has_account: bool,
    pub(super) created: Moment,
}

pub(super) fn customer(world: &World, host: &Someone, index: u64) -> Customer {
    let member = member(world, index);
    let created = member.joined.plus(300);
    Customer { id: world.id("customers", host, index), member, has_account: index < world.size("users"), created }
}

fn customers<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("customers"), move |index, out: &mut RowWriter| {
        let customer = customer(world, host, index);
        let mut rng = world.rng("customers", host, index);
        let someone = world.people.get(index as usize);
        out.set("id", customer.id)
            .set("user_id", customer.has_account.then_some(customer.member.id))
            .set("email", customer.member.email.as_str())
            .set("full_name", customer.member.name.as_str())
            .set("company", (someone.is_none() && rng.chance(80)).then(|| *rng.pick(COMPANIES)))
            .set("phone", rng.chance(600).then(|| customer.member.culture.phone(&mut rng)))
            .set("locale", someone.map_or("en", |someone| someone.locale))
            .set("forgotten_at", Option::<Moment>::None)
            .set("metadata", json!({}));
        world.times(out, customer.created, customer.created);
        out.end();
    })
}

/// Where a customer lives, or their second address, as the fields that addresses and orders share.
pub(super) struct Address {
    recipient: String,
    line1: String,
    line2: Option<&'static str>,
    postal_code: &'static str,
    city: &'static str,
    region: Option<&'static str>,
    pub(super) country: &'static str,
}

impl Address {
    pub(super) fn json(&self) -> Value {
        json!({
            "recipient": self.recipient, "line1": self.line1, "line2": self.line2, "postal_code": self.postal_code,
            "city": self.city, "country": self.country,
        })
    }
}

pub(super) fn address(world: &World, host: &Someone, index: u64, number: u64) -> Address {
    let customer = customer(world, host, index);
    let mut rng = world.rng("addresses", host, index * 2 + number);
    let recipient = customer.member.name.clone();
    if let (Some(someone), 0) = (world.people.get(index as usize), number) {
        let city = someone.home_city();
        let street = &city.streets[0];
        return Address {
            recipient,
            line1: format!("{} {}", street.name, someone.house),
            line2: None,
            postal_code: street.postal_code,
            city: city.name,
            region: city.state,
            country: someone.iban_country,
        };
    }
    let culture = customer.member.culture;
    let (city, postal_code) = *rng.pick(culture.cities);
    Address {
        recipient,
        line1: format!("{} {}", rng.pick(culture.streets), rng.range(1, 160)),
        line2: rng.chance(150).then(|| *rng.pick(&["second floor", "rear building", "flat 4", "ring at the bakery"])),
        postal_code,
        city,
        region: None,
        country: culture.country_code,
    }
}

fn addresses<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("customers"), move |index, out: &mut RowWriter| {
        let customer = customer(world, host, index);
        // Every fifth has a second one, for the post to go to work.
        for number in 0..=u64::from(index.is_multiple_of(5)) {
            let address = address(world, host, index, number);
            let is_first = number == 0;
            out.set("id", world.id("customer_addresses", host, index * 2 + number))
                .set("customer_id", customer.id)
                .set("label", if is_first { "home" } else { "work" })
                .set("recipient", address.recipient)
                .set("line1", address.line1)
                .set("line2", address.line2)
                .set("postal_code", address.postal_code)
                .set("city", address.city)
                .set("region", address.region)
                .set("country", address.country)
                .set("phone", Option::<&str>::None)
                .set("is_default_shipping", is_first)
                .set("is_default_billing", is_first)
                .set("metadata", json!({}));
            world.times(out, customer.created.plus(60), customer.created.plus(60));
            out.end();
        }
    })
}
