//! What to do about refusals that have little to do with the SQL: a missing grant, a missing role, a missing package.

use crate::extension::{self, Package};
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

/// The same for reading the history, which is its owner's.
pub(super) async fn on_history(client: &Client, mut error: PgError) -> PgError {
    const WHO: &str = "select nspowner::regrole::text, current_user::text from pg_namespace where nspname = 'howdah'";
    if let PgError::Server(server) = &mut error
        && server.sqlstate == "42501"
        && let Ok(Some(row)) = client.query_opt(WHO, &[]).await
        && let (Ok(owner), Ok(role)) = (row.try_get::<_, String>(0), row.try_get::<_, String>(1))
    {
        let role = Ident::new(role);
        server.hint = Some(format!(
            "The history of the migrations belongs to {owner}: run them as {owner}. To let {role} only look, let {owner} run: \
             grant usage on schema howdah to {role}; grant select on all tables in schema howdah to {role}"
        ));
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
        sqlstate => match extension::missing(sqlstate, message) {
            Some(name) => Some(on_extension(client, &name).await?),
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
    let major = crate::schema::server_major(client).await?;
    Ok(match extension::package(name, major) {
        Package::Contrib => format!(
            "`{name}` is one of PostgreSQL's own: install its contrib package where the server runs (postgresql-contrib, or postgresql{major}-contrib)"
        ),
        Package::Own { apt, dnf } => format!(
            "Install it where the server runs: {apt} with apt, or {dnf} with dnf; a managed server offers only what it lists"
        ),
        Package::Unknown => {
            format!("Install `{name}` where the server runs; select * from pg_available_extensions shows what is there")
        }
    })
}
