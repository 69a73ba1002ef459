//! A person at a browser, as far as a sign-in needs one: opens the page, chooses, agrees, and is sent back.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use desk::{Host, HostFuture};

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
}

impl Browser {
    pub fn of(person: Person) -> Arc<Browser> {
        Arc::new(Browser {
            person: Mutex::new(person),
            opened: Mutex::default(),
            noted: Arc::default(),
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

    fn open_browser(&self, address: &str) -> Result<(), String> {
        self.opened.lock().unwrap().push(address.to_owned());
        let person = self.person.lock().unwrap().clone();
        let (address, noted) = (address.to_owned(), Arc::clone(&self.noted));
        if person != Person::Away {
            std::thread::spawn(move || {
                let back = decided(&address, &person);
                match person {
                    Person::Notes => *noted.lock().unwrap() = Some(back),
                    _ => drop(exchange("GET", &back, "")),
                }
            });
        }
        Ok(())
    }
}

/// Answers the page and gives the address the browser is sent to.
fn decided(address: &str, person: &Person) -> String {
    let mut page = address.to_owned();
    // Zoho leads from the region where sign-ins begin to the person's own.
    let shown = loop {
        let (next, shown) = exchange("GET", &page, "");
        match next {
            Some(next) => page = next,
            None => break shown,
        }
    };
    let (place, question) = page.split_once('?').unwrap();
    let decision = match person {
        Person::Denies => "deny",
        _ => "allow",
    };
    let mut form = format!("{question}&decision={decision}");
    // The first of what there is to choose from, unless the person wants another.
    if let Some((_, choice)) = shown.split_once("type=radio") {
        let part = |name: &str| {
            choice
                .split_once(&format!("{name}=\""))?
                .1
                .split('"')
                .next()
        };
        let (field, first) = (part("name").unwrap(), part("value").unwrap());
        let chosen = match person {
            Person::Allows(Some(company)) => company,
            _ => first,
        };
        form += &format!("&{field}={chosen}");
    }
    let (back, answer) = exchange("POST", place, &form);
    back.unwrap_or_else(|| panic!("the page sends the browser back: {answer}"))
}

/// One request: the address that the answer leads to, and the answer.
fn exchange(method: &str, address: &str, form: &str) -> (Option<String>, String) {
    let rest = address.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(authority.replace("localhost", "127.0.0.1")).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let location = head
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("location: "))
        .map(|line| line[10..].to_owned());
    (location, answer)
}
