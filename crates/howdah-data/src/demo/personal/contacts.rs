//! Contacts: the people both know, one of them the other person of the demo.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{COMPANIES, CULTURES, Culture, JOBS, ascii, slug};
use super::super::world::{Someone, World};
use super::sources;
use crate::calendar::Day;
use crate::copy::{Array, RowWriter};
use serde_json::{Value, json};

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "contacts",
    role: Role::Service,
    per: Per::Person,
    share: Share::PerMille { weight: 60, least: 2, most: 1_500 },
    columns: &[
        "id",
        "user_id",
        "kind",
        "display_name",
        "prefix",
        "first_name",
        "last_name",
        "nickname",
        "email_addresses",
        "phone_numbers",
        "addresses",
        "company",
        "job_title",
        "website",
        "photo_media_id",
        "birthday",
        "birthday_partial",
        "notes",
        "tags",
        "social_profiles",
        "is_favorite",
        "vcard_uid",
        "rev",
        "source_platform",
        "source_object_id",
        "import_id",
        "created_at",
        "updated_at",
        "metadata",
    ],
    replaces: false,
    rows: contacts,
}];

/// What other tables need to know about a contact.
#[derive(Debug)]
pub(super) struct Contact {
    pub(super) given: String,
    pub(super) family: String,
    pub(super) display_name: String,
    pub(super) email: String,
    pub(super) is_org: bool,
    pub(super) culture: &'static Culture,
    /// Month and day, for three of four.
    pub(super) birthday: Option<(i32, i32, i32)>,
}

/// Contact `index` of a person. The first is the other person of the demo, every eleventh a firm.
pub(super) fn contact(world: &World, someone: &Someone, index: u64) -> Contact {
    let mut rng = world.rng("contact", someone, index);
    let birthday =
        rng.chance(750).then(|| (rng.range(1948, 2012) as i32, rng.range(1, 12) as i32, rng.range(1, 28) as i32));
    if index == 0 {
        let other = someone.other;
        return Contact {
            given: other.given.to_owned(),
            family: other.family.to_owned(),
            display_name: other.display_name.to_owned(),
            email: other.email.to_owned(),
            is_org: false,
            culture: &CULTURES[other.city],
            birthday: Some(other.born),
        };
    }
    if index % 11 == 7 {
        let k = index / 11;
        let firm = COMPANIES[((k * 5 + world.plan.seed) % COMPANIES.len() as u64) as usize];
        let number = k / COMPANIES.len() as u64;
        let branch = if number == 0 { String::new() } else { format!(" {}", number + 1) };
        return Contact {
            given: String::new(),
            family: String::new(),
            display_name: format!("{firm}{branch}"),
            email: format!("office@{}{}.example.com", slug(firm), branch.trim()),
            is_org: true,
            culture: &CULTURES[someone.city],
            birthday: None,
        };
    }
    // Names are counted through with a stride that is prime to every list's length, so that they repeat late.
    let culture = &CULTURES[((index * 7 + world.plan.seed + someone.city as u64) % CULTURES.len() as u64) as usize];
    let pairs = (culture.given.len() * culture.family.len()) as u64;
    let k = index / CULTURES.len() as u64 + world.plan.seed % 97;
    let pair = (k * 37 + someone.city as u64 * 11) % pairs;
    let given = culture.given[(pair % culture.given.len() as u64) as usize];
    let family = culture.family[(pair / culture.given.len() as u64) as usize];
    let number = if index / CULTURES.len() as u64 >= pairs { index.to_string() } else { String::new() };
    let plain = |name: &str| ascii(name).to_lowercase().replace([' ', '\''], "");
    let domain = *rng.pick(&["example.com", "example.net", "example.org", "mail.example.com", "post.example.net"]);
    Contact {
        given: given.to_owned(),
        family: family.to_owned(),
        display_name: format!("{given} {family}"),
        email: format!("{}.{}{number}@{domain}", plain(given), plain(family)),
        is_org: false,
        culture,
        birthday,
    }
}

fn contacts<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("contacts");
    numbered(count, move |index, out| write(world, someone, index, count, out))
}

fn write(world: &World, someone: &Someone, index: u64, count: u64, out: &mut RowWriter) {
    let contact = contact(world, someone, index);
    let mut rng = world.rng("contacts", someone, index);
    // Most come along on the first day, when the address book is imported; the others are met later.
    let is_imported = index * 10 < count * 6;
    let day = if is_imported { world.start } else { world.day(index, count) };
    let created = world.awake(someone, day, &mut rng, 8, 21);
    world.base(out, "contacts", someone, index, created);

    let city = rng.pick(contact.culture.cities);
    let street = *rng.pick(contact.culture.streets);
    let phones: Vec<Value> = (0..rng.range(i64::from(!contact.is_org), 2))
        .map(|i| json!({ "value": contact.culture.phone(&mut rng), "type": if i == 0 && !contact.is_org { "cell" } else { "work" }, "pref": i == 0 }))
        .collect();
    let mut emails =
        vec![json!({ "value": contact.email, "type": if contact.is_org { "work" } else { "home" }, "pref": true })];
    let (company, job) = if contact.is_org {
        (Some(contact.display_name.as_str()), None)
    } else if rng.chance(550) {
        (Some(*rng.pick(COMPANIES)), Some(*rng.pick(JOBS)))
    } else {
        (None, None)
    };
    if let (Some(company), false) = (company, contact.is_org) {
        let address = format!("{}@{}.example.com", slug(&contact.given).replace('-', ""), slug(company));
        emails.push(json!({ "value": address, "type": "work", "pref": false }));
    }
    let addresses = rng.chance(600).then(|| {
        json!([{ "type": if contact.is_org { "work" } else { "home" }, "street": format!("{street} {}", rng.range(1, 140)),
                 "city": city.0, "postal_code": city.1, "country": contact.culture.country_code }])
    });
    let circle = *rng.pick(&["friends", "family", "work", "choir", "neighbours", "club", "school", "travel"]);
    let handle = format!("{}{}", slug(&contact.given), slug(&contact.family)).replace('-', "");

    out.set("kind", if contact.is_org { "org" } else { "individual" })
        .set("display_name", contact.display_name.as_str())
        .set("prefix", (!contact.is_org && rng.chance(60)).then_some("Dr."))
        .set("first_name", (!contact.is_org).then_some(contact.given.as_str()))
        .set("last_name", (!contact.is_org).then_some(contact.family.as_str()))
        .set(
            "nickname",
            (!contact.is_org && rng.chance(120)).then(|| contact.given.chars().take(3).collect::<String>()),
        )
        .set("email_addresses", Value::from(emails))
        .set("phone_numbers", Value::from(phones))
        .set("addresses", addresses.unwrap_or_else(|| json!([])))
        .set("company", company)
        .set("job_title", job)
        .set("website", contact.is_org.then(|| format!("https://{}.example.com", slug(&contact.display_name))))
        .set("photo_media_id", (index > 0 && rng.chance(200)).then(|| world.some_id("media", someone, &mut rng)))
        .set("notes", rng.chance(250).then(|| world.say("Met at {place}. {small}", &mut rng, &[])))
        .set(
            "tags",
            Array(&[if index == 0 {
                "friends"
            } else if contact.is_org {
                "firms"
            } else {
                circle
            }]),
        )
        .set("social_profiles", rng.chance(200).then(|| json!([{ "platform": "mastodon", "username": handle }])))
        .set("is_favorite", index == 0 || rng.chance(80))
        .set("vcard_uid", format!("urn:uuid:{}", world.id("vcards", someone, index)))
        .set("rev", created)
        .set("source_platform", is_imported.then_some("vcard"))
        .set("source_object_id", is_imported.then(|| world.id("vcards", someone, index).to_string()))
        .set("import_id", is_imported.then(|| sources::address_book(world, someone)));
    // Many address books know the day but not the year: vCard writes --MMDD.
    if let Some((year, month, day)) = contact.birthday {
        if rng.chance(400) {
            out.set("birthday_partial", format!("--{month:02}{day:02}"));
        } else {
            out.set("birthday", Day::from_ymd(year, month, day));
        }
    }
    out.end();
}
