//! Mail: conversations that hold together, and what machines send.

use super::super::table::{Per, Role, Share, Source, Table};
use super::super::world::{Someone, World};
use super::mailbox::{Email, Mailbox};
use super::sources;
use crate::copy::{Array, RowWriter};
use serde_json::json;

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "emails",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerDay { weight: 130, least: 2, most_a_day: 20 },
        columns: &[
            "id",
            "user_id",
            "source_integration_id",
            "source_platform",
            "source_object_id",
            "subject",
            "from_address",
            "from_name",
            "to_addresses",
            "cc_addresses",
            "bcc_addresses",
            "sent_at",
            "received_at",
            "direction",
            "body_text",
            "thread_id",
            "message_id",
            "in_reply_to",
            "references_ids",
            "has_attachments",
            "attachment_count",
            "is_read",
            "is_starred",
            "is_important",
            "labels",
            "size_bytes",
            "headers",
            "created_at",
            "updated_at",
            "deleted_at",
            "metadata",
        ],
        replaces: false,
        rows: emails,
    },
    Table {
        schema: "public",
        name: "email_attachments",
        role: Role::Service,
        per: Per::Person,
        share: Share::Of { table: "emails", per_mille: 165, least: 1 },
        columns: &[
            "id",
            "email_id",
            "user_id",
            "media_id",
            "filename",
            "content_id",
            "mime_type",
            "disposition",
            "size_bytes",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: attachments,
    },
];

struct Emails<'w>(Mailbox<'w>);

impl Source for Emails<'_> {
    fn step(&mut self, out: &mut RowWriter) -> bool {
        let (world, someone) = (self.0.world, self.0.someone);
        let Some(email) = self.0.next() else { return false };
        write(world, someone, &email, out);
        true
    }
}

fn emails<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    Box::new(Emails(Mailbox::new(world, someone)))
}

fn write(world: &World, someone: &Someone, email: &Email, out: &mut RowWriter) {
    let mut rng = world.rng("email flags", someone, email.index);
    let received = world.past(email.sent_at.plus(rng.range(1, 40)));
    let is_old = world.now().seconds() - email.sent_at.seconds() > 6 * 86_400;
    let is_read = email.is_sent || if is_old { rng.chance(950) } else { rng.chance(450) };
    // Newsletters end up in the trash; conversations stay.
    let deleted =
        (email.is_machine && is_old && rng.chance(80)).then(|| world.past(received.plus(rng.range(3_600, 400_000))));
    let labels = [if email.is_sent { "sent" } else { "inbox" }, email.label];
    let cc: Vec<&str> = email.cc.iter().map(String::as_str).collect();

    out.set("id", world.id("emails", someone, email.index))
        .set("user_id", someone.id)
        .set("source_integration_id", sources::integration(world, someone, "email"))
        .set("source_platform", "imap")
        .set("source_object_id", email.message_id.as_str())
        .set("subject", email.subject.as_str())
        .set("from_address", email.from.0.as_str())
        .set("from_name", email.from.1.as_str())
        .set("to_addresses", Array(&[email.to.as_str()]))
        .set("cc_addresses", Array(&cc))
        .set("bcc_addresses", Array::<&str>(&[]))
        .set("sent_at", email.sent_at)
        .set("received_at", (!email.is_sent).then_some(received))
        .set("direction", if email.is_sent { "sent" } else { "received" })
        .set("body_text", email.body.as_str())
        .set("thread_id", email.thread.as_str())
        .set("message_id", email.message_id.as_str())
        .set("in_reply_to", email.references.last())
        .set("references_ids", Array(&email.references))
        .set("has_attachments", email.attachment.is_some())
        .set("attachment_count", i32::from(email.attachment.is_some()))
        .set("is_read", is_read)
        .set("is_starred", rng.chance(40))
        .set("is_important", !email.is_machine && rng.chance(60))
        .set("labels", Array(&labels))
        .set(
            "size_bytes",
            email.body.len() as i64 + 1_100 + if email.attachment.is_some() { rng.range(60_000, 3_000_000) } else { 0 },
        )
        .set(
            "headers",
            json!({ "Content-Type": "text/plain; charset=utf-8", "Message-ID": format!("<{}>", email.message_id) }),
        )
        .set("deleted_at", deleted)
        .set("metadata", json!({}));
    world.times(out, received.plus(20), deleted.unwrap_or_else(|| received.plus(20)));
    out.end();
}

struct Attachments<'w>(Mailbox<'w>);

impl Source for Attachments<'_> {
    fn step(&mut self, out: &mut RowWriter) -> bool {
        let (world, someone) = (self.0.world, self.0.someone);
        for email in self.0.by_ref() {
            let Some(filename) = &email.attachment else { continue };
            let mut rng = world.rng("email_attachments", someone, email.index);
            out.set("id", world.id("email_attachments", someone, email.index)).set("user_id", someone.id);
            world.times(out, email.sent_at.plus(60), email.sent_at.plus(60));
            let is_picture = filename.ends_with(".jpg");
            out.set("email_id", world.id("emails", someone, email.index))
                .set("media_id", world.some_id("media", someone, &mut rng))
                .set("filename", filename.as_str())
                .set("content_id", Option::<&str>::None)
                .set("mime_type", if is_picture { "image/jpeg" } else { "application/pdf" })
                .set("disposition", "attachment")
                .set("size_bytes", rng.range(60_000, 3_000_000));
            out.end();
            return true;
        }
        false
    }
}

fn attachments<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    Box::new(Attachments(Mailbox::new(world, someone)))
}
