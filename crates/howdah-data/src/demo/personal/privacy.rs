//! What was agreed to, asked for, and how long things are kept.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::world::{Someone, World};
use crate::copy::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "consents",
        role: Role::Service,
        per: Per::Person,
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
        per: Per::Person,
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
        per: Per::Set,
        share: Share::Fixed(RETENTION.len() as u64),
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
        let given = world.born().plus(300 + 30 * index as i64);
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
        let created = world.born();
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
