//! Running migrations.

mod backfill;
mod basics;
mod files;
mod interrupted;
mod killed;
mod locks;
mod refusals;
mod rehearsed;
mod repaired;
mod sections;
mod versions;

use howdah_pg::migrate::{Event, Folder, MigrationState, Runner, RunnerOptions};
use howdah_pg::script::SqlFile;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;
use tokio_postgres::Client;

/// A folder of migrations from their up and down texts: numbered, and named `m`.
fn folder(migrations: &[(&str, &str)]) -> Folder {
    let mut files = Vec::new();
    for (number, (up, down)) in (1..).zip(migrations) {
        for (kind, text) in [("up", up), ("down", down)] {
            let name = format!("{number:04}_m.{kind}.sql");
            files.push((name.clone(), SqlFile::new(format!("migrations/{name}"), *text)));
        }
    }
    Folder::from_files(Path::new("migrations"), files).unwrap()
}

const A: (&str, &str) = ("create table public.a (id int);", "drop table public.a;");
const B: (&str, &str) = ("create table public.b (id int);", "drop table public.b;");
const C: (&str, &str) = ("create table public.c (id int);", "drop table public.c;");

async fn tables(client: &Client) -> Vec<String> {
    let sql =
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1";
    strings(client, sql).await
}

/// The first column of what a query finds.
async fn strings(client: &Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// The one number that a query finds.
async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

async fn states(client: &Client, folder: &Folder) -> Vec<MigrationState> {
    let status = Runner::new(client, folder).status().await.unwrap();
    status.migrations.iter().map(|migration| migration.state).collect()
}

/// Quick to give up a lock, and patient in trying again.
fn quick() -> RunnerOptions {
    RunnerOptions { lock_timeout: Duration::from_millis(100), ..RunnerOptions::default() }
}

/// What a runner told, a line each.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn observer(&self) -> impl Fn(&Event<'_>) + Sync {
        |event| {
            let line = match event {
                Event::Waiting { .. } => "waiting".to_owned(),
                Event::Begins { step, index, total } => {
                    format!("{} {} {}/{total}", step.direction, step.migration.title(), index + 1)
                }
                Event::Section { index, total, done, .. } => format!("section {}/{total}, {done} done", index + 1),
                Event::Statement { index, total, summary, .. } => format!("{}/{total} {summary}", index + 1),
                Event::StatementDone { index, .. } => format!("{} done", index + 1),
                Event::Backfill { table, walked, changed, .. } => {
                    format!("{table}: {walked} walked, {changed} changed")
                }
                Event::Retries { attempt, .. } => format!("attempt {attempt}"),
                Event::Recovered { what, .. } => format!("recovered: {what}"),
                Event::Done { .. } => "done".to_owned(),
            };
            self.0.lock().unwrap().push(line);
        }
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn has(&self, part: &str) -> bool {
        self.lines().iter().any(|line| line.contains(part))
    }
}
