//! `howdah keys rotate`: an API key, or the key that tokens are signed with.

use std::path::{Path, PathBuf};
use std::time::Duration;

use howdah_auth::keys::{KeyError, KeyId};
use howdah_http::{KeyAlgorithm, KeySet, TokenOptions, Tokens, new_key};
use serde_json::{Value, json};

use super::span::length;
use super::{Keys, failed, print_made};
use crate::context::Context;
use crate::database::Which;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, duration, paint};
use crate::secrets;
use crate::signing_keys::SigningKeys;

const AFTER_HELP: &str = "\
An API key is replaced by one of the same scopes, role and lifetime; the old one works on for \
--grace, so that programs can change over.

--signing adds a key to sign tokens with, in .howdah/secrets/. Servers know it at once and publish \
it in /.well-known/jwks.json; it signs after --after. The keys before it verify for --overlap longer, \
and with them end the tokens they have signed, those of `howdah keys show` too.

Examples:
  howdah keys rotate hdk_Ab12Cd34Ef56
  howdah keys rotate hdk_Ab12Cd34Ef56 --grace 7d
  howdah keys rotate hdk_Ab12Cd34Ef56 --env production --dry-run
  howdah keys rotate --signing
  howdah keys rotate --signing --algorithm es256 --dry-run
  howdah keys rotate --signing --import rsa-private.jwk
  howdah keys rotate --signing --after 0s --overlap 0s --yes     the old one has leaked

Exit codes:
  0    rotated, or with --dry-run nothing stands against it
  1    there is no such key, it is over with it, or it failed
  2    that is no key, or the environment names the signing key
  4    the login was refused
  5    not confirmed";

/// Replace an API key, or the key that tokens are signed with
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The API key: its id, or its first 16 characters
    #[arg(value_name = "KEY", required_unless_present = "signing", conflicts_with = "signing")]
    key: Option<String>,

    /// How long the old API key works on: 90s, 30m, 24h, 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = length, conflicts_with = "signing")]
    grace: Duration,

    #[command(flatten)]
    which: Which,

    /// Rotate the key that tokens are signed with
    #[arg(long, conflicts_with = "env")]
    signing: bool,

    /// Show what would be replaced and when, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// What to sign with
    #[arg(long, value_name = "NAME", default_value = "hs256", value_parser = ["hs256", "es256"], requires = "signing")]
    algorithm: String,

    /// A private JSON Web Key to sign with, instead of a new one
    #[arg(long, value_name = "FILE", requires = "signing", conflicts_with = "algorithm")]
    import: Option<PathBuf>,

    /// When it begins to sign; verifiers elsewhere look at the published keys every five minutes
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = length, requires = "signing")]
    after: Duration,

    /// How long the keys before it verify after that; access tokens live for an hour
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = length, requires = "signing")]
    overlap: Duration,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match &args.key {
        Some(key) => {
            let id = KeyId::parse(key).map_err(|error| failed(&error))?;
            let keys = Keys::open(&args.which, context).await?;
            let verb = if args.dry_run { "Looking for a key of" } else { "Rotating a key of" };
            context.out.target(&format!("{verb} {}", keys.database.label()));
            let result = rotate(&id, &args, &keys, context).await;
            keys.close(result)
        }
        None => rotate_signing(&args, context).await,
    }
}

async fn rotate(id: &KeyId, args: &Args, keys: &Keys, context: &Context) -> anyhow::Result<Exit> {
    let grace = args.grace;
    if args.dry_run {
        let key = keys.store.find(id).await.map_err(|error| failed(&error))?;
        if key.state != "good" {
            return Err(failed(&KeyError::NotToRotate).into());
        }
        let data = json!({ "target": keys.database.label(), "dry_run": true, "replaces": key, "grace_seconds": grace.as_secs() });
        context.out.data("howdah.keys.rotate/1", &data, |_| Ok(()))?;
        let (prefix, name, grace) = (key.prefix, key.name, duration(grace));
        context.out.say(format!("{prefix} ({name}) would work for another {grace}; nothing was rotated"));
        return Ok(Exit::Ok);
    }
    let made = keys.store.rotate(id, None, grace).await.map_err(|error| failed(&error))?;
    print_made("howdah.keys.rotate/1", &made, &keys.database, context)?;
    context.out.say(format!("  The key before it works for another {}.", duration(grace)));
    Ok(Exit::Ok)
}

async fn rotate_signing(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    if secrets::find(secrets::JWT, None)?.is_some() {
        return Err(Failure::usage("signing-key-elsewhere", "HOWDAH_JWT_SECRET says what signs, not this project")
            .hint("give it a JSON Web Key set, the new key first, and restart the servers; docs/keys.md has the steps")
            .into());
    }
    if project.config.is_on("jwt.secret_is_base64") {
        return Err(Failure::usage(
            "signing-key-base64",
            "jwt.secret_is_base64 is on, and the project's own secret is none",
        )
        .hint("take it out of howdah.toml, then rotate")
        .into());
    }
    let jwk = match &args.import {
        Some(file) => import(file)?,
        None if args.algorithm == "es256" => new_key(KeyAlgorithm::Es256),
        None => new_key(KeyAlgorithm::Hs256),
    };
    let verb = if args.dry_run { "Looking at" } else { "Rotating" };
    context.out.target(&format!("{verb} the signing key of {}", project.config.project_name()));
    let ends = duration(args.after + args.overlap);
    if args.dry_run {
        let planned = SigningKeys::of(&project).plan(jwk, args.after, args.overlap)?;
        // A key of our own is another one the next time.
        let kid = args.import.is_some().then_some(planned.kid);
        let data = json!({
            "dry_run": true, "kid": kid, "algorithm": planned.algorithm, "signs_from": planned.signs_from,
            "others_verify_until": planned.others_verify_until,
        });
        context.out.data("howdah.keys.rotate-signing/1", &data, |_| Ok(()))?;
        let (algorithm, after) = (planned.algorithm, duration(args.after));
        context.out.say(format!("{algorithm} would sign in {after}, and the keys before it verify for another {ends}"));
        context.out.say("  Nothing was rotated.");
        return Ok(Exit::Ok);
    }
    context.confirm(&format!("Tokens signed so far, the project's keys too, end after {ends}. Go on?")).await?;
    let rotated = SigningKeys::of(&project).rotate(jwk, args.after, args.overlap)?;
    context.out.data("howdah.keys.rotate-signing/1", &rotated, |stdout| writeln!(stdout, "{}", rotated.kid))?;
    context.out.say(format!("{} {} signs in {}", paint(GOOD, "✓"), rotated.algorithm, duration(args.after)));
    context.out.say(format!(
        "  The keys before it verify for another {ends}; until then, give clients what `howdah keys show` prints."
    ));
    Ok(Exit::Ok)
}

/// A private key of a file, that signs.
fn import(file: &Path) -> Result<Value, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::io("read", file, &error))?;
    let unusable = |why: String| {
        Failure::usage("signing-key", format!("{} holds no key to sign with: {why}", file.display()))
            .hint("it must be one JSON Web Key with its private part: RSA, EC (P-256, P-384) or OKP (Ed25519)")
    };
    let key: Value = serde_json::from_str(&text).map_err(|error| unusable(format!("line {}", error.line())))?;
    if key.get("kty").is_none() {
        return Err(unusable("it has no kty".to_owned()));
    }
    let keys = KeySet::parse(&key.to_string(), false).map_err(|error| unusable(error.to_string()))?;
    let signs = Tokens::with(keys, TokenOptions::default()).sign(&serde_json::json!({}));
    signs.map_err(|_| unusable("its private part is missing".to_owned()))?;
    Ok(key)
}
