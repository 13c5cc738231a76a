//! Roles that may not see everything, and personal data.

use super::{broken, lines, validate, validate_as};
use howdah_pg::validate::{Check, ValidateOptions};

const SETUP: &str = "
    create table public.seen (id integer primary key, n integer);
    create table public.hidden (id integer primary key, n integer, seen integer references public.seen);
    create table public.forbidden (id integer primary key, n integer);
    create table public.partly (id integer primary key, n integer, secret integer);
    insert into public.seen values (1, -1); insert into public.hidden values (1, -1, 1); insert into public.forbidden values (1, -1);
    insert into public.partly values (1, -1, -1);
    alter table public.seen add constraint positive check (n > 0) not valid;
    alter table public.hidden add constraint positive check (n > 0) not valid;
    alter table public.forbidden add constraint positive check (n > 0) not valid;
    alter table public.partly add constraint positive check (n > 0) not valid;
    alter table public.partly add constraint secret check (secret > 0) not valid;
    alter table public.hidden enable row level security;
    create policy positive on public.hidden using (n > 0);
    grant select on public.seen, public.hidden to howdah_owner;
    grant select (id, n) on public.partly to howdah_owner;";

#[tokio::test]
async fn what_a_role_may_not_see_is_not_checked() {
    let (db, client) = broken(SETUP).await;
    let report = validate_as(&db.owner_url(), &ValidateOptions::default()).await;
    assert_eq!(report.role, "howdah_owner");
    assert_eq!(
        lines(&report),
        [
            "error not-valid constraint positive on public.partly: 1 rows [id=1]",
            "error not-valid constraint positive on public.seen: 1 rows [id=1]",
        ]
    );
    let reasons = |object: &str| {
        let of = report.not_checked.iter().filter(|unchecked| unchecked.object == object);
        of.map(|unchecked| unchecked.reason.as_str()).collect::<Vec<_>>().join("; ")
    };
    let hidden = "row-level security hides rows of public.hidden from howdah_owner";
    assert_eq!(reasons("table public.hidden"), hidden);
    assert_eq!(reasons("constraint hidden_seen_fkey on public.hidden"), hidden);
    assert_eq!(reasons("index public.hidden_pkey"), hidden);
    assert_eq!(reasons("table public.forbidden"), "howdah_owner may not read public.forbidden");
    assert!(reasons("constraint secret on public.partly").contains("permission denied"), "{report:#?}");
    assert!(!report.is_clean());
    assert_eq!(validate(&db, &ValidateOptions::default()).await.findings.len(), 5);

    // A role that sees all because a policy says so sees all.
    client
        .batch_execute(
            "create policy everything on public.hidden for select to howdah_owner using (true);
             grant select on public.forbidden, public.partly to howdah_owner;",
        )
        .await
        .unwrap();
    let report = validate_as(&db.owner_url(), &ValidateOptions::default()).await;
    assert_eq!((report.findings.len(), report.not_checked.len()), (5, 0), "{report:#?}");
    // Unless another takes it away again.
    client.batch_execute("create policy less on public.hidden as restrictive using (id > 5)").await.unwrap();
    let report = validate_as(&db.owner_url(), &ValidateOptions::default()).await;
    assert!(report.not_checked.iter().any(|unchecked| unchecked.reason == hidden), "{report:#?}");
}

#[tokio::test]
async fn owners_under_force() {
    let (db, client) = broken(
        "create table public.t (id integer primary key, n integer check (n > 0));
         alter table public.t owner to howdah_owner; alter table public.t enable row level security;",
    )
    .await;
    assert!(validate_as(&db.owner_url(), &ValidateOptions::default()).await.is_clean());
    client.batch_execute("alter table public.t force row level security").await.unwrap();
    let report = validate_as(&db.owner_url(), &ValidateOptions::default()).await;
    assert!(report.not_checked.iter().all(|unchecked| unchecked.reason.contains("row-level security")));
    let checks: Vec<Check> = report.not_checked.iter().flat_map(|unchecked| unchecked.checks.clone()).collect();
    assert!(
        checks.contains(&Check::CheckConstraint) && checks.contains(&Check::NotNull) && checks.contains(&Check::Unique)
    );
}

#[tokio::test]
async fn personal_data_is_masked() {
    let (db, _client) = broken(
        "create domain public.secret as text; comment on domain public.secret is 'x @encrypt';
         create table public.people (email text primary key, phone text unique, born date unique, name text unique, card text unique,
           age integer unique, token bytea unique, code public.secret unique, note text unique, plain integer unique);
         comment on column public.people.email is 'Mail. @pii email';
         comment on column public.people.phone is '@pii @mask phone';
         comment on column public.people.born is '@pii birth @mask range';
         comment on column public.people.name is '@pii name';
         comment on column public.people.card is '@mask last-four';
         comment on column public.people.age is '@pii @mask range';
         comment on column public.people.token is 'Token. @encrypt';
         comment on column public.people.note is '@piii';
         create table public.letters (id integer primary key, to_mail text references public.people);
         create table public.parts (mail text, at date, n integer, primary key (mail, at)) partition by range (at);
         comment on column public.parts.mail is '@pii email';
         create table public.parts_1 partition of public.parts for values from ('2026-01-01') to ('2027-01-01');
         create table public.lowered (id integer primary key, mail text); comment on column public.lowered.mail is '@pii email';
         create unique index lowered_mail on public.lowered (lower(mail));
         update pg_index set indisready = false, indislive = false where indrelid in ('public.people'::regclass, 'public.lowered'::regclass);
         insert into public.people
           select 'anna@example.com', '+49 170 1234567', '1985-03-04', 'Anna-Lena Berg', '4111111111111111', 37, '\\xdeadbeef', 'topsecret',
             'hello note', 7 from generate_series(1, 2);
         insert into public.lowered values (1, 'anna@example.com'), (2, 'anna@example.com');
         update pg_index set indisready = true, indislive = true where indrelid in ('public.people'::regclass, 'public.lowered'::regclass);
         set session_replication_role = replica;
         insert into public.letters values (1, 'gone@example.com');
         insert into public.parts values ('anna@example.com', '2026-05-05', -1);
         alter table public.parts add constraint positive check (n > 0) not valid;",
    )
    .await;
    let report = validate(&db, &ValidateOptions::default()).await;
    let said = serde_json::to_string(&report).unwrap();
    for clear in
        ["anna@", "gone@", "1234567", "1985-", "Lena", "41111", "=37", "\"37\"", "deadbeef", "topsecret", "hello note"]
    {
        assert!(!said.contains(clear), "{clear} is in {said}");
    }
    let lines = lines(&report);
    let find =
        |what: &str| lines.iter().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}: {lines:#?}"));
    assert!(find("index public.people_pkey").ends_with("[email=a***@example.com, rows=2]"));
    assert!(find("people_phone_key").ends_with("[phone=***67, rows=2]"));
    assert!(find("people_born_key").ends_with("[born=1985, rows=2]"));
    assert!(find("people_name_key").ends_with("[name=A.-L. B., rows=2]"));
    assert!(find("people_card_key").ends_with("[card=***1111, rows=2]"));
    assert!(find("people_age_key").ends_with("[age=30+, rows=2]"));
    assert!(find("people_token_key").ends_with("[token=***, rows=2]"));
    assert!(find("people_code_key").ends_with("[code=***, rows=2]"));
    assert!(find("people_note_key").ends_with("[note=***, rows=2]"));
    assert!(find("people_plain_key").ends_with("[plain=7, rows=2]"));
    assert!(find("letters_to_mail_fkey").ends_with("[id=1, to_mail=g***@example.com]"));
    assert!(find("positive on public.parts").ends_with("[mail=a***@example.com, at=2026-05-05]"));
    assert!(find("lowered_mail").contains("[lower(mail)=#"));
}
