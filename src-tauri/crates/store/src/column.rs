//! How our types stand in columns. Everything is text that a person with a database viewer can read.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a column cannot be read. Deliberately without the value: it may be a debtor's.
#[derive(Debug, thiserror::Error)]
#[error("not a readable {0}")]
struct Unreadable(&'static str);

fn unreadable<T>() -> FromSqlError {
    FromSqlError::Other(Box::new(Unreadable(std::any::type_name::<T>())))
}

/// A value with a text form: identifiers, dates, currencies.
pub(crate) struct Text<T>(pub T);

impl<T: Display> ToSql for Text<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl<T: FromStr> FromSql for Text<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        text.parse().map(Text).map_err(|_| unreadable::<T>())
    }
}

/// A value as JSON.
pub(crate) struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        serde_json::to_string(&self.0)
            .map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Json)
            .map_err(|_| unreadable::<T>())
    }
}

/// A moment in UTC, always with nine decimals, so that text order is time order.
pub(crate) struct At(pub Timestamp);

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(format!("{:.9}", self.0).into())
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Text::column_result(value).map(|Text(at)| At(at))
    }
}

/// Reads a column through one of the wrappers above.
pub(crate) trait RowExt {
    fn text<T: FromStr>(&self, column: &str) -> rusqlite::Result<T>;
    fn text_opt<T: FromStr>(&self, column: &str) -> rusqlite::Result<Option<T>>;
    fn json<T: DeserializeOwned>(&self, column: &str) -> rusqlite::Result<T>;
    fn at(&self, column: &str) -> rusqlite::Result<Timestamp>;
    fn at_opt(&self, column: &str) -> rusqlite::Result<Option<Timestamp>>;
}

impl RowExt for rusqlite::Row<'_> {
    fn text<T: FromStr>(&self, column: &str) -> rusqlite::Result<T> {
        self.get(column).map(|Text(value)| value)
    }

    fn text_opt<T: FromStr>(&self, column: &str) -> rusqlite::Result<Option<T>> {
        self.get::<_, Option<Text<T>>>(column)
            .map(|value| value.map(|Text(value)| value))
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> rusqlite::Result<T> {
        self.get(column).map(|Json(value)| value)
    }

    fn at(&self, column: &str) -> rusqlite::Result<Timestamp> {
        self.get(column).map(|At(at)| at)
    }

    fn at_opt(&self, column: &str) -> rusqlite::Result<Option<Timestamp>> {
        self.get::<_, Option<At>>(column)
            .map(|at| at.map(|At(at)| at))
    }
}
