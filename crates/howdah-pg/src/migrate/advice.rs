//! What to do about refusals that have little to do with the SQL: a missing grant, a missing role, a missing package.

use crate::script::{ScriptProblem, SqlFile, SqlScriptError};
use crate::{PgError, ServerError};
use howdah_schema::Ident;
use tokio_postgres::Client;

/// Adds to an error in a file what can be found out. The client is in no transaction.
pub(super) async fn on_script(client: &Client, file: &SqlFile, error: &mut SqlScriptError) {
    // The line where the statement stands tells what it was about well enough.
    let statement = file.text.lines().skip(error.location.line.saturating_sub(1) as usize).take(1).collect::<String>();
    if let ScriptProblem::Sql(server) = &mut error.problem {
        add(client, server, &statement).await;
    }
}

/// The same for an error of the runner's own SQL.
pub(super) async fn on_own(client: &Client, mut error: PgError) -> PgError {
    if let PgError::Server(server) = &mut error {
        add(client, server, "create").await;
    }
    error
}

async fn add(client: &Client, error: &mut ServerError, statement: &str) {
    if !matches!(error.sqlstate.as_str(), "42501" | "42704" | "58P01" | "0A000") {
        return;
    }
    match advice(client, error, statement).await {
        Ok(Some(advice)) => {
            let hint = error.hint.take().map(|hint| format!("{} ", hint.trim_end())).unwrap_or_default();
            error.hint = Some(format!("{hint}{advice}"));
        }
        Ok(None) => {}
        Err(error) => tracing::debug!(%error, "no advice on the refusal"),
    }
}

async fn advice(client: &Client, error: &ServerError, statement: &str) -> Result<Option<String>, PgError> {
    let message = error.message.as_str();
    Ok(match error.sqlstate.as_str() {
        "42501" => Some(on_permission(client, message, statement).await?),
        "42704" => between(message, "role \"", "\" does not exist").map(|role| {
            let role = Ident::new(role);
            format!(
                "Create it: `create role {role} nologin`. Roles belong to the server, not to the database: every server that this migration runs on needs it"
            )
        }),
        "58P01" => match between(message, "extension control file \"", "\"") {
            Some(path) => {
                let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".control").to_owned();
                Some(on_extension(client, &name).await?)
            }
            None => None,
        },
        _ => match between(message, "extension \"", "\" is not available") {
            Some(name) => Some(on_extension(client, name).await?),
            None => None,
        },
    })
}

/// What stands between two pieces of a message. The server's messages are in English unless `lc_messages` says otherwise; then
/// there is no advice.
fn between<'a>(message: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let start = message.find(before)? + before.len();
    let end = start + message[start..].find(after)?;
    Some(&message[start..end])
}

async fn on_permission(client: &Client, message: &str, statement: &str) -> Result<String, PgError> {
    const WHO: &str = "select current_user::text, current_database()::text";
    let row = client.query_one(WHO, &[]).await?;
    let (role, database): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let role = Ident::new(role.as_str());
    if message.contains("to create temporary tables in database") {
        return Ok(format!("Let an administrator run: grant temporary on database {} to {role}", Ident::new(database)));
    }
    if let Some(owned) = message.strip_prefix("must be owner of ") {
        return on_owner(client, owned, &role).await;
    }
    let Some((kind, name)) = message.strip_prefix("permission denied for ").and_then(|rest| rest.split_once(' '))
    else {
        return Ok(format!("The migrations run as {role}"));
    };
    let object = Ident::new(name.trim_matches('"').to_owned());
    let first = statement.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let grant = match kind {
        "schema" => {
            const MAY_USE: &str = "select has_schema_privilege(oid, 'USAGE') from pg_namespace where nspname = $1";
            let row = client.query_opt(MAY_USE, &[&object.as_str()]).await?;
            let may_use = row.map(|row| row.try_get::<_, bool>(0)).transpose()?.unwrap_or(true);
            format!("grant {} on schema {object} to {role}", if may_use { "create" } else { "usage, create" })
        }
        "database" => format!("grant create on database {object} to {role}"),
        "table" | "view" | "relation" => {
            let privilege = match first.as_str() {
                "insert" | "update" | "delete" | "truncate" => first.as_str(),
                "create" | "alter" if message.contains("table") && mentions(statement, "trigger") => "trigger",
                "create" | "alter" if mentions(statement, "references") => "references",
                _ => "select",
            };
            format!("grant {privilege} on {object} to {role}")
        }
        "sequence" => format!("grant usage on sequence {object} to {role}"),
        "function" | "procedure" => format!("grant execute on {kind} {object} to {role}"),
        "language" | "type" => format!("grant usage on {kind} {object} to {role}"),
        "tablespace" => format!("grant create on tablespace {object} to {role}"),
        _ => return Ok(format!("The migrations run as {role}, which lacks a privilege on {kind} {object}")),
    };
    Ok(format!("Let the owner or an administrator run: {grant}"))
}

fn mentions(statement: &str, word: &str) -> bool {
    statement.to_ascii_lowercase().contains(word)
}

/// `owned` is as in the message: `table tasks`.
async fn on_owner(client: &Client, owned: &str, role: &Ident<'_>) -> Result<String, PgError> {
    let name = owned.rsplit(' ').next().unwrap_or(owned).trim_matches('"');
    let rows = client.query(include_str!("sql/owners.sql"), &[&name]).await?;
    let owners = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    Ok(match owners.as_slice() {
        [owner] => {
            let owner = Ident::new(owner.as_str());
            format!(
                "It belongs to {owner}: run the migrations as {owner}, or let an administrator run: grant {owner} to {role}"
            )
        }
        _ => format!("Run the migrations as its owner, or make {role} a member of that role"),
    })
}

async fn on_extension(client: &Client, name: &str) -> Result<String, PgError> {
    let row = client.query_one("select current_setting('server_version_num')::int / 10000", &[]).await?;
    let major: i32 = row.try_get(0)?;
    Ok(match package(name) {
        Package::Contrib => format!(
            "`{name}` is one of PostgreSQL's own: install its contrib package where the server runs (postgresql-contrib, or postgresql{major}-contrib)"
        ),
        Package::Own(package) => format!(
            "Install it where the server runs: postgresql-{major}-{package} with apt, or {package}_{major} with dnf; a managed server offers only what it lists"
        ),
        Package::Unknown => {
            format!("Install `{name}` where the server runs; select * from pg_available_extensions shows what is there")
        }
    })
}

enum Package {
    Contrib,
    Own(&'static str),
    Unknown,
}

/// Which package an extension is in.
fn package(name: &str) -> Package {
    const CONTRIB: [&str; 43] = [
        "adminpack",
        "amcheck",
        "autoinc",
        "bloom",
        "btree_gin",
        "btree_gist",
        "citext",
        "cube",
        "dblink",
        "dict_int",
        "dict_xsyn",
        "earthdistance",
        "file_fdw",
        "fuzzystrmatch",
        "hstore",
        "insert_username",
        "intagg",
        "intarray",
        "isn",
        "lo",
        "ltree",
        "moddatetime",
        "old_snapshot",
        "pageinspect",
        "pg_buffercache",
        "pg_freespacemap",
        "pg_prewarm",
        "pg_stat_statements",
        "pg_surgery",
        "pg_trgm",
        "pg_visibility",
        "pg_walinspect",
        "pgcrypto",
        "pgrowlocks",
        "pgstattuple",
        "postgres_fdw",
        "refint",
        "seg",
        "sslinfo",
        "tablefunc",
        "tcn",
        "unaccent",
        "uuid-ossp",
    ];
    const OWN: [(&str, &str); 12] = [
        ("hypopg", "hypopg"),
        ("pg_cron", "cron"),
        ("pg_partman", "partman"),
        ("pg_repack", "repack"),
        ("pgaudit", "pgaudit"),
        ("pgrouting", "pgrouting"),
        ("pgtap", "pgtap"),
        ("plpgsql_check", "plpgsql-check"),
        ("postgis", "postgis-3"),
        ("postgis_topology", "postgis-3"),
        ("timescaledb", "timescaledb"),
        ("vector", "pgvector"),
    ];
    if CONTRIB.contains(&name) {
        return Package::Contrib;
    }
    OWN.iter().find(|(extension, _)| *extension == name).map_or(Package::Unknown, |(_, package)| Package::Own(package))
}
