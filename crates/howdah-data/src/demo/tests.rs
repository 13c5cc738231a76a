//! The rows without a database: what they are, and that seeding may be spawned.

use super::load::TEMPLATES;
use super::table::{Per, Template};
use super::world::{EDITION, World};
use super::{Plan, seed};
use crate::copy::RowWriter;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use tokio_postgres::Client;

/// Compiles only as long as a caller may spawn the seeding.
#[test]
fn the_future_may_move_to_another_thread() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    fn start(client: &mut Client) -> impl Future + Send {
        is_send(async move { seed(client, &Plan::default(), &|password: &str| password.to_owned(), &()).await })
    }
    let _ = start;
}

/// All rows of a plan, table after table, as COPY gets them.
fn digest(template: &'static Template, plan: Plan) -> String {
    let mut world = World::new(plan, template);
    for someone in &world.people {
        world.hashes.insert(someone.key, "hash".to_owned());
    }
    let mut sha256 = Sha256::new();
    for table in template.tables() {
        let mut writer = RowWriter::new(table.columns, vec![true; table.columns.len()]);
        let owners = if table.per == Per::Set { 1 } else { world.people.len() };
        for someone in world.people.iter().take(owners) {
            let mut source = (table.rows)(&world, someone);
            while source.step(&mut writer) {}
        }
        assert_eq!(writer.unknown(), [""; 0], "{}: fields without a column", table.name);
        assert!(writer.rows() > 0, "{}", table.name);
        sha256.update(writer.take());
    }
    sha256.finalize().iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// A seed means the same rows on every machine and next year. Whoever changes what is generated counts [`EDITION`] up, so
/// that a database seeded before is told apart, and writes the new digests here.
#[test]
fn a_plan_gives_the_rows_it_always_gave() {
    let plan = Plan { seed: 2026, rows: 3_000, ..Plan::default() };
    let got: Vec<(&str, String)> = TEMPLATES.iter().map(|template| (template.name, digest(template, plan))).collect();
    let expect = [
        ("personal", "cfcfc968faad39e68e0d06b2516978f99f177e9bcbebeb5f63d30c6f8331278c"),
        ("content", "3f4b9207d44d6a8a68d3aa458db815800561b8a0cce5468771f0db181d31fa53"),
        ("commerce", "90bce717a38dd53aef7139d7de87a4465dc49c9471b07cd8c750138e1b6c408c"),
    ];
    assert_eq!(EDITION, 2);
    assert_eq!(got, expect.map(|(name, digest)| (name, digest.to_owned())));
}
