//! Who the two are: accounts, profiles, devices, integrations, attributes, consents; and the retention rules of the database.

use super::super::rng::Rng;
use super::super::table::{Role, Share, Source, Table, numbered};
use super::super::world::{Someone, World};
use crate::calendar::Day;
use crate::copy::{Array, Bytes, RowWriter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "auth",
        name: "users",
        role: Role::Auth,
        share: Share::Fixed(1),
        columns: &[
            "id",
            "email",
            "password_hash",
            "account_type",
            "role",
            "is_verified",
            "is_active",
            "last_login_at",
            "password_changed_at",
            "audit_pseudonym",
            "metadata",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: users,
    },
    Table {
        schema: "public",
        name: "imports",
        role: Role::Service,
        share: Share::Fixed(2),
        columns: &[
            "id",
            "user_id",
            "kind",
            "file_name",
            "file_size",
            "sha256",
            "state",
            "seen_count",
            "created_count",
            "updated_count",
            "skipped_count",
            "failed_count",
            "report",
            "started_at",
            "finished_at",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: imports,
    },
    Table {
        schema: "public",
        name: "integrations",
        role: Role::Service,
        share: Share::Fixed(INTEGRATIONS.len() as u64),
        columns: &[
            "id",
            "user_id",
            "integration_type",
            "integration_name",
            "status",
            "auth_type",
            "scopes",
            "external_account_id",
            "last_sync_at",
            "next_sync_at",
            "last_sync_status",
            "last_error",
            "items_synced",
            "is_enabled",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: integrations,
    },
    Table {
        schema: "public",
        name: "devices",
        role: Role::Service,
        share: Share::PerMille { weight: 6, least: 2, most: DEVICES.len() as u64 },
        columns: &[
            "id",
            "user_id",
            "device_type",
            "device_name",
            "manufacturer",
            "model",
            "os_name",
            "os_version",
            "device_identifier",
            "ip_address",
            "is_primary",
            "is_trusted",
            "last_seen_at",
            "purchase_date",
            "warranty_expiry",
            "notes",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: devices,
    },
    Table {
        schema: "public",
        name: "consents",
        role: Role::Service,
        share: Share::Fixed(CONSENTS.len() as u64),
        columns: &[
            "id",
            "user_id",
            "purpose",
            "policy_version",
            "policy_sha256",
            "lawful_basis",
            "status",
            "method",
            "evidence",
            "is_special_category",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: consents,
    },
    Table {
        schema: "public",
        name: "privacy_requests",
        role: Role::Service,
        share: Share::Fixed(1),
        columns: &[
            "id",
            "user_id",
            "kind",
            "state",
            "due_at",
            "details",
            "answer",
            "completed_at",
            "result",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: privacy_requests,
    },
    Table {
        schema: "public",
        name: "retention_policies",
        role: Role::Service,
        share: Share::Once(RETENTION.len() as u64),
        columns: &[
            "id",
            "table_name",
            "selector",
            "basis_column",
            "keep",
            "action",
            "is_enabled",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: retention_policies,
    },
];

/// Profiles point at an avatar, so they come after media.
pub(super) const PROFILES: &[Table] = &[
    Table {
        schema: "public",
        name: "user_profiles",
        role: Role::Service,
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
        let created = born(world);
        out.set("id", someone.id)
            .set("email", someone.email)
            .set("password_hash", world.hashes.get(someone.key).filter(|hash| !hash.is_empty()))
            .set("account_type", "human")
            .set("role", "user")
            .set("is_verified", true)
            .set("is_active", true)
            .set("last_login_at", world.now().plus(-3 * 3600))
            .set("password_changed_at", created)
            .set("audit_pseudonym", world.id("pseudonyms", someone, 0))
            .set("metadata", json!({ "demo": world.mark(), "display_name": someone.display_name }));
        world.times(out, created, world.now().plus(-3 * 3600));
        out.end();
    })
}

/// When the accounts were opened: the morning before the history starts.
fn born(world: &World) -> crate::calendar::Moment {
    world.start.plus(-1).at_utc(8 * 3600 + 1_260)
}

fn profiles<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(1, move |index, out| {
        let city = someone.home_city();
        world.base(out, "user_profiles", someone, index, born(world));
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

/// Type, name, way in, scopes, what it brings.
type Integration = (&'static str, &'static str, &'static str, &'static [&'static str], bool);

const INTEGRATIONS: &[Integration] = &[
    ("email", "Mail (IMAP)", "password", &["mail.read"], true),
    ("photos", "Camera roll", "api_key", &["media.read"], true),
    ("bank", "Ludlow Savings", "oauth2", &["accounts.read", "transactions.read"], true),
    ("health", "Wristband", "oauth2", &["vitals.read"], true),
    ("social", "Mastodon", "oauth2", &["read"], false),
];

/// The integration a row came through, by the place of its type in the list.
pub(super) fn integration(world: &World, someone: &Someone, kind: &str) -> uuid::Uuid {
    let index = INTEGRATIONS.iter().position(|integration| integration.0 == kind).unwrap_or(0);
    world.id("integrations", someone, index as u64)
}

fn integrations<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(INTEGRATIONS.len() as u64, move |index, out| {
        let (kind, name, auth, scopes, is_well) = INTEGRATIONS[index as usize];
        let mut rng = world.rng("integrations", someone, index);
        let synced = world.now().plus(-rng.range(600, 5_400));
        let items = world.size(match kind {
            "email" => "emails",
            "photos" => "media",
            "bank" => "transactions",
            "health" => "health_records",
            _ => "social_posts",
        });
        world.base(out, "integrations", someone, index, born(world).plus(600 + 90 * index as i64));
        out.set("integration_type", kind)
            .set("integration_name", name)
            .set("status", if is_well { "connected" } else { "error" })
            .set("auth_type", auth)
            .set("scopes", Array(scopes))
            .set("external_account_id", if kind == "email" { someone.email } else { someone.handle })
            .set("last_sync_at", synced)
            .set("next_sync_at", is_well.then(|| synced.plus(7_200)))
            .set("last_sync_status", if is_well { "success" } else { "failed" })
            .set("last_error", (!is_well).then_some("The server answered 401: the token has expired. Sign in again."))
            .set("items_synced", items.min(2_000_000_000))
            .set("is_enabled", true);
        out.end();
    })
}

/// Type, name, maker, model, system, version. The first is the primary one.
type Device = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const DEVICES: &[Device] = &[
    ("phone", "phone", "Fairphone", "Fairphone 5", "Android", "15"),
    ("computer", "laptop", "Framework", "Laptop 13", "Debian GNU/Linux", "13"),
    ("wearable", "wristband", "Withings", "ScanWatch 2", "HealthMate", "6.2"),
    ("tablet", "reader", "Kobo", "Libra Colour", "Kobo OS", "4.42"),
    ("smart_home", "thermometer in the hall", "Shelly", "H&T Gen3", "Mongoose OS", "1.4"),
    ("vehicle", "bicycle", "Diamant", "Zing", "Bosch eBike", "3.1"),
];

/// How many kinds of devices a person has under this plan; the first is the phone that records tracks.
pub(super) fn phone(world: &World, someone: &Someone) -> uuid::Uuid {
    world.id("devices", someone, 0)
}

/// The wristband, where there is one.
pub(super) fn wristband(world: &World, someone: &Someone) -> Option<uuid::Uuid> {
    (world.size("devices") > 2).then(|| world.id("devices", someone, 2))
}

fn devices<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("devices"), move |index, out| {
        let (kind, name, maker, model, system, version) = DEVICES[index as usize];
        let mut rng = world.rng("devices", someone, index);
        let bought = world.start.plus(-(rng.range(30, 700) as i32));
        world.base(out, "devices", someone, index, born(world).plus(1_200 + 60 * index as i64));
        out.set("device_type", kind)
            .set("device_name", format!("{}'s {name}", someone.given))
            .set("manufacturer", maker)
            .set("model", model)
            .set("os_name", system)
            .set("os_version", version)
            .set("device_identifier", rng.hex(16))
            // TEST-NET-3 of RFC 5737.
            .set("ip_address", format!("203.0.113.{}", rng.range(2, 250)))
            .set("is_primary", index == 0)
            .set("is_trusted", index < 3)
            .set("last_seen_at", world.now().plus(-rng.range(60, 86_400 * (1 + 2 * index as i64))))
            .set("purchase_date", bought)
            .set("warranty_expiry", bought.plus(730))
            .set("notes", (kind == "vehicle").then_some("Frame number is on the invoice. New chain in spring."));
        out.end();
    })
}

/// Purpose, lawful basis, special category, method.
const CONSENTS: &[(&str, &str, bool, &str)] = &[
    ("health", "consent", true, "settings"),
    ("location_history", "consent", false, "settings"),
    ("newsletter", "consent", false, "sign_up"),
];

fn consents<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(CONSENTS.len() as u64, move |index, out| {
        let (purpose, basis, is_special, method) = CONSENTS[index as usize];
        let policy = format!("Howdah demo policy: {purpose}, version 1");
        let given = born(world).plus(300 + 30 * index as i64);
        out.set("id", world.id("consents", someone, index))
            .set("user_id", someone.id)
            .set("purpose", purpose)
            .set("policy_version", "1")
            .set("policy_sha256", Bytes(&Sha256::digest(policy.as_bytes())))
            .set("lawful_basis", basis)
            .set("status", "granted")
            .set("method", method)
            .set("evidence", json!({ "form": "demo", "shown": policy }))
            .set("is_special_category", is_special);
        world.times(out, given, given);
        out.end();
    })
}

/// The export of an address book on the first day; contacts that came with it point here.
pub(super) fn address_book(world: &World, someone: &Someone) -> uuid::Uuid {
    world.id("imports", someone, 0)
}

fn imports<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("imports"), move |index, out| {
        let is_book = index == 0;
        let (kind, file, state) =
            if is_book { ("vcard", "address book.vcf", "completed") } else { ("gpx", "old tracks.gpx", "failed") };
        let contacts = (world.size("contacts") * 6).div_ceil(10) as i64;
        let started = born(world).plus(3_600 + 1_200 * index as i64);
        let (seen, failed) = if is_book { (contacts + 1, 0) } else { (1, 1) };
        let problems = if is_book {
            json!([{ "record": contacts, "problem": "has no name", "done": "skipped" }])
        } else {
            json!([{ "line": 1, "problem": "is not XML" }])
        };
        world.base(out, "imports", someone, index, started);
        world.times(out, started, started.plus(14));
        out.set("kind", kind)
            .set("file_name", file)
            .set("file_size", contacts * 412)
            .set("sha256", Bytes(&Sha256::digest(format!("{file} {}", someone.key).as_bytes())))
            .set("state", state)
            .set("seen_count", seen)
            .set("created_count", if is_book { contacts } else { 0 })
            .set("updated_count", 0)
            .set("skipped_count", i32::from(is_book))
            .set("failed_count", failed)
            .set("report", json!({ "problems": problems }))
            .set("started_at", started)
            .set("finished_at", started.plus(14));
        out.end();
    })
}

fn privacy_requests<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("privacy_requests"), move |index, out| {
        let asked = world.plan.anchor.plus(-40).at_utc(9 * 3_600);
        let done = asked.plus(2 * 86_400);
        world.base(out, "privacy_requests", someone, index, asked);
        world.times(out, asked, done);
        out.set("kind", "export")
            .set("state", "completed")
            .set("due_at", asked.plus(30 * 86_400))
            .set("details", "A copy of everything, please.")
            .set("answer", "The archive is ready to be fetched.")
            .set("completed_at", done)
            .set("result", json!({ "tables": 22 }));
        out.end();
    })
}

/// Table, basis, how long, what then. Switched off: an operator reads a rule before it deletes anything.
const RETENTION: &[(&str, &str, &str, &str)] = &[
    ("public.notifications", "created_at", "90 days", "purge"),
    ("public.locations", "recorded_at", "5 years", "purge"),
    ("public.emails", "deleted_at", "30 days", "purge"),
    ("public.notes", "deleted_at", "30 days", "purge"),
    ("public.bookmarks", "deleted_at", "30 days", "purge"),
];

fn retention_policies<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(RETENTION.len() as u64, move |index, out| {
        let (table, basis, keep, action) = RETENTION[index as usize];
        let created = born(world);
        out.set("id", world.id("retention_policies", someone, index))
            .set("table_name", table)
            .set("selector", Option::<Value>::None)
            .set("basis_column", basis)
            .set("keep", keep)
            .set("action", action)
            .set("is_enabled", false);
        world.times(out, created, created);
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
        world.base(out, "profile_attributes", someone, index, born(world).plus(2_000 + 45 * index as i64));
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
