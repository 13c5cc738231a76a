//! The laws of the `content` template's rows.

use crate::common::{none, one, plan, seeded};
use howdah_data::demo;
use howdah_testkit::TestDb;

const LAWS: &[(&str, &str)] = &[
    (
        "an answer comes after what it answers, below the same post",
        "select c.id from public.comments c join public.comments p on p.id = c.parent_comment_id
         where p.post_id <> c.post_id or p.created_at >= c.created_at or p.status <> 'approved' or p.deleted_at is not null",
    ),
    ("nobody answers themselves", "select c.id from public.comments c join public.comments p on p.id = c.parent_comment_id where p.author_id = c.author_id"),
    (
        "comments come after the post, and only where it is public",
        "select c.id from public.comments c join public.posts p on p.id = c.post_id
         where p.status <> 'published' or c.created_at <= p.published_at",
    ),
    ("nobody writes before they joined", "select c.id from public.comments c join public.authors a on a.id = c.author_id where c.created_at < a.created_at
        union all select p.id from public.posts p join public.authors a on a.id = p.author_id where p.created_at < a.created_at"),
    ("everybody who writes has an account", "select a.id from public.authors a left join auth.users u on u.id = a.id where u.created_at is null or u.created_at > a.created_at"),
    (
        "no category descends from itself, and the tree has three levels or more",
        "with recursive down as (
           select id, 1 as level from public.categories where parent_category_id is null
           union all select c.id, level + 1 from down join public.categories c on c.parent_category_id = down.id where level < 20)
         select count(*), max(level) from down having max(level) < 3 or count(*) <> (select count(*) from public.categories)",
    ),
    ("a post carries one to three tags", "select p.id from public.posts p left join public.post_tags t on t.post_id = p.id group by p.id having count(t.tag_id) not between 1 and 3"),
    ("no template is left open", "select id from public.posts where title || coalesce(summary, '') || content ~ '[{}]'
        union all select id from public.comments where content ~ '[{}]'"),
    ("what is scheduled lies ahead", "select id from public.posts where (status = 'scheduled') <> (published_at > '2026-06-30 12:00+00') and published_at is not null"),
    ("only the two can sign in", "select email::text from auth.users where (password_hash is not null) <> (metadata ? 'demo')"),
];

/// What shows at least once.
const SHOWN: &[(&str, &str)] = &[
    ("posts", "status = 'draft'"),
    ("posts", "status = 'scheduled'"),
    ("posts", "status = 'archived'"),
    ("posts", "is_featured"),
    ("posts", "not is_commentable"),
    ("comments", "status = 'pending'"),
    ("comments", "status = 'spam' and moderation_note is not null"),
    ("comments", "edited_at is not null"),
    ("comments", "parent_comment_id in (select id from public.comments where parent_comment_id is not null)"),
];

#[tokio::test]
async fn rows_make_sense() {
    for rows in [50, 6_000] {
        let db = TestDb::template("content").await;
        let mut client = db.client_superuser().await;
        seeded(&mut client, &plan(5, rows)).await;
        for (law, sql) in LAWS {
            none(&client, &format!("{law} ({rows} rows)"), sql).await;
        }
        for person in demo::people() {
            let id = person.user_id(5);
            for table in ["posts", "comments"] {
                let sql = format!("select count(*) from public.{table} where author_id = $1");
                assert!(
                    one::<i64>(&client, &sql, &[&id]).await > 0,
                    "{} has no {table} at {rows} rows",
                    person.display_name
                );
            }
        }
        if rows > 1_000 {
            for (table, what) in SHOWN {
                let sql = format!("select count(*) from public.{table} where {what}");
                assert!(one::<i64>(&client, &sql, &[]).await > 0, "{table} where {what}");
            }
        }
    }
}

/// Readers without an account see what is public and nothing else.
#[tokio::test]
async fn the_public_sees_what_is_public() {
    let db = TestDb::template("content").await;
    seeded(&mut db.client_owner().await, &plan(5, 600)).await;
    let all: i64 = one(&db.client_superuser().await, "select count(*) from public.posts", &[]).await;
    let seen: i64 = one(&db.client_as("anon").await, "select count(*) from public.posts", &[]).await;
    assert!(seen > all / 2 && seen < all, "{seen} of {all}");
}
