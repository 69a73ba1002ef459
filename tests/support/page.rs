//! The page in the words of somebody who uses it: names on buttons, labels of fields, headings. Everything waits until it
//! is there, and says what is there instead when it does not come.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::driver::{Driver, Element, Refused, keys};
use super::session::View;
use super::{pictures, repository};

/// How long a page may take to show what is waited for; generous, since slow machines run tests too.
const PATIENCE: Duration = Duration::from_secs(20);

const NAMES: &str = include_str!("page.js");

/// A page in front of somebody.
pub struct Page {
    driver: Driver,
}

impl Page {
    pub(super) fn new(driver: Driver) -> Page {
        Page { driver }
    }

    /// For what has no words here.
    pub fn driver(&self) -> &Driver {
        &self.driver
    }

    /// Waits for something with a role and a name: `button`, `link`, `heading`, `field`, `option`, `row`, `region`, or
    /// any CSS selector.
    pub async fn see(&self, role: &str, name: &str) -> Element {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            // The page may be between two states; the next look tells.
            if let Ok(Some(element)) = self.look(role, name).await {
                return element;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let names = self.names(role).await;
        panic!(
            "no {role} named {name:?}; there is {names:?} in:\n{}",
            self.text().await
        )
    }

    /// Whether something with a role and a name is there now.
    pub async fn shows(&self, role: &str, name: &str) -> bool {
        matches!(self.look(role, name).await, Ok(Some(_)))
    }

    /// Waits until it is gone.
    pub async fn gone(&self, role: &str, name: &str) {
        self.until(&format!("the {role} {name:?} to go"), async || {
            !self.shows(role, name).await
        })
        .await;
    }

    /// Waits for a text anywhere on the page.
    pub async fn read(&self, text: &str) {
        self.until(&format!("the text {text:?}"), async || {
            self.text().await.contains(text)
        })
        .await;
    }

    /// Presses a button or follows a link.
    pub async fn press(&self, name: &str) {
        self.act(&format!("press {name:?}"), async || {
            let found = match self.look("button", name).await? {
                Some(button) => Some(button),
                None => self.look("link", name).await?,
            };
            match found {
                Some(element) => self.driver.click(&element).await.map(|_| true),
                None => Ok(false),
            }
        })
        .await;
    }

    /// Empties a field and types into it.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.see("field", label).await;
        self.driver
            .clear(&field)
            .await
            .unwrap_or_else(|refused| panic!("clear {label:?}: {refused:?}"));
        self.driver
            .type_into(&field, text)
            .await
            .unwrap_or_else(|refused| panic!("fill {label:?}: {refused:?}"));
    }

    /// Ticks or unticks a box, or takes a radio button.
    pub async fn tick(&self, label: &str) {
        let field = self.see("field", label).await;
        self.driver
            .click(&field)
            .await
            .unwrap_or_else(|refused| panic!("tick {label:?}: {refused:?}"));
    }

    /// Chooses from a list.
    pub async fn choose(&self, label: &str, option: &str) {
        let field = self.see("field", label).await;
        self.driver
            .type_into(&field, option)
            .await
            .unwrap_or_else(|refused| panic!("choose {option:?}: {refused:?}"));
    }

    /// Presses keys together wherever the focus is.
    pub async fn keys(&self, together: &[&str]) {
        self.driver
            .press(together)
            .await
            .unwrap_or_else(|refused| panic!("keys: {refused:?}"));
    }

    /// Goes on with Tab until something of this name has the focus.
    pub async fn tab_to(&self, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..200 {
            let focused = self.focused().await;
            if focused == name {
                return;
            }
            passed.push(focused);
            self.keys(&[keys::TAB]).await;
        }
        panic!("Tab never reaches {name:?}; it passes {passed:?}")
    }

    /// The name of what has the focus.
    pub async fn focused(&self) -> String {
        let script =
            format!("{NAMES} return document.activeElement ? nameOf(document.activeElement) : '';");
        let name = self.run(&script, json!(["button", ""])).await;
        name.as_str().unwrap_or_default().to_owned()
    }

    /// All text a person can read.
    pub async fn text(&self) -> String {
        let text = self
            .driver
            .run("return document.body?.innerText ?? ''", json!([]))
            .await;
        text.ok()
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// The names of everything with a role.
    pub async fn names(&self, role: &str) -> Vec<String> {
        let names = self
            .driver
            .run(
                &format!("{NAMES} return all.map(nameOf);"),
                json!([role, ""]),
            )
            .await;
        names
            .ok()
            .and_then(|names| serde_json::from_value(names).ok())
            .unwrap_or_default()
    }

    /// Runs the body of a function in the page.
    pub async fn run(&self, script: &str, arguments: Value) -> Value {
        self.driver
            .run(script, arguments)
            .await
            .unwrap_or_else(|refused| panic!("script: {refused:?}"))
    }

    /// The same for a body that awaits; what it throws comes back as `{"thrown": "…"}`.
    pub async fn run_to_end(&self, script: &str, arguments: Value) -> Value {
        self.driver
            .run_to_end(script, arguments)
            .await
            .unwrap_or_else(|refused| panic!("script: {refused:?}"))
    }

    /// Keeps a picture.
    pub async fn picture(&self, name: &str) {
        pictures::take(self, name).await;
    }

    /// Gives the page the size it is to be looked at in.
    pub async fn resize(&self, view: View) {
        let (wanted_width, wanted_height) = (i64::from(view.width), i64::from(view.height));
        let drivers = "a window can be resized";
        self.driver
            .resize(wanted_width, wanted_height)
            .await
            .expect(drivers);
        // Windows have frames, and some engines take a moment.
        for _ in 0..40 {
            let inner = self
                .run("return [innerWidth * devicePixelRatio, innerHeight * devicePixelRatio].map(Math.round)", json!([]))
                .await;
            let (width, height) = (
                inner[0].as_i64().unwrap_or_default(),
                inner[1].as_i64().unwrap_or_default(),
            );
            // With a zoom one pixel of the page is several of the screen.
            if (width - wanted_width).abs() < 3 && (height - wanted_height).abs() < 3 {
                return;
            }
            let (outer_width, outer_height) = self.driver.size().await.expect(drivers);
            let scale = self
                .run("return devicePixelRatio", json!([]))
                .await
                .as_f64()
                .unwrap_or(1.0);
            let more = |wanted: i64, is: i64| ((wanted - is) as f64 / scale).round() as i64;
            self.driver
                .resize(
                    outer_width + more(wanted_width, width),
                    outer_height + more(wanted_height, height),
                )
                .await
                .expect(drivers);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the page cannot be made {wanted_width} × {wanted_height}")
    }

    /// Waits until what was changed is painted and has come to rest.
    pub async fn at_rest(&self) {
        let script = "const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
            await Promise.allSettled(passing.map((one) => one.finished));
            for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
            return null;";
        self.run_to_end(script, json!([])).await;
    }

    /// Zooms as the keyboard does in the window.
    pub async fn zoom(&self, factor: f64) {
        let script = "return await window.__TAURI_INTERNALS__.invoke('plugin:webview|set_webview_zoom', { value: arguments[0] });";
        assert_eq!(
            self.run_to_end(script, json!([factor])).await,
            Value::Null,
            "the window zooms"
        );
    }

    /// Loads the page anew.
    pub async fn reload(&self) {
        self.driver.reload().await.expect("the page loads again");
        self.watch().await;
    }

    /// Begins to write down what the content-security policy blocks.
    pub(super) async fn watch(&self) {
        let script = "window.blockedByPolicy = [];
            addEventListener('securitypolicyviolation', (event) => blockedByPolicy.push(`${event.effectiveDirective}: ${event.blockedURI}`));";
        self.run(script, json!([])).await;
    }

    /// What the content-security policy has blocked. Chromium also knows what happened while the page loaded; WebKit
    /// keeps no reports, so there it counts from when the page was first looked at.
    pub async fn policy_violations(&self) -> Vec<String> {
        let script = "const seen = await new Promise((done) => {
                const seen = [];
                const take = (reports) => seen.push(...reports.map(({ body }) => `${body.effectiveDirective}: ${body.blockedURL}`));
                new ReportingObserver(take, { types: ['csp-violation'], buffered: true }).observe();
                setTimeout(() => done(seen), 200);
            });
            return [...new Set([...seen, ...window.blockedByPolicy])];";
        let seen = self.run_to_end(script, json!([])).await;
        serde_json::from_value(seen.clone())
            .unwrap_or_else(|_| panic!("no list of violations: {seen}"))
    }

    /// What axe finds wrong with the page as it stands, in a line each.
    pub async fn barriers(&self) -> Vec<String> {
        let axe = std::fs::read_to_string(repository("ui/node_modules/axe-core/axe.min.js"))
            .expect("axe is installed");
        self.run(&axe, json!([])).await;
        let script = "const found = await axe.run(document, { resultTypes: ['violations'] });
            return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${rule.help}`));";
        let found = self.run_to_end(script, json!([])).await;
        serde_json::from_value(found.clone())
            .unwrap_or_else(|_| panic!("axe did not finish: {found}"))
    }

    /// Waits until something holds.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        self.act(&format!("wait for {what}"), async || Ok(holds().await))
            .await;
    }

    async fn look(&self, role: &str, name: &str) -> Result<Option<Element>, Refused> {
        let script = format!(
            "{NAMES} const named = all.map((element) => [element, nameOf(element)]);
             return (named.find(([, is]) => is === name) ?? named.find(([, is]) => is.startsWith(name)))?.[0] ?? null;"
        );
        self.driver.find(&script, json!([role, name])).await
    }

    /// Tries until it is done; what refuses now, such as an element that was just replaced, may work in a moment.
    async fn act(&self, what: &str, attempt: impl AsyncFn() -> Result<bool, Refused>) {
        let started = Instant::now();
        let mut refused = None;
        while started.elapsed() < PATIENCE {
            match attempt().await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => refused = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let buttons = self.names("button").await;
        panic!(
            "could not {what} ({refused:?}); there are the buttons {buttons:?} in:\n{}",
            self.text().await
        )
    }
}
