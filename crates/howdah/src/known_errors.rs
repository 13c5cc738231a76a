//! The libraries' errors read as failures: their stable code, and the exit code that fits.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};

use howdah_cluster::ClusterError;
use howdah_data::DataError;
use howdah_pg::migrate::MigrateError;
use howdah_pg::schema::{ExtensionMissing, SchemaError};
use howdah_pg::script::{ScriptError, SqlScriptError};
use howdah_pg::{PgError, ServerError};
use howdah_privacy::audit::AuditError;
use howdah_schema::diff::DiffError;

use crate::exit::Exit;
use crate::failure::{Excerpt, Failure, io_hint};
use crate::masks;

/// The failure that `error` is, when it comes from one of our libraries.
pub(crate) fn read(error: &(dyn Error + 'static)) -> Option<Failure> {
    if let Some(error) = error.downcast_ref::<PgError>() {
        return Some(known(error.code(), error).exit(pg_exit(error)));
    }
    if let Some(error) = error.downcast_ref::<AuditError>() {
        return Some(match error {
            AuditError::Pg(error) => known(error.code(), error).exit(pg_exit(error)),
            AuditError::Key { .. } | AuditError::Expected { .. } | AuditError::NoKey => {
                known(error.code(), error).exit(Exit::Usage)
            }
            AuditError::NotAllowed { .. } => known(error.code(), error).exit(Exit::Authentication),
            AuditError::NotDropped { .. } => known(error.code(), error).exit(Exit::Findings),
            _ => known(error.code(), error),
        });
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
    if let Some(error) = error.downcast_ref::<SchemaError>() {
        return Some(schema_failure(error));
    }
    if let Some(error) = error.downcast_ref::<DiffError>() {
        return Some(known(error.code(), error));
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
    if Path::new(&at.file).file_name().is_some_and(|name| name == masks::FILE) {
        // It names columns one by one, so it is what breaks when one goes.
        return failure.hint("this file is made from the schema: `howdah role masks` writes it anew");
    }
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn migrate_failure(error: &MigrateError) -> Failure {
    let stays = |done: usize| match done {
        0 => String::new(),
        1 => "; the one before it stays applied".to_owned(),
        more => format!("; the {more} before it stay applied"),
    };
    match error {
        MigrateError::Failed { title, direction, done, error: script } => {
            let mut failure = script_failure(script);
            failure.code = Cow::Borrowed(error.code());
            let stays = stays(*done);
            failure
                .causes
                .push(format!("migration {title} failed going {direction}, and nothing of it is left{stays}"));
            failure
        }
        MigrateError::PartlyApplied { title, direction, done, report, next, error: script } => {
            let mut failure = script_failure(script);
            failure.code = Cow::Borrowed(error.code());
            let stays = stays(*done);
            let what = format!("migration {title} failed going {direction}, and some of it is applied{stays}");
            failure.causes.push(format!("{what}\n{}", report.to_string().trim_end()));
            failure.hint(next)
        }
        MigrateError::Invalid { title, direction, error: script } => {
            let mut failure = script_failure(script);
            failure.code = Cow::Borrowed(error.code());
            failure.causes.push(format!("migration {title} {direction} was not begun"));
            failure
        }
        MigrateError::Lossy { .. } => {
            known(error.code(), error).exit(Exit::Confirmation).hint("if that is what you want: --allow-lossy")
        }
        MigrateError::Read { source, .. } | MigrateError::Write { source, .. } => {
            let failure = known(error.code(), error);
            match io_hint(source) {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
        MigrateError::UnknownVersion { .. } => known(error.code(), error).exit(Exit::Usage),
        MigrateError::Pg(source) => known(error.code(), error).exit(pg_exit(source)),
        _ => known(error.code(), error),
    }
}

/// What became of a scratch database is nobody's concern.
fn on_scratch(error: &MigrateError) -> Failure {
    match error {
        MigrateError::Failed { title, direction, error: script, .. }
        | MigrateError::PartlyApplied { title, direction, error: script, .. } => {
            let mut failure = script_failure(script);
            failure.code = Cow::Borrowed("migrate-failed");
            failure.cause(format!(
                "migration {title} failed going {direction} on a scratch database, and nothing else was touched"
            ))
        }
        error => migrate_failure(error),
    }
}

fn schema_failure(error: &SchemaError) -> Failure {
    match error {
        SchemaError::Script { error: script, hint } => {
            let failure = script_failure(script);
            match hint.clone().or_else(|| script.server().and_then(missing_role)) {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
        SchemaError::Extension(missing) => extension_failure(error.code(), missing),
        SchemaError::Migrate(error) => on_scratch(error),
        SchemaError::Pg(source) => known(error.code(), error).exit(pg_exit(source)),
        SchemaError::Refused { direction, sql, error: server } => {
            let message = format!("the plan going {direction} cannot be run, so it is not shown as one");
            with_code(error.code(), message).cause(sql).cause(server).hint(REPORT)
        }
        SchemaError::Partial { sql, error: server, needs } => {
            let message = "the statements for these kinds cannot be run without those for others".to_owned();
            let failure = with_code(error.code(), message).cause(sql).cause(server);
            let kinds: BTreeSet<String> = needs.iter().map(|object| object.kind().replace(' ', "-")).collect();
            let kinds: Vec<String> = kinds.into_iter().collect();
            let failure =
                needs.iter().take(20).fold(failure, |failure, object| failure.cause(format!("left out: {object}")));
            failure.hint(format!(
                "add {} to --only, or leave --only out. --no-prove shows the plan as it is",
                kinds.join(",")
            ))
        }
        SchemaError::NotSoftly { sql, error: server } => {
            let message = "what this would drop cannot be kept aside, so nothing was written";
            with_code(error.code(), message.to_owned()).cause(sql).cause(server).hint(
                "drop it in a migration of its own, after one that changes the rest; or drop it for good: \
                 --allow-destructive",
            )
        }
        SchemaError::CopyRefused { origin, sql, error: server } => {
            let message = format!("{origin} cannot be built anew on the scratch server");
            with_code(error.code(), message).cause(sql).cause(server).hint(
                "what it needs may be missing there: name a server like the original with --scratch, or leave the proof \
                 out with --no-prove",
            )
        }
        SchemaError::Unproven { direction, wanted, remaining } => {
            let message =
                format!("the plan going {direction} does not lead to {wanted}: run on a copy, something is left");
            remaining.iter().take(20).fold(with_code(error.code(), message), Failure::cause).hint(REPORT)
        }
        SchemaError::Copy { origin, remaining } => {
            let message = format!("a scratch copy of {origin} is not the same, so nothing can be proven on it");
            remaining.iter().take(20).fold(with_code(error.code(), message), Failure::cause).hint(REPORT)
        }
        _ => known(error.code(), error),
    }
}

const REPORT: &str =
    "this is a mistake of Howdah: please report it with both schemas. `howdah diff --no-prove` shows the plan as it is";

fn extension_failure(code: &'static str, missing: &ExtensionMissing) -> Failure {
    let mut failure = with_code(code, missing.to_string());
    if let Some(at) = &missing.at {
        failure = failure.cause(format!("asked for at {at}"));
    }
    failure.hint(format!(
        "install it (on Debian: apt install {}), or name a server that has it with --scratch URL",
        missing.package()
    ))
}

/// Roles belong to the server, so no file of a schema needs to make them; on an empty server they are not there.
fn missing_role(error: &ServerError) -> Option<String> {
    let is_role = error.sqlstate == "42704" && error.message.starts_with("role ");
    is_role.then(|| {
        "make it in a file that is loaded before, in a DO block that looks whether it is there; or compare with a live \
         database (its roles are known), or try things out on a server that has it: --scratch URL"
            .to_owned()
    })
}

fn with_code(code: &'static str, message: String) -> Failure {
    let mut failure = Failure::new("", message);
    failure.code = Cow::Borrowed(code);
    failure
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
