//! Where rows come from: imports, integrations, and the devices that record them.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::world::{Someone, World};
use crate::copy::{Array, Bytes};
use serde_json::json;
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "imports",
        role: Role::Service,
        per: Per::Person,
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
        per: Per::Person,
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
        per: Per::Person,
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
];

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
        let started = world.born().plus(3_600 + 1_200 * index as i64);
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
        world.base(out, "integrations", someone, index, world.born().plus(600 + 90 * index as i64));
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
        world.base(out, "devices", someone, index, world.born().plus(1_200 + 60 * index as i64));
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
