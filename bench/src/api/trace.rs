//! What Howdah sends to PostgreSQL for a request, from PostgreSQL's own log, so that the yardsticks cannot drift from it.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Serialize;

use super::database::{Database, LOGIN, user_id};
use super::server::Server;
use super::workload::{Template, Workload};
use crate::{http, stop};

/// Requests before the one that is looked at: by then its shape is known to be quick and goes where it will go.
const BEFORE: usize = 20;
/// Sessions take note of a changed setting one after the other.
const ATTEMPTS: usize = 50;
/// A key that is neither a limit nor a filter of any shape: the 301st of a user's.
const AT: u64 = 300;

/// Where `csvlog` has its user, process, message and detail.
const FIELDS: [usize; 4] = [1, 3, 13, 14];

/// One statement as PostgreSQL got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Statement {
    /// With `$1`, `$2` … in it.
    pub(crate) sql: String,
    /// As text; none is NULL.
    pub(crate) parameters: Vec<Option<String>>,
}

/// All statements of one request: who asks first, then what is asked.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Flight {
    pub(crate) settings: Statement,
    pub(crate) statements: Vec<Statement>,
    /// What stands for the request's key among the parameters.
    pub(crate) key: String,
}

/// The flight of one request of a user.
///
/// # Errors
/// The request fails, or what is logged is not settings and then statements.
pub(crate) fn flight(server: &Server, database: &Database, workload: Workload, user: usize) -> anyhow::Result<Flight> {
    let host = server.address.to_string();
    let mut template = Template::new(workload, user, &host, &database.token(user)?);
    let mut stream = TcpStream::connect(server.address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut request = Vec::new();
    let mut ask = |at: u64| -> anyhow::Result<u64> {
        let key = template.write(at, &mut request);
        stream.write_all(&request)?;
        let (status, body) = http::answer(&mut stream)?;
        if !template.is_answered_by(status, body.as_bytes()) {
            bail!("{}: the answer is {status}: {body}", workload.name());
        }
        Ok(key)
    };
    for at in 0..BEFORE {
        ask(at as u64)?;
    }
    database.log_statements(true)?;
    let traced = (0..ATTEMPTS).find_map(|_| {
        let looked = stop::check().and_then(|()| ask(AT)).and_then(|key| {
            std::thread::sleep(Duration::from_millis(50)); // the logger writes what it is given a moment later
            let found = last_flight(&database.log()?, &user_id(user));
            let is_this = |statements: &[Statement]| asks_for(statements, workload, &key.to_string());
            Ok(found
                .filter(|(_, statements)| is_this(statements))
                .map(|(settings, statements)| (settings, statements, key)))
        });
        looked.transpose()
    });
    database.log_statements(false)?;
    let (settings, statements, key) = traced.with_context(|| {
        format!("{}: PostgreSQL's log shows no flight with the key among its parameters", workload.name())
    })??;
    Ok(Flight { settings, statements, key: key.to_string() })
}

/// Whether the key is one of the parameters, or, of an insert, in the body that is one.
fn asks_for(statements: &[Statement], workload: Workload, key: &str) -> bool {
    let holds = |text: &String| if workload.is_read() { text == key } else { text.contains(key) };
    statements.iter().flat_map(|statement| &statement.parameters).flatten().any(holds)
}

/// The last flight in a log of somebody whose claims hold `sub`.
fn last_flight(log: &str, sub: &str) -> Option<(Statement, Vec<Statement>)> {
    let lines: Vec<(String, Statement)> = records(log).iter().filter_map(|record| logged(record)).collect();
    let begins = |(_, statement): &(String, Statement)| {
        let claims = |parameter: &Option<String>| parameter.as_ref().is_some_and(|text| text.contains(sub));
        statement.sql.contains("set_config('role'") && statement.parameters.iter().any(claims)
    };
    let begin = lines.iter().rposition(begins)?;
    let (process, settings) = &lines[begin];
    let statements: Vec<Statement> = lines[begin + 1..]
        .iter()
        .filter(|(other, _)| other == process)
        .map(|(_, statement)| statement.clone())
        .take_while(|statement| !statement.sql.contains("set_config('role'"))
        .collect();
    (!statements.is_empty()).then(|| (settings.clone(), statements))
}

/// The process and the statement, if a record is one of the server's.
fn logged(record: &[String]) -> Option<(String, Statement)> {
    let [user, process, message, detail] = FIELDS.map(|at| record.get(at).cloned().unwrap_or_default());
    let sql = match message.strip_prefix("execute ") {
        Some(named) => named.split_once(": ")?.1,
        None => message.strip_prefix("statement: ")?,
    };
    // In lower case before PostgreSQL 16.
    let listed = detail.split_once("arameters: ").map_or("", |(_, listed)| listed);
    (user == LOGIN).then(|| (process, Statement { sql: sql.to_owned(), parameters: parameters(listed) }))
}

/// Of `$1 = 'it''s', $2 = NULL`.
fn parameters(listed: &str) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let mut rest = listed;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            found.push(None);
            rest = value.strip_prefix("NULL").unwrap_or(value);
            continue;
        };
        let (text, after) = until_quote(quoted, '\'');
        found.push(Some(text));
        rest = after;
    }
    found
}

/// The records of a CSV text.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record) = (Vec::new(), Vec::new());
    let mut rest = text;
    while !rest.is_empty() {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => until_quote(quoted, '"'),
            None => {
                let end = rest.find([',', '\n']).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        record.push(field);
        if !after.starts_with(',') {
            records.push(std::mem::take(&mut record));
        }
        rest = after.get(1..).unwrap_or_default();
    }
    records
}

/// What stands before the closing quote, doubled ones being part of it, and what comes behind it.
fn until_quote(text: &str, quote: char) -> (String, &str) {
    let mut found = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(quote) {
        found.push_str(before);
        rest = after;
        match after.strip_prefix(quote) {
            Some(more) => {
                found.push(quote);
                rest = more;
            }
            None => return (found, rest),
        }
    }
    (found + rest, "")
}

#[cfg(test)]
mod tests {
    use super::{last_flight, parameters, records};

    #[test]
    fn parameters_are_read() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parameters("$1 = 'it''s, $2 = ', $2 = NULL, $3 = ''"), [some("it's, $2 = "), None, some("")]);
        assert!(parameters("").is_empty());
    }

    #[test]
    fn records_are_read() {
        assert_eq!(records("a,\"b \"\"c\"\"\nd\",\n,e\n"), [vec!["a", "b \"c\"\nd", ""], vec!["", "e"]]);
    }

    #[test]
    fn the_last_flight_of_a_user_is_found() {
        let line = |process: &str, message: &str, detail: &str| {
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let detail = quoted(detail);
            format!("t,\"howdah_login\",d,{process},,,,,,,,LOG,00000,{},{detail},,,\n", quoted(message))
        };
        let settings = "execute s1: select set_config('role', $1, true)";
        let log = line("1", settings, "parameters: $1 = '{\"sub\": \"7\"}'")
            + &line("2", settings, "parameters: $1 = '{\"sub\": \"8\"}'")
            + &line("2", "execute <unnamed>: select 'b'", "")
            + &line("1", "execute s2: select $1", "Parameters: $1 = '5'")
            + &line("1", settings, "parameters: $1 = '{\"sub\": \"9\"}'");
        let (settings, statements) = last_flight(&log, "7").unwrap();
        assert_eq!(settings.parameters, [Some("{\"sub\": \"7\"}".to_owned())]);
        assert_eq!(statements.len(), 1);
        assert_eq!((statements[0].sql.as_str(), &statements[0].parameters[..]), ("select $1", &[Some("5".into())][..]));
        assert!(last_flight(&log, "9").is_none());
    }
}
