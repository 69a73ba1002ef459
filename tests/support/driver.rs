//! WebDriver in the few words these suites use. Spoken directly: the general clients add capabilities of one browser to
//! every session, and WebKit's driver refuses what it does not know.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::process;

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One session.
#[derive(Clone)]
pub struct Driver {
    http: reqwest::Client,
    session: String,
    /// How much larger than the page thinks everything is on the screen.
    magnified: f64,
}

/// An element of the page, for as long as it is there.
#[derive(Debug, Clone)]
pub struct Element(String);

/// What the driver said instead of doing it.
#[derive(Debug)]
pub struct Refused {
    /// Such as `stale element reference`.
    pub error: String,
    pub message: String,
}

type Answer<T = Value> = Result<T, Refused>;

impl Driver {
    /// Begins a session with the driver that listens, or is about to, on a port.
    pub async fn begin(port: u16, capabilities: Value) -> Driver {
        process::listening(port).await;
        let http = plain_client();
        let sessions = format!("http://127.0.0.1:{port}/session");
        let mut driver = Driver {
            http,
            session: sessions.clone(),
            magnified: 1.0,
        };
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let begun = driver
            .post("", wanted)
            .await
            .unwrap_or_else(|refused| panic!("no session: {refused:?}"));
        let id = begun["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("no session: {begun}"));
        driver.session = format!("{sessions}/{id}");
        let timeouts = json!({ "script": 60_000, "pageLoad": 60_000, "implicit": 0 });
        driver
            .post("/timeouts", timeouts)
            .await
            .expect("timeouts can be set");
        driver
    }

    /// For a window that is zoomed: WebKit's driver aims as if it were not, so the aim is taken here.
    pub fn aiming_at(self, zoom: f64) -> Driver {
        Driver {
            magnified: zoom,
            ..self
        }
    }

    /// Ends the session, and with it the browser or the application.
    pub async fn end(&self) {
        // A session that broke off has ended already.
        let _ = self.send(self.http.delete(&self.session)).await;
    }

    pub async fn go(&self, address: &str) -> Answer {
        self.post("/url", json!({ "url": address })).await
    }

    pub async fn address(&self) -> Answer<String> {
        Ok(self
            .get("/url")
            .await?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    pub async fn reload(&self) -> Answer {
        self.post("/refresh", json!({})).await
    }

    pub async fn title(&self) -> Answer<String> {
        Ok(self
            .get("/title")
            .await?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Runs the body of a function in the page; `arguments` holds what is passed in.
    pub async fn run(&self, script: &str, arguments: Value) -> Answer {
        self.post(
            "/execute/sync",
            json!({ "script": script, "args": arguments }),
        )
        .await
    }

    /// The same for a body that ends with a promise to wait for.
    pub async fn run_to_end(&self, script: &str, arguments: Value) -> Answer {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async (...arguments) => {{ {script} }})(...arguments).then(done, (error) => done({{ thrown: String(error?.message ?? JSON.stringify(error)) }}));"
        );
        self.post(
            "/execute/async",
            json!({ "script": script, "args": arguments }),
        )
        .await
    }

    /// The element a script returns, if it found one.
    pub async fn find(&self, script: &str, arguments: Value) -> Answer<Option<Element>> {
        let found = self.run(script, arguments).await?;
        Ok(found[ELEMENT].as_str().map(|id| Element(id.to_owned())))
    }

    /// Clicks once the page stands still: a click on something that is still being scrolled into view can miss it, and
    /// the driver does not say so.
    pub async fn click(&self, element: &Element) -> Answer {
        let settle = "arguments[0].scrollIntoView({ block: 'nearest', inline: 'nearest' });
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));";
        self.run_to_end(settle, json!([{ ELEMENT: element.0 }]))
            .await?;
        if self.magnified != 1.0 {
            return self.click_where_it_is(element).await;
        }
        self.post(&format!("/element/{}/click", element.0), json!({}))
            .await
    }

    /// Moves the pointer onto the middle of what can be seen of an element, and clicks if nothing lies over it.
    async fn click_where_it_is(&self, element: &Element) -> Answer {
        let middle = "const [element] = arguments;
            const { left, right, top, bottom } = element.getBoundingClientRect();
            const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
            const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
            const hit = document.elementFromPoint(x, y);
            return element.contains(hit) ? [x, y] : (hit?.outerHTML.slice(0, 200) ?? 'nothing');";
        let found = self.run(middle, json!([{ ELEMENT: element.0 }])).await?;
        let at = |axis: usize| found[axis].as_f64().map(|at| (at * self.magnified).round());
        let (Some(x), Some(y)) = (at(0), at(1)) else {
            return Err(Refused {
                error: "element click intercepted".to_owned(),
                message: found.to_string(),
            });
        };
        let actions = json!([
            { "type": "pointerMove", "duration": 0, "origin": "viewport", "x": x, "y": y },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ]);
        let mouse = json!({ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions });
        self.post("/actions", json!({ "actions": [mouse] })).await
    }

    pub async fn clear(&self, element: &Element) -> Answer {
        self.post(&format!("/element/{}/clear", element.0), json!({}))
            .await
    }

    pub async fn type_into(&self, element: &Element, text: &str) -> Answer {
        self.post(
            &format!("/element/{}/value", element.0),
            json!({ "text": text }),
        )
        .await
    }

    /// Presses keys together wherever the focus is, and lets go of them in reverse.
    pub async fn press(&self, keys: &[&str]) -> Answer {
        let down = keys
            .iter()
            .map(|key| json!({ "type": "keyDown", "value": key }));
        let up = keys
            .iter()
            .rev()
            .map(|key| json!({ "type": "keyUp", "value": key }));
        let actions: Vec<Value> = down.chain(up).collect();
        self.post(
            "/actions",
            json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        )
        .await
    }

    /// The visible part of the page as PNG.
    pub async fn picture(&self) -> Answer<Vec<u8>> {
        let text = self.get("/screenshot").await?;
        let decoded = BASE64_STANDARD.decode(text.as_str().unwrap_or_default());
        Ok(decoded.expect("a picture comes as base64"))
    }

    /// Sets the outer size.
    pub async fn resize(&self, width: i64, height: i64) -> Answer {
        self.post("/window/rect", json!({ "width": width, "height": height }))
            .await
    }

    /// Opens a tab and looks at it from now on; gives the one before and the new one.
    pub async fn open_tab(&self) -> Answer<(String, String)> {
        let before = self.get("/window").await?;
        let made = self.post("/window/new", json!({ "type": "tab" })).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (before, tab) = (text(&before), text(&made["handle"]));
        self.look_at(&tab).await?;
        Ok((before, tab))
    }

    /// Looks at another tab from now on.
    pub async fn look_at(&self, tab: &str) -> Answer {
        self.post("/window", json!({ "handle": tab })).await
    }

    /// Closes the tab it looks at; gives those that are left, of which one is to be looked at next.
    pub async fn close_tab(&self) -> Answer<Vec<String>> {
        let left = self
            .send(self.http.delete(format!("{}/window", self.session)))
            .await?;
        Ok(serde_json::from_value(left).unwrap_or_default())
    }

    /// The outer size.
    pub async fn size(&self) -> Answer<(i64, i64)> {
        let rect = self.get("/window/rect").await?;
        Ok((
            rect["width"].as_f64().unwrap_or_default() as i64,
            rect["height"].as_f64().unwrap_or_default() as i64,
        ))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(format!("{}{path}", self.session)))
            .await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(
            self.http
                .post(format!("{}{path}", self.session))
                .json(&body),
        )
        .await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let lost = |error: reqwest::Error| Refused {
            error: "no answer".to_owned(),
            message: error.to_string(),
        };
        let answer: Value = request
            .send()
            .await
            .map_err(lost)?
            .json()
            .await
            .map_err(lost)?;
        let value = answer["value"].clone();
        match value["error"].as_str() {
            // Scripts may return something with this name; drivers add a message and a stack to theirs.
            Some(error) if value["message"].is_string() && value["stacktrace"].is_string() => {
                Err(Refused {
                    error: error.to_owned(),
                    message: value["message"].as_str().unwrap_or_default().to_owned(),
                })
            }
            _ => Ok(value),
        }
    }
}

/// Speaks HTTP to this machine.
pub fn plain_client() -> reqwest::Client {
    // Already installed where the desk made a client in this process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(120))
        .build()
        .expect("a client can be made")
}

/// Keys by the numbers WebDriver gives them.
pub mod keys {
    pub const ENTER: &str = "\u{e007}";
    pub const TAB: &str = "\u{e004}";
    pub const SHIFT: &str = "\u{e008}";
    pub const CONTROL: &str = "\u{e009}";
    pub const ESCAPE: &str = "\u{e00c}";
    pub const SPACE: &str = " ";
    pub const LEFT: &str = "\u{e012}";
    pub const UP: &str = "\u{e013}";
    pub const RIGHT: &str = "\u{e014}";
    pub const DOWN: &str = "\u{e015}";
    pub const HOME: &str = "\u{e011}";
    pub const END: &str = "\u{e010}";
}
