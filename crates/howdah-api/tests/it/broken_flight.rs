//! Whichever message of a flight fails, nothing is read or written as the login role.
//!
//! Between the API and PostgreSQL stands a relay that spoils one message of one request's flight so that PostgreSQL refuses
//! it: a Parse gets text that is no SQL, a Describe, Bind or Execute a name that is not there. The login role has every right
//! on the table here, so a statement that ran after a failed settings step would succeed, and would leave a trace that
//! outlives any rollback.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use howdah_api::ApiOptions;
use howdah_pg::Ident;
use howdah_pg::lane::LaneOptions;
use howdah_testkit::TestDb;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{ADA, Server};

/// `TRACE` is a file that the server writes when a row is looked at by neither of the callers' roles.
const SCHEMA: &str = "
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant anon, authenticated to howdah_login;
create function watch(who text) returns boolean language plpgsql security definer as $$ begin
  if who not in ('anon', 'authenticated') then copy (select 1) to 'TRACE'; end if;
  return true;
end $$;
create table notes (id integer primary key, body text, by text not null default current_user);
alter table notes enable row level security;
create policy all_of_them on notes using (watch(current_user::text)) with check (watch(current_user::text));
create function look() returns setof notes language sql stable set statement_timeout to '20s' as 'select * from notes';
create function touch() returns bigint language sql volatile as
  $$ with w as (insert into notes (id, body) values (100, 'rpc') returning 1) select count(*) from w $$;
grant usage on schema public to authenticated, howdah_login;
grant select, insert, update, delete on notes to authenticated, howdah_login;
insert into notes values (1, 'first', 'authenticated');
";

/// Which message of the next flight of a caller to spoil, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Idle,
    Spoil(usize),
    /// The kind of message that was spoilt.
    Spoilt(u8),
    /// The flight had no message of that number.
    TooShort,
}

type Shared = Arc<Mutex<Plan>>;

/// A relay to the server on a port of this machine; its own port.
async fn relay(port: u16, plan: Shared) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let own = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let (mut from_server, to_server) = server.into_split();
            let (from_client, mut to_client) = client.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
            tokio::spawn(forward(from_client, to_server, Arc::clone(&plan)));
        }
    });
    own
}

async fn forward(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    plan: Shared,
) -> std::io::Result<()> {
    // Before the session begins messages have no tag; 3.0 is the version that begins it.
    loop {
        let length = from.read_u32().await?;
        let mut body = vec![0; length as usize - 4];
        from.read_exact(&mut body).await?;
        to.write_u32(length).await?;
        to.write_all(&body).await?;
        if body[..4] == 196_608_u32.to_be_bytes() {
            break;
        }
    }
    let mut flight: Vec<(u8, Vec<u8>)> = Vec::new();
    loop {
        let tag = from.read_u8().await?;
        let length = from.read_u32().await?;
        let mut body = vec![0; length as usize - 4];
        from.read_exact(&mut body).await?;
        let is_last = !matches!(tag, b'P' | b'B' | b'D' | b'E' | b'C');
        flight.push((tag, body));
        if is_last {
            spoil(&mut flight, &plan);
            for (tag, body) in flight.drain(..) {
                to.write_u8(tag).await?;
                to.write_u32(u32::try_from(body.len()).unwrap() + 4).await?;
                to.write_all(&body).await?;
            }
        }
    }
}

fn spoil(flight: &mut [(u8, Vec<u8>)], plan: &Shared) {
    let mut plan = plan.lock().unwrap();
    let Plan::Spoil(nth) = *plan else { return };
    // The claims are among the parameters of a caller's flight, and of no other.
    let is_callers = flight.iter().any(|(_, body)| body.windows(ADA.len()).any(|part| part == ADA.as_bytes()));
    if !is_callers {
        return;
    }
    let Some((tag, body)) = flight.get_mut(nth).filter(|(tag, _)| *tag != b'S') else {
        *plan = Plan::TooShort;
        return;
    };
    *body = match *tag {
        b'P' => [&body[..=end(body)], b"this is no SQL\0\0\0"].concat(),
        b'D' => b"Snowhere\0".to_vec(),
        b'E' => b"nowhere\0\0\0\0\0".to_vec(),
        b'B' => {
            let portal = end(body) + 1;
            let statement = portal + end(&body[portal..]);
            [&body[..portal], b"nowhere", &body[statement..]].concat()
        }
        other => panic!("a message '{}' in a flight", char::from(other)),
    };
    *plan = Plan::Spoilt(*tag);
}

/// Where the first text of a message ends.
fn end(body: &[u8]) -> usize {
    body.iter().position(|byte| *byte == 0).unwrap()
}

struct World {
    server: Server,
    plan: Shared,
    trace: PathBuf,
    admin: tokio_postgres::Client,
    db: TestDb,
}

/// `settings` of the caller's role in this database.
async fn world(settings: &[&str]) -> World {
    let db = TestDb::empty().await;
    let trace = std::env::temp_dir().join(format!("howdah-seen-{}-{}", std::process::id(), db.name()));
    let admin = db.client_superuser().await;
    admin.batch_execute(&SCHEMA.replace("TRACE", trace.to_str().unwrap())).await.unwrap();
    for setting in settings {
        let sql = format!("alter role authenticated in database {} set {setting}", Ident::new(db.name()));
        admin.batch_execute(&sql).await.unwrap();
    }
    let plan = Arc::new(Mutex::new(Plan::Idle));
    let port = relay(db.port(), Arc::clone(&plan)).await;
    let login = db.login_url();
    let through = login.replace(&format!(":{}/", db.port()), &format!(":{port}/"));
    assert_ne!(login, through, "the login does not go through the relay");
    let server = Server::start(&through, LaneOptions::default(), ApiOptions::default()).await;
    World { server, plan, trace, admin, db }
}

impl World {
    async fn send(&self, method: &Method, path: &str, body: &Value) -> (u16, String) {
        let token = self.server.token(ADA);
        let answer = self.server.write(method.clone(), path, &token, "return=representation", body).await;
        (answer.status.as_u16(), answer.text)
    }

    /// Rows as the superuser sees them.
    async fn rows(&self) -> String {
        let sql = "select coalesce(string_agg(n::text, ' ' order by id), '') from notes n";
        self.admin.query_one(sql, &[]).await.unwrap().get(0)
    }

    async fn reset(&self) {
        self.admin.batch_execute("delete from notes where id <> 1; update notes set body = 'first'").await.unwrap();
    }

    /// Spoils each message in turn of the flights of one request; the kinds that were.
    async fn spoil_each(&self, method: Method, path: &dyn Fn(usize) -> String, body: Value) -> Vec<u8> {
        let mut kinds = Vec::new();
        for nth in 0.. {
            let path = path(nth);
            self.reset().await;
            let before = self.rows().await;
            *self.plan.lock().unwrap() = Plan::Spoil(nth);
            let (status, text) = self.send(&method, &path, &body).await;
            let outcome = std::mem::replace(&mut *self.plan.lock().unwrap(), Plan::Idle);
            let what = format!("{method} {path}, message {nth}, {outcome:?}: {status} {text}");
            assert!(!self.trace.exists(), "a row was touched as the login role: {what}");
            let after = self.rows().await;
            assert!(!after.contains("howdah_login"), "{what}: {after}");
            match outcome {
                Plan::Spoilt(kind) => {
                    kinds.push(kind);
                    // Refused, and nothing changed; or, where the server missed a prepared statement, prepared anew and
                    // done as the caller.
                    assert!(status >= 400 || matches!(kind, b'B' | b'D'), "{what}");
                    assert!(status < 400 || after == before, "{what}: {after}");
                }
                Plan::TooShort => {
                    assert!(status < 300, "{what}");
                    break;
                }
                other => panic!("no flight of the caller was seen ({other:?}): {what}"),
            }
            // The next request is served as ever, by the same connections or by new ones.
            self.reset().await;
            let (status, text) = self.send(&method, &path, &body).await;
            assert!(status < 300, "after {what}: {status} {text}");
        }
        kinds
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.trace);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_message_fails_the_login_role_touches_nothing() {
    check(world(&[]).await, 4).await;
}

/// What is sent for the settings of a role comes before the role is taken on.
#[tokio::test(flavor = "multi_thread")]
async fn whichever_message_fails_it_touches_nothing_under_a_role_with_settings() {
    let settings =
        ["statement_timeout = '25s'", "default_transaction_isolation = 'repeatable read'", "work_mem = '1MB'"];
    check(world(&settings).await, 6).await;
}

/// `least`: messages of the shortest flight.
async fn check(world: World, least: usize) {
    let same = |path: &'static str| move |_: usize| path.to_owned();
    // A shape that was never seen goes over an exclusive session, and is prepared there.
    let fresh = |nth: usize| format!("notes?select=n{nth}:id,body&order=body");
    let row = json!({ "id": 50, "body": "new" });
    let change = json!({ "body": "changed" });
    let cold_and_warm = [
        world.spoil_each(Method::GET, &same("notes?id=eq.1"), Value::Null).await,
        world.spoil_each(Method::GET, &fresh, Value::Null).await,
        world.spoil_each(Method::GET, &same("rpc/look"), Value::Null).await,
        world.spoil_each(Method::POST, &same("notes"), row).await,
        world.spoil_each(Method::PATCH, &same("notes?id=eq.1"), change).await,
        world.spoil_each(Method::DELETE, &same("notes?id=eq.1&body=eq.none"), Value::Null).await,
        world.spoil_each(Method::POST, &same("rpc/touch"), json!({})).await,
    ];
    for (at, kinds) in cold_and_warm.iter().enumerate() {
        // Settings and statement at the least: two Binds and two Executes; and those of the level, where there is one.
        assert!(kinds.len() >= least, "case {at}: only {} messages", kinds.len());
    }
    let all: Vec<u8> = cold_and_warm.concat();
    for kind in *b"PDBE" {
        assert!(all.contains(&kind), "no '{}' was spoilt", char::from(kind));
    }
    // The trace would have been there: this is what it takes to leave one.
    let login = world.db.client_login().await;
    login.query("select * from notes", &[]).await.unwrap();
    assert!(world.trace.exists(), "the login role leaves no trace: this test proves nothing");
}
