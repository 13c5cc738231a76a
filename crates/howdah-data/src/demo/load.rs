//! Into the database: one transaction, table after table.

use super::people::people;
use super::stage::fill;
use super::table::{Role, Template};
use super::world::{World, describe_mark};
use super::{Plan, Progress, Report, commerce, content, personal};
use crate::DataError;
use serde_json::Value;
use tokio_postgres::{Client, Transaction};
use uuid::Uuid;

pub(super) const TEMPLATES: &[&Template] = &[&personal::TEMPLATE, &content::TEMPLATE, &commerce::TEMPLATE];
const TEMPLATE_NAMES: &str = "personal, content and commerce";

/// Settings for the length of the transaction. The advisory lock makes a second seeding wait for the first and then find
/// its rows; the claims and the request id are what the audit trail writes down.
const SETTINGS: &str = "\
set local statement_timeout = 0;
set local idle_in_transaction_session_timeout = 0;
select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('howdah seed demo'));
select pg_catalog.set_config('request.jwt.claims', '{\"role\":\"service_role\"}', true),
       pg_catalog.set_config('request.id', 'howdah-seed-demo', true),
       pg_catalog.set_config('howdah.trash', 'with', true)";

const HAS_TABLES: &str = "select pg_catalog.bool_and(pg_catalog.to_regclass('public.' || t) is not null) from pg_catalog.unnest($1::text[]) as t";

const DEMO_USERS: &str = "\
select id, email::text, metadata -> 'demo' from auth.users
 where id = any ($1) or (deleted_at is null and lower(email) = any ($2))";

pub(super) async fn seed(
    client: &mut Client,
    plan: &Plan,
    hash: &(dyn Fn(&str) -> String + Sync),
    progress: &dyn Progress,
) -> Result<Report, DataError> {
    let template = detect(client).await?;
    let mut world = World::new(*plan, template);
    let step = |step| move |source| DataError::Postgres { step, source };
    let transaction = client.transaction().await.map_err(step("opening a transaction"))?;
    transaction.batch_execute(SETTINGS).await.map_err(step("preparing the transaction"))?;
    let session = Session::new(&transaction).await.map_err(step("preparing the transaction"))?;

    let there = accounts(&session, &world).await?;
    for (someone, person) in world.people.iter().zip(people()) {
        // Hashing is slow by design; who has an account keeps the hash they have.
        if !there.contains(&someone.id) {
            world.hashes.insert(person.key, hash(person.password));
            world.new.push(someone.id);
        }
    }

    let mut report = Report { template: template.name, tables: Vec::new(), left_out: Vec::new() };
    for table in template.tables() {
        fill(&session, &world, table, &mut report, progress).await?;
    }
    transaction.commit().await.map_err(step("committing"))?;
    Ok(report)
}

/// The template whose tables the database has.
async fn detect(client: &Client) -> Result<&'static Template, DataError> {
    for template in TEMPLATES {
        let row = client
            .query_one(HAS_TABLES, &[&template.marks])
            .await
            .map_err(|source| DataError::Postgres { step: "looking at the tables", source })?;
        if row.get(0) {
            return Ok(template);
        }
    }
    Err(DataError::UnknownSchema { known: TEMPLATE_NAMES })
}

/// The transaction, and the role it began under.
pub(super) struct Session<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    own_role: String,
}

impl<'a> Session<'a> {
    async fn new(transaction: &'a Transaction<'a>) -> Result<Self, tokio_postgres::Error> {
        let own_role = transaction.query_one("select current_setting('role')", &[]).await?.get(0);
        Ok(Self { transaction, own_role })
    }

    /// Runs under `role` until [`switch_back`](Self::switch_back). A database without that role has no policies for it
    /// either.
    pub(super) async fn switch_to(&self, role: Role) -> Result<(), tokio_postgres::Error> {
        let switch = "select set_config('role', rolname, true) from pg_catalog.pg_roles where rolname = $1";
        self.transaction.execute(switch, &[&role.name()]).await.map(drop)
    }

    pub(super) async fn switch_back(&self) -> Result<(), tokio_postgres::Error> {
        self.transaction.execute("select set_config('role', $1, true)", &[&self.own_role]).await.map(drop)
    }
}

/// Which of the demo people have an account of this plan. Anything else in their place is an error.
async fn accounts(session: &Session<'_>, world: &World) -> Result<Vec<Uuid>, DataError> {
    let ids: Vec<Uuid> = world.people.iter().map(|someone| someone.id).collect();
    let emails: Vec<&str> = world.people.iter().map(|someone| someone.email).collect();
    let step = |source| DataError::Postgres { step: "looking at the accounts", source };
    session.switch_to(Role::Auth).await.map_err(step)?;
    let rows = session.transaction.query(DEMO_USERS, &[&ids, &emails]).await.map_err(step)?;
    session.switch_back().await.map_err(step)?;
    let wanted = world.mark();
    let mut there = Vec::new();
    for row in rows {
        let (id, email, mark): (Uuid, String, Option<Value>) = (row.get(0), row.get(1), row.get(2));
        match mark {
            Some(mark) if mark == wanted && ids.contains(&id) => there.push(id),
            Some(mark) => {
                return Err(DataError::OtherPlan { found: describe_mark(&mark), wanted: world.plan.to_string() });
            }
            None => return Err(DataError::EmailTaken { email }),
        }
    }
    Ok(there)
}
