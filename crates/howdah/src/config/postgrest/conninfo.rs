//! PostgREST's `db-uri` as the URL that Howdah reads: libpq's two forms, completed from libpq's variables.

use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// libpq's variables and the parameter each stands for. `PGPASSWORD` is read where the URL is.
const VARIABLES: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGOPTIONS", "options"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
];

/// Where PostgreSQL's packages put their Unix socket; libpq goes there when no host is named.
const SOCKET_FOLDERS: &[&str] = &["/run/postgresql", "/var/run/postgresql", "/tmp"];

/// A URL of the same meaning.
///
/// # Errors
/// What is wrong with the text, in words; never the text itself, which may hold a password.
pub(super) fn to_url(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    for variable in ["PGSERVICE", "PGHOSTADDR"] {
        if environment(variable).is_some() {
            return Err(format!("{variable} is not supported: name the server in db-uri"));
        }
    }
    let mut url = if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Url::split(text)
    } else {
        Url { base: "postgresql:///".to_owned(), parameters: keywords(text)?, named: Vec::new() }
    };
    for (variable, name) in VARIABLES {
        if !url.names(name)
            && let Some(value) = environment(variable)
        {
            url.add(name, &value);
        }
    }
    if !url.names("host") {
        let port = url.parameter("port").unwrap_or("5432").to_owned();
        let socket = format!(".s.PGSQL.{port}");
        if let Some(folder) = SOCKET_FOLDERS.iter().find(|folder| Path::new(folder).join(&socket).exists()) {
            url.add("host", folder);
        }
    }
    Ok(url.write())
}

struct Url {
    /// Without its parameters.
    base: String,
    /// Decoded where this module made them, as they stand otherwise; written back alike.
    parameters: Vec<(String, String)>,
    /// What the part before the parameters names already.
    named: Vec<&'static str>,
}

impl Url {
    fn split(text: &str) -> Self {
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let rest = base.split_once("://").map_or("", |(_, rest)| rest);
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let parts = [("user", !user.is_empty()), ("host", !host.is_empty()), ("dbname", !database.is_empty())];
        let mut named: Vec<_> = parts.into_iter().filter(|(_, is_named)| *is_named).map(|(name, _)| name).collect();
        if host.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && !port.contains(']')) {
            named.push("port");
        }
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let parameters = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        });
        Self { base: base.to_owned(), parameters: parameters.collect(), named }
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn names(&self, name: &str) -> bool {
        self.named.contains(&name) || self.parameter(name).is_some()
    }

    fn add(&mut self, name: &str, value: &str) {
        self.parameters.push((name.to_owned(), encode(value)));
    }

    fn write(&self) -> String {
        let pairs: Vec<String> = self.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { self.base.clone() } else { format!("{}?{}", self.base, pairs.join("&")) }
    }
}

fn encode(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

/// `host=localhost password='with space'`, values percent-encoded.
fn keywords(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((name, value)) = rest.split_once('=') else {
            return Err("it is neither postgresql://… nor keyword=value pairs".to_owned());
        };
        let name = name.trim();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err("in keyword=value pairs, each keyword is one word".to_owned());
        }
        let (value, after) = keyword_value(value.trim_start())?;
        pairs.push((name.to_owned(), encode(&value)));
        rest = after.trim_start();
    }
    Ok(pairs)
}

fn keyword_value(text: &str) -> Result<(String, &str), String> {
    let quoted = text.strip_prefix('\'');
    let body = quoted.unwrap_or(text);
    let mut value = String::new();
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted.is_some() => return Ok((value, body.get(at + 1..).unwrap_or_default())),
            _ if quoted.is_none() && character.is_whitespace() => {
                return Ok((value, body.get(at..).unwrap_or_default()));
            }
            _ => value.push(character),
        }
    }
    if quoted.is_some() { Err("a quoted value has no closing quote".to_owned()) } else { Ok((value, "")) }
}

#[cfg(test)]
mod tests {
    use howdah_pg::Target;

    use super::to_url;

    #[track_caller]
    fn check(text: &str, environment: &[(&str, &str)], expected: &str) {
        let variable = |name: &str| environment.iter().find(|(own, _)| *own == name).map(|(_, v)| (*v).to_owned());
        let url = to_url(text, &variable).unwrap();
        let target = Target::parse_with(&url, &variable).unwrap();
        assert_eq!(target.to_url().expose(), expected, "{text}");
    }

    #[test]
    fn both_forms_and_the_variables_name_a_server() {
        check("postgres://me:pw@db:5433/shop", &[("PGHOST", "no"), ("PGPORT", "1")], "postgres://me:pw@db:5433/shop");
        check("host=db port=5433 user=me dbname=shop", &[], "postgres://me@db:5433/shop");
        check("host = db user=me password='a b\\'c' dbname=shop", &[], "postgres://me:a%20b%27c@db:5432/shop");
        check("user=me host=/tmp/x dbname=d", &[], "postgres://me@%2Ftmp%2Fx:5432/d");
        let environment = [("PGHOST", "db"), ("PGPORT", "5433"), ("PGUSER", "me"), ("PGDATABASE", "shop")];
        check("postgresql://", &environment, "postgres://me@db:5433/shop");
        check("", &environment, "postgres://me@db:5433/shop");
        check("postgresql://you@/other", &environment, "postgres://you@db:5433/other");
        check("postgres://me@db/d", &[("PGSSLMODE", "require")], "postgres://me@db:5432/d?sslmode=require");
        check(
            "postgres://me@db/d?sslmode=disable",
            &[("PGSSLMODE", "require")],
            "postgres://me@db:5432/d?sslmode=disable",
        );
    }

    #[test]
    fn what_is_no_connection_string_is_refused_without_showing_it() {
        let nothing = |_: &str| None;
        for text in ["hunter2", "host", "a b=hunter2", "password='hunter2"] {
            let error = to_url(text, &nothing).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(to_url("", &|name| (name == "PGSERVICE").then(String::new)).unwrap_err().contains("PGSERVICE"));
    }
}
