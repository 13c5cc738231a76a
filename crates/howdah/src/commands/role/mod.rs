//! `howdah role`: who may do what, and the SQL that makes roles.

mod create;
mod list;
mod masks;
mod show;

use howdah_pg::{IntrospectOptions, introspect};
use howdah_schema::Catalog;

use crate::context::Context;
use crate::database::{Opened, Which};

subcommands! {
    /// Look at roles, and write the SQL that makes them

    List => list,
    Show => show,
    Create => create,
    Masks => masks,
}

/// The catalog of a database, with every role of the server.
async fn read(which: &Which, context: &Context) -> anyhow::Result<Catalog> {
    let Opened { database, .. } = which.open(context).await?;
    context.out.target(&format!("Looking at {}", database.label()));
    let options = IntrospectOptions { all_roles: true, ..IntrospectOptions::default() };
    let read = async {
        let client = database.target.client().await?;
        anyhow::Ok(introspect(&client, &options).await?)
    };
    let catalog = read.await;
    database.close()?;
    catalog
}
