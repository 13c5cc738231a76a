//! What is asked: four shapes of requests, and how to know that an answer is right.

use clap::ValueEnum;
use serde::Serialize;

use super::ROWS;
use super::database::user_id;

/// Users with rows of their own. User `u` owns the ids `u`, `u + 8`, `u + 16` … of every table.
pub(crate) const USERS: usize = 8;
/// [`USERS`], as a step from one id of a user to the next.
pub(crate) const STEP: u64 = USERS as u64;
/// Rows of `tasks`, each with three notes; the same in `sql/schema.sql`.
pub(crate) const TASKS: u64 = 20_000;
/// Rows of `projects`; the same in `sql/schema.sql`.
pub(crate) const PROJECTS: u64 = 800;
/// Amounts have as many digits as this, so that all bodies of an insert have the same length.
pub(crate) const LEAST_AMOUNT: u64 = 1_000_000;

/// Rows of [`Workload::Page`].
const PAGE: u64 = 50;
/// Rows of [`Workload::Embed`].
const EMBED: u64 = 20;
/// Amounts are `id % 1000`; below this they are on a page: one row in two.
const BELOW: u64 = 500;
/// More ids of a user than a page can reach over.
const REACH: u64 = 250;

/// One shape of requests. Each request is one of a random user and of a random key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Workload {
    /// One row of four columns by primary key
    Get,
    /// 50 rows, filtered and ordered
    Page,
    /// 20 rows, each with the row it belongs to and the rows that belong to it
    Embed,
    /// One row, nothing returned
    Insert,
}

impl Workload {
    pub(crate) const ALL: [Self; 4] = [Self::Get, Self::Page, Self::Embed, Self::Insert];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Page => "page",
            Self::Embed => "embed",
            Self::Insert => "insert",
        }
    }

    /// Whether it changes nothing.
    pub(crate) fn is_read(self) -> bool {
        self != Self::Insert
    }

    /// The request, for the record.
    pub(crate) fn request_line(self) -> String {
        let (before, after) = self.target();
        match self {
            Self::Insert => format!("POST {before} {{\"owner_id\", \"amount\", \"title\"}}"),
            _ => format!("GET {before}KEY{after}"),
        }
    }

    /// The request's target before and after the key.
    fn target(self) -> (&'static str, &'static str) {
        match self {
            Self::Get => ("/rest/v1/items?id=eq.", ""),
            Self::Page => ("/rest/v1/items?id=gt.", "&amount=lt.500&order=id.asc&limit=50"),
            Self::Embed => (
                "/rest/v1/tasks?select=id,title,project:projects(id,name),notes(id,body)&id=gt.",
                "&order=id.asc&limit=20",
            ),
            Self::Insert => ("/rest/v1/entries", ""),
        }
    }

    /// So many different keys are asked for, per user.
    pub(crate) fn keys(self) -> u64 {
        match self {
            Self::Get => ROWS / STEP,
            Self::Page => ROWS / STEP - REACH,
            Self::Embed => TASKS / STEP - EMBED,
            Self::Insert => 9 * LEAST_AMOUNT,
        }
    }
}

/// The key a request asks for: an id of the user's, or the amount to insert. `at` is below [`Workload::keys`].
pub(crate) fn key(workload: Workload, user: u64, at: u64) -> u64 {
    if workload.is_read() { at * STEP + user } else { LEAST_AMOUNT + at }
}

/// The ids of the rows that answer a read, in order.
pub(crate) fn answer(workload: Workload, key: u64) -> impl Iterator<Item = u64> {
    let (first, rows, below) = match workload {
        Workload::Get => (key, 1, u64::MAX),
        Workload::Page => (key + STEP, PAGE, BELOW),
        Workload::Embed => (key + STEP, EMBED, u64::MAX),
        Workload::Insert => (key, 0, u64::MAX),
    };
    let ids = (0..).map(move |row| first + row * STEP);
    ids.filter(move |id| id % 1000 < below).take(usize::try_from(rows).unwrap_or(0))
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
        let (before, after) = workload.target();
        let (before, after) = if workload.is_read() {
            (format!("GET {before}"), format!("{after} HTTP/1.1\r\n{headers}\r\n"))
        } else {
            let json = format!("{{\"owner_id\":\"{}\",\"amount\":", user_id(user));
            let after = ",\"title\":\"One row as an application writes it\"}".to_owned();
            let length = json.len() + LEAST_AMOUNT.to_string().len() + after.len();
            let head = format!(
                "POST {before} HTTP/1.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
            );
            (head + &json, after)
        };
        let user = user as u64;
        Self { workload, user, before: before.into(), after: after.into(), first: Vec::new(), last: Vec::new() }
    }

    /// One of each user.
    pub(crate) fn of_users(workload: Workload, host: &str, tokens: &[String]) -> Vec<Self> {
        tokens.iter().enumerate().map(|(user, token)| Self::new(workload, user, host, token)).collect()
    }

    /// Puts a request into `out`, remembers what its answer must hold, and returns its key. `at` is below
    /// [`Workload::keys`].
    pub(crate) fn write(&mut self, at: u64, out: &mut Vec<u8>) -> u64 {
        let key = key(self.workload, self.user, at);
        out.clear();
        out.extend_from_slice(&self.before);
        digits(key, out);
        out.extend_from_slice(&self.after);
        let mut ids = answer(self.workload, key);
        if let Some(first) = ids.next() {
            row(first, &mut self.first);
            row(ids.last().unwrap_or(first), &mut self.last);
        }
        key
    }

    /// Whether this answers the last request that was written: its status, and its first and its last row. To look at all
    /// of it would cost the generator more than the rest; `api-load` does.
    pub(crate) fn is_answered_by(&self, status: u16, body: &[u8]) -> bool {
        // A task with all that belongs to it is longer than other rows.
        let row_bytes = if self.workload == Workload::Embed { 600 } else { 200 };
        let (head, tail) = (&body[..body.len().min(40)], &body[body.len().saturating_sub(row_bytes)..]);
        let holds = |part: &[u8], row: &[u8]| part.windows(row.len()).any(|bytes| bytes == row);
        match self.workload {
            Workload::Insert => status == 201 && body.is_empty(),
            _ => status == 200 && body.ends_with(b"}]") && holds(head, &self.first) && holds(tail, &self.last),
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
    use super::{Template, Workload, answer, digits};

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
    fn a_page_leaves_out_what_the_filter_does() {
        // Of user 3 after 491: 499, then amounts from 507 to 995 are skipped.
        assert_eq!(answer(Workload::Page, 491).take(3).collect::<Vec<_>>(), [499, 1003, 1011]);
        assert_eq!(answer(Workload::Page, 491).count(), 50);
        assert_eq!(answer(Workload::Get, 19).collect::<Vec<_>>(), [19]);
    }

    #[test]
    fn no_answer_reaches_beyond_the_last_row() {
        for (workload, rows) in [(Workload::Page, super::ROWS), (Workload::Embed, super::TASKS)] {
            let last = super::key(workload, 7, workload.keys() - 1);
            assert!(answer(workload, last).all(|id| id < rows), "{workload:?}");
        }
    }

    #[test]
    fn a_page_begins_and_ends_where_it_should() {
        let (template, text) = written(Workload::Page, 0);
        assert!(text.contains("id=gt.3&amount=lt.500&order=id.asc&limit=50 "), "{text}");
        let body = |last: u64| format!("[{{\"id\":11,\"a\":1}},{}{{\"id\":{last},\"a\":1}}]", " ".repeat(300));
        assert!(template.is_answered_by(200, body(11 + 49 * 8).as_bytes()));
        assert!(!template.is_answered_by(200, body(11 + 48 * 8).as_bytes()));
        assert!(!template.is_answered_by(200, b""));
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
