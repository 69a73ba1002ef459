//! From a key press to painted rows: the page in Chromium over the bridge, 100,000 invoices against 100.

use std::time::Duration;

use serde_json::{Value, json};

use crate::desks::{CORRECTED, Filled};
use crate::support::browser::in_browser;
use crate::support::page::Page;
use crate::support::session::View;
use crate::table::Table;
use crate::{median, say};

const RUNS: usize = 15;

struct Act {
    what: &'static str,
    /// Brings the list to where it is pressed.
    before: &'static str,
    /// What is pressed or typed.
    press: &'static str,
    /// Brings the list back.
    after: &'static str,
}

const ACTS: [Act; 3] = [
    Act {
        what: "filter 'attention'",
        // The list opens with it; without it, and with those not due, its rows are all new.
        before: "for (const state of ['attention', 'not-due']) document.querySelector(`[data-testid=filter-${state}] button`).click()",
        press: "document.querySelector('[data-testid=filter-attention] button').click()",
        after: CLEAR,
    },
    Act {
        what: "search, found in a corrected name only",
        before: "document.querySelector('[data-testid=search]').focus()",
        press: "const field = document.querySelector('[data-testid=search]');
            field.value = text;
            field.dispatchEvent(new InputEvent('input', { bubbles: true }))",
        after: CLEAR,
    },
    Act {
        what: "sort by amount",
        before: "",
        press: "document.querySelector('[data-testid=column-amount]').click()",
        after: "document.querySelector('[data-testid=column-due]').click()",
    },
];

const CLEAR: &str = "document.querySelector('[data-testid=clear-filters]').click()";

/// From dispatching the event to the second frame after the grid holds the new answer. `arguments`: text.
const PRESS: &str = "const [text] = arguments;
    const grid = document.querySelector('[data-testid=invoice-grid]');
    const taken = await new Promise((done) => {
        let begun = 0;
        let asked = false;
        const seen = new MutationObserver(() => {
            asked = true;
            if (grid.ariaBusy === 'true') return;
            seen.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
        });
        seen.observe(grid, { attributes: true, attributeFilter: ['aria-busy'] });
        begun = performance.now();
        ACT;
    });
    return { taken, rows: Number(grid.ariaRowCount) - 1, first: grid.querySelector('[data-row=\"0\"]')?.textContent ?? '' };";

pub async fn measure(table: &mut Table, few: &Filled, many: &Filled) {
    let of_few = on_page(few).await;
    let of_many = on_page(many).await;
    table.part(&format!(
        "Key press to painted rows over {} invoices, page in Chromium over loopback (medians of {RUNS}; search waits 60 ms)",
        many.invoices
    ));
    for ((act, of_few), of_many) in ACTS.iter().zip(of_few).zip(of_many) {
        table.ratio(act.what, of_many, ("100 invoices", of_few), Some(2.0));
    }
}

async fn on_page(filled: &Filled) -> Vec<Duration> {
    let shown = format!("painting {}", filled.invoices);
    in_browser(&shown, &filled.stage, View::USUAL, async |page| {
        page.see("h1", "Overview").await;
        page.run("location.hash = '#/bulk-import'", json!([])).await;
        page.see("[data-row='0']", "").await;
        let mut medians = Vec::new();
        for act in &ACTS {
            let what = act.what;
            let mut times = Vec::new();
            for run in 0..=RUNS {
                still(page, act.before).await;
                let before = look(page).await;
                let text = &CORRECTED[..CORRECTED.len() - run];
                let seen = page
                    .run_to_end(&PRESS.replace("ACT", act.press), json!([text]))
                    .await;
                let taken = seen["taken"]
                    .as_f64()
                    .unwrap_or_else(|| panic!("{what}: {seen}"));
                let same = seen["first"] == before["first"] && seen["rows"] == before["rows"];
                assert!(!same, "{what}: the rows stay");
                assert!(
                    seen["rows"].as_u64().is_some_and(|rows| rows > 0),
                    "{what}: {seen}"
                );
                if what.starts_with("search") {
                    let first = seen["first"].as_str().unwrap();
                    assert!(first.contains(&CORRECTED[..12]), "{what}: {first}");
                }
                // The first run also loads what no later one does.
                if run > 0 {
                    times.push(Duration::from_secs_f64(taken / 1000.0));
                }
                still(page, act.after).await;
            }
            medians.push(median(&mut times));
        }
        say(&format!(
            "{} invoices painted in {medians:.0?}",
            filled.invoices
        ));
        medians
    })
    .await
}

/// Does something that is not measured, and waits until the list is at rest.
async fn still(page: &Page, script: &str) {
    page.run(script, json!([])).await;
    page.at_rest().await;
    page.until("the list to answer", async || {
        look(page).await["busy"] == "false"
    })
    .await;
    page.at_rest().await;
}

async fn look(page: &Page) -> Value {
    let script = "const grid = document.querySelector('[data-testid=invoice-grid]');
        return { busy: grid.ariaBusy, rows: Number(grid.ariaRowCount) - 1, first: grid.querySelector('[data-row=\"0\"]')?.textContent ?? '' };";
    page.run(script, json!([])).await
}
