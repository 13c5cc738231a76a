//! What can go wrong, with a stable code each.

use tokio_postgres::error::SqlState;

/// An error of this crate. [`code`](DataError::code) is stable and may be matched by scripts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The database has none of the tables that one of the built-in templates would have.
    #[error(
        "there is no demo data for this schema: it is made for the templates {known}, and this database holds the \
         tables of none of them. Apply the migrations first, or seed your own rows from seeds/demo/*.sql"
    )]
    UnknownSchema {
        /// The templates that have demo data, comma separated.
        known: &'static str,
    },
    /// The database already holds demo data, made with other numbers.
    #[error(
        "this database already holds demo data made with {found}, and {wanted} was asked for. Two sets would mix: repeat \
         the first numbers, or seed an empty database"
    )]
    OtherPlan {
        /// The plan that stands in the database.
        found: String,
        /// The plan that was asked for.
        wanted: String,
    },
    /// Somebody else's account has the address of a demo person.
    #[error(
        "an account with the address {email} exists already and is not a demo account. Rename it, or seed an empty \
         database"
    )]
    EmailTaken {
        /// The address.
        email: String,
    },
    /// A day was written in a form that is not `YYYY-MM-DD`, or does not exist.
    #[error("\"{text}\" is not a day; write it as YYYY-MM-DD, between 1970-01-01 and 9999-12-31")]
    BadDay {
        /// What was given.
        text: String,
    },
    /// The number of rows is more than demo data is made for.
    #[error("{rows} rows are more than demo data is made for; ask for at most {most}")]
    TooManyRows {
        /// What was asked for.
        rows: u64,
        /// The limit.
        most: u64,
    },
    /// PostgreSQL refused a step on one table.
    #[error("demo data could not be {step} {table}: {}. Nothing was changed", detail(.source))]
    Table {
        /// `copied into the staging table of` or the like.
        step: &'static str,
        /// Qualified name of the table.
        table: String,
        /// PostgreSQL's own words.
        source: tokio_postgres::Error,
    },
    /// PostgreSQL refused something that belongs to no single table.
    #[error("demo data could not be loaded, {step}: {}. Nothing was changed", detail(.source))]
    Postgres {
        /// What was being done.
        step: &'static str,
        /// PostgreSQL's own words.
        source: tokio_postgres::Error,
    },
}

impl DataError {
    /// The stable code, like `demo-unknown-schema`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownSchema { .. } => "demo-unknown-schema",
            Self::OtherPlan { .. } => "demo-other-plan",
            Self::EmailTaken { .. } => "demo-email-taken",
            Self::BadDay { .. } => "demo-bad-day",
            Self::TooManyRows { .. } => "demo-too-many-rows",
            Self::Table { source, .. } | Self::Postgres { source, .. } => match source.code() {
                Some(&SqlState::INSUFFICIENT_PRIVILEGE) => "demo-not-permitted",
                Some(_) => "demo-refused",
                None => "demo-connection-lost",
            },
        }
    }
}

/// Message, detail and constraint of a server error on one line; tokio-postgres alone prints "db error".
fn detail(error: &tokio_postgres::Error) -> String {
    let Some(db) = error.as_db_error() else { return error.to_string() };
    let help = "Connect as the owner of the schema, or as a member of service_role and howdah_auth";
    let mut text = format!("{} ({})", db.message(), db.code().code());
    for (name, value) in [
        ("detail", db.detail()),
        ("hint", db.hint()),
        ("where", db.where_()),
        ("help", (*db.code() == SqlState::INSUFFICIENT_PRIVILEGE).then_some(help)),
    ] {
        if let Some(value) = value {
            text.push_str(&format!("; {name}: {}", value.lines().next().unwrap_or_default()));
        }
    }
    text
}
