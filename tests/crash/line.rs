//! A bad line: requests and answers that are cut off at some byte, come late, come twice or never come.

use std::time::Duration;

use crate::desk::signal;
use crate::faults::with_and_without_keys;
use crate::figures::Figures;
use crate::full;
use crate::matrix::side_by_side;
use crate::prepared::words;
use crate::proxy::{Proxy, Strike};
use crate::row::{Row, Scene};

/// Bytes at which a line is cut: in the head, at its end, in the body, before the last byte and after it.
const CUTS: &[usize] = &[
    0, 1, 4, 20, 21, 22, 60, 120, 200, 260, 300, 320, 340, 360, 400, 500, 600, 700, 800, 900, 1000,
    5000,
];

/// Of a request that arrived twice the first makes the case, and the answer to the second calls it another's.
fn doubtful() -> Scene {
    Scene::plain().may_end("linked")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_bad_line() {
    let counted = Figures::of("a bad line");
    let figures = &counted;
    let ms = Duration::from_millis;
    let each = |strike: fn(usize) -> Strike| -> Vec<Strike> {
        CUTS.iter().map(|at| strike(*at)).collect()
    };
    let mut lines = vec![
        ("requests cut", each(Strike::CutRequest)),
        ("answers cut", each(Strike::CutAnswer)),
        ("everything twice", vec![Strike::Twice; 40]),
        ("everything twice at once", vec![Strike::TwiceAtOnce; 40]),
        ("late requests", vec![Strike::LateRequest(ms(300)); 8]),
        ("late answers", vec![Strike::LateAnswer(ms(300)); 8]),
        ("swallowed", vec![Strike::Swallow(ms(400)); 6]),
        ("answers swallowed", vec![Strike::SwallowAnswer(ms(400)); 6]),
    ];
    if full() {
        // Every byte from the first of the request to beyond its last, and of the answer.
        for (name, strike) in [
            (
                "requests cut at every byte",
                Strike::CutRequest as fn(usize) -> Strike,
            ),
            ("answers cut at every byte", Strike::CutAnswer),
        ] {
            let all: Vec<Strike> = (0..2400).map(strike).collect();
            lines.extend(all.chunks(38).map(|some| (name, some.to_vec())));
        }
        // Until the desk itself loses patience.
        lines.push(("half open", vec![Strike::Swallow(ms(90_000)); 2]));
        lines.push((
            "half open after arrival",
            vec![Strike::SwallowAnswer(ms(90_000)); 2],
        ));
    }
    let rows = lines.iter().flat_map(|(name, strikes)| {
        with_and_without_keys(doubtful()).map(|scene| (scene, *name, strikes))
    });
    side_by_side(rows.map(|(scene, name, strikes)| async move {
        let mut row = Row::set(name, &scene).await;
        let proxy = Proxy::before(&row.sandbox.debitura_url(), strikes.clone()).await;
        row.desk.debitura = proxy.address();
        row.finish().await;
        figures.run();
        if proxy.met() < strikes.len().min(38) {
            figures.complain(format!(
                "[{name}] only {} requests met the line",
                proxy.met()
            ));
        }
        figures.judged(&row.judged().await);
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_request_that_arrives_after_its_sender_died() {
    let counted = Figures::of("late requests of the dead");
    let figures = &counted;
    let late = Duration::from_millis(1500);
    let times = if full() { 10 } else { 1 };
    let rows = (0..times)
        .flat_map(|number| with_and_without_keys(doubtful()).map(|scene| (scene, number)));
    side_by_side(rows.map(|(scene, number)| async move {
        let mut row = Row::set(format!("killed while they travel, {number}"), &scene).await;
        let strikes = vec![Strike::LateRequest(late); 8];
        let proxy = Proxy::before(&row.sandbox.debitura_url(), strikes).await;
        row.desk.debitura = proxy.address();
        figures.run();
        let mut child = row.desk.start(&words(&row.again()), "").await;
        while proxy.met() < 4 {
            assert!(child.try_wait().is_ok_and(|ended| ended.is_none()));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        signal(&child, "KILL");
        figures.killed_at_random();
        let _ = child.wait().await;
        figures.run();
        row.finish().await;
        tokio::time::sleep(late).await;
        figures.judged(&row.judged().await);
    }))
    .await;
    counted.close();
}
