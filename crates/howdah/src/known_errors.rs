//! The libraries' errors read as failures: their stable code, and the exit code that fits.

use std::borrow::Cow;
use std::error::Error;
use std::path::PathBuf;

use howdah_cluster::ClusterError;
use howdah_data::DataError;
use howdah_pg::migrate::MigrateError;
use howdah_pg::script::{ScriptError, SqlScriptError};
use howdah_pg::{PgError, ServerError};

use crate::exit::Exit;
use crate::failure::{Excerpt, Failure};

/// The failure that `error` is, when it comes from one of our libraries.
pub(crate) fn read(error: &(dyn Error + 'static)) -> Option<Failure> {
    if let Some(error) = error.downcast_ref::<PgError>() {
        return Some(known(error.code(), error).exit(pg_exit(error)));
    }
    if let Some(error) = error.downcast_ref::<ClusterError>() {
        return Some(known(error.code(), error));
    }
    if let Some(error) = error.downcast_ref::<ScriptError>() {
        return Some(match error {
            ScriptError::Sql(error) => script_failure(error),
            ScriptError::Pg(error) => known(error.code(), error).exit(pg_exit(error)),
            ScriptError::Read { .. } => known(error.code(), error),
        });
    }
    if let Some(error) = error.downcast_ref::<MigrateError>() {
        return Some(migrate_failure(error));
    }
    if let Some(error) = error.downcast_ref::<DataError>() {
        return Some(known(error.code(), error));
    }
    if let Some(error) = error.downcast_ref::<tokio_postgres::Error>() {
        return Some(match error.as_db_error() {
            Some(server) => known("pg-server-error", &ServerError::from(server)),
            None if error.is_closed() => known(PgError::Closed.code(), &PgError::Closed),
            None => known("pg-protocol", error),
        });
    }
    None
}

/// An error in an SQL file, shown at its place.
fn script_failure(error: &SqlScriptError) -> Failure {
    let at = &error.location;
    let width = at.line_text.get(at.span.clone()).map_or(1, |token| token.chars().count());
    let label = error.sqlstate().map_or_else(String::new, |sqlstate| format!("SQLSTATE {sqlstate}"));
    let mut failure = Failure::new(error.code(), error.message()).excerpt(Excerpt {
        file: PathBuf::from(&at.file),
        line: at.line as usize,
        column: at.column as usize,
        text: at.line_text.clone(),
        width,
        label,
    });
    if let Some(detail) = error.detail() {
        failure = failure.cause(detail);
    }
    if let Some(context) = error.server().and_then(|server| server.context.as_deref()) {
        failure = failure.cause(format!("in {context}"));
    }
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn migrate_failure(error: &MigrateError) -> Failure {
    match error {
        MigrateError::Failed { title, direction, done, error: script } => {
            let mut failure = script_failure(script);
            failure.code = Cow::Borrowed(error.code());
            let stays = match done {
                0 => String::new(),
                1 => "; the one before it stays applied".to_owned(),
                more => format!("; the {more} before it stay applied"),
            };
            failure
                .causes
                .push(format!("migration {title} failed going {direction}, and nothing of it is left{stays}"));
            failure
        }
        MigrateError::Pg(source) => known(error.code(), error).exit(pg_exit(source)),
        _ => known(error.code(), error),
    }
}

fn known(code: &'static str, error: &dyn Error) -> Failure {
    let mut failure = Failure::new("", error.to_string());
    failure.code = Cow::Borrowed(code);
    failure
}

fn pg_exit(error: &PgError) -> Exit {
    match error {
        PgError::WrongPassword { .. }
        | PgError::PasswordMissing { .. }
        | PgError::NoSuchRole { .. }
        | PgError::HostRefused { .. } => Exit::Authentication,
        PgError::Url { .. } => Exit::Usage,
        _ => Exit::Failed,
    }
}
