//! What the database says of roles and functions holds for requests of that role, and calls of that function, on whatever
//! connection they run, and for nobody else on it.

use std::time::Duration;

use howdah_api::ApiOptions;
use howdah_pg::Ident;
use howdah_pg::lane::LaneOptions;
use howdah_testkit::{Sql, TestDb};
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{Answer, Server, now};

/// What is said of `settled` here holds in every database of the cluster, so it is the same in all tests.
const SCHEMA: &str = "
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
  if not exists (select from pg_roles where rolname = 'settled') then create role settled; end if;
  if not exists (select from pg_roles where rolname = 'plain') then create role plain; end if;
end $$;
grant anon, settled, plain to howdah_login;
alter role settled set work_mem = '1MB';
create table marks (id integer primary key);
insert into marks values (1);
create function memory(marks) returns text language sql stable as $$ select current_setting('work_mem') $$;
create function locking(marks) returns text language sql stable as $$ select current_setting('lock_timeout') $$;
create function setting(name text) returns text language sql stable as $$ select current_setting(name, true) $$;
create function post_setting(name text) returns text language sql volatile as $$ select current_setting(name, true) $$;
create function nap(seconds double precision) returns text language sql stable as $$ select 'slept' || pg_sleep(seconds) $$;
create function divide(by integer) returns integer language sql stable as $$ select 1 / by $$;
create function roomy() returns setof marks language sql stable set work_mem to '3MB' set lock_timeout to '3s'
  as $$ select * from marks $$;
grant usage on schema public to settled, plain;
grant select on marks to settled, plain;
";

/// Requests of one shape after which it travels on the shared lane.
const WARM: usize = 8;

struct World {
    server: Server,
    admin: tokio_postgres::Client,
    db: TestDb,
}

/// With these settings of roles in this database, such as `settled set work_mem = '2MB'`.
async fn world(settings: &[&str], options: ApiOptions) -> World {
    let db = TestDb::from_sql("role_settings", [Sql::text("role_settings.sql", SCHEMA)]).await;
    let admin = db.client_superuser().await;
    for setting in settings {
        admin.batch_execute(&in_database(&db, setting)).await.unwrap();
    }
    let session_settings = options.session_settings();
    let lanes = LaneOptions { session_settings, ..LaneOptions::default() };
    let server = Server::start(&db.login_url(), lanes, options).await;
    World { server, admin, db }
}

fn in_database(db: &TestDb, setting: &str) -> String {
    let (role, setting) = setting.split_once(' ').unwrap();
    format!("alter role {role} in database {} {setting}", Ident::new(db.name()))
}

impl World {
    fn token(&self, role: &str) -> String {
        self.server.sign(&json!({ "role": role, "exp": now() + 600 }))
    }

    async fn get(&self, role: &str, path: &str) -> Answer {
        self.server.get(path, Some(&self.token(role))).await
    }

    /// A setting as a request of the role finds it, while it is new and once the lane has taken it over, in a read and in
    /// what may write: it must always be the same.
    async fn setting(&self, role: &str, name: &str) -> Value {
        let body = json!({ "name": name });
        let post = self.server.write(Method::POST, "rpc/post_setting", &self.token(role), "", &body).await;
        assert!(post.status.is_success(), "{role} {name}: {}", post.text);
        for _ in 0..WARM {
            let get = self.get(role, &format!("rpc/setting?name={name}")).await;
            assert!(get.status.is_success(), "{role} {name}: {}", get.text);
            assert_eq!(get.json(), post.json(), "{role} {name}");
        }
        post.json()
    }

    async fn batch(&self, role: &str, operations: Value) -> Vec<Value> {
        let body = json!({ "operations": operations });
        let answer = self.server.write(Method::POST, "batch", &self.token(role), "", &body).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        answer.json().as_array().unwrap().iter().map(|result| result["body"].clone()).collect()
    }

    /// What the server says for everybody.
    async fn usual(&self, name: &str) -> Value {
        let value: String = self.admin.query_one("select current_setting($1)", &[&name]).await.unwrap().get(0);
        value.into()
    }

    async fn has_version(&self, major: i32) -> bool {
        let version = "select current_setting('server_version_num')::integer / 10000";
        self.admin.query_one(version, &[]).await.unwrap().get::<_, i32>(0) >= major
    }
}

#[tokio::test]
async fn a_roles_settings_hold_for_its_requests_and_no_others() {
    let hostile = "'; drop table marks; --";
    let world = world(
        &[
            "settled set work_mem = '2MB'",
            "settled set application_name = $$'; drop table marks; --$$",
            "settled set timezone = 'Asia/Tokyo'",
            "settled set lock_timeout = '4s'",
            "settled set search_path = 'nowhere', 'public'",
            "settled set default_transaction_isolation = 'SERIALIZABLE'",
            // Not for the login role to set, not for a role to say, not known.
            "settled set log_min_duration_statement = 7",
            "settled set DateStyle = 'German'",
            "settled set app.tenant = 'x'",
        ],
        ApiOptions { schemas: vec!["public".into(), "archive".into()], ..ApiOptions::default() },
    )
    .await;
    let usual = ["work_mem", "log_min_duration_statement"];
    let [memory, logged] = [world.usual(usual[0]).await, world.usual(usual[1]).await];
    for (name, settled, plain) in [
        ("work_mem", json!("2MB"), memory),
        ("application_name", json!(hostile), json!("howdah")),
        ("timezone", json!("Asia/Tokyo"), world.usual("timezone").await),
        ("search_path", json!("nowhere, public"), json!("public")),
        ("transaction_isolation", json!("serializable"), json!("read committed")),
        ("log_min_duration_statement", logged.clone(), logged),
        ("datestyle", json!("ISO, MDY"), json!("ISO, MDY")),
        ("app.tenant", Value::Null, Value::Null),
    ] {
        for _ in 0..2 {
            assert_eq!(world.setting("settled", name).await, settled, "{name}");
            assert_eq!(world.setting("plain", name).await, plain, "{name}");
        }
    }
    let lock = world.get("settled", "rpc/setting?name=lock_timeout").await;
    assert_eq!(lock.json(), "4s");
    // What the request says goes before what the role says.
    let zone = world.server.request(Method::GET, "rpc/setting?name=timezone", Some(&world.token("settled")));
    let zone = world.server.send(zone.header("prefer", "timezone=Europe/Paris")).await;
    assert_eq!(zone.json(), "Europe/Paris");
}

#[tokio::test]
async fn a_change_takes_effect_with_the_next_reading_of_the_schema() {
    let world = world(&[], ApiOptions::default()).await;
    assert_eq!(world.setting("settled", "work_mem").await, "1MB");
    world.admin.batch_execute(&in_database(&world.db, "settled set work_mem = '5MB'")).await.unwrap();
    world.server.api.reload().await.unwrap();
    assert_eq!(world.setting("settled", "work_mem").await, "5MB");
    world.admin.batch_execute(&in_database(&world.db, "settled reset work_mem")).await.unwrap();
    world.server.api.reload().await.unwrap();
    assert_eq!(world.setting("settled", "work_mem").await, "1MB");
    if world.has_version(15).await {
        let granted = "grant set on parameter track_io_timing to howdah_login";
        world.admin.batch_execute(granted).await.unwrap();
        world.admin.batch_execute(&in_database(&world.db, "settled set track_io_timing = on")).await.unwrap();
        world.server.api.reload().await.unwrap();
        assert_eq!(world.setting("settled", "track_io_timing").await, "on");
        assert_eq!(world.setting("plain", "track_io_timing").await, world.usual("track_io_timing").await);
        // The second operation begins as the caller, who may not set it.
        let ask = json!({ "method": "GET", "path": "rpc/setting?name=track_io_timing" });
        assert_eq!(world.batch("settled", json!([ask, ask])).await, ["on", "on"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_limit_holds_wherever_a_request_runs_and_for_its_role_alone() {
    let options = ApiOptions {
        statement_timeouts: [("plain", 200), ("settled", 1)]
            .map(|(role, limit)| (role.to_owned(), Duration::from_millis(limit)))
            .into(),
        ..ApiOptions::default()
    };
    // Longer than the lane's own limit; and shorter by the role itself than by the options.
    let world =
        world(&["settled set statement_timeout = '1min'", "anon set statement_timeout = '100ms'"], options).await;
    world.admin.batch_execute("grant usage on schema public to anon").await.unwrap();
    let cut_off = |answer: &Answer| {
        let error = answer.json();
        assert_eq!((answer.status.as_u16(), &error["code"]), (500, &json!("57014")), "{error}");
    };
    // While the shape is new: on a session of its own.
    cut_off(&world.get("plain", "rpc/nap?seconds=60").await);
    let body = json!({ "seconds": 60 });
    cut_off(&world.server.write(Method::POST, "rpc/nap", &world.token("plain"), "", &body).await);
    cut_off(&world.server.get("rpc/nap?seconds=60", None).await);
    // A shape that was slow is trusted again after more than WARM quick ones.
    for _ in 0..2 * WARM {
        assert_eq!(world.get("settled", "rpc/nap?seconds=0").await.json(), "slept");
    }
    // On the lane, all at once: each is cut off at its own limit, and the one with the longest is not cut off at all.
    let (short, long, none) = tokio::join!(
        world.get("plain", "rpc/nap?seconds=60"),
        world.get("settled", "rpc/nap?seconds=1.5"),
        world.server.get("rpc/nap?seconds=60", None),
    );
    cut_off(&short);
    cut_off(&none);
    assert_eq!((long.status.as_u16(), long.json()), (200, json!("slept")), "{}", long.text);
    // In a batch, too.
    let nap = json!({ "operations": [{ "method": "GET", "path": "rpc/nap?seconds=60" }] });
    let answer = world.server.write(Method::POST, "batch", &world.token("plain"), "", &nap).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (500, &json!("57014")), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_whose_settings_end_sessions_has_them_for_itself() {
    let world = world(&["settled set exit_on_error = on"], ApiOptions::default()).await;
    for _ in 0..2 * WARM {
        assert_eq!(world.get("plain", "rpc/divide?by=1").await.json(), 1);
    }
    for _ in 0..WARM {
        let (ended, quick) =
            tokio::join!(world.get("settled", "rpc/divide?by=0"), world.get("plain", "rpc/divide?by=1"));
        assert_eq!((ended.status.as_u16(), &ended.json()["code"]), (400, &json!("22012")), "{}", ended.text);
        assert_eq!(quick.json(), 1, "{}", quick.text);
    }
}

#[tokio::test]
async fn a_functions_settings_that_are_listed_are_its_transactions() {
    let listed = |names: &[&str]| ApiOptions {
        hoisted_settings: names.iter().map(|name| (*name).to_owned()).collect(),
        ..ApiOptions::default()
    };
    let path = "rpc/roomy?select=id,memory,locking";
    let usual = world(&[], listed(&[])).await;
    let expected = json!([{ "id": 1, "memory": usual.usual("work_mem").await, "locking": "10s" }]);
    assert_eq!(usual.get("plain", path).await.json(), expected);

    let hoisting = world(&["settled set work_mem = '2MB'"], listed(&["Work_Mem"])).await;
    for role in ["plain", "settled"] {
        // What is computed of the rows is not computed in the function.
        let rows = hoisting.get(role, path).await.json();
        assert_eq!(rows, json!([{ "id": 1, "memory": "3MB", "locking": "10s" }]), "{role}");
        let call = json!({ "method": "GET", "path": "rpc/roomy?select=memory" });
        let post = json!({ "method": "POST", "path": "rpc/roomy?select=memory", "body": {} });
        let read = json!({ "method": "GET", "path": "marks?select=memory" });
        let own = if role == "settled" { json!("2MB") } else { hoisting.usual("work_mem").await };
        let (own, called) = (json!([{ "memory": own }]), json!([{ "memory": "3MB" }]));
        let found = hoisting.batch(role, json!([read, call, read, post, read])).await;
        assert_eq!(found, [own.clone(), called.clone(), own.clone(), called, own], "{role}");
    }
}

#[tokio::test]
async fn a_batch_is_of_its_roles_isolation_level() {
    let world = world(&["settled set default_transaction_isolation = 'repeatable read'"], ApiOptions::default()).await;
    let get = json!({ "method": "GET", "path": "rpc/setting?name=transaction_isolation" });
    let post = json!({ "method": "POST", "path": "rpc/post_setting", "body": { "name": "transaction_isolation" } });
    let operations = json!([get, post, get]);
    assert_eq!(world.batch("settled", operations.clone()).await, ["repeatable read"; 3]);
    assert_eq!(world.batch("plain", operations).await, ["read committed"; 3]);
}
