//! Several command lines on one folder: one owns it, the others hand their requests to it.

use std::time::Duration;

use sandbox::{DuplicateReference, Effect, Fault, When};

use crate::desk::ended;
use crate::dice::Dice;
use crate::faults::play;
use crate::figures::Figures;
use crate::full;
use crate::matrix::{CREATE, side_by_side};
use crate::prepared::{submit, words};
use crate::row::{Row, Scene};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn three_command_lines_at_once() {
    let counted = Figures::of("three command lines");
    let figures = &counted;
    let mut dice = Dice::from_environment();
    let scenes = [0, 30].map(|ms| {
        let delay = Fault::new(CREATE, When::Always, Effect::Delay { ms });
        let scene = Scene::plain().called(format!("answers after {ms} ms"));
        // A second request for the same claim would show.
        scene.fault(delay).settings(|settings| {
            settings.remember_keys = false;
            settings.duplicate_reference = DuplicateReference::Accept;
        })
    });
    let rows: Vec<(&Scene, bool, f64)> = (0..if full() { 40 } else { 4 })
        .map(|number| (&scenes[number % 2], number % 4 < 2, dice.fraction()))
        .collect();
    side_by_side(rows.into_iter().map(|(scene, same, moment)| async move {
        let name = if same {
            "the same words"
        } else {
            "a third each"
        };
        let row = Row::set(name, scene).await;
        let mut children = Vec::new();
        for number in 0..3 {
            let all = row.told().into_iter().map(|entry| entry.invoice);
            let ids: Vec<String> = if same {
                all.collect()
            } else {
                all.skip(number).step_by(3).collect()
            };
            figures.run();
            children.push(row.desk.start(&words(&submit(&ids)), "").await);
            tokio::time::sleep(Duration::from_millis(100).mul_f64(moment)).await;
        }
        let mut ends = Vec::new();
        for child in children {
            ends.push(ended(child, &["submit"]).await);
        }
        // An owner stays until its guests have what they asked for, so each of them is told what became of its invoices,
        // also where another yes overtook its own.
        for lie in ends.iter().flat_map(|ended| row.shown(ended)) {
            figures.complain(format!("[{}] {lie}", row.name));
        }
        play(row, figures).await;
    }))
    .await;
    counted.close();
}
