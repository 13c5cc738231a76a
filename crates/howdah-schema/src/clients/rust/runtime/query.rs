//! Statements and their parameters.

use super::{Error, Field, Result};
use std::fmt::Write;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{GenericClient, Row};

/// What is made from a row of the select list that belongs to it.
pub trait FromRow: Sized {
    /// Reads the columns by their places.
    ///
    /// # Errors
    /// When the columns are others, or a value has no form in Rust.
    fn from_row(row: &Row) -> std::result::Result<Self, tokio_postgres::Error>;
}

/// A statement's parameters, and the columns or arguments that are written by name. All text in it is part of the program.
#[derive(Default)]
pub struct Query<'a> {
    parameters: Vec<&'a (dyn ToSql + Sync)>,
    written: Vec<Written>,
}

/// A value to be written.
struct Written {
    /// The column or argument, quoted.
    name: &'static str,
    /// The parameter's number.
    parameter: usize,
    /// What is cast to what, with `::`.
    cast: &'static str,
}

impl<'a> Query<'a> {
    /// Without parameters so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next parameter.
    pub fn bind(&mut self, value: &'a (dyn ToSql + Sync)) {
        self.parameters.push(value);
    }

    /// A column or argument that is written.
    pub fn write(&mut self, name: &'static str, cast: &'static str, value: &'a (dyn ToSql + Sync)) {
        self.bind(value);
        let parameter = self.parameters.len();
        self.written.push(Written {
            name,
            parameter,
            cast,
        });
    }

    /// One that is written if it is set.
    pub fn write_field<T>(&mut self, name: &'static str, cast: &'static str, field: &'a Field<T>)
    where
        T: ToSql + Sync,
    {
        if let Field::Set(value) = field {
            self.write(name, cast, value);
        }
    }

    /// One that is null when it is left out.
    pub fn write_option<T>(&mut self, name: &'static str, cast: &'static str, value: &'a Option<T>)
    where
        T: ToSql + Sync,
    {
        if let Some(value) = value {
            self.write(name, cast, value);
        }
    }

    /// All rows.
    pub async fn all<T: FromRow>(
        &self,
        client: &(impl GenericClient + Sync),
        sql: &str,
    ) -> Result<Vec<T>> {
        let rows = client.query(sql, &self.parameters).await?;
        Ok(rows
            .iter()
            .map(T::from_row)
            .collect::<std::result::Result<_, _>>()?)
    }

    /// The row, if there is one.
    pub async fn optional<T: FromRow>(
        &self,
        client: &(impl GenericClient + Sync),
        sql: &str,
    ) -> Result<Option<T>> {
        let row = client.query_opt(sql, &self.parameters).await?;
        Ok(row.as_ref().map(T::from_row).transpose()?)
    }

    /// The row.
    pub async fn one<T: FromRow>(
        &self,
        client: &(impl GenericClient + Sync),
        sql: &str,
    ) -> Result<T> {
        self.optional(client, sql).await?.ok_or(Error::NotFound)
    }

    /// The first column of the row; `None` if it is null.
    pub async fn value<T: for<'r> FromSql<'r>>(
        &self,
        client: &(impl GenericClient + Sync),
        sql: &str,
    ) -> Result<Option<T>> {
        let row = client.query_opt(sql, &self.parameters).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.flatten())
    }

    /// The first column of all rows.
    pub async fn values<T: for<'r> FromSql<'r>>(
        &self,
        client: &(impl GenericClient + Sync),
        sql: &str,
    ) -> Result<Vec<Option<T>>> {
        let rows = client.query(sql, &self.parameters).await?;
        let values = rows.iter().map(|row| row.try_get(0));
        Ok(values.collect::<std::result::Result<_, _>>()?)
    }

    /// Runs it; how many rows it touched.
    pub async fn run(&self, client: &(impl GenericClient + Sync), sql: &str) -> Result<u64> {
        Ok(client.execute(sql, &self.parameters).await?)
    }

    /// Why a row was not there to be changed, by whether it has the version that was expected.
    pub async fn why_not(&self, client: &(impl GenericClient + Sync), sql: &str) -> Result<Error> {
        let row = client.query_opt(sql, &self.parameters).await?;
        Ok(match row.map(|row| row.try_get(0)).transpose()? {
            None => Error::NotFound,
            Some(false) => Error::Stale,
            Some(true) => Error::Refused,
        })
    }

    /// `INSERT INTO …` with what is written.
    pub fn insert(&self, into: &str, returning: &str) -> String {
        if self.written.is_empty() {
            return format!("{into} DEFAULT VALUES{returning}");
        }
        let columns = self.list(|sql, written| sql.push_str(written.name));
        let values = self.list(|sql, written| {
            let _ = write!(sql, "${}{}", written.parameter, written.cast);
        });
        format!("{into} ({columns}) VALUES ({values}){returning}")
    }

    /// `UPDATE … SET` with what is written; the other statement if that is nothing.
    pub fn update(&self, update: &str, rest: &str, unchanged: &str) -> String {
        if self.written.is_empty() {
            return unchanged.to_owned();
        }
        let values = self.list(|sql, written| {
            let _ = write!(
                sql,
                "{} = ${}{}",
                written.name, written.parameter, written.cast
            );
        });
        format!("{update}{values}{rest}")
    }

    /// A call with what is written as named arguments.
    pub fn call(&self, before: &str, after: &str) -> String {
        let arguments = self.list(|sql, written| {
            let _ = write!(
                sql,
                "{} => ${}{}",
                written.name, written.parameter, written.cast
            );
        });
        format!("{before}{arguments}{after}")
    }

    fn list(&self, mut item: impl FnMut(&mut String, &Written)) -> String {
        let mut sql = String::new();
        for (at, written) in self.written.iter().enumerate() {
            if at > 0 {
                sql.push_str(", ");
            }
            item(&mut sql, written);
        }
        sql
    }
}
