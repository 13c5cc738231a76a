//! Papers: contracts, receipts, identity, with numbers and the days they run out.

use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::COMPANIES;
use super::super::world::{Someone, World};
use crate::copy::{Array, Bytes, RowWriter};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "documents",
    role: Role::Service,
    per: Per::Person,
    share: Share::PerMille { weight: 18, least: 2, most: 2_000 },
    columns: &[
        "id",
        "user_id",
        "title",
        "document_type",
        "media_id",
        "storage_key",
        "file_size",
        "mime_type",
        "category",
        "issue_date",
        "expiry_date",
        "issuer",
        "recipient",
        "document_number",
        "is_important",
        "tags",
        "notes",
        "content_sha256",
        "page_count",
        "text_content",
        "created_at",
        "updated_at",
        "metadata",
    ],
    replaces: false,
    rows: documents,
}];

/// Type, title, who issues it (`*`: a firm), days until it runs out, letters before its number, category.
type Kind = (&'static str, &'static str, &'static str, Option<(i64, i64)>, &'static str, &'static str);

/// Everybody has one of each of these, in this order.
const ONCE: &[Kind] = &[
    ("receipt", "Receipt: {goods}", "shop", None, "R", "household"),
    ("identification", "Passport", "Civil registry", Some((400, 3_300)), "C", "identity"),
    ("contract", "Lease", "landlord", None, "L", "home"),
    ("insurance", "Household insurance", "insurer", Some((40, 360)), "HI", "insurance"),
    ("identification", "Identity card", "Civil registry", Some((100, 3_000)), "L", "identity"),
    ("contract", "Employment contract", "employer", None, "EC", "work"),
    ("certificate", "Diploma", "University", None, "D", "education"),
    ("insurance", "Liability insurance", "insurer", Some((20, 360)), "LI", "insurance"),
    ("medical", "Vaccination record", "Lantern Street Clinic", None, "V", "health"),
    ("legal", "Power of attorney", "Notary", None, "UR", "legal"),
];

/// The rest are these, again and again.
const AGAIN: &[(u32, Kind)] = &[
    (7, ("receipt", "Receipt: {goods}", "shop", None, "R", "household")),
    (4, ("invoice", "Invoice: {repair}", "trade", None, "INV", "home")),
    (2, ("tax_document", "Payslip", "employer", None, "P", "work")),
    (1, ("tax_document", "Tax assessment", "Tax office", None, "ST", "taxes")),
    (1, ("certificate", "Course certificate: {subject}", "*", None, "K", "education")),
    (1, ("contract", "Service contract: {repair}", "trade", Some((60, 700)), "SC", "home")),
    (1, ("other", "Letter about {project}", "*", None, "B", "letters")),
];

fn kind(index: u64, rng: &mut Rng) -> Kind {
    ONCE.get(index as usize).copied().unwrap_or_else(|| *rng.weighted(AGAIN))
}

/// The numbers of the first documents that are receipts, for purchases to point at.
pub(super) fn receipt(world: &World, someone: &Someone, rng: &mut Rng) -> Option<uuid::Uuid> {
    let count = world.size("documents");
    let index = rng.below(count.max(1));
    let found = kind(index, &mut world.rng("documents", someone, index));
    (found.0 == "receipt" && index < count).then(|| world.id("documents", someone, index))
}

fn documents<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("documents");
    numbered(count, move |index, out: &mut RowWriter| {
        let mut rng = world.rng("documents", someone, index);
        let (document_type, title, issuer, validity, letters, category) = kind(index, &mut rng);
        let at = world.awake(someone, world.day(index, count), &mut rng, 8, 21);
        let issuer = match issuer {
            "insurer" => *rng.pick(&["Nordlicht Mutual", "Seguros Alameda", "Pilrig Assurance"]),
            "shop" => {
                *rng.pick(&["Voltbude Electronics", "Garn & Tuch", "Markthalle Sommerkorn", "Ferrum Cycle Works"])
            }
            "trade" => *rng.pick(&["Rohr & Rinne", "Oficina do Vento", "Kranich & Söhne", "Holm Electrical"]),
            "*" => *rng.pick(COMPANIES),
            "landlord" => someone.landlord,
            "employer" => someone.employer,
            other => other,
        };
        let title = world.say(title, &mut rng, &[]);
        let title = if document_type == "tax_document" {
            format!("{title} {:04}-{:02}", at.day().ymd().0, at.day().ymd().1)
        } else {
            title
        };
        let expires = validity.map(|(low, high)| world.plan.anchor.plus(rng.range(low, high) as i32));
        // What everybody has is older than the day it was scanned; papers of identity hold for ten years.
        let issued = match (index, document_type, expires) {
            (_, "identification", Some(expires)) => expires.plus(-3_652),
            (1..10, _, _) => at.day().plus(-(rng.range(60, 1_500) as i32)),
            _ => at.day().plus(-(rng.range(0, 12) as i32)),
        };
        let number = format!("{letters}{}", rng.digits(8));
        let text = format!("{issuer}\n\n{title}\nNumber: {number}\nDate: {issued}\nFor: {}\n", someone.display_name);
        world.base(out, "documents", someone, index, at);
        out.set("title", title.as_str())
            .set("document_type", document_type)
            .set("media_id", rng.chance(300).then(|| world.some_id("media", someone, &mut rng)))
            .set("storage_key", format!("{}/documents/{}.pdf", someone.id, world.id("documents", someone, index)))
            .set("file_size", rng.range(40_000, 3_500_000))
            .set("mime_type", "application/pdf")
            .set("category", category)
            .set("issue_date", issued)
            .set("expiry_date", expires)
            .set("issuer", issuer)
            .set("recipient", someone.display_name)
            .set("document_number", number.as_str())
            .set("is_important", matches!(document_type, "identification" | "contract" | "legal"))
            .set("tags", Array(&[category]))
            .set("notes", rng.chance(150).then(|| world.say("The original is in the {colour} folder.", &mut rng, &[])))
            .set("content_sha256", Bytes(&Sha256::digest(text.as_bytes())))
            .set("page_count", rng.range(1, 12))
            .set("text_content", text.as_str());
        out.end();
    })
}
