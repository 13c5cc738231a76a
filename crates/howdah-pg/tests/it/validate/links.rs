//! Polymorphic links.

use super::{broken, check, lines, validate};
use howdah_pg::validate::ValidateOptions;

const TABLES: &str = "
    create table public.posts (id integer primary key, deleted_at timestamptz);
    create table public.categories (id uuid primary key);
    create table public.pairs (a integer, b integer, primary key (a, b));
    insert into public.posts values (1, null), (2, now());
    insert into public.categories values ('00000000-0000-0000-0000-00000000000a');";

#[tokio::test]
async fn types_from_a_check() {
    let report = check(
        &format!(
            "{TABLES}
             create table public.notes (id integer primary key, linkable_type text check (linkable_type in ('post', 'category', 'url')),
               linkable_id text, deleted_at timestamptz);
             insert into public.notes values
               (1, 'post', '1', null), (2, 'post', '2', null), (3, 'post', '99', null), (4, 'post', '98', now()),
               (5, 'category', '00000000-0000-0000-0000-00000000000a', null), (6, 'category', 'b', null),
               (7, 'url', 'https://example.com', null), (8, 'post', null, null);"
        ),
        &[
            "warning polymorphic-link column public.notes.linkable_id: 1 rows [id=6, linkable_type=category, linkable_id=b]",
            "warning polymorphic-link column public.notes.linkable_id: 1 rows [id=3, linkable_type=post, linkable_id=99]",
        ],
    )
    .await;
    assert!(report.findings[1].message.contains("public.posts"));
}

#[tokio::test]
async fn types_from_an_enum_or_a_domain() {
    check(
        &format!(
            "{TABLES}
             create type public.kind as enum ('Post', 'Other');
             create domain public.entity as text check (value in ('posts', 'categories'));
             create table public.tags (id integer primary key, target_type public.kind, target_id integer,
               entity_type public.entity, entity_id integer);
             insert into public.tags values (1, 'Post', 1, 'posts', 1), (2, 'Post', 3, 'posts', 4), (3, 'Other', 5, null, 5);"
        ),
        &[
            "warning polymorphic-link column public.tags.entity_id: 1 rows [id=2, entity_type=posts, entity_id=4]",
            "warning polymorphic-link column public.tags.target_id: 1 rows [id=2, target_type=Post, target_id=3]",
        ],
    )
    .await;
}

#[tokio::test]
async fn types_that_occur() {
    check(
        &format!(
            "{TABLES}
             create table public.links (id integer primary key, from_type text, from_id integer, to_table text, to_id uuid);
             comment on column public.links.to_table is 'The table of the row it leads to.';
             insert into public.links values
               (1, 'posts', 1, 'categories', '00000000-0000-0000-0000-00000000000a'),
               (2, 'posts', 7, 'categories', '00000000-0000-0000-0000-00000000000b'),
               (3, 'ghost', 1, 'ghosts', '00000000-0000-0000-0000-00000000000a');"
        ),
        // What is no table is only wrong where a table is what it should be.
        &[
            "warning polymorphic-link column public.links.from_id: 1 rows [id=2, from_type=posts, from_id=7]",
            "warning polymorphic-link column public.links.to_id: 1 rows \
             [id=2, to_table=categories, to_id=00000000-0000-0000-0000-00000000000b]",
            "warning polymorphic-link column public.links.to_id: 1 rows \
             [id=3, to_table=ghosts, to_id=00000000-0000-0000-0000-00000000000a]",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_only_looks_like_one() {
    let (db, _client) = broken(&format!(
        "{TABLES}
         create table public.accounts (id integer primary key, account_type text check (account_type in ('human', 'ai')), account_id integer,
           post_type text, post_id integer references public.posts, media_type text, media_id integer, type text);
         insert into public.accounts values (1, 'human', 77, 'posts', 1, 'photo', 5, 'x'), (2, 'ai', 77, 'other', 2, 'video', 5, 'x');
         create table public.seats (id integer primary key, table_type text, table_id integer);
         comment on column public.seats.table_type is 'What kind of table it is.';
         insert into public.seats values (1, 'round', 5), (2, 'square', 6);
         create table public.change_log (id integer primary key, row_type text, row_id integer);
         insert into public.change_log values (1, 'posts', 77);
         create table public.joins (id integer primary key, x_type text check (x_type in ('pairs', 'posts')), x_id integer);
         insert into public.joins values (1, 'pairs', 5), (2, 'posts', 1);"
    ))
    .await;
    let report = validate(&db, &ValidateOptions::default()).await;
    assert_eq!(lines(&report), [""; 0]);
    assert!(report.left_out.iter().any(|left| left.reason.contains("public.pairs has no key of one column")));
}
