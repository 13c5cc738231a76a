//! `howdah role list`.

use howdah_schema::docs;
use serde_json::json;

use super::read;
use crate::context::Context;
use crate::database::Which;
use crate::exit::Exit;
use crate::output::Listing;

const AFTER_HELP: &str = "\
Reads and writes count the tables and views of which the role reaches any row by its grants and \
policies; a superuser reaches all. `inherits` are the roles whose rights it has at once, `may become` \
those that it can switch to with SET ROLE.

Examples:
  howdah role list
  howdah role list --env production
  howdah role list --json | jq -r '.data.roles[] | select(.bypass_rls) | .name'

Exit codes:
  0    done
  1    the database cannot be read
  2    there is no such environment
  4    the login was refused";

/// List the roles of the server, and how much each may do in the database
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let catalog = read(&args.which, context).await?;
    let mut listing = Listing::new(&["role", "login", "row security", "inherits", "may become", "reads", "writes"]);
    let mut roles = Vec::new();
    for role in docs::roles(&catalog) {
        let login = catalog.roles.get(&role.name).is_some_and(|role| role.login);
        let security = match (role.superuser, role.bypass_rls) {
            (true, _) => "superuser: not bound",
            (false, true) => "bypassed",
            (false, false) => "binds it",
        };
        listing.row([
            role.name.clone(),
            if login { "yes" } else { "no" }.to_owned(),
            security.to_owned(),
            role.inherits.join(", "),
            role.member_of.join(", "),
            role.reads.to_string(),
            role.writes.to_string(),
        ]);
        let mut document = serde_json::to_value(&role)?;
        document["login"] = login.into();
        roles.push(document);
    }
    context.out.list("howdah.role.list/1", &json!({ "roles": roles }), &listing)?;
    Ok(Exit::Ok)
}
