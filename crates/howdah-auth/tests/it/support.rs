//! A server of a test's own, and what people send to it.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::routing::get;
use axum::{Json, Router};
use howdah_auth::{Accounts, AuthOptions, Mailer, Notice, Occasion, PasswordHasher, Posted};
use howdah_http::{
    ApiError, App, Following, Gate, GateOptions, KeySet, OwnTokens, Principal, TokenOptions, Tokens, TrustedProxies,
};
use howdah_pg::Target;
use howdah_pg::lane::{LaneOptions, LanePool};
use howdah_testkit::TestDb;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
pub(crate) const PEPPER: &[u8] = b"a pepper";
pub(crate) const PASSWORD: &str = "a password of some length";

/// `/auth/v1` over one database, and beside it `/whoami`, which stands for all that asks the gate. It stops when this is
/// dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) gate: Gate,
    client: reqwest::Client,
    _following: Following,
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

    /// The body of an answer that must be a success.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// Status and `error_code` of an answer that must be a refusal.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, String) {
        assert!(!self.status.is_success(), "{} {}", self.status, self.text);
        let body = self.json();
        assert_eq!(body["code"], self.status.as_u16(), "{body}");
        assert!(body["msg"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        (self.status.as_u16(), body["error_code"].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Whoever has signed in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Person {
    #[track_caller]
    pub(crate) fn of(body: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
        Self {
            id: text(&body["user"]["id"]),
            access: text(&body["access_token"]),
            refresh: text(&body["refresh_token"]),
        }
    }

    pub(crate) fn claims(&self) -> Value {
        claims(&self.access)
    }

    pub(crate) fn session(&self) -> String {
        self.claims()["session_id"].as_str().unwrap().to_owned()
    }
}

/// What a token says.
pub(crate) fn claims(token: &str) -> Value {
    use base64::Engine;
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Accounts that can be used at once, which most tests want.
pub(crate) fn open() -> AuthOptions {
    AuthOptions { confirm_email: false, anonymous_sign_in: true, ..AuthOptions::default() }
}

impl Server {
    pub(crate) async fn start(db: &TestDb, options: AuthOptions) -> Self {
        Self::start_with(&db.login_url(), options, None, GateOptions::default()).await
    }

    pub(crate) async fn start_with(
        login_url: &str,
        options: AuthOptions,
        mailer: Option<Arc<dyn Mailer>>,
        gate_options: GateOptions,
    ) -> Self {
        Self::start_posting(login_url, options, gate_options, |_| (mailer, Router::new())).await
    }

    /// With a mailer that is made of the accounts, and with more routes.
    pub(crate) async fn start_posting(
        login_url: &str,
        options: AuthOptions,
        gate_options: GateOptions,
        mailer: impl FnOnce(&Accounts) -> (Option<Arc<dyn Mailer>>, Router),
    ) -> Self {
        // reqwest wants a TLS provider even for plain HTTP; it is fine if another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let target = Target::parse(login_url).unwrap();
        let pool = LanePool::start(target.clone(), LaneOptions::default());
        let own = OwnTokens { issuer: options.issuer.clone(), audience: options.audience.clone() };
        let token_options = TokenOptions { own: Some(own), ..TokenOptions::default() };
        let tokens = Tokens::with(KeySet::from_secret(SECRET).unwrap(), token_options);
        // Tests say in X-Forwarded-For where a request comes from.
        let trusted_proxies: TrustedProxies = "127.0.0.1".parse().unwrap();
        let gate = Gate::new(pool, tokens, GateOptions { trusted_proxies, ..gate_options });
        let following = gate.revoked.follow(target);
        let mut accounts = Accounts::new(gate.clone(), PasswordHasher::new(PEPPER, 2), options);
        let (mailer, more) = mailer(&accounts);
        if let Some(mailer) = mailer {
            accounts = accounts.with_mailer(mailer);
        }
        let whoami = Router::new().route("/whoami", get(whoami).post(whoami)).with_state(gate.clone());
        let app = howdah_auth::router(accounts.clone()).merge(whoami).merge(more);
        let app = howdah_http::guarded(howdah_auth::with_cookies(app, &accounts), &gate);
        let (url, stop) = serve(app).await;
        until("the server knows what has ended", async || gate.revoked.is_current()).await;
        Self { url, gate, client: reqwest::Client::new(), _following: following, _stop: stop }
    }

    pub(crate) fn request(&self, method: Method, path: &str, token: Option<&str>) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
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

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(self.request(Method::GET, path, Some(token))).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path, None).json(body)).await
    }

    pub(crate) async fn post_as(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path, Some(token)).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send(self.request(Method::DELETE, path, Some(token))).await
    }

    pub(crate) async fn put(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path, Some(token)).json(body)).await
    }

    pub(crate) async fn sign_up(&self, email: &str, password: &str) -> Answer {
        self.post("/auth/v1/signup", &json!({ "email": email, "password": password })).await
    }

    /// Makes an account and signs in to it.
    pub(crate) async fn person(&self, email: &str) -> Person {
        Person::of(&self.sign_up(email, PASSWORD).await.ok())
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.sign_in_from(email, password, None).await
    }

    pub(crate) async fn sign_in_from(&self, email: &str, password: &str, address: Option<&str>) -> Answer {
        let body = json!({ "email": email, "password": password });
        let request = self.request(Method::POST, "/auth/v1/token?grant_type=password", None).json(&body);
        self.send(match address {
            Some(address) => request.header("x-forwarded-for", address),
            None => request,
        })
        .await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.post("/auth/v1/token?grant_type=refresh_token", &json!({ "refresh_token": token })).await
    }

    pub(crate) async fn sign_out(&self, token: &str, scope: &str) -> Answer {
        self.send(self.request(Method::POST, &format!("/auth/v1/logout?scope={scope}"), Some(token))).await
    }

    /// A project's key in Supabase's form: a token for a database role, of nobody.
    pub(crate) fn key(&self, role: &str) -> String {
        self.gate.tokens.sign(&json!({ "role": role, "iss": "howdah", "exp": 4_000_000_000_u64 })).unwrap()
    }

    /// What the gate says to a token.
    pub(crate) async fn whoami(&self, token: &str) -> u16 {
        self.get("/whoami", token).await.status.as_u16()
    }

    /// Waits until the gate refuses a token.
    pub(crate) async fn refuses(&self, token: &str) {
        until("the token is refused", async || self.whoami(token).await == 401).await;
    }
}

/// Serves until the guard is dropped.
pub(crate) async fn serve(app: impl Into<App>) -> (String, DropGuard) {
    let listener = howdah_http::server::bind_from(IpAddr::from([127, 0, 0, 1]), 0, 1).await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let app = app.into();
    tokio::spawn(howdah_http::server::serve(listener, app, howdah_http::server::Limits::default(), stop.clone()));
    (format!("http://{address}"), stop.drop_guard())
}

async fn whoami(State(gate): State<Gate>, request: Request) -> Result<Json<Value>, ApiError> {
    let (parts, _) = request.into_parts();
    let principal = Principal::from_parts(&parts, &gate)?;
    Ok(Json(json!({ "role": *principal.role })))
}

/// Waits for what must come about, far longer than it should take.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(30);
    while !is_so().await {
        assert!(Instant::now() < patience, "waiting in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Runs SQL as a superuser and gives the text of the first column of each row.
pub(crate) async fn sql(db: &TestDb, statement: &str) -> Vec<String> {
    use howdah_pg::tokio_postgres::SimpleQueryMessage;
    let messages = db.client_superuser().await.simple_query(statement).await.unwrap();
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
        _ => None,
    });
    rows.collect()
}

pub(crate) async fn shared() -> TestDb {
    TestDb::template("shared").await
}

/// Keeps what would have been sent: a mailbox, as far as accounts care.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<Vec<Notice>>);

impl Mailer for Mailbox {
    fn post(&self, notice: Notice) -> Posted<'_> {
        self.0.lock().unwrap().push(notice);
        Box::pin(async { Ok(()) })
    }
}

impl Mailbox {
    /// Why and to whom, once there are so many.
    pub(crate) async fn wait(&self, count: usize) -> Vec<(Occasion, String)> {
        until("mails are posted", async || self.0.lock().unwrap().len() >= count).await;
        self.0.lock().unwrap().iter().map(|notice| (notice.occasion, notice.to.clone())).collect()
    }
}
