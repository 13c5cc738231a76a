//! `howdah db url`: the connection URL, for another program.

use serde_json::json;

use super::Role;
use crate::context::Context;
use crate::database::private::Private;
use crate::exit::Exit;

const AFTER_HELP: &str = "\
The URL holds the password of the project's own cluster, which takes connections from this \
machine only.

Examples:
  psql \"$(howdah db url)\"
  DATABASE_URL=$(howdah db url --role server) howdah serve

Exit codes:
  0    printed
  1    there is no database yet";

/// Print its connection URL
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// As whom to log in
    #[arg(long, value_enum, default_value = "admin")]
    role: Role,

    /// The database; by default the project's
    #[arg(long, value_name = "NAME")]
    database: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let private = Private::must_exist(&project, context).await?;
    let database = args.database.as_deref().unwrap_or(&private.database);
    let url = args.role.target(&private, database)?.to_url();
    if !private.is_running()? {
        context.out.warn("it does not run; start it with `howdah db start`");
    }
    let data = json!({ "url": url.expose(), "role": args.role.name(), "database": database });
    context.out.data("howdah.db.url/1", &data, |stdout| writeln!(stdout, "{}", url.expose()))?;
    Ok(Exit::Ok)
}
