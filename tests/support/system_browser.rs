//! The system's browser beside the application: Chromium, which opens what the application has the system open, and the
//! person in front of both.

use std::cell::{Cell, RefCell};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::{Duration, Instant};

use sandbox::{Environment, INTUIT_CLIENT, INTUIT_SECRET, ZOHO_CLIENT, ZOHO_SECRET};
use serde_json::{Value, json};

use super::browser::in_chromium;
use super::main_job::{click, fill};
use super::session::View;
use super::{Page, Stage};

/// How long an address may take from the application to the browser.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser that shows what the application opens.
pub struct SystemBrowser<'a> {
    stage: &'a Stage,
    /// The tab in front.
    pub page: &'a Page,
    /// Links that were opened already.
    opened: Cell<usize>,
    /// One for each address, oldest first.
    tabs: RefCell<Vec<String>>,
}

/// Plays an act with a browser on the same system.
pub async fn with_browser<T>(
    name: &str,
    stage: &Stage,
    act: impl AsyncFnOnce(&SystemBrowser<'_>) -> T,
) -> T {
    in_chromium(&format!("{name}-browser"), View::USUAL, async |page| {
        act(&SystemBrowser {
            stage,
            page,
            opened: Cell::new(stage.opened_links().len()),
            tabs: RefCell::default(),
        })
        .await
    })
    .await
}

impl SystemBrowser<'_> {
    /// Opens the next address that the application had the system open, in a tab of its own; gives the address.
    pub async fn follow(&self) -> String {
        let started = Instant::now();
        let address = loop {
            if let Some(address) = self.stage.opened_links().get(self.opened.get()) {
                break address.clone();
            }
            assert!(
                started.elapsed() < PATIENCE,
                "the application opened no browser"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        self.opened.set(self.opened.get() + 1);
        self.open(&address).await;
        address
    }

    /// Opens an address that somebody copied, in a tab of its own.
    pub async fn open(&self, address: &str) {
        let driver = self.page.driver();
        let (_, tab) = driver.open_tab().await.unwrap();
        self.tabs.borrow_mut().push(tab);
        driver.go(address).await.unwrap();
    }

    /// Goes back to the tab of the n-th address, counted from 0.
    pub async fn back_to(&self, address: usize) {
        let tab = self.tabs.borrow()[address].clone();
        self.page.driver().look_at(&tab).await.unwrap();
    }

    /// Closes the tab in front.
    pub async fn close_tab(&self) {
        let left = self.page.driver().close_tab().await.unwrap();
        self.page.driver().look_at(&left[0]).await.unwrap();
    }

    /// Agrees on the provider's page, and reads that it was of use.
    pub async fn agree(&self, button: &str, connected: &str) {
        self.page.press(button).await;
        self.page.read(connected).await;
        let address = self.page.driver().address().await.unwrap();
        assert!(
            !address.contains('?') && address.starts_with("http://"),
            "code and state stay in the browser's history: {address}"
        );
    }
}

/// Which of its ports a sign-in waits on, by the address that was opened for it.
pub fn port_of(address: &str) -> u16 {
    let redirect = parameter(address, "redirect_uri");
    // Behind a relay the port is the state's.
    let state = parameter(address, "state");
    let own = redirect.contains("/cb/").then(|| {
        let (_, rest) = redirect.rsplit_once(':')?;
        rest.split('/').next()
    });
    let text = own.flatten().or(state.split('.').next());
    text.and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic!("no port in {address}"))
}

/// A parameter of an address, decoded.
pub fn parameter(address: &str, name: &str) -> String {
    let url = reqwest::Url::parse(address).expect("it is an address");
    let found = url.query_pairs().find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Waits until nobody listens on a port of this computer, in either address family.
pub async fn comes_free(port: u16) {
    let started = Instant::now();
    let free = || {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            && TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok()
    };
    while !free() {
        assert!(
            started.elapsed() < PATIENCE,
            "port {port} is still taken after the sign-in"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whether somebody listens on a port of this computer.
pub fn is_taken(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

/// The user's own app at Intuit, entered into the form.
pub async fn register_quickbooks(stage: &Stage, page: &Page) {
    register(stage, page, INTUIT_CLIENT, INTUIT_SECRET).await;
}

/// The same at Zoho.
pub async fn register_zoho(stage: &Stage, page: &Page) {
    register(stage, page, ZOHO_CLIENT, ZOHO_SECRET).await;
}

/// Forgets the registrations that earlier tests left in the session's keychain, whatever their folders were.
pub async fn forget_applications(page: &Page) {
    let script = "for (const provider of ['quickbooks', 'zoho'])
        await window.__TAURI_INTERNALS__.invoke('remove_application', { request: { provider } });";
    page.see("heading", "Debitura Desk").await;
    let done = page.run_to_end(script, json!([])).await;
    assert_eq!(done, Value::Null);
}

/// Tells the providers' stand-ins where a browser may come back to, as the form says.
pub async fn allow_redirects(stage: &Stage, page: &Page) {
    page.see("[data-testid=application] code", "").await;
    for redirect in page.names("[data-testid=application] code").await {
        let _ = stage
            .sandbox
            .register_intuit_redirect(Environment::Development, &redirect);
        let _ = stage.sandbox.register_zoho_redirect(&redirect);
    }
}

async fn register(stage: &Stage, page: &Page, id: &str, secret: &str) {
    allow_redirects(stage, page).await;
    fill(page, "[data-testid=client-id]", id).await;
    fill(page, "[data-testid=client-secret]", secret).await;
    click(page, "[data-testid=save-application]").await;
}
