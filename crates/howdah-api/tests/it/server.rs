//! A server of a test's own.

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use howdah_api::{Api, ApiOptions};
use howdah_http::{Gate, GateOptions, MetricNames, Tokens};
use howdah_pg::Target;
use howdah_pg::lane::{LaneOptions, LanePool};
use howdah_testkit::TestDb;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
pub(crate) const ADA: &str = "a0000000-0000-4000-8000-000000000001";
pub(crate) const BEN: &str = "b0000000-0000-4000-8000-000000000002";

/// The API over one database; it stops when this is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) api: Api,
    pub(crate) pool: LanePool,
    pub(crate) tokens: Tokens,
    client: reqwest::Client,
    _stop: DropGuard,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Server {
    pub(crate) async fn start(login_url: &str, lanes: LaneOptions, options: ApiOptions) -> Self {
        let gate_options = GateOptions { max_body: 64 * 1024, ..GateOptions::default() };
        Self::start_behind(login_url, lanes, options, gate_options).await
    }

    pub(crate) async fn start_behind(
        login_url: &str,
        lanes: LaneOptions,
        options: ApiOptions,
        gate_options: GateOptions,
    ) -> Self {
        // reqwest wants a TLS provider even for plain HTTP; it is fine if another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let target = Target::parse(login_url).unwrap();
        let pool = LanePool::start(target.clone(), lanes);
        let tokens = Tokens::new(SECRET, None).unwrap();
        let gate = Gate::new(pool.clone(), tokens.clone(), gate_options);
        let api = Api::new(gate.clone(), target, options);
        api.reload().await.unwrap();
        let others = howdah_http::health_router(gate.clone());
        let others = others.merge(howdah_http::admin_router(gate.clone(), MetricNames::Howdah));
        let app = howdah_http::guarded(howdah_api::app(api.clone(), others.into()), &gate);
        let loopback = IpAddr::from([127, 0, 0, 1]);
        let listener = howdah_http::server::bind_from(loopback, 0, 1).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(howdah_http::server::serve(listener, app, howdah_http::server::Limits::default(), stop.clone()));
        Self { url, api, pool, tokens, client: reqwest::Client::new(), _stop: stop.drop_guard() }
    }

    /// Over a database, with small limits so that a test reaches them.
    pub(crate) async fn over(db: &TestDb) -> Self {
        let session_settings = ApiOptions::default().session_settings();
        let lanes = LaneOptions { session_settings, ..LaneOptions::default() };
        Self::start(&db.login_url(), lanes, ApiOptions::default()).await
    }

    /// A token for a user.
    pub(crate) fn token(&self, user: &str) -> String {
        self.sign(&json!({ "sub": user, "role": "authenticated", "exp": now() + 600 }))
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.tokens.sign(claims).unwrap()
    }

    pub(crate) fn request(&self, method: Method, path: &str, token: Option<&str>) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/rest/v1/{path}", self.url));
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.send(self.request(Method::GET, path, token)).await
    }

    /// What it has counted.
    pub(crate) async fn metrics(&self) -> String {
        self.send(self.client.get(format!("{}/metrics", self.url))).await.text
    }

    /// GET that must succeed.
    #[track_caller]
    pub(crate) fn rows(&self, path: &str, token: &str) -> impl Future<Output = Value> {
        let request = self.request(Method::GET, path, Some(token));
        let path = path.to_owned();
        async move {
            let answer = self.send(request).await;
            assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
            answer.json()
        }
    }

    pub(crate) async fn write(&self, method: Method, path: &str, token: &str, prefer: &str, body: &Value) -> Answer {
        let request = self.request(method, path, Some(token)).header("prefer", prefer);
        self.send(if body.is_null() { request } else { request.json(body) }).await
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

/// The personal schema with two people in it.
pub(crate) async fn personal() -> TestDb {
    let db = TestDb::template("personal").await;
    let people =
        format!("insert into auth.users (id, email) values ('{ADA}', 'ada@example.com'), ('{BEN}', 'ben@example.com')");
    db.client_superuser().await.batch_execute(&people).await.unwrap();
    db
}

/// A small schema with a column of every kind that the encoder treats in its own way.
pub(crate) const KINDS: &str = "
create type mood as enum ('glad', 'sad');
create domain short_text as text constraint chk_short_text check (char_length(value) <= 5);
create table kinds (
  id bigint generated always as identity primary key,
  flag boolean, small smallint, big bigint, amount numeric(19,4), ratio double precision,
  name text, code char(3), short short_text, mood mood, day date, clock time, moment timestamptz, local timestamp,
  span interval, data jsonb, plain json, words text[], bytes bytea, address inet, key uuid, spread int4range,
  words_vector tsvector generated always as (to_tsvector('simple', coalesce(name, ''))) stored,
  constraint chk_kinds_small check (small >= 0),
  constraint uq_kinds_big unique (big)
);
create table parts (id integer primary key, kind_id bigint not null constraint fk_parts_kind references kinds (id));
create view glad_kinds with (security_invoker = true) as select id, name, mood from kinds where mood = 'glad';
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant anon, authenticated to howdah_login;
grant usage on schema public to anon, authenticated;
grant select, insert, update, delete on kinds, parts, glad_kinds to authenticated;
grant select on glad_kinds, kinds to anon;
";

pub(crate) async fn kinds() -> TestDb {
    TestDb::from_sql("kinds", [howdah_testkit::Sql::text("kinds.sql", KINDS)]).await
}
