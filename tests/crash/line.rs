//! A bad line: requests and answers that are cut off at some byte, come late, come twice or never come.

use std::time::Duration;

use crate::faults::with_and_without_keys;
use crate::figures::Figures;
use crate::full;
use crate::matrix::side_by_side;
use crate::proxy::{Proxy, Strike};
use crate::row::{Row, Scene};

/// Bytes at which a line is cut: in the head, at its end, in the body, before the last byte and after it.
const CUTS: &[usize] = &[
    0, 1, 4, 20, 21, 22, 60, 120, 200, 260, 300, 320, 340, 360, 400, 500, 600, 700, 800, 900, 1000,
    5000,
];

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
            let all: Vec<Strike> = (0..1200).map(strike).collect();
            lines.extend(all.chunks(30).map(|some| (name, some.to_vec())));
        }
        // Until the desk itself loses patience.
        lines.push(("half open", vec![Strike::Swallow(ms(90_000)); 2]));
        lines.push((
            "half open after arrival",
            vec![Strike::SwallowAnswer(ms(90_000)); 2],
        ));
    }
    let rows = lines.iter().flat_map(|(name, strikes)| {
        with_and_without_keys(Scene::plain()).map(|scene| (scene, *name, strikes))
    });
    side_by_side(rows.map(|(scene, name, strikes)| {
        async move {
            let mut row = Row::set(name, &scene).await;
            let proxy = Proxy::before(&row.sandbox.debitura_url(), strikes.clone()).await;
            row.desk.debitura = proxy.address();
            row.finish().await;
            figures.run();
            if proxy.met() < strikes.len().min(20) {
                figures.complain(format!(
                    "[{name}] only {} requests met the line",
                    proxy.met()
                ));
            }
            // Of a request that arrived twice the first made the case, and the answer to the second calls it another's.
            let surprises = row.unmet(&["linked"]);
            figures.judged(&row.verdict(surprises).await);
        }
    }))
    .await;
    counted.close();
}
