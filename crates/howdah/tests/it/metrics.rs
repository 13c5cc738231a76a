//! `/metrics`, as Prometheus' own reader finds it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use howdah_testkit::{Sql, TestDb, free_port, http_get};
use serde_json::Value;

use crate::serve::{SCHEMA, command, served};

/// What stands at an address.
pub(crate) struct Scraped(Value);

/// Asks for `/metrics` on a port for administrators.
pub(crate) fn scrape(admin: &str, content_type: &str) -> Scraped {
    let answer = http_get(&format!("{admin}/metrics")).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    let head = answer.head.to_lowercase();
    assert!(head.lines().any(|line| line == format!("content-type: {content_type}")), "{head}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/metrics");
    let mut python = Command::new(howdah_testkit::python(&folder));
    python.arg(folder.join("read.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().unwrap();
    python.stdin.take().unwrap().write_all(answer.body.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", answer.body);
    Scraped(serde_json::from_slice(&output.stdout).unwrap())
}

impl Scraped {
    #[track_caller]
    pub(crate) fn value(&self, sample: &str) -> f64 {
        self.0["samples"][sample].as_f64().unwrap_or_else(|| panic!("no {sample} in {:#}", self.0))
    }

    /// The families by name, counters without their `_total`.
    pub(crate) fn families(&self) -> Vec<&str> {
        self.0["types"].as_object().unwrap().keys().map(String::as_str).collect()
    }
}

#[test]
fn a_server_tells_of_itself_under_its_own_names() {
    let db = TestDb::from_sql_blocking("serve", [Sql::text("serve.sql", SCHEMA)]);
    let port = free_port();
    let mut command = command(&db.login_url());
    command.env("HOWDAH_SERVER_ADMIN_PORT", port.to_string());
    let served = served(command);
    let admin = format!("http://127.0.0.1:{port}");
    let scrape = || scrape(&admin, "text/plain; version=0.0.4; charset=utf-8");
    let before = scrape();
    for path in ["things?id=eq.1", "things", "slow?limit=0", "nothing"] {
        served.get(path);
    }
    let after = scrape();
    let more = |sample: &str| after.value(sample) - before.value(sample);
    assert_eq!(more("howdah_requests_total{method=GET,status=2xx}"), 3.0);
    assert_eq!(more("howdah_requests_total{method=GET,status=4xx}"), 1.0);
    assert_eq!(more("howdah_request_duration_seconds_count"), 4.0);
    assert_eq!(more("howdah_request_duration_seconds_bucket{le=+Inf}"), 4.0);
    assert!(more("howdah_request_duration_seconds_sum") > 0.0);
    assert_eq!(more("howdah_connections_total"), 4.0);
    // One by its key on a lane; the others are not known to be quick yet.
    assert!(more("howdah_pool_lane_flights_total") >= 1.0 && more("howdah_pool_sessions_taken_total") >= 2.0);
    // The name that was not known had the schema read anew, or it had just been.
    assert!(after.value("howdah_schema_loads_total{result=success}") >= 1.0);
    assert!(after.value("howdah_schema_load_seconds") > 0.0);
    assert_eq!(after.value("howdah_schema_loads_total{result=failure}"), 0.0);
    assert_eq!(after.value("howdah_pool_up"), 1.0);
    assert!(after.value("howdah_pool_lanes_open") >= 1.0);
    assert_eq!(after.value("howdah_pool_sessions_max"), 10.0);
    let version = concat!("howdah_build_info{version=", env!("CARGO_PKG_VERSION"), "}");
    assert_eq!(after.value(version), 1.0);
    assert!(more("howdah_uptime_seconds") > 0.0);
    assert!(after.families().iter().all(|name| name.starts_with("howdah_")), "{:?}", after.families());

    let schema: Value = serde_json::from_str(&http_get(&format!("{admin}/schema_cache")).unwrap().body).unwrap();
    assert!(schema["tables"]["public.things"].is_object(), "{schema}");
    // None of it stands where everybody is.
    for path in ["metrics", "schema_cache"] {
        assert_eq!(http_get(&format!("{}/{path}", served.url)).unwrap().status, 404, "{path}");
    }
}

#[test]
fn a_database_that_is_away_shows() {
    let port = free_port();
    let nowhere = format!("postgres://x:y@127.0.0.1:{}/db", free_port());
    let mut command = command(&nowhere);
    command.env("HOWDAH_SERVER_ADMIN_PORT", port.to_string());
    let process = howdah_testkit::TestProcess::spawn(command);
    process.wait_for("the failure", Duration::from_secs(20), |output| output.contains("waiting for the database"));
    let admin = format!("http://127.0.0.1:{port}");
    let found = scrape(&admin, "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!((found.value("howdah_pool_up"), found.value("howdah_pool_lanes_open")), (0.0, 0.0));
    assert!(found.value("howdah_schema_loads_total{result=failure}") >= 1.0);
    assert_eq!(http_get(&format!("{admin}/schema_cache")).unwrap().status, 503);
    assert_eq!(http_get(&format!("{admin}/ready")).unwrap().status, 503);
    assert_eq!(http_get(&format!("{admin}/live")).unwrap().status, 200);
}
