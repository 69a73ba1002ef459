//! Names that mean harm, looked at: shown as the text they are, and nothing on the page moves for them.

use serde_json::{Value, json};

use super::main_job::{click, enter_key, fill};
use super::{Page, Stage};

/// What to search for, and what the row found then says literally.
const NAMES: [(&str, &str); 9] = [
    ("onerror", "<img src=x onerror=alert(1)> ApS"),
    ("script", "\"><script>alert('x')</script>"),
    ("hyperlink", "=HYPERLINK(\"http://evil.example\",\"Klik\")"),
    ("fakt", "Fakt\u{202e}SpA gnp.exe"),
    ("linje", "Linje 1"),
    ("kæmpe", "KæmpeKæmpe"),
    ("fællesindkøb", "Ærø & Læsø Fællesindkøb"),
    ("bageriet", "🍞 Bageriet 👩‍🍳 ApS"),
    ("cafe", "Cafe\u{301} ApS"),
];

/// Fetches the awkward company and looks at its worst in the list, in detail and in the review.
pub async fn play(page: &Page, stage: &Stage, shown: impl AsyncFn(&str)) {
    page.see("heading", "Debitura Desk").await;
    enter_key(
        page,
        "[data-testid=debitura-key]",
        stage.sandbox.debitura_key(),
    )
    .await;
    click(page, "[data-testid=connect-debitura]").await;
    enter_key(page, "[data-testid=stripe-key]", stage.sandbox.stripe_key()).await;
    click(page, "[data-testid=connect-stripe]").await;
    page.see("[data-row='0']", "").await;
    page.until("the fetch to end", async || {
        page.run(
            "return document.querySelectorAll('progress, [role=progressbar]').length",
            json!([]),
        )
        .await
            == json!(0)
    })
    .await;
    let plain = frame(page).await;
    assert_eq!(plain["overflow"], json!([0, 0]), "{plain}");

    for (search, name) in NAMES {
        fill(page, "[data-testid=search]", search).await;
        page.until(&format!("{name:?} to be shown literally"), async || {
            let script = "return document.querySelector(\"[data-row='0']\")?.textContent ?? ''";
            let row = page.run(script, json!([])).await;
            row.as_str().unwrap_or_default().contains(name)
        })
        .await;
        page.at_rest().await;
        assert_same(
            &plain,
            &frame(page).await,
            &format!("the list with {search:?}"),
        );
        shown(&format!("list-{search}")).await;
        click(page, "[data-row='0'] [role=rowheader]").await;
        page.see("[data-testid=detail-heading]", "").await;
        page.at_rest().await;
        assert_same(
            &plain,
            &frame(page).await,
            &format!("the detail of {search:?}"),
        );
        assert_eq!(
            wide(page, "[data-testid=detail-body]").await,
            json!([]),
            "the detail of {search:?} is wider than its place"
        );
        shown(&format!("detail-{search}")).await;
        click(page, "[data-testid=close-detail]").await;
    }

    fill(page, "[data-testid=search]", "ODD-").await;
    page.until("the odd invoices", async || {
        let script =
            "return Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount'))";
        page.run(script, json!([])).await.as_u64() > Some(20)
    })
    .await;
    page.at_rest().await;
    click(page, "[data-testid=select-all]").await;
    for field in ["due_date", "debtor_type"] {
        let accept = format!("[data-testid=accept-{field}]");
        let script = "return document.querySelector(arguments[0])?.textContent ?? ''";
        page.see(&accept, "").await;
        let before = page.run(script, json!([accept])).await;
        click(page, &accept).await;
        page.until("suggestions to be accepted", async || {
            page.run(script, json!([accept])).await != before
        })
        .await;
    }
    assert_same(&plain, &frame(page).await, "the selection");
    shown("selection").await;
    click(page, "[data-testid=review]").await;
    // Every invoice is read again at the pace that the services allow, which may outlast one wait.
    for _ in 0..4 {
        if !page.shows("[data-testid=review-cases]", "").await {
            tokio::time::sleep(std::time::Duration::from_secs(10)).await;
        }
    }
    page.see("[data-testid=review-cases]", "").await;
    page.at_rest().await;
    let review = frame(page).await;
    for part in ["sidebar", "overflow"] {
        assert_eq!(review[part], plain[part], "the review moves the {part}");
    }
    let text = page.text().await;
    for name in [
        "<img src=x onerror=alert(1)> ApS",
        "<script>alert('x')</script>",
    ] {
        assert!(text.contains(name), "{name:?} is not in the review");
    }
    assert_eq!(
        wide(page, "main").await,
        json!([]),
        "the review is wider than its place"
    );
    shown("review").await;
    page.run(
        "[...document.querySelectorAll('[data-testid=review-cases] [role=row]')].find((row) => row.textContent.includes('onerror')).scrollIntoView({ block: 'center' }); return null",
        json!([]),
    )
    .await;
    shown("review-cases").await;

    let injected = page
        .run(
            "return [window.injected ?? false, document.querySelectorAll('img[src=x], main script').length]",
            json!([]),
        )
        .await;
    assert_eq!(injected, json!([false, 0]), "a name became markup");
    assert_eq!(page.policy_violations().await, Vec::<String>::new());
}

/// Where the parts that must not move are, and how high each row is.
async fn frame(page: &Page) -> Value {
    let script = "const place = (element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return [x, y, width, height].map(Math.round);
        };
        const root = document.documentElement;
        const heights = [...document.querySelectorAll('[data-row]')].map((row) => Math.round(row.getBoundingClientRect().height));
        return {
            sidebar: place(document.querySelector('nav')),
            header: place(document.querySelector('main header')),
            overflow: [Math.max(root.scrollWidth, document.body.scrollWidth) - innerWidth, scrollX].map((by) => Math.max(0, by)),
            rows: [...new Set(heights)],
        };";
    page.run(script, json!([])).await
}

fn assert_same(plain: &Value, now: &Value, what: &str) {
    for part in ["sidebar", "header", "overflow", "rows"] {
        assert_eq!(now[part], plain[part], "{what} moves the {part}");
    }
}

/// What sticks out of a place to the right without being cut off by anything in between.
async fn wide(page: &Page, place: &str) -> Value {
    let script = "const place = document.querySelector(arguments[0]);
        const edge = place.getBoundingClientRect().right + 1;
        const cut = (element) => {
            for (let above = element.parentElement; above && above !== place.parentElement; above = above.parentElement) {
                if (getComputedStyle(above).overflowX !== 'visible' && above.getBoundingClientRect().right <= edge) return above !== place && above.scrollWidth <= above.clientWidth + 1;
            }
            return false;
        };
        const scrolling = place.scrollWidth > place.clientWidth + 1 ? [`${place.tagName} scrolls sideways`] : [];
        const out = [...place.querySelectorAll('*')].filter((element) => {
            const { right, width, height } = element.getBoundingClientRect();
            return width > 1 && height > 1 && right > edge && !cut(element);
        });
        return [...scrolling, ...out.slice(0, 5).map((element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`)];";
    page.run(script, json!([place])).await
}
