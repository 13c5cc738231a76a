//! What the command line and the server have to do with the audit trail: whose signatures count, who seals it, and the events
//! of administrative commands.

use std::time::Duration;

use howdah_pg::Target;
use howdah_pg::tokio_postgres::Client;
use howdah_privacy::audit::{self, PublicKey, SealOptions, SealerOptions, SigningKey, TrustedKeys};
use serde_json::Value;

use crate::config::Config;
use crate::failure::Failure;
use crate::output::Output;
use crate::project::Project;
use crate::secrets;
use crate::serve::SealerSettings;

/// The key that signs here, if there is one.
///
/// # Errors
/// It is no key, or cannot be read.
pub(crate) fn signing_key(project: Option<&Project>) -> anyhow::Result<Option<SigningKey>> {
    let secret = secrets::find(secrets::AUDIT, project)?;
    Ok(secret.map(|secret| SigningKey::from_hex(secret.expose())).transpose()?)
}

/// Whose signatures count: that of the key here, those of the settings, and `further`.
///
/// # Errors
/// One is no key.
pub(crate) fn trusted(
    project: Option<&Project>,
    config: &Config,
    further: &[PublicKey],
) -> anyhow::Result<TrustedKeys> {
    let own = signing_key(project)?.map(|key| key.public());
    let settings = config.list("audit.trusted_keys");
    let settings = settings.iter().map(|key| key.parse()).collect::<Result<Vec<PublicKey>, _>>()?;
    Ok(own.into_iter().chain(settings).chain(further.iter().cloned()).collect())
}

/// How the server seals the trail; `target` is the login of the private cluster's sealer, if it is that.
///
/// # Errors
/// The key is none, or `audit.sealer_url` no URL.
pub(crate) fn sealer(
    target: Option<Target>,
    project: Option<&Project>,
    config: &Config,
) -> anyhow::Result<Option<SealerSettings>> {
    let target = match config.text("audit.sealer_url") {
        Some(url) => Some(Target::parse(url)?),
        None => target,
    };
    let Some(target) = target else { return Ok(None) };
    let defaults = SealOptions::default();
    let seal = SealOptions {
        checkpoint_events: config.number("audit.checkpoint_events", defaults.checkpoint_events),
        checkpoint_every: Duration::from_secs(config.number("audit.checkpoint_seconds", 300)),
        ..defaults
    };
    let retention_days = Some(config.number("audit.retention_days", 0)).filter(|days| *days > 0);
    let options = SealerOptions { seal, retention_days, ..SealerOptions::default() };
    Ok(Some(SealerSettings { target, key: signing_key(project)?, options }))
}

/// Writes that an administrative command begins, where the database has a trail. Without that it does not begin: whatever
/// happens to the command afterwards, the trail knows that it was there.
///
/// # Errors
/// The event could not be written.
pub(crate) async fn begin(client: &Client, action: &str, resource: &str, details: &Value) -> Result<(), Failure> {
    let details = staged(details, "begun");
    audit::record(client, action, resource, &details).await.map(|_| ()).map_err(|error| {
        let message = format!("{action} cannot be written into the audit trail, so nothing was done: {error}");
        Failure::new("audit-not-written", message)
            .hint("the login must own the function audit.record_event or have the right to execute it")
    })
}

/// Writes what has come of a command that has begun. It has done its work by then, so that a failure is said and is none of the
/// command's: that it began is in the trail.
pub(crate) async fn end(client: &Client, action: &str, resource: &str, details: &Value, out: &Output) {
    if let Err(error) = audit::record(client, action, resource, &staged(details, "ended")).await {
        out.warn(format!("what came of {action} is not in the audit trail: {error}"));
    }
}

fn staged(details: &Value, stage: &str) -> Value {
    let mut details = details.clone();
    details["stage"] = stage.into();
    details
}
