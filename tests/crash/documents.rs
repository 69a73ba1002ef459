//! The invoice's own document behind each case: uploaded once, though the process dies while it goes up.

use std::time::Duration;

use sandbox::{Effect, Fault, When};

use crate::desk::signal;
use crate::figures::Figures;
use crate::full;
use crate::matrix::side_by_side;
use crate::prepared::{prepared, submit, words};
use crate::row::{Row, Scene};

const UPLOAD: &str = "debitura POST /cases/{id}/files";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_document_goes_up_once() {
    let counted = Figures::of("documents");
    let figures = &counted;
    prepared().await;
    let counts: &[usize] = if full() {
        &[1, 2, 3, 5, 8, 13, 21, 30]
    } else {
        &[1, 9]
    };
    let effects = [
        Effect::Delay { ms: 60 },
        Effect::DelayAfterCommit { ms: 60 },
    ];
    let rows = counts
        .iter()
        .flat_map(|count| effects.clone().map(|effect| (*count, effect)));
    side_by_side(rows.map(|(count, effect)| async move {
        let scene = Scene::plain()
            .called(format!("{effect:?}"))
            .fault(Fault::new(UPLOAD, When::Always, effect));
        let row = Row::set(format!("killed at upload {count}"), &scene).await;
        figures.run();
        let mut child = row.desk.start(&words(&row.again()), "").await;
        while row.sandbox.requests_to(UPLOAD).len() < count {
            assert!(
                child.try_wait().is_ok_and(|ended| ended.is_none()),
                "too few documents go up"
            );
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        signal(&child, "KILL");
        figures.killed_at_random();
        let _ = child.wait().await;
        row.sandbox.clear_faults();
        figures.run();
        // Another yes brings along what the first left behind.
        row.desk
            .run(&words(&submit(&[prepared().await.spare.clone()])), "")
            .await;
        let mut surprises = Vec::new();
        for case in row.sandbox.cases() {
            let of_another = case["idempotencyKey"]
                .as_str()
                .is_some_and(|key| key.starts_with("another hand"));
            if !of_another && case["files"].as_array().is_none_or(Vec::is_empty) {
                surprises.push(format!("{} has no document", case["reference"]));
            }
        }
        figures.judged(&row.verdict(surprises).await);
    }))
    .await;
    counted.close();
}
