//! What stands between the models: notifications, links from one object to another, links handed out to others.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::capital;
use super::super::world::{Someone, World};
use crate::copy::{Bytes, RowWriter};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "notifications",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerDay { weight: 28, least: 2, most_a_day: 4 },
        columns: &[
            "id",
            "user_id",
            "notification_type",
            "title",
            "message",
            "priority",
            "category",
            "action_url",
            "action_label",
            "related_object_type",
            "related_object_id",
            "is_read",
            "read_at",
            "is_archived",
            "scheduled_for",
            "expires_at",
            "channel",
            "delivered_at",
            "dedupe_key",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: notifications,
    },
    Table {
        schema: "public",
        name: "links",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerMille { weight: 22, least: 2, most: 20_000 },
        columns: &[
            "id",
            "user_id",
            "from_object_id",
            "from_object_type",
            "to_object_id",
            "to_object_type",
            "link_type",
            "strength",
            "is_bidirectional",
            "sort_order",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: links,
    },
    Table {
        schema: "public",
        name: "shares",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerMille { weight: 2, least: 2, most: 40 },
        columns: &[
            "id",
            "user_id",
            "object_type",
            "object_id",
            "token_hash",
            "permission",
            "expires_at",
            "max_uses",
            "use_count",
            "revoked_at",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: shares,
    },
];

/// Type, title, message, priority, category, table it is about, channel.
type Notice =
    (&'static str, &'static str, &'static str, &'static str, &'static str, Option<&'static str>, &'static str);

const NOTICES: &[(u32, Notice)] = &[
    (
        4,
        (
            "message",
            "New mail from {friend}",
            "{friend} wrote about {project}.",
            "normal",
            "mail",
            Some("emails"),
            "in_app",
        ),
    ),
    (
        4,
        (
            "reminder",
            "Due soon: {part}",
            "{part} of {project} is due tomorrow.",
            "high",
            "tasks",
            Some("tasks"),
            "push",
        ),
    ),
    (
        3,
        (
            "reminder",
            "{meal} with {friend}",
            "Begins in an hour at {place}.",
            "normal",
            "calendar",
            Some("calendar_events"),
            "push",
        ),
    ),
    (3, ("update", "Photos imported", "New photos were added and are ready.", "low", "media", Some("media"), "in_app")),
    (
        2,
        (
            "alert",
            "A document runs out",
            "One of your documents expires within 30 days.",
            "high",
            "documents",
            Some("documents"),
            "email",
        ),
    ),
    (
        2,
        (
            "system",
            "Sign-in from a new device",
            "Somebody signed in to your account. If it was not you, end the session.",
            "urgent",
            "security",
            None,
            "email",
        ),
    ),
    (
        2,
        (
            "update",
            "Statement imported",
            "The transactions of the last week were imported.",
            "low",
            "money",
            Some("transactions"),
            "in_app",
        ),
    ),
    (
        1,
        (
            "marketing",
            "Slow Letters: {subject}",
            "This week's letter: {subject} {claim}.",
            "low",
            "newsletter",
            None,
            "email",
        ),
    ),
];

fn notifications<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("notifications");
    numbered(count, move |index, out: &mut RowWriter| {
        let mut rng = world.rng("notifications", someone, index);
        let (kind, title, message, priority, category, about, channel) = *rng.weighted(NOTICES);
        let at = world.awake(someone, world.day(index, count), &mut rng, 7, 22);
        let is_old = world.plan.anchor.since(at.day()) > 7;
        let read = rng.chance(if is_old { 960 } else { 400 }).then(|| world.past(at.plus(rng.range(20, 90_000))));
        let about_what = ["friend", "project", "part", "meal", "subject"]
            .map(|key| (key, world.say(&format!("{{{key}}}"), &mut rng, &[])));
        let values = about_what.each_ref().map(|(key, value)| (*key, value.as_str()));
        world.base(out, "notifications", someone, index, at);
        world.times(out, at, read.unwrap_or(at));
        out.set("notification_type", kind)
            .set("title", capital(&world.say(title, &mut rng, &values)))
            .set("message", capital(&world.say(message, &mut rng, &values)))
            .set("priority", priority)
            .set("category", category)
            .set("action_url", about.map(|table| format!("/{table}")))
            .set("action_label", about.map(|_| "Open"))
            .set("related_object_type", about)
            .set("related_object_id", about.map(|table| world.some_id(table, someone, &mut rng)))
            .set("is_read", read.is_some())
            .set("read_at", read)
            .set("is_archived", is_old && rng.chance(500))
            .set("expires_at", (kind == "marketing").then(|| at.plus(30 * 86_400)))
            .set("channel", channel)
            .set("delivered_at", at)
            .set("dedupe_key", format!("{category}:{index}"));
        out.end();
    })
}

/// From, to, kind.
const LINKS: &[(u32, (&str, &str, &str))] = &[
    (4, ("media", "contacts", "depicts")),
    (3, ("notes", "tasks", "related_to")),
    (3, ("emails", "calendar_events", "mentions")),
    (2, ("documents", "emails", "attached_to")),
    (2, ("notes", "web_pages", "source")),
    (2, ("tasks", "calendar_events", "related_to")),
    (1, ("bookmarks", "notes", "related_to")),
    (1, ("notes", "contacts", "mentions")),
];

fn links<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("links");
    // From objects are counted through so that no pair comes twice: one link of a kind for each.
    let mut used = [0_u64; 8];
    let mut number = 0;
    numbered(count, move |index, out: &mut RowWriter| {
        let mut rng = world.rng("links", someone, index);
        let first = rng.below(LINKS.len() as u64) as usize;
        // Kinds whose objects are used up are passed over.
        for offset in 0..LINKS.len() {
            let slot = (first + offset) % LINKS.len();
            let (_, (from, to, kind)) = LINKS[slot];
            if used[slot] >= world.size(from) {
                continue;
            }
            let from_id = world.id(from, someone, used[slot]);
            used[slot] += 1;
            let day = world.day(index, count);
            world.base(out, "links", someone, number, world.awake(someone, day, &mut rng, 8, 23));
            number += 1;
            out.set("from_object_id", from_id)
                .set("from_object_type", from)
                .set("to_object_id", world.some_id(to, someone, &mut rng))
                .set("to_object_type", to)
                .set("link_type", kind)
                .set("strength", rng.range(5, 10) as f64 / 10.0)
                .set("is_bidirectional", kind == "related_to")
                .set("sort_order", Option::<i32>::None);
            out.end();
            return;
        }
    })
}

fn shares<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("shares");
    numbered(count, move |index, out: &mut RowWriter| {
        let mut rng = world.rng("shares", someone, index);
        let kind = *rng.pick(&["albums", "documents", "media", "notes"]);
        let at = world.awake(someone, world.day(index, count), &mut rng, 9, 21);
        // Nobody has the token: the demo knows only its digest.
        let token = format!("howdah demo share {} {} {index}", world.plan.seed, someone.key);
        let uses = rng.range(0, 9);
        let revoked = rng.chance(150).then(|| world.past(at.plus(20 * 86_400)));
        world.base(out, "shares", someone, index, at);
        world.times(out, at, revoked.unwrap_or(at));
        out.set("object_type", kind)
            .set("object_id", world.some_id(kind, someone, &mut rng))
            .set("token_hash", Bytes(&Sha256::digest(token.as_bytes())))
            .set("permission", *rng.pick(&["view", "download"]))
            .set("expires_at", world.plan.anchor.plus(rng.range(10, 90) as i32).at_utc(0))
            .set("max_uses", rng.chance(400).then_some(10))
            .set("use_count", uses)
            .set("revoked_at", revoked);
        out.end();
    })
}
