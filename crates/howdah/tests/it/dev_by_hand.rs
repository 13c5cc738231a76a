//! `howdah dev` serves what somebody changes by hand, in psql, at once.

use std::time::Instant;

use howdah_testkit::http_get;
use nix::sys::signal::Signal;

use super::support::{Dev, PATIENCE, Project};

const SHOP: &str = "\
create table public.things (id integer primary key);
insert into public.things values (1);
grant select on public.things to anon;
";

/// Asks until the answer is as wanted. The table is known all the time, so no request has the schema read anew.
#[track_caller]
fn until(dev: &Dev, path: &str, wanted: &str) {
    let end = Instant::now() + PATIENCE;
    loop {
        let answer = http_get(&format!("{}/rest/v1/{path}", dev.url)).unwrap();
        if answer.body.contains(wanted) {
            return;
        }
        assert!(Instant::now() < end, "{wanted} never came: {}\n{}", answer.body, dev.process.output());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn ddl_by_hand_is_served_before_and_after_a_change_of_the_files() {
    let project = Project::init("empty");
    project.write("schema/50_shop.sql", SHOP);
    let mut dev = project.dev(&[]);
    until(&dev, "things", "[{\"id\":1}]");
    project.sql("alter table public.things add column colour text");
    until(&dev, "things", "\"colour\":null");
    // What a description says of a column comes from the schema as it was read, not from the database at that moment.
    until(&dev, "", "\"colour\"");
    project.sql("comment on column public.things.colour is 'Said by hand.'");
    until(&dev, "", "Said by hand.");

    // The files win (a column that holds nothing may go), in another database of the same name, and there, too, somebody is
    // listened to.
    let mut seen = dev.process.stderr().len();
    project.write("schema/50_shop.sql", &SHOP.replace("primary key", "primary key, size integer default 3"));
    dev.said(&mut seen, "schema applied");
    until(&dev, "things", "[{\"id\":1,\"size\":3}]");
    project.sql("alter table public.things add column weight integer");
    until(&dev, "things", "\"weight\":null");
    let triggers =
        "select count(*) from pg_event_trigger where evtname in ('howdah_ddl_command_end', 'howdah_sql_drop')";
    assert_eq!(project.sql(triggers), "2");
    // They are nothing that the files would have to say.
    project.write("schema/50_shop.sql", &SHOP.replace("primary key", "primary key, size integer default 4"));
    let said = dev.said(&mut seen, "schema applied");
    assert!(!said.contains("howdah_") && !said.contains("event trigger"), "{said}");
    dev.process.signal(Signal::SIGINT);
    assert_eq!(dev.process.wait_exit(PATIENCE).code(), Some(0), "{}", dev.process.output());
}

#[test]
fn ddl_by_hand_is_served_after_postgresql_was_killed() {
    let project = Project::init("empty");
    project.write("schema/50_shop.sql", SHOP);
    let mut dev = project.dev(&[]);
    let pid = project.run(["db", "status", "--json"]).ok().json()["data"]["pid"].as_i64().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid.try_into().unwrap()), Signal::SIGKILL).unwrap();
    let mut seen = 0;
    dev.said(&mut seen, "starting it again");
    until(&dev, "things", "[{\"id\":1}]");
    project.sql("alter table public.things add column colour text default 'red'");
    until(&dev, "things", "\"colour\":\"red\"");
    dev.process.signal(Signal::SIGINT);
    assert_eq!(dev.process.wait_exit(PATIENCE).code(), Some(0), "{}", dev.process.output());
}
