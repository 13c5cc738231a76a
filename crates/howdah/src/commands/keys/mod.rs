//! `howdah keys`: API keys of programs, the project's pair for Supabase's clients, and the keys that tokens are signed with.

mod create;
mod list;
mod revoke;
mod rotate;
mod show;
mod span;

use std::borrow::Cow;

use howdah_auth::keys::{ApiKey, KeyError, KeyStore, MadeKey};
use howdah_pg::lane::{LaneOptions, LanePool};
use serde_json::json;

use crate::config::Config;
use crate::context::Context;
use crate::database::{Database, Opened, Which};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, paint};

subcommands! {
    /// Make, list, rotate and revoke API keys

    Create => create,
    List => list,
    Rotate => rotate,
    Revoke => revoke,
    Show => show,
}

/// The keys of a database.
struct Keys {
    database: Database,
    store: KeyStore,
    config: Config,
}

impl Keys {
    async fn open(which: &Which, context: &Context) -> anyhow::Result<Self> {
        let Opened { database, config, .. } = which.open(context).await?;
        // A login that is refused is said here, once, and not after the pool's patience.
        if let Err(error) = database.target.client().await {
            database.close()?;
            return Err(error.into());
        }
        let pool =
            LanePool::start(database.target.clone(), LaneOptions { lanes: 1, exclusive: 1, ..LaneOptions::default() });
        let store = KeyStore::new(&pool);
        Ok(Self { database, store, config })
    }

    /// Leaves the database as it was found, whatever came of the work.
    fn close<T>(self, result: anyhow::Result<T>) -> anyhow::Result<T> {
        self.database.close()?;
        result
    }
}

/// An error of the store as a failure of the command line.
fn failed(error: &KeyError) -> Failure {
    let exit = match error {
        KeyError::Database(_) | KeyError::NoOwner | KeyError::Unknown | KeyError::NotToRotate => Exit::Failed,
        _ => Exit::Usage,
    };
    let mut failure = Failure::new("keys", error.to_string()).exit(exit);
    failure.code = Cow::Owned(error.code().to_owned());
    match error {
        KeyError::Scope(_) => failure.hint("scopes are explained in docs/keys.md; `*:read` is every table, to be read"),
        KeyError::Unknown | KeyError::NotToRotate => failure.hint("`howdah keys list` shows which there are"),
        KeyError::UnknownOwner(_) => {
            failure.hint("the account is named by its address or its id; people make one by signing up, programs by docs/auth-admin.md")
        }
        _ => failure,
    }
}

/// Prints a key that was made: the key itself and nothing else to stdout.
fn print_made(schema: &str, made: &MadeKey, database: &Database, context: &Context) -> anyhow::Result<()> {
    let mut data = json!(made);
    data["target"] = json!(database.label());
    context.out.data(schema, &data, |stdout| writeln!(stdout, "{}", made.secret.expose()))?;
    let ApiKey { id, role, scopes, expires_at, .. } = &made.key;
    let until = expires_at.as_deref().map_or_else(|| "for ever".to_owned(), |at| format!("until {at}"));
    context.out.say(format!("{} key {id} as {role}, good {until}", paint(GOOD, "✓")));
    context.out.say(format!("  for {}", scopes.join(" ")));
    context.out.say("  It is shown this once: what is kept is its digest.");
    Ok(())
}
