//! The schema standards on a real PostgreSQL: what their documentation says of them is so.

use howdah_schema::findings::Source;
use howdah_schema::lint;
use howdah_testkit::TestDb;

use crate::support::catalog;

/// The rules that speak up about what this SQL makes, by the catalog that PostgreSQL gives.
async fn fired(sql: &str) -> Vec<&'static str> {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}\n{error:?}"));
    let report = lint::check(&catalog(&client).await, &[Source { name: "example.sql", text: sql }]);
    report.findings.iter().map(|finding| finding.rule).collect()
}

#[tokio::test]
async fn every_rule_is_as_its_examples_say() {
    for rule in lint::rules() {
        assert!(fired(rule.bad).await.contains(&rule.id), "{} is quiet about its bad example", rule.id);
        assert!(!fired(rule.good).await.contains(&rule.id), "{} fires at its good example", rule.id);
    }
}

#[tokio::test]
async fn what_is_not_the_schemas_own_is_left_alone() {
    // Partitions, what is inherited, temporary tables, an extension's objects.
    let sql = "
        create extension if not exists pgcrypto;
        create table public.events (
          id bigint generated always as identity, happened_at timestamptz not null, created_at timestamptz not null default now(),
          updated_at timestamptz not null default now(), constraint events_pkey primary key (id, happened_at)
        ) partition by range (happened_at);
        create index idx_events_happened_at on public.events (happened_at);
        comment on table public.events is 'What happened.';
        comment on column public.events.id is 'Its number.';
        comment on column public.events.happened_at is 'When.';
        comment on column public.events.created_at is 'When the row was made.';
        comment on column public.events.updated_at is 'When the row last changed.';
        create table public.\"E 2024\" partition of public.events for values from ('2024-01-01') to ('2025-01-01');
        create table public.events_default partition of public.events default;
        create temporary table \"Temp\" (a json);";
    assert_eq!(fired(sql).await, [""; 0]);
}

#[tokio::test]
async fn an_empty_database_has_nothing_to_say_about() {
    assert_eq!(fired("").await, [""; 0]);
}

#[tokio::test]
async fn the_audit_trigger_is_written_behind_the_indexes_and_does() {
    let sql = "create schema audit;
create function audit.record_change() returns trigger language plpgsql as 'begin return null; end';
create table public.notes (id uuid primary key, user_id uuid, body text, email text);
create index idx_notes_user_id on public.notes (user_id);
comment on table public.notes is 'Notes. @owner user_id @audit';
comment on column public.notes.body is 'What was noted. @encrypt';
comment on column public.notes.email is 'Of whom. @pii email';
";
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute(sql).await.unwrap();
    let (catalog, files) = (catalog(&client).await, [Source { name: "example.sql", text: sql }]);
    let report = lint::check(&catalog, &files);
    let edits = lint::edits(&catalog, &files, &report.findings);
    let edits: Vec<_> = edits.into_iter().filter(|edit| edit.rule == "audit-trigger").collect();
    let mended = lint::apply_edits("example.sql", sql, &edits);
    let line = mended.lines().nth(4).unwrap();
    assert_eq!(
        line,
        "create trigger trg_notes_audit after insert or update or delete on public.notes for each row \
         execute function audit.record_change('id', 'user_id', 'body', 'email');"
    );
    assert!(!fired(&mended).await.contains(&"audit-trigger"));
}
