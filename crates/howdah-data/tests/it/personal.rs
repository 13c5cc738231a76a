//! The laws of the `personal` template's rows: what a life has to add up to.

use crate::common::{none, one, plan, seeded};
use howdah_data::demo::{self, CITIES};
use howdah_testkit::TestDb;
use tokio_postgres::Client;

async fn database(rows: u64) -> (TestDb, Client) {
    let db = TestDb::template("personal").await;
    let mut client = db.client_superuser().await;
    seeded(&mut client, &plan(11, rows)).await;
    (db, client)
}

#[tokio::test]
async fn rows_make_sense() {
    for rows in [50, 6_000] {
        let (_db, client) = database(rows).await;
        for (law, sql) in LAWS {
            none(&client, &format!("{law} ({rows} rows)"), sql).await;
        }
    }
}

/// Each selects what breaks the law.
const LAWS: &[(&str, &str)] = &[
    (
        "balances add up along each account",
        "select * from (
           select id, amount, balance_after, lag(balance_after) over (partition by user_id, account_key order by transaction_date) as before
           from public.transactions where balance_after is not null) as t
         where before + amount <> balance_after",
    ),
    ("no account is overdrawn", "select id from public.transactions where balance_after < 0"),
    ("only what moved money has a balance", "select id from public.transactions where (status = 'completed') <> (balance_after is not null)"),
    (
        "transfers come in pairs that cancel out",
        "select transfer_pair_id from public.transactions where transfer_pair_id is not null
         group by user_id, transfer_pair_id
         having count(*) <> 2 or sum(amount) <> 0 or count(distinct account_key) <> 2",
    ),
    (
        "refunds give back what was bought there",
        "select id from public.transactions r where transaction_type = 'refund' and not exists (
           select from public.transactions p where p.user_id = r.user_id and p.merchant = r.merchant
             and p.amount = -r.amount and p.transaction_date < r.transaction_date)",
    ),
    (
        "foreign amounts are worth what was paid",
        "select id, amount, original_amount * fx_rate from public.transactions
         where original_currency is not null and abs(original_amount * fx_rate - amount) > 0.02",
    ),
    ("receipts are receipts", "select t.id from public.transactions t join public.documents d on d.id = t.receipt_document_id where d.document_type <> 'receipt'"),
    (
        "an answer points at an earlier mail of its thread",
        "select e.id from public.emails e where e.in_reply_to is not null and not exists (
           select from public.emails p where p.user_id = e.user_id and p.message_id = e.in_reply_to
             and p.thread_id = e.thread_id and p.sent_at < e.sent_at)",
    ),
    ("answers say so", "select id from public.emails where (in_reply_to is not null) <> (subject like 'Re: %')"),
    ("references end with the mail answered", "select id from public.emails where in_reply_to is distinct from references_ids[cardinality(references_ids)]"),
    ("message ids are unique", "select message_id from public.emails group by user_id, message_id having count(*) > 1"),
    (
        "attachments are counted",
        "select e.id from public.emails e left join public.email_attachments a on a.email_id = e.id
         group by e.id having count(a.id) <> e.attachment_count or (count(a.id) > 0) <> e.has_attachments",
    ),
    ("mail is of or to its owner", "select e.id from public.emails e join auth.users u on u.id = e.user_id where u.email::text <> case direction when 'sent' then from_address else to_addresses[1] end"),
    (
        "no task descends from itself",
        "with recursive up as (
           select id as start, parent_task_id as parent, 1 as depth from public.tasks where parent_task_id is not null
           union all select up.start, t.parent_task_id, depth + 1 from up join public.tasks t on t.id = up.parent
           where t.parent_task_id is not null and depth < 50)
         select * from up where parent = start or depth >= 50",
    ),
    ("a task is done after it was made", "select id from public.tasks where completed_at <= created_at"),
    ("live photos are a photo and a film", "select live_pair_id from public.media where live_pair_id is not null group by user_id, live_pair_id having count(*) <> 2 or count(distinct media_type) <> 2"),
    ("everybody has one primary device", "select user_id from public.devices group by user_id having count(*) filter (where is_primary) <> 1"),
    ("post answers are in their conversation", "select p.id from public.social_posts p where p.in_reply_to is not null and not exists (
        select from public.social_posts q where q.user_id = p.user_id and q.platform = p.platform and q.platform_post_id = p.in_reply_to
          and q.conversation_id = p.conversation_id and q.posted_at <= p.posted_at)"),
    ("all-day events have days", "select id from public.calendar_events where is_all_day <> (starts_on is not null)"),
    ("recurring events have a rule", "select id from public.calendar_events where is_recurring <> (recurrence_rule is not null)"),
    ("papers run out after the demo", "select id from public.documents where expiry_date <= date '2026-06-30'"),
    ("imported contacts are what the import counted", "select i.id from public.imports i left join public.contacts c on c.import_id = i.id
        where i.kind = 'vcard' group by i.id having count(c.id) <> i.created_count"),
    ("a blood pressure has two parts", "select id from public.health_records where code = '85354-9' and (jsonb_array_length(components) <> 2
        or (components->0->>'value')::numeric <= (components->1->>'value')::numeric)"),
    ("health has its consent first", "select h.id from public.health_records h where not exists (select from public.consents c where c.user_id = h.user_id and c.purpose = 'health' and c.created_at < h.created_at)"),
    ("mail, web and phones belong to nobody", "select id from public.emails where from_address !~ '(^|[@.])example\\.(com|net|org)$'
        union all select id from public.web_pages where url !~ '^https://[a-z]+\\.example\\.(com|net|org)/'
        union all select id from public.bookmarks where url !~ '^https://[a-z]+\\.example\\.(com|net|org)/'
        union all select id from public.contacts where email_addresses::text ~ '@(?![a-z0-9.-]*example\\.(com|net|org)\")'"),
    ("no template is left open", "select id from public.emails where subject || body_text ~ '[{}]'
        union all select id from public.notes where title || content ~ '[{}]'
        union all select id from public.social_posts where content ~ '[{}]'"),
];

/// What a demo should show at least once for each person; the laws above would hold of nothing, too.
const SHOWN: &[(&str, &str)] = &[
    ("transactions", "transaction_type = 'refund'"),
    ("transactions", "original_currency is not null"),
    ("transactions", "receipt_document_id is not null"),
    ("transactions", "status = 'failed'"),
    ("transactions", "counterparty_iban is not null"),
    ("emails", "cardinality(references_ids) > 2"),
    ("emails", "deleted_at is not null"),
    ("emails", "not is_read"),
    ("emails", "cc_addresses <> '{}'"),
    ("emails", "has_attachments and direction = 'sent'"),
    ("media", "live_pair_id is not null"),
    ("media", "media_type = 'video' and duration_seconds > 10"),
    ("media", "media_type = 'screenshot' and camera_make is null"),
    ("media", "'travel' = any (tags)"),
    ("media", "gps_latitude is not null and exif is not null"),
    ("album_media", "position > 3"),
    ("contacts", "birthday_partial is not null"),
    ("contacts", "birthday is not null"),
    ("contacts", "kind = 'org'"),
    ("contacts", "jsonb_array_length(email_addresses) > 1"),
    ("social_posts", "in_reply_to is not null"),
    ("social_posts", "hashtags <> '{}'"),
    ("calendar_events", "recurrence_rule like 'FREQ=WEEKLY%' and exdates <> '{}'"),
    ("calendar_events", "event_type = 'birthday'"),
    ("calendar_events", "is_all_day and event_type = 'event'"),
    ("calendar_events", "starts_at > '2026-07-01'"),
    ("tasks", "parent_task_id in (select id from public.tasks where parent_task_id is not null)"),
    ("tasks", "status = 'in_progress'"),
    ("tasks", "due_on > '2026-06-30' and status = 'pending'"),
    ("notes", "note_format = 'markdown' and checklist is not null"),
    ("documents", "document_type = 'identification' and expiry_date is not null"),
    ("health_records", "code = '85354-9'"),
    ("health_records", "record_type = 'immunization'"),
    ("health_records", "record_type = 'medication' and dosage is not null"),
    ("health_records", "is_important"),
    ("locations", "location_type = 'checkin'"),
    ("locations", "location_type = 'address'"),
    ("locations", "location_type = 'route' and path is not null"),
    ("locations", "location_type = 'place' and place_category = 'work'"),
    ("locations", "is_outlier"),
    ("notifications", "not is_read"),
    ("profile_attributes", "is_public"),
    ("bookmarks", "web_page_id is not null"),
    ("devices", "is_primary"),
    ("integrations", "status = 'error'"),
];

#[tokio::test]
async fn much_is_shown() {
    let (_db, client) = database(9_000).await;
    for (table, what) in SHOWN {
        let sql = format!("select count(distinct user_id) from public.{table} where {what}");
        let people: i64 = one(&client, &sql, &[]).await;
        assert_eq!(people, demo::people().len() as i64, "{table} where {what}");
    }
}

/// Polymorphic references have no foreign key; they point at rows of the same person all the same.
#[tokio::test]
async fn links_lead_somewhere() {
    let (_db, client) = database(6_000).await;
    let ends =
        [("links", "from_object"), ("links", "to_object"), ("notifications", "related_object"), ("shares", "object")];
    for (table, prefix) in ends {
        let sql = format!("select distinct {prefix}_type from public.{table} where {prefix}_type is not null");
        for row in client.query(&sql, &[]).await.unwrap() {
            let target: String = row.get(0);
            let sql = format!(
                "select l.id from public.{table} l where {prefix}_type = '{target}' and not exists (
                   select from public.{target} t where t.id = l.{prefix}_id and t.user_id = l.user_id)"
            );
            none(&client, &format!("{table} to {target}"), &sql).await;
        }
    }
}

#[tokio::test]
async fn tracks_follow_their_streets() {
    let (_db, client) = database(12_000).await;
    let sql = "select city, address, latitude::float8, longitude::float8 from public.locations where location_type = 'gps_point'";
    let rows = client.query(sql, &[]).await.unwrap();
    assert!(rows.len() > 1_000);
    let mut streets = std::collections::BTreeSet::new();
    for row in rows {
        let (city, name, position): (String, String, (f64, f64)) = (row.get(0), row.get(1), (row.get(2), row.get(3)));
        let city = CITIES.iter().find(|known| known.name == city).unwrap();
        let street = city.streets.iter().find(|street| street.name == name).unwrap();
        let off = street.distance_to(position);
        assert!(off < 50.0, "{off} m from {name} in {}", city.name);
        streets.insert(name);
    }
    assert!(streets.len() > 12, "{streets:?}");
    none(&client, "one moment, one point", "select user_id, recorded_at from public.locations where location_type = 'gps_point' group by 1, 2 having count(*) > 1").await;
    none(&client, "nobody is faster than a bicycle", "select * from (
        select recorded_at, address, latitude, longitude, extract(epoch from recorded_at - lag(recorded_at) over w) as seconds,
               (latitude - lag(latitude) over w) * 111320 as north, (longitude - lag(longitude) over w) * 70000 as east
        from public.locations where location_type = 'gps_point' window w as (partition by user_id order by recorded_at)) as t
      where seconds between 1 and 120 and sqrt(north * north + east * east) > 15 * seconds + 120").await;
}

/// Each sees their own rows and nothing of the other.
#[tokio::test]
async fn the_two_do_not_see_each_other() {
    let (db, _) = database(300).await;
    let client = db.client_as("authenticated").await;
    for person in demo::people() {
        let id = person.user_id(11);
        let claims = format!("{{\"sub\":\"{id}\",\"role\":\"authenticated\"}}");
        client.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).await.unwrap();
        for table in ["emails", "transactions", "health_records", "locations", "media", "notes", "tasks", "contacts"] {
            let mine: i64 =
                one(&client, &format!("select count(*) from public.{table} where user_id = $1"), &[&id]).await;
            let all: i64 = one(&client, &format!("select count(*) from public.{table}"), &[]).await;
            assert!(mine > 0 && mine == all, "{} sees {all} rows of {table}, {mine} their own", person.display_name);
        }
    }
}

/// A year of money: paid every month, shopping every week.
#[tokio::test]
async fn the_year_has_its_rhythm() {
    let (_db, client) = database(2_000).await;
    for person in demo::people() {
        let id = person.user_id(11);
        for (what, sql, low, high) in [
            ("salaries", "transaction_type = 'income'", 12, 13),
            ("rents", "category = 'housing'", 12, 13),
            ("weekly shopping", "category = 'groceries'", 50, 54),
            ("months with subscriptions", "transaction_type = 'subscription'", 58, 62),
        ] {
            let count: i64 =
                one(&client, &format!("select count(*) from public.transactions where user_id = $1 and {sql}"), &[&id])
                    .await;
            assert!((low..=high).contains(&count), "{}: {count} {what}", person.display_name);
        }
    }
}
