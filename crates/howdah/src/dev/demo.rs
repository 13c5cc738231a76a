//! The demo data and the people in it.

use howdah_data::demo;
use tokio_postgres::Client;

use super::screen::Login;

/// Which demo people can log in to this database.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn logins(admin: &Client) -> anyhow::Result<Vec<Login>> {
    const PEOPLE: &str = "select id::text, email::text from auth.users
        where metadata ? 'demo' and deleted_at is null and is_active and email::text = any ($1)";
    if !has_accounts(admin).await? {
        return Ok(Vec::new());
    }
    let emails: Vec<&str> = demo::people().iter().map(|person| person.email).collect();
    let rows = admin.query(PEOPLE, &[&emails]).await?;
    let login = |person: &demo::Person| {
        let row = rows.iter().find(|row| row.get::<_, String>(1) == person.email)?;
        Some(Login {
            name: person.display_name.to_owned(),
            email: person.email.to_owned(),
            password: person.password.to_owned(),
            id: row.get(0),
        })
    };
    Ok(demo::people().iter().filter_map(login).collect())
}

/// Whether nobody has an account yet: only such a database is seeded unasked.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn is_unused(admin: &Client) -> anyhow::Result<bool> {
    const NOBODY: &str = "select not exists (select from auth.users)";
    Ok(has_accounts(admin).await? && admin.query_one(NOBODY, &[]).await?.get(0))
}

async fn has_accounts(admin: &Client) -> anyhow::Result<bool> {
    Ok(admin.query_one("select to_regclass('auth.users') is not null", &[]).await?.get(0))
}
