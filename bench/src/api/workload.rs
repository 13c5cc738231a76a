//! What is asked: the request over HTTP, how to know that the answer is right, and the same for pgbench.

use serde::Serialize;

use super::database::{Database, user_id};
use super::leg::Against;
use super::{CONNECTIONS, ROWS};

/// Rows of a list.
const PAGE: u64 = 25;
/// Rows of each user. User `u` owns the ids `u`, `u + 8`, `u + 16` ….
const OWN: u64 = ROWS / CONNECTIONS as u64;
/// Amounts have as many digits as this, so that all bodies of an insert have the same length.
const LEAST_AMOUNT: u64 = 1_000_000;

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Workload {
    /// One row of four columns by primary key, a random one of the user's.
    Get,
    /// The 25 rows after a random key, by index.
    List,
    /// One row, nothing returned.
    Insert,
}

impl Workload {
    pub(crate) const ALL: [Self; 3] = [Self::Get, Self::List, Self::Insert];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Insert => "insert",
        }
    }

    /// The request, for the record.
    pub(crate) fn request_line(self) -> &'static str {
        match self {
            Self::Get => "GET /rest/v1/items?id=eq.KEY",
            Self::List => "GET /rest/v1/items?id=gt.KEY&order=id.asc&limit=25",
            Self::Insert => "POST /rest/v1/entries {\"owner_id\", \"amount\", \"title\"}",
        }
    }

    /// The script of pgbench for one user. None for Howdah.
    pub(crate) fn script(self, against: Against, user: usize, database: &Database) -> String {
        let template = match (self, against) {
            (_, Against::Howdah) => "",
            (Self::Get, Against::Plain) => include_str!("sql/get_plain.sql"),
            (Self::Get, Against::Postgrest) => include_str!("sql/get_postgrest.sql"),
            (Self::List, Against::Plain) => include_str!("sql/list_plain.sql"),
            (Self::List, Against::Postgrest) => include_str!("sql/list_postgrest.sql"),
            (Self::Insert, Against::Plain) => include_str!("sql/insert_plain.sql"),
            (Self::Insert, Against::Postgrest) => include_str!("sql/insert_postgrest.sql"),
        };
        // With a blank after each colon: `:1` would be one of pgbench's variables.
        let claims = database.claims(user).to_string().replace("\":", "\": ");
        template
            .replace("{user}", &user.to_string())
            .replace("{owner}", &user_id(user))
            .replace("{claims}", &claims)
            .replace("{last}", &(self.keys() - 1).to_string())
    }

    /// So many different keys are asked for, per user.
    pub(crate) fn keys(self) -> u64 {
        match self {
            Self::Get => OWN,
            Self::List => OWN - PAGE,
            Self::Insert => 9 * LEAST_AMOUNT,
        }
    }
}

/// Requests of one user, as bytes.
#[derive(Debug)]
pub(crate) struct Template {
    workload: Workload,
    user: u64,
    before: Vec<u8>,
    after: Vec<u8>,
    first: Vec<u8>,
    last: Vec<u8>,
}

impl Template {
    pub(crate) fn new(workload: Workload, user: usize, host: &str, token: &str) -> Self {
        let headers = format!("Host: {host}\r\nAuthorization: Bearer {token}\r\n");
        let (before, after) = match workload {
            Workload::Get => ("GET /rest/v1/items?id=eq.".to_owned(), format!(" HTTP/1.1\r\n{headers}\r\n")),
            Workload::List => (
                "GET /rest/v1/items?id=gt.".to_owned(),
                format!("&order=id.asc&limit={PAGE} HTTP/1.1\r\n{headers}\r\n"),
            ),
            Workload::Insert => {
                let before = format!("{{\"owner_id\":\"{}\",\"amount\":", user_id(user));
                let after = ",\"title\":\"One row as an application writes it\"}".to_owned();
                let length = before.len() + LEAST_AMOUNT.to_string().len() + after.len();
                let head = format!(
                    "POST /rest/v1/entries HTTP/1.1\r\n{headers}Content-Type: application/json\r\n\
                     Content-Length: {length}\r\n\r\n"
                );
                (head + &before, after)
            }
        };
        let user = user as u64;
        Self { workload, user, before: before.into(), after: after.into(), first: Vec::new(), last: Vec::new() }
    }

    /// Puts a request into `out`, and remembers what its answer must hold. `at` is below [`Workload::keys`].
    pub(crate) fn write(&mut self, at: u64, out: &mut Vec<u8>) {
        let id = at * CONNECTIONS as u64 + self.user;
        let key = if self.workload == Workload::Insert { LEAST_AMOUNT + at } else { id };
        let first = if self.workload == Workload::List { id + CONNECTIONS as u64 } else { id };
        out.clear();
        out.extend_from_slice(&self.before);
        digits(key, out);
        out.extend_from_slice(&self.after);
        row(first, &mut self.first);
        row(first + (PAGE - 1) * CONNECTIONS as u64, &mut self.last);
    }

    /// Whether this answers the last request that was written.
    pub(crate) fn is_answered_by(&self, status: u16, body: &[u8]) -> bool {
        let holds = |row: &[u8]| body.windows(row.len()).any(|part| part == row);
        match self.workload {
            Workload::Get => status == 200 && holds(&self.first) && body.ends_with(b"}]"),
            Workload::List => {
                // Near both ends only: to search all of it would cost the generator more than the rest.
                let (head, tail) = (body.get(..40), body.get(body.len().saturating_sub(200)..));
                let near = |part: Option<&[u8]>, row: &[u8]| {
                    part.is_some_and(|part| part.windows(row.len()).any(|bytes| bytes == row))
                };
                status == 200 && near(head, &self.first) && near(tail, &self.last)
            }
            Workload::Insert => status == 201 && body.is_empty(),
        }
    }
}

/// `{"id":17,`.
fn row(id: u64, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(b"{\"id\":");
    digits(id, out);
    out.push(b',');
}

fn digits(number: u64, out: &mut Vec<u8>) {
    let mut left = number;
    let begin = out.len();
    loop {
        out.push(b'0' + u8::try_from(left % 10).unwrap_or(0));
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out[begin..].reverse();
}

#[cfg(test)]
mod tests {
    use super::{Template, Workload, digits};

    fn written(workload: Workload, at: u64) -> (Template, String) {
        let mut template = Template::new(workload, 3, "h:1", "t");
        let mut out = Vec::new();
        template.write(at, &mut out);
        (template, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_get_is_answered_by_its_row_alone() {
        let (template, text) = written(Workload::Get, 2);
        assert!(text.starts_with("GET /rest/v1/items?id=eq.19 HTTP/1.1\r\nHost: h:1\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\n"));
        assert!(template.is_answered_by(200, b"[{\"id\":19,\"title\":\"x\"}]"));
        assert!(!template.is_answered_by(200, b"[{\"id\":191,\"title\":\"x\"}]"));
        assert!(!template.is_answered_by(200, b"[]"));
        assert!(!template.is_answered_by(500, b"[{\"id\":19,\"title\":\"x\"}]"));
    }

    #[test]
    fn a_list_begins_and_ends_where_it_should() {
        let (template, text) = written(Workload::List, 0);
        assert!(text.contains("id=gt.3&order=id.asc&limit=25 "), "{text}");
        let body = |last: u64| format!("[{{\"id\":11,\"a\":1}},{}{{\"id\":{last},\"a\":1}}]", " ".repeat(300));
        assert!(template.is_answered_by(200, body(11 + 24 * 8).as_bytes()));
        assert!(!template.is_answered_by(200, body(11 + 23 * 8).as_bytes()));
    }

    #[test]
    fn the_length_of_an_insert_is_right() {
        for at in [0, Workload::Insert.keys() - 1] {
            let (_, text) = written(Workload::Insert, at);
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
            assert_eq!(length.parse::<usize>().unwrap(), body.len());
            assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
        }
    }

    #[test]
    fn digits_are_decimal() {
        let mut out = b"x".to_vec();
        digits(0, &mut out);
        digits(1_203, &mut out);
        assert_eq!(out, b"x01203");
    }
}
