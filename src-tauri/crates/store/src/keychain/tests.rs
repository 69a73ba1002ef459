use proptest::prelude::*;

use super::*;

/// Like Windows: refuses what is too long. Fails from the `fails_from`-th write on, as a process that is killed.
#[derive(Default)]
struct Narrow {
    items: InMemory,
    writes: Mutex<usize>,
    fails_from: Option<usize>,
    forgets: bool,
}

impl Narrow {
    fn failing_from(items: &Narrow, fails_from: usize) -> Narrow {
        Narrow {
            items: InMemory(Mutex::new(items.items.map().clone())),
            fails_from: Some(fails_from),
            ..Narrow::default()
        }
    }

    fn one_more(&self) -> Result<(), KeychainError> {
        let mut writes = self.writes.lock().unwrap();
        *writes += 1;
        match self.fails_from {
            Some(from) if *writes > from => Err(KeychainError::Interrupted),
            _ => Ok(()),
        }
    }
}

impl Items for Narrow {
    fn set(&self, name: &str, value: &[u8]) -> Result<(), KeychainError> {
        assert!(value.len() <= 2_560, "Windows would refuse it");
        self.one_more()?;
        if self.forgets {
            return Ok(());
        }
        self.items.set(name, value)
    }

    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, KeychainError> {
        self.items.get(name)
    }

    fn delete(&self, name: &str) -> Result<bool, KeychainError> {
        self.one_more()?;
        self.items.delete(name)
    }
}

fn kept(items: &dyn Items) -> Option<String> {
    read(items, "token")
        .unwrap()
        .map(|secret| secret.expose_secret().to_owned())
}

proptest! {
    #[test]
    fn the_last_secret_reads_back_and_nothing_else_stays(lengths in prop::collection::vec(0_usize..9_000, 1..5)) {
        let items = Narrow::default();
        for length in &lengths {
            let secret = "ä".repeat(length / 2);
            write(&items, "token", secret.as_bytes()).unwrap();
            prop_assert_eq!(kept(&items), Some(secret));
        }
        prop_assert!(remove(&items, "token").unwrap());
        prop_assert!(items.items.map().is_empty(), "what is removed must not stay in pieces");
        prop_assert!(!remove(&items, "token").unwrap());
    }
}

#[test]
fn whoever_is_interrupted_leaves_the_old_secret_or_the_new_one() {
    let old = "o".repeat(6_000);
    for new in ["n".repeat(9_000), "n".repeat(6_000), "n".repeat(10)] {
        let before = Narrow::default();
        write(&before, "token", old.as_bytes()).unwrap();
        for step in 0..20 {
            let items = Narrow::failing_from(&before, step);
            let done = write(&items, "token", new.as_bytes()).is_ok();
            let left = kept(&items);
            assert!(
                left.as_ref() == Some(&new) || (!done && left.as_ref() == Some(&old)),
                "stopped after {step} writes of {}",
                new.len()
            );
            let items = Narrow::failing_from(&items, 100);
            write(&items, "token", old.as_bytes()).unwrap();
            assert_eq!(kept(&items).as_ref(), Some(&old));
            assert_eq!(items.items.map().len(), 4, "leftovers are cleared away");
        }
    }
}

#[test]
fn a_set_that_is_not_whole_is_absent() {
    let items = Narrow::default();
    write(&items, "token", "x".repeat(6_000).as_bytes()).unwrap();
    items.delete("token/a1").unwrap();
    assert_eq!(kept(&items), None);
    items.set("token/a1", b"pshort").unwrap();
    assert_eq!(kept(&items), None, "pieces of another length");
    items.set("token", b"?").unwrap();
    assert!(matches!(
        read(&items, "token"),
        Err(KeychainError::Unreadable)
    ));
    items.set("token", b"ha 99999999999 1").unwrap();
    assert!(matches!(
        read(&items, "token"),
        Err(KeychainError::Unreadable)
    ));
}

#[test]
fn the_probe_finds_a_keychain_that_forgets() {
    assert_eq!(probe(&Narrow::default()), Ok(()));
    let forgetful = Narrow {
        forgets: true,
        ..Narrow::default()
    };
    assert_eq!(
        probe(&forgetful),
        Err(KeychainError::Unavailable(Unavailable::Unfaithful))
    );
}

#[test]
fn errors_never_carry_what_was_read() {
    for error in [
        Error::BadEncoding(b"canary".to_vec()),
        Error::BadDataFormat(b"canary".to_vec(), Box::new(std::io::Error::other("bad"))),
    ] {
        let shown = unavailable(&error);
        assert!(!format!("{shown} {shown:?}").contains("canary"));
    }
}

#[tokio::test]
async fn secrets_go_in_and_out_without_being_shown() {
    let keychain = Keychain::in_memory();
    let secret = SecretString::from("canary");
    keychain.set("debitura", secret).await.unwrap();
    let read = keychain.get("debitura").await.unwrap().unwrap();
    assert_eq!(read.expose_secret(), "canary");
    assert!(!format!("{keychain:?} {read:?}").contains("canary"));
    assert!(keychain.get("other").await.unwrap().is_none());
    assert!(keychain.delete("debitura").await.unwrap());
    assert!(keychain.get("debitura").await.unwrap().is_none());
    let endless = SecretString::from("x".repeat(200_000));
    assert_eq!(
        keychain.set("debitura", endless).await,
        Err(KeychainError::TooLong)
    );
}
