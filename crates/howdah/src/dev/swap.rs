//! Puts the new database in the place of the running one.
//!
//! Both renames are one transaction, so whatever is killed at whatever moment, the project has one database of its
//! name. The old one stays as `<name>__before` until the next change.

use std::time::Duration;

use howdah_pg::{Ident, Literal, PgError};
use tokio_postgres::Client;

use crate::database::private::OWNER;

/// How long ended sessions may take to go.
const PATIENCE: Duration = Duration::from_secs(10);

/// The names a project's databases go by.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) live: String,
    pub(crate) next: String,
    pub(crate) before: String,
    /// The one that was `before` until now, on its way out.
    pub(crate) old: String,
}

impl Names {
    pub(crate) fn of(database: &str) -> Self {
        Self {
            live: database.to_owned(),
            next: format!("{database}__next"),
            before: format!("{database}__before"),
            old: format!("{database}__old"),
        }
    }
}

/// Makes an empty `<name>__next`.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn make_next(maintenance: &Client, names: &Names) -> Result<(), PgError> {
    discard_next(maintenance, names).await?;
    let next = Ident::new(names.next.as_str());
    maintenance.batch_execute(&format!("create database {next} owner {}", Ident::new(OWNER))).await?;
    Ok(())
}

/// Deletes what a change that failed or was killed left behind.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn discard_next(maintenance: &Client, names: &Names) -> Result<(), PgError> {
    let next = Ident::new(names.next.as_str());
    maintenance.batch_execute(&format!("drop database if exists {next} with (force)")).await?;
    Ok(())
}

/// Deletes what the last change put out of the way. Deleting a database waits for a checkpoint, about a second, so it is
/// done when nobody waits for it.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn discard_old(maintenance: &Client, names: &Names) -> Result<(), PgError> {
    let old = Ident::new(names.old.as_str());
    maintenance.batch_execute(&format!("drop database if exists {old} with (force)")).await?;
    Ok(())
}

/// Ends everybody's sessions in the running database and renames. `frozen` is the connection that holds its writers
/// back; it is given up only when nobody can write any more.
///
/// # Errors
/// Those of PostgreSQL; then the running database is as it was.
pub(crate) async fn swap(maintenance: &Client, names: &Names, frozen: Client) -> Result<(), PgError> {
    let result = try_swap(maintenance, names, frozen).await;
    if result.is_err() {
        // Renamed or not: whatever has the project's name takes connections again.
        let live = Ident::new(names.live.as_str());
        maintenance.batch_execute(&format!("alter database {live} allow_connections true")).await?;
    }
    result
}

async fn try_swap(maintenance: &Client, names: &Names, frozen: Client) -> Result<(), PgError> {
    const THERE: &str = "select exists (select from pg_database where datname = $1)";
    let [live, next, before] = [&names.live, &names.next, &names.before].map(|name| Ident::new(name.as_str()));
    let settings = settings(maintenance, names).await?;
    let mut out_of_the_way = String::new();
    if maintenance.query_one(THERE, &[&names.before]).await?.get(0) {
        discard_old(maintenance, names).await?;
        end_sessions(maintenance, &names.before, None).await?;
        out_of_the_way = format!("alter database {before} rename to {};", Ident::new(names.old.as_str()));
    }
    maintenance.batch_execute(&format!("alter database {live} allow_connections false")).await?;
    let holder: i32 = frozen.query_one("select pg_backend_pid()", &[]).await?.get(0);
    end_sessions(maintenance, &names.live, Some(holder)).await?;
    drop(frozen);
    end_sessions(maintenance, &names.live, None).await?;
    end_sessions(maintenance, &names.next, None).await?;
    maintenance
        .batch_execute(&format!(
            "begin;
             {out_of_the_way}
             alter database {live} rename to {before};
             alter database {next} rename to {live};
             alter database {before} allow_connections true;
             {settings}
             commit"
        ))
        .await?;
    Ok(())
}

/// `ALTER DATABASE … SET` of the running one, for the one that takes its name.
async fn settings(maintenance: &Client, names: &Names) -> Result<String, PgError> {
    const SETTINGS: &str = "select unnest(s.setconfig), r.rolname::text from pg_db_role_setting s
        join pg_database d on d.oid = s.setdatabase left join pg_roles r on r.oid = s.setrole where d.datname = $1";
    let mut statements = String::new();
    for row in maintenance.query(SETTINGS, &[&names.live]).await? {
        let (setting, role): (String, Option<String>) = (row.get(0), row.get(1));
        let Some((name, value)) = setting.split_once('=') else { continue };
        let live = Ident::new(names.live.as_str());
        let whose = role
            .map_or_else(|| format!("database {live}"), |role| format!("role {} in database {live}", Ident::new(role)));
        // A list such as search_path is stored as it is written, quotes and all.
        let value = if name == "search_path" { value.to_owned() } else { Literal::text(value).to_string() };
        statements.push_str(&format!("alter {whose} set {name} to {value};\n"));
    }
    Ok(statements)
}

async fn end_sessions(maintenance: &Client, database: &str, but: Option<i32>) -> Result<(), PgError> {
    const END: &str = "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = $1 and pid <> coalesce($2, 0) and pid <> pg_backend_pid()";
    let began = std::time::Instant::now();
    loop {
        let ended: i64 = maintenance.query_one(END, &[&database, &but]).await?.get(0);
        // One that does not go in time makes the rename fail, which says who is in the way.
        if ended == 0 || began.elapsed() > PATIENCE {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
