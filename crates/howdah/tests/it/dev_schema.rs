//! `howdah dev` follows the schema folder, and loses nothing.

use nix::sys::signal::Signal;

use super::support::{Dev, PATIENCE, Project};

const SHOP: &str = "\
create table public.customers (
  id   bigint generated always as identity primary key,
  name text not null
);
create table public.orders (
  id          bigint generated always as identity primary key,
  customer_id bigint not null references public.customers (id),
  amount      numeric(12,2) not null,
  note        text
);
create table public.unused (
  id integer primary key
);
create table public.kinds (
  id   uuid primary key default gen_random_uuid(),
  code text not null unique,
  name text not null
);
insert into public.kinds (code, name) values ('a', 'First'), ('b', 'Second');
";

const ROWS: &str = "\
insert into public.customers (name) select 'Customer ' || n from generate_series(1, 50) n;
insert into public.orders (customer_id, amount, note)
  select 1 + n % 50, n + 0.25, case when n <= 12 then 'urgent' end from generate_series(1, 1000) n;
update public.kinds set name = 'Renamed by somebody' where code = 'b';
delete from public.orders where id > 990;
";

/// A shop with rows in it, in development.
fn shop() -> (Project, Dev) {
    let project = Project::init("empty");
    project.write("schema/50_shop.sql", SHOP);
    let dev = project.dev(&[]);
    project.sql(ROWS);
    (project, dev)
}

/// The schema with one thing replaced.
fn with(wanted: &str, by: &str) -> String {
    assert!(SHOP.contains(wanted), "{wanted}");
    SHOP.replacen(wanted, by, 1)
}

fn stop(mut dev: Dev) {
    dev.process.signal(Signal::SIGINT);
    assert_eq!(dev.process.wait_exit(PATIENCE).code(), Some(0), "{}", dev.process.output());
}

#[test]
fn edits_arrive_and_rows_stay() {
    let (project, dev) = shop();
    let mut seen = dev.process.stderr().len();
    let checksum = "select md5(string_agg(o::text, '' order by id)) from (select id, customer_id, amount, note from public.orders) o";
    let before = project.sql(checksum);

    // A column in the middle, the way editors save: written beside, renamed over.
    let next = with("  note        text", "  priority    integer not null default 3,\n  note        text");
    project.write("schema/.50_shop.sql.tmp", &next);
    std::fs::rename(project.root.join("schema/.50_shop.sql.tmp"), project.root.join("schema/50_shop.sql")).unwrap();
    let said = dev.said(&mut seen, "schema applied");
    assert!(said.contains("+ column public.orders.priority: integer"), "{said}");
    assert_eq!(project.sql(checksum), before);
    assert_eq!(project.sql("select count(*) from public.orders where priority = 3"), "990");
    // Numbers go on where they were, and are not given out twice.
    assert_eq!(project.sql("insert into public.orders (customer_id, amount) values (1, 1) returning id"), "1001");
    // What somebody changed about the schema's own rows stays.
    assert_eq!(
        project.sql("select string_agg(name, ', ' order by code) from public.kinds"),
        "First, Renamed by somebody"
    );
    let answer = howdah_testkit::http_get(&format!("{}/readyz", dev.url)).unwrap();
    assert_eq!(answer.status, 200);

    // Rows that the files have and the database does not are added.
    let next = next.replace("('b', 'Second')", "('b', 'Renamed by somebody'), ('c', 'Third')");
    project.write("schema/50_shop.sql", &next);
    dev.said(&mut seen, "schema applied");
    assert_eq!(project.sql("select string_agg(code, ', ' order by code) from public.kinds"), "a, b, c");

    // A comment in the file is no change of the database.
    project.write("schema/50_shop.sql", &format!("{next}-- nothing\n"));
    let said = dev.said(&mut seen, "nothing about the database changes");
    assert!(!said.contains("schema applied"), "{said}");

    // An empty table goes without a question.
    let next = next.replace("create table public.unused (\n  id integer primary key\n);\n", "");
    project.write("schema/50_shop.sql", &next);
    let said = dev.said(&mut seen, "schema applied");
    assert!(said.contains("- table public.unused"), "{said}");
    let kept = "select count(*) from pg_database where datname in ('demo__before', 'demo__next')";
    assert_eq!(project.sql(kept), "1", "the one before is kept, and nothing else");
    stop(dev);

    // What is saved while nobody watches is applied at the next start; what is not is not looked at again.
    project.write("schema/60_more.sql", "create table public.more (id integer primary key);\n");
    let dev = project.dev(&[]);
    assert!(dev.process.stderr().contains("+ table public.more"), "{}", dev.process.stderr());
    assert_eq!(project.sql("select count(*) from public.orders"), "991");
    stop(dev);
    let dev = project.dev(&[]);
    assert!(!dev.process.stderr().contains("schema applied"), "{}", dev.process.stderr());
    stop(dev);
}

#[test]
fn what_would_lose_data_is_refused() {
    let (project, dev) = shop();
    let mut seen = dev.process.stderr().len();
    let oid = "select oid from pg_database where datname = 'demo'";
    let database = project.sql(oid);
    let mut refused = |text: &str, code: &str, wanted: &[&str]| {
        project.write("schema/50_shop.sql", text);
        let said = dev.said(&mut seen, "help:");
        assert!(said.contains(&format!("error[{code}]")), "{said}");
        for wanted in wanted {
            assert!(said.contains(wanted), "{wanted:?} is not in\n{said}");
        }
        assert_eq!(project.sql(oid), database, "the database was swapped");
        let left = "select count(*) from pg_database where datname in ('demo__next', 'demo__old')";
        assert_eq!(project.sql(left), "0", "something was left behind");
    };

    refused(
        &with("  amount      numeric(12,2) not null,\n  note        text", "  amount      numeric(12,2) not null"),
        "dev-data-loss",
        &["column public.orders.note has a value in 12 rows", "nothing was changed", "--allow-destructive"],
    );
    let without_orders = format!("{}{}", &SHOP[..SHOP.find("create table public.orders").unwrap()], "");
    refused(
        &without_orders,
        "dev-data-loss",
        &["table public.orders holds 990 rows", "table public.kinds holds 2 rows"],
    );
    refused(
        &with("numeric(12,2)", "integer"),
        "dev-data-loss",
        &["column public.orders.amount as integer would change its value in 990 rows"],
    );
    refused(
        &with("  note        text", "  note        text,\n  color       text not null"),
        "dev-rows-refused",
        &["not null of column public.orders.color refuses 990 rows", "default"],
    );
    refused(
        &with("numeric(12,2) not null", "numeric(12,2) not null constraint chk_small check (amount < 100)"),
        "dev-rows-refused",
        &["check chk_small of public.orders refuses 891 rows"],
    );
    refused(
        &with("  note        text", "  note        text unique"),
        "dev-rows-refused",
        &["unique orders_note_key of public.orders refuses 11 rows"],
    );
    // Customers 1 to 20 have a row there, the others do not.
    refused(
        &with(
            "create table public.unused (\n  id integer primary key\n);\n",
            "create table public.unused (\n  id integer primary key\n);\n\
             alter table public.orders add constraint fk_unused foreign key (id) references public.unused (id);\n",
        )
        .replace("id          bigint", "id          integer"),
        "dev-rows-refused",
        &["foreign key fk_unused of public.orders refuses 990 rows"],
    );
    refused(
        &with("name text not null\n);\ncreate table public.orders", "name public.short not null\n);\ncreate table public.orders")
            .replace("create table public.customers", "create domain public.short as text constraint is_short check (length(value) < 11);\ncreate table public.customers"),
        "dev-rows-refused",
        &["check is_short", "refuses 41 rows"],
    );

    refused(
        &with("note        text", "note        public.note_kind").replace(
            "create table public.customers",
            "create type public.note_kind as enum ('calm');\ncreate table public.customers",
        ),
        "dev-rows-refused",
        &["a type in public.orders", "invalid input value for enum note_kind: \"urgent\""],
    );

    // The way out: said aloud, it is done.
    stop(dev);
    project.write("schema/50_shop.sql", &without_orders);
    let dev = project.dev(&["--allow-destructive"]);
    assert!(dev.process.stderr().contains("- table public.orders"), "{}", dev.process.stderr());
    assert_eq!(project.sql("select count(*) from public.customers"), "50");
    stop(dev);
}

#[test]
fn a_syntax_error_is_shown_and_the_old_schema_served_on() {
    let (project, dev) = shop();
    let mut seen = dev.process.stderr().len();
    project.write("schema/50_shop.sql", &with("create table public.orders (", "create tabel public.orders ("));
    let said = dev.said(&mut seen, "tabel public");
    assert!(said.contains("error[sql-refused]: syntax error at or near \"tabel\""), "{said}");
    assert!(said.contains("schema/50_shop.sql:5:8"), "{said}");
    assert!(said.contains("create tabel public.orders ("), "{said}");
    assert_eq!(howdah_testkit::http_get(&format!("{}/readyz", dev.url)).unwrap().status, 200);
    assert_eq!(project.sql("select count(*) from public.orders"), "990");

    // Mended: nothing differs any more.
    project.write("schema/50_shop.sql", SHOP);
    dev.said(&mut seen, "nothing about the database changes");

    // Also at the start.
    stop(dev);
    project.write("schema/50_shop.sql", "create tabel oops ();\n");
    let dev = project.dev(&[]);
    assert!(dev.process.stderr().contains("schema/50_shop.sql:1:8"), "{}", dev.process.stderr());
    assert_eq!(project.sql("select count(*) from public.orders"), "990");
    stop(dev);
}

#[test]
fn no_write_is_lost_while_a_change_is_applied() {
    let (project, dev) = shop();
    let mut seen = dev.process.stderr().len();
    project.sql("create role writer login superuser password 'writer'");
    let url = project.run(["db", "url"]).ok().stdout;
    let (_, place) = url.trim().split_once('@').unwrap();
    let url = format!("postgres://writer:writer@{place}");

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let stopped = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let flag = stopped.clone();
    // Counts the inserts that were confirmed; what is answered with an error may or may not be there.
    let writer = runtime.spawn(async move {
        let (mut confirmed, mut broken) = (0_u64, 0_u64);
        while !flag.load(std::sync::atomic::Ordering::Relaxed) {
            let Ok((client, connection)) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await else {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                continue;
            };
            tokio::spawn(connection);
            let insert = "insert into public.orders (customer_id, amount, note) values (1, 1, 'written meanwhile')";
            while !flag.load(std::sync::atomic::Ordering::Relaxed) {
                match client.execute(insert, &[]).await {
                    Ok(_) => confirmed += 1,
                    Err(_) => {
                        broken += 1;
                        break;
                    }
                }
            }
        }
        (confirmed, broken)
    });
    for round in 0..3 {
        let column = format!("  extra_{round} integer,\n  note        text");
        project.write("schema/50_shop.sql", &with("  note        text", &column));
        dev.said(&mut seen, "schema applied");
    }
    stopped.store(true, std::sync::atomic::Ordering::Relaxed);
    let (confirmed, broken) = runtime.block_on(writer).unwrap();
    let found: u64 =
        project.sql("select count(*) from public.orders where note = 'written meanwhile'").parse().unwrap();
    assert!(confirmed > 0);
    assert!((confirmed..=confirmed + broken).contains(&found), "{confirmed} confirmed, {broken} broken, {found} found");
    stop(dev);
}

#[test]
fn partitions_made_by_the_data_and_odd_objects_survive() {
    let project = Project::init("empty");
    let schema = "\
create table public.readings (
  at    timestamptz not null,
  value integer not null
) partition by range (at);
create table public.readings_default partition of public.readings default;
create materialized view public.totals as select count(*) as readings from public.readings;
create aggregate public.product (integer) (sfunc = int4mul, stype = integer, initcond = '1');
";
    project.write("schema/50_readings.sql", schema);
    let dev = project.dev(&[]);
    project.sql(
        "create table public.readings_2026 partition of public.readings for values from ('2026-01-01') to ('2027-01-01');
         insert into public.readings select '2025-12-01'::timestamptz + n * interval '1 day', n from generate_series(1, 100) n;
         alter database demo set statement_timeout = '7s'",
    );
    let mut seen = dev.process.stderr().len();
    project.write(
        "schema/50_readings.sql",
        &schema.replace("value integer not null", "value integer not null,\n  unit text"),
    );
    let said = dev.said(&mut seen, "schema applied");
    assert!(said.contains("column public.readings.unit"), "{said}");
    assert!(!said.contains("readings_2026"), "{said}");
    assert_eq!(project.sql("select count(*) from public.readings_2026"), "70");
    assert_eq!(project.sql("select count(*) from public.readings"), "100");
    assert_eq!(project.sql("select readings from public.totals"), "100");
    assert_eq!(project.sql("show statement_timeout"), "7s");
    // A change of nothing but an aggregate is a change.
    project.write(
        "schema/50_readings.sql",
        &schema.replace("value integer not null", "value integer not null,\n  unit text").replace("'1'", "'2'"),
    );
    dev.said(&mut seen, "schema applied");
    assert_eq!(project.sql("select public.product(x) from (values (3), (4)) as t (x)"), "24");
    stop(dev);
}

#[test]
fn a_migration_ahead_of_the_files_is_not_undone_by_them() {
    let project = Project::init("empty");
    project.write("migrations/0002_things.up.sql", "create table public.things (id integer primary key);\n");
    project.write("migrations/0002_things.down.sql", "drop table public.things;\n");
    let dev = project.dev(&[]);
    let said = dev.process.stderr();
    assert!(said.contains("error[dev-schema-behind]"), "{said}");
    assert!(said.contains("table public.things"), "{said}");
    assert_eq!(project.sql("select to_regclass('public.things')"), "things");
    let mut seen = said.len();
    project.write("schema/60_things.sql", "create table public.things (id integer primary key);\n");
    dev.said(&mut seen, "nothing about the database changes");
    // The history went nowhere.
    project.write("schema/61_more.sql", "create table public.more (id integer primary key);\n");
    dev.said(&mut seen, "schema applied");
    assert_eq!(project.sql("select string_agg(name, ', ' order by version) from howdah.migrations"), "initial, things");
    stop(dev);
}

#[test]
fn the_migration_of_what_is_applied_already_is_not_run_again() {
    let (project, dev) = shop();
    let mut seen = dev.process.stderr().len();
    // The schema of the shop came by saving it; so does what follows, and the migrations come afterwards.
    project.run(["generate", "shop", "--quiet"]).ok();
    let up = project.run(["migrate", "up"]).ok();
    assert!(up.stderr.contains("0002_shop is there already") && up.stderr.contains("Nothing is pending"), "{up:#?}");
    project.write("schema/60_things.sql", "create table public.things (id integer primary key);\n");
    dev.said(&mut seen, "schema applied");
    project.run(["generate", "things", "--quiet"]).ok();
    // One that only does something to rows makes no other database, and is run.
    project.write("migrations/0004_fill.up.sql", "insert into public.things values (4);\n");
    project.write("migrations/0004_fill.down.sql", "delete from public.things;\n");
    stop(dev);
    let dev = project.dev(&[]);
    let said = dev.process.stderr();
    assert!(said.contains("0003_things is there already") && !said.contains("0004_fill is there"), "{said}");
    assert_eq!(project.sql("select count(*) from public.things"), "1");
    assert_eq!(project.sql("select count(*) from public.orders"), "990");
    let status = project.run(["migrate", "status", "--json"]).ok();
    assert_eq!(status.json()["data"]["pending"], 0, "{status:#?}");
    stop(dev);
}

#[test]
fn a_migration_that_fails_does_not_keep_the_project_from_being_served() {
    let (project, dev) = shop();
    stop(dev);
    project.write("migrations/0002_wrong.up.sql", "create table public.orders (id integer);\n");
    project.write("migrations/0002_wrong.down.sql", "drop table public.orders;\n");
    let dev = project.dev(&[]);
    let said = dev.process.stderr();
    assert!(said.contains("error[migrate-failed]") && said.contains("Going on without it"), "{said}");
    assert_eq!(project.sql("select count(*) from public.orders"), "990");
    stop(dev);
}
