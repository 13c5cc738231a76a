//! The calendar: what comes back, whole days, and single events, some of them still to come.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{capital, slug};
use super::super::world::{Someone, World};
use super::{contacts, days};
use crate::calendar::Day;
use crate::copy::{Array, RowWriter};
use serde_json::{Value, json};

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "calendar_events",
    role: Role::Service,
    per: Per::Person,
    share: Share::PerDay { weight: 45, least: 2, most_a_day: 3 },
    columns: &[
        "id",
        "user_id",
        "title",
        "event_type",
        "starts_at",
        "ends_at",
        "starts_on",
        "ends_on",
        "is_all_day",
        "timezone",
        "location",
        "description",
        "is_recurring",
        "recurrence_rule",
        "recurrence_id",
        "rdates",
        "exdates",
        "organizer_email",
        "attendees",
        "attendee_details",
        "meeting_url",
        "status",
        "transparency",
        "classification",
        "calendar_name",
        "ical_uid",
        "sequence",
        "reminder_minutes",
        "created_at",
        "updated_at",
        "metadata",
    ],
    replaces: false,
    rows: events,
}];

/// What comes back: title, type, rule (RFC 5545), weekday, from, minutes, calendar, place.
struct Series {
    title: &'static str,
    kind: &'static str,
    rule: &'static str,
    weekday: i32,
    from: i64,
    minutes: i64,
    calendar: &'static str,
    place: Option<&'static str>,
    is_online: bool,
}

const SERIES: &[Series] = &[
    Series {
        title: "Team meeting",
        kind: "meeting",
        rule: "FREQ=WEEKLY;BYDAY=MO",
        weekday: 0,
        from: 34_200,
        minutes: 45,
        calendar: "Work",
        place: None,
        is_online: true,
    },
    Series {
        title: "Choir rehearsal",
        kind: "event",
        rule: "FREQ=WEEKLY;BYDAY=TH",
        weekday: 3,
        from: 69_300,
        minutes: 120,
        calendar: "Private",
        place: Some("Parish hall"),
        is_online: false,
    },
    Series {
        title: "One to one",
        kind: "meeting",
        rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
        weekday: 2,
        from: 50_400,
        minutes: 30,
        calendar: "Work",
        place: None,
        is_online: true,
    },
    Series {
        title: "Pay the rent",
        kind: "reminder",
        rule: "FREQ=MONTHLY;BYMONTHDAY=1",
        weekday: -1,
        from: 32_400,
        minutes: 15,
        calendar: "Private",
        place: None,
        is_online: false,
    },
    Series {
        title: "Book club",
        kind: "event",
        rule: "FREQ=MONTHLY;BYDAY=2TU",
        weekday: 1,
        from: 70_200,
        minutes: 120,
        calendar: "Private",
        place: Some("The bookshop by the church"),
        is_online: false,
    },
];

fn events<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("calendar_events");
    let birthdays: Vec<contacts::Contact> = (0..world.size("contacts"))
        .map(|number| contacts::contact(world, someone, number))
        .filter(|contact| contact.birthday.is_some())
        .take((count / 8) as usize)
        .collect();
    let trips: Vec<days::Trip> = (world.start.ymd().0..=world.plan.anchor.ymd().0)
        .flat_map(|year| days::trips(world, someone, year))
        .filter(|trip| trip.from > world.start && trip.from < world.plan.anchor.plus(120))
        .take((count / 10) as usize)
        .collect();
    numbered(count, move |index, out| {
        let series = SERIES.len() as u64;
        let number = index.wrapping_sub(series);
        if index < series {
            recurring(world, someone, index, out);
        } else if let Some(trip) = trips.get(number as usize) {
            all_day(
                world,
                someone,
                index,
                &format!("Trip to {}", trip.city.name),
                trip.from,
                trip.to,
                "event",
                None,
                out,
            );
        } else if let Some((contact, (year, month, day))) =
            birthdays.get(number as usize - trips.len()).and_then(|contact| Some((contact, contact.birthday?)))
        {
            let born = Day::from_ymd(year, month, day);
            all_day(
                world,
                someone,
                index,
                &format!("Birthday: {}", contact.display_name),
                born,
                born,
                "birthday",
                Some("FREQ=YEARLY"),
                out,
            );
        } else {
            single(world, someone, index, count, out);
        }
    })
}

/// What every event has.
fn common(world: &World, someone: &Someone, index: u64, created: crate::calendar::Moment, out: &mut RowWriter) {
    world.base(out, "calendar_events", someone, index, created);
    out.set("timezone", someone.home_city().timezone)
        .set("rdates", Array::<&str>(&[]))
        .set("ical_uid", format!("{}@calendar.example.com", world.id("ical", someone, index)))
        .set("sequence", 0);
}

fn recurring(world: &World, someone: &Someone, index: u64, out: &mut RowWriter) {
    let series = &SERIES[index as usize];
    let offset = someone.home_city().winter_offset_min;
    let mut day = world.start;
    while if series.weekday < 0 {
        day.ymd().2 != 1
    } else {
        day.weekday() != series.weekday || series.rule.contains("2TU") && !(8..15).contains(&day.ymd().2)
    } {
        day = day.plus(1);
    }
    let starts = day.at_local(offset, series.from);
    // A team skips the meeting in the fourth week.
    let skipped = (series.title == "Team meeting").then(|| day.plus(21).at_local(offset, series.from));
    let attendees = people_of(world, someone, index, if series.kind == "meeting" { 3 } else { 0 });
    common(world, someone, index, day.plus(-1).at_utc(10 * 3600), out);
    out.set("title", series.title)
        .set("event_type", series.kind)
        .set("starts_at", starts)
        .set("ends_at", starts.plus(series.minutes * 60))
        .set("is_all_day", false)
        .set("location", series.place)
        .set("is_recurring", true)
        .set("recurrence_rule", series.rule)
        .set("exdates", Array(&skipped.map_or_else(Vec::new, |moment| vec![moment])))
        .set("organizer_email", (!attendees.is_empty()).then_some(someone.email))
        .set("attendees", Array(&attendees.iter().map(|(email, _)| email.as_str()).collect::<Vec<_>>()))
        .set("attendee_details", details(&attendees, "ACCEPTED"))
        .set("meeting_url", series.is_online.then(|| format!("https://meet.example.com/{}", slug(series.title))))
        .set("status", "confirmed")
        .set("transparency", "opaque")
        .set("classification", "public")
        .set("calendar_name", series.calendar)
        .set("reminder_minutes", Array(&[10_i64]));
    out.end();
}

#[expect(clippy::too_many_arguments, reason = "the arguments are the columns that differ")]
fn all_day(
    world: &World,
    someone: &Someone,
    index: u64,
    title: &str,
    from: Day,
    to: Day,
    kind: &'static str,
    rule: Option<&'static str>,
    out: &mut RowWriter,
) {
    let offset = someone.home_city().winter_offset_min;
    common(world, someone, index, world.start.at_utc(11 * 3600 + 30 * index as i64), out);
    out.set("title", title)
        .set("event_type", kind)
        .set("starts_at", from.at_local(offset, 0))
        .set("ends_at", to.plus(1).at_local(offset, 0))
        .set("starts_on", from)
        .set("ends_on", to)
        .set("is_all_day", true)
        .set("is_recurring", rule.is_some())
        .set("recurrence_rule", rule)
        .set("exdates", Array::<&str>(&[]))
        .set("attendees", Array::<&str>(&[]))
        .set("attendee_details", json!([]))
        .set("status", "confirmed")
        .set("transparency", "transparent")
        .set("classification", "private")
        .set("calendar_name", if kind == "birthday" { "Birthdays" } else { "Private" })
        .set("reminder_minutes", Array(&[1_440_i64]));
    out.end();
}

/// The ordinary ones: spread over the history and six weeks beyond it.
fn single(world: &World, someone: &Someone, index: u64, count: u64, out: &mut RowWriter) {
    let mut rng = world.rng("calendar_events", someone, index);
    let offset = someone.home_city().winter_offset_min;
    let span = world.days() + 42;
    let day = world.start.plus((index * span / count.max(1)) as i32);
    let (title, kind, calendar, minutes, from) = *rng.weighted(&[
        (5, ("{meal} with {friend}", "event", "Private", 120, 18)),
        (4, ("{project}: {part}", "meeting", "Work", 60, 10)),
        (2, ("Dentist", "appointment", "Private", 45, 8)),
        (2, ("Fitter for {repair}", "appointment", "Private", 90, 9)),
        (2, ("{sport}", "event", "Private", 90, 17)),
        (1, ("Call {friend}", "reminder", "Private", 15, 12)),
        (1, ("Train to {trip}", "event", "Travel", 240, 7)),
        (1, ("Hand in {part}", "task", "Work", 30, 16)),
    ]);
    let day =
        if matches!(calendar, "Work") || kind == "appointment" { day.plus(-(day.weekday() - 4).max(0)) } else { day };
    let starts = day.at_local(offset, (from + rng.range(0, 2)) * 3_600 + rng.range(0, 3) * 900);
    let attendees =
        people_of(world, someone, index, if matches!(kind, "meeting" | "event") { rng.range(0, 4) as u64 } else { 0 });
    let created = world.past(starts.plus(-rng.range(1, 30) * 86_400)).max(world.start.at_utc(0));
    let is_past = starts < world.now();
    common(world, someone, index, created, out);
    out.set("title", capital(&world.say(title, &mut rng, &[])))
        .set("event_type", kind)
        .set("starts_at", starts)
        .set("ends_at", starts.plus(minutes * 60))
        .set("is_all_day", false)
        .set("location", rng.chance(600).then(|| capital(&world.say("{place}", &mut rng, &[]))))
        .set("description", rng.chance(300).then(|| world.say("Bring {thing}. {small}", &mut rng, &[])))
        .set("is_recurring", false)
        .set("exdates", Array::<&str>(&[]))
        .set("organizer_email", (!attendees.is_empty()).then_some(someone.email))
        .set("attendees", Array(&attendees.iter().map(|(email, _)| email.as_str()).collect::<Vec<_>>()))
        .set("attendee_details", details(&attendees, if is_past { "ACCEPTED" } else { "NEEDS-ACTION" }))
        .set("meeting_url", (kind == "meeting").then(|| format!("https://meet.example.com/{}", rng.hex(10))))
        .set("status", *rng.weighted(&[(18, "confirmed"), (2, "tentative"), (1, "cancelled")]))
        .set("transparency", "opaque")
        .set("classification", *rng.weighted(&[(8, "public"), (2, "private"), (1, "confidential")]))
        .set("calendar_name", calendar)
        .set("reminder_minutes", Array(&[15_i64, 60]));
    out.end();
}

/// Addresses and names of up to `wanted` contacts, no firm and none twice.
fn people_of(world: &World, someone: &Someone, index: u64, wanted: u64) -> Vec<(String, String)> {
    let mut rng = world.rng("attendees", someone, index);
    let mut people: Vec<(String, String)> = Vec::new();
    for _ in 0..wanted {
        let contact = contacts::contact(world, someone, rng.below(world.size("contacts").max(1)));
        if !contact.is_org && people.iter().all(|(email, _)| *email != contact.email) {
            people.push((contact.email, contact.display_name));
        }
    }
    people
}

fn details(people: &[(String, String)], status: &str) -> Value {
    people
        .iter()
        .map(|(email, name)| json!({ "email": email, "name": name, "role": "REQ-PARTICIPANT", "status": status }))
        .collect()
}
