//! Settings: one value per key, as JSON.

use rusqlite::OptionalExtension;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Book;
use crate::column::Json;
use crate::error::StoreError;

impl Book {
    /// The value of a setting, where it was ever set.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] when the value is there but of another shape.
    pub async fn get_setting<T>(&self, key: &str) -> Result<Option<T>, StoreError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let key = key.to_owned();
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                    .query_row([key], |row| row.get(0).map(|Json(value)| value))
                    .optional()
            })
            .await
    }

    /// Sets a setting.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_setting<T>(&self, key: &str, value: T) -> Result<(), StoreError>
    where
        T: Serialize + Send + 'static,
    {
        let key = key.to_owned();
        self.database
            .write(move |tx| {
                tx.prepare_cached(
                    "INSERT INTO settings (key, value) VALUES (?1, ?2)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                )?
                .execute((key, Json(value)))
                .map(drop)
            })
            .await
    }

    /// Changes a setting in one transaction, where it was ever set.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] when the value is there but of another shape.
    pub(crate) async fn change_setting<T, F>(
        &self,
        key: &'static str,
        change: F,
    ) -> Result<(), StoreError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: FnOnce(&mut T) + Send + 'static,
    {
        self.database
            .write(move |tx| {
                let found = tx
                    .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                    .query_row([key], |row| row.get(0).map(|Json(value)| value))
                    .optional()?;
                let Some(mut value) = found else {
                    return Ok(());
                };
                change(&mut value);
                tx.prepare_cached("UPDATE settings SET value = ?2 WHERE key = ?1")?
                    .execute((key, Json(value)))
                    .map(drop)
            })
            .await
    }

    /// Forgets a setting.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn clear_setting(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.database
            .write(move |tx| {
                tx.execute("DELETE FROM settings WHERE key = ?1", [key])
                    .map(drop)
            })
            .await
    }
}
