//! `howdah keys show`: the project's two keys in the form that Supabase's clients take.

use howdah_http::{KeySet, TokenOptions, Tokens};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::secrets;
use crate::serve;
use crate::signing_keys::SigningKeys;

const AFTER_HELP: &str = "\
The key anon is public: it stands in pages and apps, and gets at what the role anon may see. The key \
service_role is secret and sees everything. Both are tokens that last ten years and end with the key \
that has signed them (`howdah keys rotate --signing`); unlike API keys they cannot be revoked.

Examples:
  howdah keys show
  howdah keys show anon
  SUPABASE_ANON_KEY=$(howdah keys show anon) npm start
  howdah keys show --json | jq -r .data.service_role

Exit codes:
  0    shown
  1    failed
  2    no secret is set, or it only verifies";

/// Show the project's keys for Supabase's clients: anon and service_role
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Only this one
    #[arg(value_name = "ROLE", value_parser = ["anon", "service_role"])]
    role: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let Args { role } = args;
    let (project, config) = context.config(&[])?;
    let secret = match secrets::find(secrets::JWT, None)? {
        Some(secret) => secret,
        None => match &project {
            Some(project) => SigningKeys::of(project).now()?,
            None => {
                return Err(Failure::usage("jwt-secret", "HOWDAH_JWT_SECRET is not set, and this is no project")
                    .hint("set it to what the server uses, or run this inside the project")
                    .into());
            }
        },
    };
    let keys = KeySet::parse(secret.expose(), config.is_on("jwt.secret_is_base64"))
        .map_err(|error| Failure::usage("jwt-secret", format!("the JWT secret cannot be used: {error}")))?;
    let options = TokenOptions {
        audience: config.text("jwt.audience").map(str::to_owned),
        issuer: config.text("jwt.issuer").map(str::to_owned),
        ..TokenOptions::default()
    };
    let keys = serve::Keys::new(Tokens::with(keys, options));
    let key = |role: &str| {
        keys.key(role).map_err(|failure| {
            failure
                .exit(Exit::Usage)
                .hint("HOWDAH_JWT_SECRET holds public keys alone: whoever has the private one makes these keys")
        })
    };
    let (anon, service) = (key(config.anonymous_role().unwrap_or("anon"))?, key("service_role")?);
    let data = json!({ "anon": anon, "service_role": service });
    if let Some(role) = &role {
        let key = if role == "anon" { &anon } else { &service };
        let data = json!({ role.as_str(): key });
        context.out.data("howdah.keys.show/1", &data, |stdout| writeln!(stdout, "{key}"))?;
        return Ok(Exit::Ok);
    }
    // No table: a key that is broken over lines cannot be copied.
    context.out.data("howdah.keys.show/1", &data, |stdout| {
        writeln!(stdout, "anon\t{anon}")?;
        writeln!(stdout, "service_role\t{service}")
    })?;
    Ok(Exit::Ok)
}
