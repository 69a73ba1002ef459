//! A host whose browser is a person of few habits.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use desk::{Host, HostFuture};
use sandbox::visit::{Decision, decide, open};

/// What the person does on the provider's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// Agrees, with the company or organisation of this id, where the page asks for one.
    Allows(Option<String>),
    Denies,
    /// Does not come back; the address of the page that could not be reached is noted instead.
    Notes,
    /// Opens nothing.
    Away,
}

/// A host whose browser is the person.
pub struct Browser {
    pub person: Mutex<Person>,
    pub opened: Mutex<Vec<String>>,
    pub noted: Arc<Mutex<Option<String>>>,
    /// How often the window came to the front.
    pub fronts: AtomicUsize,
}

impl Browser {
    pub fn of(person: Person) -> Arc<Browser> {
        Arc::new(Browser {
            person: Mutex::new(person),
            opened: Mutex::default(),
            noted: Arc::default(),
            fronts: AtomicUsize::default(),
        })
    }

    pub fn does(&self, person: Person) {
        *self.person.lock().unwrap() = person;
    }
}

impl Host for Browser {
    fn choose_save_path<'a>(&'a self, _: &'a str) -> HostFuture<'a, Option<PathBuf>> {
        Box::pin(async { None })
    }

    fn come_to_front(&self) {
        self.fronts.fetch_add(1, Ordering::Relaxed);
    }

    fn open_browser(&self, address: &str) -> Result<(), String> {
        self.opened.lock().unwrap().push(address.to_owned());
        let person = self.person.lock().unwrap().clone();
        let (address, noted) = (address.to_owned(), Arc::clone(&self.noted));
        if person != Person::Away {
            std::thread::spawn(move || {
                let decision = match &person {
                    Person::Denies => Decision::Deny,
                    Person::Allows(Some(company)) => Decision::AllowFor(company),
                    _ => Decision::Allow,
                };
                let back = decide(&address, decision).unwrap();
                match person {
                    Person::Notes => *noted.lock().unwrap() = Some(back),
                    _ => drop(open(&back)),
                }
            });
        }
        Ok(())
    }
}
