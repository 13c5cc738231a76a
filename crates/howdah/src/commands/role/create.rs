//! `howdah role create`.

use howdah_schema::Ident;
use howdah_schema::roles::{self, RoleError, RoleKind};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generated::{self, Place};

const AFTER_HELP: &str = "\
Kinds:
  readonly   reads what howdah_readonly reads: live rows, and of personal data what is masked
  app        an application server that speaks SQL: no right of its own, becomes anon or authenticated
  service    trusted server code: what service_role has
  api        a role that tokens name for the data API; it may do nothing until you grant it something

The file goes into the schema folder, and from there through `howdah generate` and `howdah migrate` as \
everything else. Roles are the server's: the file makes one only where it is missing. A password is \
never part of it. To the migration of an api role add `grant NAME to howdah_login;`: whom the server's \
login may become is the server's, too.

Examples:
  howdah role create readonly --name analysts
  howdah role create app --name shop_server --output - | psql \"$DATABASE_URL\"
  howdah role create api --name editor

Exit codes:
  0    written
  1    the schema cannot be loaded, or the file is somebody else's
  2    the name is no name, or what the role stands on is not there";

/// Write the SQL that makes a role
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// What it is for
    kind: Kind,

    /// What it is called
    #[arg(long, value_name = "NAME")]
    name: String,

    #[command(flatten)]
    place: generated::Written,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Readonly,
    App,
    Service,
    Api,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let name = Ident::checked(args.name.as_str())
        .map_err(|error| Failure::usage(error.code(), error.to_string()))?
        .as_str()
        .to_owned();
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let place = Place::open(&args.place, &format!("80_role_{plain}.sql"), context).await?;
    let kind = match args.kind {
        Kind::Readonly => RoleKind::Readonly,
        Kind::App => RoleKind::App,
        Kind::Service => RoleKind::Service,
        Kind::Api => RoleKind::Api,
    };
    let sql = roles::create(&place.catalog, kind, &name, &place.config.api_schemas()).map_err(|error| {
        let failure = Failure::usage(error.code(), error.to_string());
        match error {
            RoleError::Missing(_) => failure.hint("the roles of Howdah come with `howdah init`: schema/00_roles.sql"),
            RoleError::Exists(_) => failure.hint("choose another name; `howdah role show NAME` says what it may do"),
            RoleError::Reserved(_) => failure.hint("choose another name, one that does not begin with howdah_ or pg_"),
        }
    })?;
    if kind == RoleKind::Api {
        context.out.say(format!(
            "howdah_login is the server's, so `howdah generate` says nothing of it: add to the migration\n  grant {} to howdah_login;",
            Ident::new(name.as_str())
        ));
    }
    place.write("howdah.role.create/1", &sql, json!({ "role": name }), context)
}
