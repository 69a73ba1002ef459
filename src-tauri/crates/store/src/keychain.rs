//! Secrets, in the keychain of the system and nowhere else.
//!
//! Windows holds at most 2,560 bytes per item, so a longer secret is cut into numbered items and a header that names
//! them. A new set is written beside the old one and the header last: whoever is interrupted leaves the old secret whole.
//! A set that is not whole counts as absent.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

/// Why the system keeps no secrets for us. The words are the system's own; none of them is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// There is no keychain: no Secret Service runs, or the system has none.
    Missing(String),
    /// There is one and it refuses: locked, or access denied.
    Refused(String),
    /// It took a value and gave back another or none.
    Unfaithful,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unavailable::Missing(why) => write!(f, "there is none ({why})"),
            Unavailable::Refused(why) => write!(f, "it is locked or refuses access ({why})"),
            Unavailable::Unfaithful => f.write_str("it does not give back what it was given"),
        }
    }
}

/// Why a secret was not kept, read or removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    #[error("the system keychain cannot be used: {0}")]
    Unavailable(Unavailable),
    /// What is stored under the name is not ours or was damaged.
    #[error("the system keychain holds something else under this name")]
    Unreadable,
    #[error("the secret is too long")]
    TooLong,
    #[error("the work on the keychain was given up")]
    Interrupted,
}

/// Where items are kept.
trait Items: Send {
    fn set(&self, name: &str, value: &[u8]) -> Result<(), KeychainError>;
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, KeychainError>;
    /// Whether there was one.
    fn delete(&self, name: &str) -> Result<bool, KeychainError>;
}

/// The secrets of this application. A cheap handle; one call at a time reaches the system.
#[derive(Clone)]
pub struct Keychain(Arc<Mutex<Box<dyn Items>>>);

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keychain")
    }
}

impl Keychain {
    /// Opens the keychain of the system and tries it out, since some only fail at the first use.
    ///
    /// # Errors
    /// [`KeychainError::Unavailable`] says what the user can mend.
    pub async fn open(service: &str) -> Result<Keychain, KeychainError> {
        let keychain = Keychain::over(System {
            service: service.to_owned(),
            reached: Mutex::default(),
        });
        keychain.run(|items| probe(items)).await?;
        Ok(keychain)
    }

    /// Forgets everything when dropped. For tests and the sample mode, never for a user's secrets.
    pub fn in_memory() -> Keychain {
        Keychain::over(InMemory::default())
    }

    /// Keeps a secret under a name, in place of the one before.
    ///
    /// # Errors
    /// See [`KeychainError`]; the secret before is then still there.
    pub async fn set(&self, account: &str, secret: SecretString) -> Result<(), KeychainError> {
        let account = account.to_owned();
        self.run(move |items| write(items, &account, secret.expose_secret().as_bytes()))
            .await
    }

    /// The secret under a name.
    ///
    /// # Errors
    /// See [`KeychainError`].
    pub async fn get(&self, account: &str) -> Result<Option<SecretString>, KeychainError> {
        let account = account.to_owned();
        self.run(move |items| read(items, &account)).await
    }

    /// Removes the secret under a name; returns whether there was one.
    ///
    /// # Errors
    /// See [`KeychainError`].
    pub async fn delete(&self, account: &str) -> Result<bool, KeychainError> {
        let account = account.to_owned();
        self.run(move |items| remove(items, &account)).await
    }

    fn over(items: impl Items + 'static) -> Keychain {
        Keychain(Arc::new(Mutex::new(Box::new(items))))
    }

    /// The system may ask the user before it answers, so it is waited for on a thread of its own.
    async fn run<T, F>(&self, work: F) -> Result<T, KeychainError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Items) -> Result<T, KeychainError> + Send + 'static,
    {
        let items = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            work(
                items
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .as_ref(),
            )
        })
        .await
        .map_err(|_| KeychainError::Interrupted)?
    }
}

fn probe(items: &dyn Items) -> Result<(), KeychainError> {
    // Its own for each process: two that start at once would take each other's away.
    let name = format!("probe {}", std::process::id());
    let value = b"is this kept?";
    items.set(&name, value)?;
    let kept = items.get(&name)?;
    items.delete(&name)?;
    match kept {
        Some(kept) if kept.expose_secret() == value => Ok(()),
        _ => Err(KeychainError::Unavailable(Unavailable::Unfaithful)),
    }
}

/// Windows takes 2,560 bytes, of which one says what the item is.
const ITEM: usize = 2_560 - 1;
const MOST_ITEMS: usize = 64;

/// First byte of an item that holds a whole secret.
const WHOLE: u8 = b's';
/// First byte of a header: then the set (`a` or `b`), the number of items and the length, as decimal text.
const HEADER: u8 = b'h';
/// First byte of a numbered item.
const PIECE: u8 = b'p';

struct Header {
    set: char,
    items: usize,
    length: usize,
}

impl Header {
    fn read(text: &[u8]) -> Option<Header> {
        let text = std::str::from_utf8(text).ok()?;
        let mut parts = text.split(' ');
        let set = match parts.next()? {
            "a" => 'a',
            "b" => 'b',
            _ => return None,
        };
        let items = parts.next()?.parse().ok()?;
        let length = parts.next()?.parse().ok()?;
        (items <= MOST_ITEMS && parts.next().is_none()).then_some(Header { set, items, length })
    }
}

fn piece_name(account: &str, set: char, number: usize) -> String {
    format!("{account}/{set}{number}")
}

fn tagged(tag: u8, value: &[u8]) -> SecretSlice<u8> {
    let mut item = Vec::with_capacity(value.len() + 1);
    item.push(tag);
    item.extend_from_slice(value);
    item.into()
}

fn write(items: &dyn Items, account: &str, secret: &[u8]) -> Result<(), KeychainError> {
    let old = items.get(account)?;
    let old = old.as_ref().and_then(|item| match item.expose_secret() {
        [HEADER, rest @ ..] => Header::read(rest),
        _ => None,
    });
    if secret.len() <= ITEM {
        items.set(account, tagged(WHOLE, secret).expose_secret())?;
    } else {
        let pieces: Vec<&[u8]> = secret.chunks(ITEM).collect();
        if pieces.len() > MOST_ITEMS {
            return Err(KeychainError::TooLong);
        }
        let set = match &old {
            Some(Header { set: 'a', .. }) => 'b',
            _ => 'a',
        };
        for (number, piece) in pieces.iter().enumerate() {
            let item = tagged(PIECE, piece);
            items.set(&piece_name(account, set, number), item.expose_secret())?;
        }
        let header = format!("{set} {} {}", pieces.len(), secret.len());
        items.set(account, tagged(HEADER, header.as_bytes()).expose_secret())?;
        remove_pieces(items, account, set, pieces.len())?;
    }
    match old {
        Some(old) => remove_pieces(items, account, old.set, 0),
        None => Ok(()),
    }
}

fn read(items: &dyn Items, account: &str) -> Result<Option<SecretString>, KeychainError> {
    let Some(item) = items.get(account)? else {
        return Ok(None);
    };
    let header = match item.expose_secret() {
        [WHOLE, secret @ ..] => return text(secret).map(Some),
        [HEADER, rest @ ..] => Header::read(rest).ok_or(KeychainError::Unreadable)?,
        _ => return Err(KeychainError::Unreadable),
    };
    let mut secret = Vec::with_capacity(header.length.min(MOST_ITEMS * ITEM));
    for number in 0..header.items {
        match items.get(&piece_name(account, header.set, number))? {
            Some(item) if item.expose_secret().first() == Some(&PIECE) => {
                secret.extend_from_slice(&item.expose_secret()[1..]);
            }
            _ => return Ok(None),
        }
    }
    let secret: SecretSlice<u8> = secret.into();
    if secret.expose_secret().len() != header.length {
        return Ok(None);
    }
    text(secret.expose_secret()).map(Some)
}

fn text(secret: &[u8]) -> Result<SecretString, KeychainError> {
    std::str::from_utf8(secret)
        .map(SecretString::from)
        .map_err(|_| KeychainError::Unreadable)
}

fn remove(items: &dyn Items, account: &str) -> Result<bool, KeychainError> {
    // The header first: without it the pieces are not a secret any more.
    let there = items.delete(account)?;
    remove_pieces(items, account, 'a', 0)?;
    remove_pieces(items, account, 'b', 0)?;
    Ok(there)
}

/// Removes numbered items from `first` until one is not there, also those an interrupted writer left.
fn remove_pieces(
    items: &dyn Items,
    account: &str,
    set: char,
    first: usize,
) -> Result<(), KeychainError> {
    for number in first..MOST_ITEMS {
        if !items.delete(&piece_name(account, set, number))? {
            break;
        }
    }
    Ok(())
}

/// macOS Keychain, Windows Credential Manager, or the Secret Service.
struct System {
    service: String,
    /// Looked for again after a failure, since the user may have started it meanwhile.
    reached: Mutex<Option<Arc<CredentialStore>>>,
}

impl System {
    fn with<T>(
        &self,
        name: &str,
        act: impl FnOnce(&Entry) -> keyring_core::Result<T>,
    ) -> keyring_core::Result<T> {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let store = match &*reached {
            Some(store) => Arc::clone(store),
            None => Arc::clone(reached.insert(keychain_of_the_system()?)),
        };
        let done = store
            .build(&self.service, name, None)
            .and_then(|entry| act(&entry));
        if matches!(done, Err(Error::PlatformFailure(_))) {
            *reached = None;
        }
        done
    }
}

fn keychain_of_the_system() -> keyring_core::Result<Arc<CredentialStore>> {
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new()?;
    #[cfg(target_os = "windows")]
    let store = windows_native_keyring_store::Store::new()?;
    #[cfg(not(any(target_os = "macos", target_os = "windows")))]
    let store = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

impl Items for System {
    fn set(&self, name: &str, value: &[u8]) -> Result<(), KeychainError> {
        self.with(name, |entry| entry.set_secret(value))
            .map_err(|error| unavailable(&error))
    }

    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, KeychainError> {
        match self.with(name, Entry::get_secret) {
            Ok(value) => Ok(Some(value.into())),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    fn delete(&self, name: &str) -> Result<bool, KeychainError> {
        match self.with(name, Entry::delete_credential) {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(unavailable(&error)),
        }
    }
}

/// Some of these errors carry the bytes that were read; none of those is passed on.
fn unavailable(error: &Error) -> KeychainError {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => {
            KeychainError::Unreadable
        }
        Error::TooLong(..) => KeychainError::TooLong,
        Error::NoStorageAccess(why) => {
            KeychainError::Unavailable(Unavailable::Refused(why.to_string()))
        }
        Error::PlatformFailure(why) => {
            KeychainError::Unavailable(Unavailable::Missing(why.to_string()))
        }
        other => KeychainError::Unavailable(Unavailable::Missing(other.to_string())),
    }
}

#[derive(Default)]
struct InMemory(Mutex<HashMap<String, Vec<u8>>>);

impl InMemory {
    fn map(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Items for InMemory {
    fn set(&self, name: &str, value: &[u8]) -> Result<(), KeychainError> {
        self.map().insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, KeychainError> {
        Ok(self.map().get(name).map(|value| value.clone().into()))
    }

    fn delete(&self, name: &str) -> Result<bool, KeychainError> {
        Ok(self.map().remove(name).is_some())
    }
}

#[cfg(test)]
mod tests;
