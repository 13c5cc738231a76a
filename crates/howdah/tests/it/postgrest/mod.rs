//! `howdah serve --postgrest-config`: configurations of PostgREST, run as they are.

mod surface;
mod tokens;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use howdah_testkit::{HttpAnswer, Sql, TestDb, TestProcess};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::support::{folder, howdah, run};

const PATIENCE: Duration = Duration::from_secs(60);

const SCHEMA: &str = "
create schema api;
create table api.todos (id integer primary key, task text);
insert into api.todos values (1, 'one'), (2, 'two'), (3, 'three');
create table api.notes (id integer primary key, deleted_at timestamptz);
insert into api.notes values (1, null), (2, now());
create table public.hidden (id integer primary key);
create function api.roomy() returns setof api.todos language sql stable set work_mem to '3MB' as 'select * from api.todos';
create function api.memory(api.todos) returns text language sql stable as $$ select current_setting('work_mem') $$;
create function api.limit_of() returns text language sql volatile as $$ select current_setting('statement_timeout') $$;
create view api.secrets as select current_setting('app.settings.greeting', true) as greeting, current_user as me;
create table api.healthz (id integer primary key);
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
  if not exists (select from pg_roles where rolname = 'webuser') then create role webuser; end if;
end $$;
grant anon, webuser to howdah_login;
grant usage on schema api to anon, webuser;
grant select on all tables in schema api to anon, webuser;
";

/// A file as people have it, where the database's place is to be filled in.
const FILE: &str = r##"
# postgrest.conf
db-uri       = "URI"
db-schema    = "api"          # the older name
db-anon-role = "anon"

jwt-secret           = "reallyreallyreallyreallyverysafe"
jwt-secret-is-base64 = false

server-host = "127.0.0.1"
server-port = 0
log-level   = "info"
db-max-rows = "2"

app.settings.greeting = "hello $(GREETED)"
"##;

struct Served {
    process: TestProcess,
    url: String,
    folder: TempDir,
}

fn database() -> TestDb {
    TestDb::from_sql_blocking("postgrest", [Sql::text("postgrest.sql", SCHEMA)])
}

/// `howdah serve --postgrest-config` with FILE and these lines after it.
fn command(folder: &Path, db: &TestDb, more: &str) -> Command {
    let file = folder.join("postgrest.conf");
    std::fs::write(&file, format!("{}{more}", FILE.replace("URI", &db.login_url()))).unwrap();
    let mut command = howdah(folder);
    command.arg("serve").arg("--postgrest-config").arg(file).env("GREETED", "world");
    command
}

fn serve(db: &TestDb, more: &str, change: impl FnOnce(&mut Command)) -> Served {
    let folder = folder();
    let mut command = command(folder.path(), db, more);
    change(&mut command);
    let process = TestProcess::spawn(command);
    let output = process.wait_for("the URL", PATIENCE, |output| output.contains("http://127.0.0.1:"));
    let start = output.find("http://127.0.0.1:").unwrap();
    let url = output[start..].lines().next().unwrap().trim().to_owned();
    wait_for_schema(&url);
    Served { process, url, folder }
}

/// Until it answers anything but that the database is away.
fn wait_for_schema(url: &str) {
    let came = (0..1200).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        ask(url, "GET", "/nothing", &[]).status != 503
    });
    assert!(came, "the schema was not read");
}

/// A request with these header lines, and its answer.
fn ask(url: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> HttpAnswer {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    stream.write_all(format!("{method} {path} HTTP/1.0\r\nhost: {host}\r\n{headers}\r\n").as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    HttpAnswer { status, head: head.to_lowercase(), body: body.to_owned() }
}

impl Served {
    fn get(&self, path: &str) -> HttpAnswer {
        ask(&self.url, "GET", path, &[])
    }

    /// Until an answer is as wanted.
    fn wait(&self, path: &str, wanted: impl Fn(&HttpAnswer) -> bool) {
        let came = (0..1200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            wanted(&self.get(path))
        });
        assert!(came, "{:?}\n{}", self.get(path), self.process.stderr());
    }

    fn change(&self, from: &str, to: &str) {
        let file = self.folder.path().join("postgrest.conf");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&file, text.replace(from, to)).unwrap();
    }
}

fn sql(db: &TestDb, statement: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { db.client_superuser().await.batch_execute(statement).await.unwrap() });
}

#[test]
fn a_configuration_is_served_at_the_root_as_postgrest_would() {
    let db = database();
    let served = serve(&db, "", |_| ());
    // As the anonymous role, and no more rows than allowed.
    let answer = served.get("/todos?select=id&order=id");
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"[{"id":1},{"id":2}]"#));
    // A row with deleted_at is one like any other.
    assert_eq!(served.get("/notes?select=id&order=id").body, r#"[{"id":1},{"id":2}]"#);
    let answer = served.get("/secrets");
    assert_eq!(answer.body, r#"[{"greeting":"hello world","me":"anon"}]"#);
    assert_eq!(served.get("/hidden").status, 404);
    // Nothing of Howdah's own stands in the way of a table.
    assert_eq!((served.get("/healthz").status, served.get("/healthz").body.as_str()), (200, "[]"));
    for path in ["/readyz", "/rest/v1/todos", "/auth/v1/token"] {
        assert_eq!(served.get(path).status, 404, "{path}");
    }
    let mut served = served;
    assert!(served.process.terminate().success(), "{}", served.process.output());
}

#[test]
fn the_environment_alone_is_a_configuration_and_wins_over_a_file() {
    let db = database();
    let served = serve(&db, "", |command| {
        command.env("PGRST_DB_MAX_ROWS", "1").env("PGRST_APP_SETTINGS_greeting", "hi");
    });
    assert_eq!(served.get("/todos?select=id&order=id").body, r#"[{"id":1}]"#);
    assert!(served.get("/secrets").body.contains(r#""greeting":"hi""#));

    let folder = folder();
    let mut command = howdah(folder.path());
    command.args(["serve", "--postgrest-config", "--port", "0"]);
    command.env("PGRST_DB_URI", db.login_url()).env("PGRST_DB_SCHEMAS", "api").env("PGRST_SERVER_HOST", "127.0.0.1");
    command.env("PGRST_LOG_LEVEL", "info").env("PGRST_DB_ANON_ROLE", "anon");
    let process = TestProcess::spawn(command);
    let output = process.wait_for("the URL", PATIENCE, |output| output.contains("http://127.0.0.1:"));
    let url = output[output.find("http://127.0.0.1:").unwrap()..].lines().next().unwrap().trim();
    wait_for_schema(url);
    assert_eq!(ask(url, "GET", "/todos?select=id&id=eq.2", &[]).body, r#"[{"id":2}]"#);
}

#[test]
fn without_an_anonymous_role_a_token_is_needed() {
    let db = database();
    let served = serve(&db, "", |command| {
        command.env("PGRST_DB_ANON_ROLE", "");
    });
    assert_eq!(served.get("/todos").status, 401);
}

#[test]
fn settings_in_the_database_win_and_are_read_anew() {
    let db = database();
    let name = db.name();
    sql(
        &db,
        &format!(
            "
        create function public.conf() returns void language sql as $$
          select set_config('pgrst.db_max_rows', '1', true), set_config('pgrst.db_schemas', 'nowhere', true) $$;
        alter role howdah_login in database {name} set pgrst.db_schemas = 'public';
        grant select on public.hidden to anon"
        ),
    );
    let served = serve(&db, "db-pre-config = \"public.conf\"\n", |_| ());
    // The schema from the role, which wins over the function; the rows from the function, which wins over the file.
    assert_eq!(served.get("/todos").status, 404);
    assert_eq!(served.get("/hidden").body, "[]");
    sql(&db, &format!("alter role howdah_login in database {name} set pgrst.db_schemas = 'api'"));
    served.process.signal(Signal::SIGUSR2);
    served.wait("/todos?select=id&order=id", |answer| answer.body == r#"[{"id":1}]"#);

    // A wrong one is said, and what was served is served on.
    sql(&db, &format!("alter role howdah_login in database {name} set pgrst.db_max_rows = 'many'"));
    served.process.signal(Signal::SIGUSR2);
    served.process.wait_for("the refusal", PATIENCE, |output| output.contains("settings not read"));
    assert!(served.process.stderr().contains("db-max-rows"), "{}", served.process.stderr());
    assert_eq!(served.get("/todos?select=id&order=id").body, r#"[{"id":1}]"#);

    // db-config = false: the database is not asked.
    let deaf = serve(&db, "db-config = false\n", |_| ());
    assert_eq!(deaf.get("/todos?select=id&order=id").body, r#"[{"id":1},{"id":2}]"#);
    // At the start there is nothing to serve on: it ends and says why.
    let folder = folder();
    let ran = run(&mut command(folder.path(), &db, ""));
    assert_eq!(ran.code, 2, "{ran:#?}");
    assert!(ran.stderr.contains("error[postgrest-value]") && ran.stderr.contains("db-max-rows"), "{ran:#?}");
}

#[test]
fn the_file_and_the_schema_are_read_anew_on_signals() {
    let db = database();
    let served = serve(&db, "", |_| ());
    assert_eq!(served.get("/todos?select=id&order=id").body, r#"[{"id":1},{"id":2}]"#);
    served.change("db-max-rows = \"2\"", "db-max-rows = 1");
    served.process.signal(Signal::SIGHUP);
    served.wait("/todos?select=id&order=id", |answer| answer.body == r#"[{"id":1}]"#);

    sql(&db, "alter table api.todos add column color text");
    served.process.signal(Signal::SIGUSR1);
    served.wait("/todos?id=eq.1", |answer| answer.body.contains(r#""color":null"#));

    served.change("db-max-rows = 1", "db-max-rows = \"lots\"");
    served.process.signal(Signal::SIGHUP);
    served.process.wait_for("the refusal", PATIENCE, |output| output.contains("settings not read"));
    assert_eq!(served.get("/todos?select=id&order=id").body, r#"[{"id":1}]"#);
}

#[test]
fn settings_of_functions_and_roles_are_their_transactions() {
    let db = database();
    let memory = |served: &Served| served.get("/rpc/roomy?select=memory&id=eq.1").body;
    let usual = memory(&serve(&db, "", |_| ()));
    let served = serve(&db, "db-hoisted-tx-settings = \"work_mem\"\n", |command| {
        command.env("HOWDAH_API_STATEMENT_TIMEOUTS", "anon=44s");
    });
    assert_eq!(memory(&served), r#"[{"memory":"3MB"}]"#);
    assert_ne!(usual, memory(&served));
    // The role's own limit goes before that of the settings. Nobody tells of it: it is noticed.
    let limit = |served: &Served| ask(&served.url, "POST", "/rpc/limit_of", &[]).body;
    assert_eq!(limit(&served), "\"44s\"");
    let login = format!("alter role howdah_login in database {}", db.name());
    sql(&db, &format!("alter role anon in database {} set statement_timeout = '33s'", db.name()));
    served.wait("/todos?select=id&limit=1", |_| limit(&served) == "\"33s\"");
    // Over the file, the database.
    sql(&db, &format!("{login} set pgrst.db_hoisted_tx_settings = 'statement_timeout'"));
    served.wait("/rpc/roomy?select=memory&id=eq.1", |answer| answer.body == usual);

    // A configuration of PostgREST leaves limits to the database, which may say one for the login role.
    sql(&db, &format!("{login} reset pgrst.db_hoisted_tx_settings"));
    sql(
        &db,
        &format!(
            "alter role anon in database {} reset statement_timeout; {login} set statement_timeout = '55s'",
            db.name()
        ),
    );
    assert_eq!(limit(&serve(&db, "", |_| ())), "\"55s\"");
}

#[test]
fn what_cannot_be_served_as_it_says_is_refused_by_name() {
    let db = database();
    let folder = folder();
    for (more, code, says) in [
        (
            "db-shemas = \"api\"\n",
            "postgrest-unknown-setting",
            &["db-shemas", "postgrest.conf:", "did you mean `db-schemas`"][..],
        ),
        ("raw-media-types = \"a/b\"\n", "postgrest-setting-gone", &["raw-media-types"]),
        ("db-pool-automatic-recovery = false\n", "postgrest-unsupported-setting", &["db-pool-automatic-recovery"]),
        ("db-prepared-statements = false\n", "postgrest-unsupported-setting", &["db-prepared-statements", "pooler"]),
        ("log-query = true\n", "postgrest-unsupported-setting", &["log-query"]),
        ("server-trace-header = \"Content-Length\"\n", "postgrest-value", &["server-trace-header"]),
        ("jwt-role-claim-key = \"role\"\n", "postgrest-value", &["jwt-role-claim-key", ".app.roles[0]"]),
        ("server-unix-socket-mode = \"400\"\n", "postgrest-value", &["server-unix-socket-mode", "from 600 to 777"]),
        ("db-pool = \"many\"\n", "postgrest-value", &["db-pool", "a whole number from 1 to 1000"]),
        ("import \"other.conf\"\n", "postgrest-import", &["import"]),
        ("app.settings.x = \"$(NOT_THERE)\"\n", "postgrest-interpolation", &["NOT_THERE"]),
        ("jwt-secret = \"short\"\n", "jwt-secret", &["32"]),
        ("jwt-secret = \"@/nowhere\"\n", "file-not-found", &["/nowhere", "jwt-secret"]),
    ] {
        let ran = run(&mut command(folder.path(), &db, more));
        ran.failed(2, code, says);
        assert!(!ran.stderr.contains("reallyreally"), "{}", ran.stderr);
    }
    let mut misspelled = command(folder.path(), &db, "");
    run(misspelled.env("PGRST_DB_SHEMAS", "api")).failed(2, "postgrest-unknown-setting", &["$PGRST_DB_SHEMAS"]);
}

#[test]
fn notifications_are_heard() {
    let db = database();
    let served = serve(&db, "", |_| ());
    assert_eq!(served.get("/todos?select=id&order=id").body, r#"[{"id":1},{"id":2}]"#);
    served.change("db-max-rows = \"2\"", "db-max-rows = 1");
    // The listener connects by itself: asked again until it hears.
    served.wait("/todos?select=id&order=id", |answer| {
        sql(&db, "notify pgrst, 'reload config'");
        answer.body == r#"[{"id":1}]"#
    });
}
