//! `howdah config show`: the settings that hold here, and where each comes from.

use clap::Subcommand;
use serde_json::json;

use crate::config::keys::KEYS;
use crate::config::{Address, Config, FILE_NAME, Value};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::Listing;

const AFTER_HELP: &str = "\
Examples:
  howdah config show
  howdah config show --origin
  HOWDAH_SERVER_PORT=9000 howdah config show --origin --json

Exit codes:
  0    shown
  2    a setting is wrong";

/// Show the settings
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List every setting and its value
    #[command(after_help = AFTER_HELP)]
    Show {
        /// Also say where each value comes from: a flag, a variable, a line of howdah.toml, or the default
        #[arg(long)]
        origin: bool,
    },
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let Action::Show { origin } = args.action;
    let (_, config) = context.config(&[])?;
    show(&config, origin, context)?;
    Ok(Exit::Ok)
}

fn show(config: &Config, with_origin: bool, context: &Context) -> anyhow::Result<()> {
    let mut listing =
        Listing::new(if with_origin { &["setting", "value", "origin"] } else { &["setting", "value", "meaning"] });
    let mut data = serde_json::Map::new();
    for key in KEYS {
        let (value, origin) = match config.get(key.name) {
            Some((value, origin)) => (Some(redacted(key.name, value)), origin.to_string()),
            None => (None, "default".to_owned()),
        };
        let shown = value.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        let last = if with_origin { origin.clone() } else { key.about.to_owned() };
        listing.row([key.name.to_owned(), shown, last]);
        data.insert(key.name.to_owned(), json!({ "value": value, "origin": origin }));
    }
    for environment in config.environments() {
        let (key, value) = match &environment.address {
            Address::Variable(variable) => ("database_url_env", variable.clone()),
            Address::Url(url) => ("database_url", url.clone()),
        };
        let production = if environment.production { " (production)" } else { "" };
        let name = format!("env.{}.{key}", environment.name);
        let origin = environment.origin.to_string();
        let last = if with_origin { origin.clone() } else { format!("A database of this project{production}") };
        listing.row([name.clone(), value.clone(), last]);
        data.insert(name, json!({ "value": value, "origin": origin, "production": environment.production }));
    }
    for (at, allowance) in config.lint_allow().iter().enumerate() {
        let name = format!("lint.allow.{}", at + 1);
        let line = allowance.place.as_ref().map_or(0, |place| place.line);
        let origin = format!("{FILE_NAME}:{line}");
        let last = if with_origin { origin.clone() } else { "What the linter passes over".to_owned() };
        listing.row([name.clone(), allowance.rule.clone(), last]);
        let (object, file, reason) = (&allowance.object, &allowance.file, &allowance.reason);
        data.insert(
            name,
            json!({ "value": allowance.rule, "object": object, "file": file, "reason": reason, "origin": origin }),
        );
    }
    context.out.list("howdah.config.show/1", &data, &listing)?;
    Ok(())
}

/// A URL from the environment may hold a password; a terminal is no place for it.
fn redacted(name: &str, value: &Value) -> Value {
    match value {
        Value::Text(url) if name.ends_with(".url") => Value::Text(
            howdah_pg::Target::parse(url).map_or_else(|_| "(unreadable)".to_owned(), |target| target.redacted()),
        ),
        value => value.clone(),
    }
}
