//! Who the two are: accounts, profiles, devices, integrations, attributes, consents; and the retention rules of the database.

use super::super::readers;
use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::world::{Someone, World};
use crate::calendar::Day;
use crate::copy::{Array, RowWriter};
use serde_json::{Value, json};

pub(super) const TABLES: &[Table] = &[Table {
    schema: "auth",
    name: "users",
    role: Role::Auth,
    per: Per::Person,
    share: Share::Fixed(1),
    columns: readers::USER_COLUMNS,
    replaces: false,
    rows: users,
}];

/// Profiles point at an avatar, so they come after media.
pub(super) const PROFILES: &[Table] = &[
    Table {
        schema: "public",
        name: "user_profiles",
        role: Role::Service,
        per: Per::Person,
        share: Share::Fixed(1),
        columns: &[
            "id",
            "user_id",
            "display_name",
            "avatar_media_id",
            "bio",
            "location",
            "website",
            "preferences",
            "locale",
            "timezone",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: true,
        rows: profiles,
    },
    Table {
        schema: "public",
        name: "profile_attributes",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerMille { weight: 12, least: 2, most: ATTRIBUTES.len() as u64 },
        columns: &[
            "id",
            "user_id",
            "attribute_type",
            "key",
            "value",
            "category",
            "is_public",
            "is_verified",
            "verification_source",
            "priority",
            "valid_from",
            "valid_to",
            "tags",
            "notes",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: attributes,
    },
];

fn users<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(1, move |_, out| {
        let created = world.born();
        out.set("id", someone.id)
            .set("email", someone.email)
            .set("password_hash", world.hashes.get(someone.key))
            .set("account_type", "human")
            .set("role", "user")
            .set("email_confirmed_at", created)
            .set("is_active", true)
            .set("last_login_at", world.now().plus(-3 * 3600))
            .set("password_changed_at", created)
            .set("audit_pseudonym", world.id("pseudonyms", someone, 0))
            .set("metadata", json!({ "demo": world.mark(), "display_name": someone.display_name }));
        world.times(out, created, world.now().plus(-3 * 3600));
        out.end();
    })
}

fn profiles<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(1, move |index, out| {
        let city = someone.home_city();
        world.base(out, "user_profiles", someone, index, world.born());
        out.set("display_name", someone.display_name)
            .set("avatar_media_id", world.id("media", someone, 0))
            .set("bio", someone.bio)
            .set("location", format!("{}, {}", city.name, city.country))
            .set("website", someone.website)
            .set("preferences", json!({ "theme": "system", "week_starts_on": "monday", "units": "metric" }))
            .set("locale", someone.locale)
            .set("timezone", city.timezone);
        out.end();
    })
}

/// What an attribute says: type, key, category, tags, and how its value is made.
struct Attribute {
    kind: &'static str,
    key: &'static str,
    category: &'static str,
    is_public: bool,
    value: fn(&Someone, &mut Rng) -> Value,
}

const fn attribute(
    kind: &'static str,
    key: &'static str,
    category: &'static str,
    is_public: bool,
    value: fn(&Someone, &mut Rng) -> Value,
) -> Attribute {
    Attribute { kind, key, category, is_public, value }
}

fn level(rng: &mut Rng) -> Value {
    json!({ "level": *rng.pick(&["basic", "good", "fluent", "expert"]), "years": rng.range(1, 15) })
}

const ATTRIBUTES: &[Attribute] = &[
    attribute(
        "work_experience",
        "current position",
        "career",
        true,
        |p, _| json!({ "employer": p.employer, "title": p.job }),
    ),
    attribute("skill", "English", "language", true, |_, rng| level(rng)),
    attribute("interest", "choir singing", "music", true, |_, rng| json!({ "since": rng.range(2008, 2020) })),
    attribute("preference", "diet", "food", false, |_, rng| json!(*rng.pick(&["vegetarian", "everything", "no nuts"]))),
    attribute(
        "education",
        "degree",
        "career",
        true,
        |_, rng| json!({ "title": *rng.pick(&["MSc", "BA", "diploma"]), "year": rng.range(2008, 2016) }),
    ),
    attribute("certification", "first aid", "safety", false, |_, rng| json!({ "hours": rng.range(9, 18) })),
    attribute("skill", "soldering", "craft", true, |_, rng| level(rng)),
    attribute("interest", "night trains", "travel", true, |_, rng| json!({ "journeys": rng.range(4, 60) })),
    attribute("preference", "seat", "travel", false, |_, rng| json!(*rng.pick(&["window", "aisle"]))),
    attribute("custom", "shoe size", "clothing", false, |_, rng| json!(rng.range(37, 45))),
    attribute("skill", "spreadsheets", "office", true, |_, rng| level(rng)),
    attribute(
        "interest",
        "sourdough",
        "food",
        true,
        |_, rng| json!({ "starter": *rng.pick(&["rye", "wheat", "spelt"]) }),
    ),
    attribute(
        "work_experience",
        "first job",
        "career",
        false,
        |_, rng| json!({ "title": *rng.pick(&["lifeguard", "bookseller", "courier"]), "year": rng.range(2006, 2012) }),
    ),
    attribute(
        "certification",
        "driving licence",
        "identity",
        false,
        |_, rng| json!({ "class": *rng.pick(&["B", "A", "B96"]) }),
    ),
    attribute("preference", "newsletter", "mail", false, |_, _| json!({ "frequency": "weekly" })),
    attribute("custom", "allergy card", "health", false, |_, _| json!({ "carried": true })),
];

fn attributes<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("profile_attributes"), move |index, out: &mut RowWriter| {
        let attribute = &ATTRIBUTES[index as usize];
        let mut rng = world.rng("profile_attributes", someone, index);
        world.base(out, "profile_attributes", someone, index, world.born().plus(2_000 + 45 * index as i64));
        let is_dated = matches!(attribute.kind, "certification" | "work_experience" | "education");
        let from = is_dated.then(|| Day::from_ymd(rng.range(2010, 2021) as i32, rng.range(1, 12) as i32, 1));
        let is_certificate = attribute.kind == "certification";
        out.set("attribute_type", attribute.kind)
            .set("key", attribute.key)
            .set("value", (attribute.value)(someone, &mut rng))
            .set("category", attribute.category)
            .set("is_public", attribute.is_public)
            .set("is_verified", is_certificate)
            .set("verification_source", is_certificate.then_some("scan of the certificate"))
            .set("priority", rng.range(0, 10))
            .set("valid_from", from)
            .set("valid_to", is_certificate.then(|| world.plan.anchor.plus(rng.range(200, 3_000) as i32)))
            .set("tags", Array(&[attribute.category]))
            .set("notes", (!attribute.is_public && rng.chance(300)).then_some("Added while setting up the profile."));
        out.end();
    })
}
