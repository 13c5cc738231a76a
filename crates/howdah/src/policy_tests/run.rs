//! Tries expectations out.

use std::collections::BTreeMap;

use howdah_pg::{PgError, ServerError};
use howdah_schema::catalog::Table;
use howdah_schema::{Catalog, Ident, Literal, nearest};
use serde_json::{Map, Value, json};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{Expectation, Operation, Suite, Then, Wanted, Who};
use crate::failure::{Excerpt, Failure};

/// All owned tables, in place of a table's name.
const OWNED: &str = "@owned";
/// A column of the table that the role may set to what it is.
const SETTABLE: &str = include_str!("settable_column.sql");

/// What came of one expectation, or of one operation of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// 1-based line of the expectation.
    pub(crate) line: usize,
    /// What was expected, in words.
    pub(crate) what: String,
    /// The table it was about, if it was about one.
    pub(crate) table: Option<String>,
    /// Whether it was tried as somebody signed in.
    pub(crate) as_person: bool,
    /// Why it does not hold; `None` if it does.
    pub(crate) wrong: Option<String>,
}

/// Runs a file's expectations in a transaction that is rolled back, whatever happens.
///
/// # Errors
/// The connection, the setup, and what the expectations name and is not there.
pub(crate) async fn run(client: &Client, catalog: &Catalog, suite: &Suite) -> anyhow::Result<Vec<Outcome>> {
    client.batch_execute("begin").await?;
    let result = within(client, catalog, suite).await;
    let rolled_back = client.batch_execute("rollback").await;
    let outcomes = result?;
    rolled_back?;
    Ok(outcomes)
}

async fn within(client: &Client, catalog: &Catalog, suite: &Suite) -> anyhow::Result<Vec<Outcome>> {
    let mut users = BTreeMap::new();
    if let Some((setup, line)) = &suite.setup {
        client.batch_execute(setup).await.map_err(|error| {
            let error = PgError::from(error);
            place(suite, *line, "policy-test-setup", format!("the setup of {} failed", suite.path.display()))
                .cause(error)
        })?;
    }
    for (name, said) in &suite.users {
        users.insert(name.as_str(), id_of(client, suite, name, said).await?);
    }
    let tester = Tester { client, catalog, suite, users };
    let mut outcomes = Vec::new();
    for expectation in &suite.expectations {
        tester.expect(expectation, &mut outcomes).await?;
    }
    Ok(outcomes)
}

/// A failure that points at a line of the file.
fn place(suite: &Suite, line: usize, code: &'static str, message: String) -> Failure {
    let text = std::fs::read_to_string(&suite.path).unwrap_or_default();
    let text = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned();
    let width = text.chars().count().max(1);
    Failure::new(code, message).excerpt(Excerpt {
        file: suite.path.clone(),
        line,
        column: 1,
        text,
        width,
        label: "here".to_owned(),
    })
}

/// The id of a user, who may be given by the address of an account.
async fn id_of(client: &Client, suite: &Suite, name: &str, said: &str) -> anyhow::Result<String> {
    const BY_ADDRESS: &str = "select id::text from auth.users where lower(email::text) = lower($1)";
    if !said.contains('@') {
        return Ok(said.to_owned());
    }
    let found = client.query(BY_ADDRESS, &[&said]).await?;
    match found.as_slice() {
        [one] => Ok(one.try_get(0)?),
        other => {
            let message =
                format!("{}: {} accounts have the address of user `{name}`", suite.path.display(), other.len());
            Err(Failure::usage("policy-test-user", message)
                .hint("make the account in `setup`, or give the user's id")
                .into())
        }
    }
}

struct Tester<'a> {
    client: &'a Client,
    catalog: &'a Catalog,
    suite: &'a Suite,
    users: BTreeMap<&'a str, String>,
}

/// As whom something is tried, resolved.
struct Caller {
    name: String,
    role: String,
    claims: Value,
}

/// What an operation on a table came to.
enum Reached {
    /// So many rows.
    Rows(u64),
    /// The database refused: no privilege, or a policy.
    Denied(String),
    /// It got as far as a constraint, which is past every policy.
    Constraint(String),
    /// Something else is wrong with it.
    Failed(String),
}

impl Tester<'_> {
    async fn expect(&self, expectation: &Expectation, outcomes: &mut Vec<Outcome>) -> anyhow::Result<()> {
        let caller = self.caller(expectation)?;
        let as_person = caller.role == "authenticated";
        match &expectation.wanted {
            Wanted::Statement { sql, then } => {
                let wrong = self.statement(&caller, &self.filled(sql, None), then).await?;
                let what = expectation.name.clone().unwrap_or_else(|| format!("{}: {}", caller.name, one_line(sql)));
                outcomes.push(Outcome { line: expectation.line, what, table: None, as_person, wrong });
            }
            Wanted::Access { tables, condition, may, may_not, row } => {
                for table in self.tables(expectation, tables)? {
                    let owner = table.comment.tags().owner.as_deref();
                    let condition = condition.as_deref().map(|sql| self.filled(sql, owner));
                    let condition = condition.as_deref().unwrap_or("true");
                    let wanted = may.iter().map(|it| (*it, true)).chain(may_not.iter().map(|it| (*it, false)));
                    for (operation, allowed) in wanted {
                        let reached = self.operate(&caller, table, operation, condition, row).await?;
                        let wrong = self.judge(table, operation, condition, allowed, reached).await?;
                        let verb = if allowed { "may" } else { "may not" };
                        let what = format!("{} {verb} {} {}", caller.name, operation.name(), table.name);
                        let what = expectation.name.as_ref().map_or(what.clone(), |name| format!("{name}: {what}"));
                        let table = Some(table.name.to_string());
                        outcomes.push(Outcome { line: expectation.line, what, table, as_person, wrong });
                    }
                }
            }
        }
        Ok(())
    }

    /// Who an expectation is about.
    fn caller(&self, expectation: &Expectation) -> Result<Caller, Failure> {
        let Who { name, claims } = &expectation.who;
        let mut all = Map::new();
        let role = match self.users.get(name.as_str()) {
            Some(id) => {
                all.insert("sub".to_owned(), json!(id));
                "authenticated"
            }
            None => name.as_str(),
        };
        all.insert("role".to_owned(), json!(role));
        all.extend(claims.clone());
        let role = all.get("role").and_then(Value::as_str).unwrap_or(role).to_owned();
        if !self.catalog.server_roles.contains(&role) {
            let failure = place(
                self.suite,
                expectation.line,
                "policy-test-who",
                format!("`{name}` is no user of this file and no role"),
            );
            let known = self.users.keys().copied().chain(self.catalog.server_roles.iter().map(String::as_str));
            return Err(match nearest(name, known) {
                Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
                None => failure.hint("name it under [users], or take a role: anon, service_role …"),
            });
        }
        Ok(Caller { name: name.clone(), role, claims: Value::Object(all) })
    }

    fn tables(&self, expectation: &Expectation, names: &[String]) -> Result<Vec<&Table>, Failure> {
        let mut tables = Vec::new();
        for name in names {
            if name == OWNED {
                let owned = |table: &&Table| {
                    table.partition_of.is_none()
                        && table.name.schema == "public"
                        && table.comment.tags().owner.is_some()
                };
                tables.extend(self.catalog.tables.values().filter(owned));
                continue;
            }
            let (schema, table) = name.split_once('.').unwrap_or(("public", name));
            let found = self.catalog.table(schema, table).ok_or_else(|| {
                let message = format!("there is no table {schema}.{table}");
                let failure = place(self.suite, expectation.line, "policy-test-table", message);
                match self.catalog.nearest_relation(schema, table) {
                    Some(nearest) => failure.hint(format!("did you mean {schema}.{nearest}?")),
                    None => failure.hint("name it with its schema, or @owned for all that people own"),
                }
            })?;
            tables.push(found);
        }
        Ok(tables)
    }

    /// SQL with the ids of users, and the owner's column, in place of their names in braces.
    fn filled(&self, sql: &str, owner: Option<&str>) -> String {
        let mut sql = sql.to_owned();
        for (name, id) in &self.users {
            sql = sql.replace(&format!("{{{name}}}"), &Literal::text(id.as_str()).to_string());
        }
        match owner {
            Some(owner) => sql.replace("{owner}", &Ident::new(owner).to_string()),
            None => sql,
        }
    }

    /// Why a statement failed. One that was not understood and still has a name in braces most likely has it misspelled.
    fn why(&self, sql: &str, error: &ServerError) -> String {
        let names = sql.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let name = names.into_iter().find(is_name).filter(|_| matches!(error.sqlstate.as_str(), "42601" | "22P02"));
        let Some(name) = name else { return told(error) };
        let known = self.users.keys().copied().chain(["owner"]);
        let hint = nearest(name, known).map_or_else(String::new, |nearest| format!("; did you mean {{{nearest}}}?"));
        format!("{}: {{{name}}} stands for nothing here{hint}", told(error))
    }

    /// Runs something as the caller and takes back what it did.
    async fn attempt(
        &self,
        caller: &Caller,
        sql: &str,
    ) -> anyhow::Result<Result<Vec<SimpleQueryMessage>, ServerError>> {
        let client = self.client;
        let begin = format!(
            "savepoint expectation; select set_config('request.jwt.claims', {}, true); set local role {}",
            Literal::text(caller.claims.to_string()),
            Ident::new(caller.role.as_str())
        );
        client.batch_execute(&begin).await.map_err(|error| {
            let failure = Failure::new("policy-test-role", format!("the login may not become {}", caller.role));
            failure
                .cause(PgError::from(error))
                .hint("log in as the superuser, or as a member of the roles that are tried")
        })?;
        let answer = client.simple_query(sql).await.map_err(PgError::from);
        client.batch_execute("rollback to savepoint expectation; release savepoint expectation").await?;
        match answer {
            Ok(messages) => Ok(Ok(messages)),
            Err(PgError::Server(error)) if !error.ends_session() => Ok(Err(*error)),
            Err(error) => Err(error.into()),
        }
    }

    async fn statement(&self, caller: &Caller, sql: &str, then: &Then) -> anyhow::Result<Option<String>> {
        let answer = self.attempt(caller, sql).await?;
        Ok(match (answer, then) {
            (Err(error), Then::Error(code)) if error.sqlstate == *code => None,
            (Err(error), Then::Error(code)) => Some(format!("expected error {code}, got {}", told(&error))),
            (Err(error), _) => Some(format!("it failed: {}", self.why(sql, &error))),
            (Ok(_), Then::Error(code)) => Some(format!("expected error {code}, and it worked")),
            (Ok(messages), Then::Count(count)) => {
                let found = counted(&messages);
                (found != *count).then(|| format!("expected {count} rows, got {found}"))
            }
            (Ok(messages), Then::Rows(rows)) => {
                let found = rows_of(&messages);
                (found != *rows).then(|| format!("expected {}, got {}", shown(rows), shown(&found)))
            }
        })
    }

    async fn operate(
        &self,
        caller: &Caller,
        table: &Table,
        operation: Operation,
        condition: &str,
        row: &[(String, Value)],
    ) -> anyhow::Result<Reached> {
        let name = &table.name;
        let sql = match operation {
            Operation::Select => format!("select 1 from {name} where {condition}"),
            Operation::Delete => format!("delete from {name} where {condition}"),
            Operation::Insert => self.insert(table, row),
            Operation::Update => {
                let found = self.client.query(SETTABLE, &[&name.to_string(), &caller.role]).await?;
                let Some(column) = found.first() else {
                    return Ok(Reached::Denied("it may update no column".to_owned()));
                };
                let column = Ident::new(column.try_get::<_, String>(0)?);
                format!("update {name} set {column} = {column} where {condition}")
            }
        };
        Ok(match self.attempt(caller, &sql).await? {
            Ok(messages) => Reached::Rows(counted(&messages)),
            Err(error) if error.sqlstate == "42501" => Reached::Denied(told(&error)),
            Err(error) if error.sqlstate.starts_with("23") && operation != Operation::Select => {
                Reached::Constraint(told(&error))
            }
            Err(error) => Reached::Failed(self.why(&sql, &error)),
        })
    }

    fn insert(&self, table: &Table, row: &[(String, Value)]) -> String {
        let columns: Vec<String> = row.iter().map(|(name, _)| Ident::new(name.as_str()).to_string()).collect();
        let value = |value: &Value| match value {
            Value::String(text) => {
                let user = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                let id = user.and_then(|name| self.users.get(name));
                Literal::text(id.unwrap_or(text).as_str()).to_string()
            }
            Value::Object(_) | Value::Array(_) => Literal::text(value.to_string()).to_string(),
            other => other.to_string(),
        };
        let values: Vec<String> = row.iter().map(|(_, it)| value(it)).collect();
        format!("insert into {} ({}) values ({})", table.name, columns.join(", "), values.join(", "))
    }

    /// Why what came of an operation is not what was expected.
    async fn judge(
        &self,
        table: &Table,
        operation: Operation,
        condition: &str,
        allowed: bool,
        reached: Reached,
    ) -> anyhow::Result<Option<String>> {
        let rows = |count: u64| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        Ok(match (allowed, reached) {
            (_, Reached::Failed(why)) => Some(format!("it failed: {why}")),
            (true, Reached::Rows(0)) => Some("it reached no row".to_owned()),
            (true, Reached::Rows(_) | Reached::Constraint(_)) | (false, Reached::Denied(_)) => None,
            (true, Reached::Denied(why)) => Some(format!("it was refused: {why}")),
            (false, Reached::Constraint(why)) => Some(format!("only a constraint stopped it: {why}")),
            // Nothing was found, which proves something only if there was something to find.
            (false, Reached::Rows(0)) => {
                let there = format!("select exists (select from {} where {condition})", table.name);
                let there = self.client.query_one(&there, &[]).await?.try_get::<_, bool>(0)?;
                (!there).then(|| "there is no such row, so this proves nothing: add one in `setup`".to_owned())
            }
            (false, Reached::Rows(count)) => Some(format!("{} reached {}", operation.name(), rows(count))),
        })
    }
}

fn told(error: &ServerError) -> String {
    format!("{} (SQLSTATE {})", error.message, error.sqlstate)
}

/// Rows that were returned, or else those that were changed.
fn counted(messages: &[SimpleQueryMessage]) -> u64 {
    let returned = messages.iter().filter(|message| matches!(message, SimpleQueryMessage::Row(_))).count();
    let changed = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::CommandComplete(count) => Some(*count),
        _ => None,
    });
    if returned > 0 { returned as u64 } else { changed.last().unwrap_or_default() }
}

fn rows_of(messages: &[SimpleQueryMessage]) -> Vec<Vec<String>> {
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.map(|row| (0..row.len()).map(|at| row.get(at).unwrap_or("null").to_owned()).collect()).collect()
}

fn shown(rows: &[Vec<String>]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("[{}]", row.join(", "))).collect();
    format!("[{}]", rows.join(", "))
}

fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
