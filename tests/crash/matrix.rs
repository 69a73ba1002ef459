//! The process is killed at every transition of the journal, at pairs of them and at random moments, and started again.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use receivables::Transition;
use sandbox::{Effect, Fault, FaultBody, When};

use crate::desk::{Desk, Ended, signal};
use crate::dice::Dice;
use crate::figures::Figures;
use crate::full;
use crate::prepared::{prepared, submit, words};
use crate::row::{Row, Scene};

pub const CREATE: &str = "debitura POST /cases";
const SIDES: [&str; 2] = ["before", "after"];

/// How a transition is brought about: what happens at Debitura, and where the process was killed before.
struct Way {
    scene: Scene,
    killed_before: Option<&'static str>,
    from_the_yes: bool,
}

/// A transition that is not here does not compile.
fn way(transition: Transition) -> Way {
    let of = |scene: Scene| Way {
        scene,
        killed_before: None,
        from_the_yes: false,
    };
    match transition {
        Transition::Confirm => Way {
            from_the_yes: true,
            ..of(Scene::plain())
        },
        Transition::Send
        | Transition::Accept
        | Transition::Link
        | Transition::Clash
        | Transition::Refuse
        | Transition::Withdraw => of(Scene::plain()),
        Transition::Lose | Transition::Discover => of(lossy(Effect::DropAfterCommit)),
        Transition::SendAgain => of(lossy(Effect::DropBeforeCommit)),
        Transition::Postpone => {
            let busy = Effect::RateLimited {
                retry_after: 0.01,
                header: false,
            };
            of(Scene::plain()
                .called("busy")
                .fault(Fault::new(CREATE, When::Next(3), busy)))
        }
        Transition::Interrupt => Way {
            killed_before: Some("send:after"),
            ..of(Scene::plain())
        },
        Transition::GiveUp => of(stubborn()),
    }
}

/// A few answers never arrive; among them some to cases that are made, which come after those that are refused.
pub fn lossy(effect: Effect) -> Scene {
    let name = format!("{effect:?}");
    let scene = Scene::plain().called(name);
    [5, 14, 18, 22, 27].into_iter().fold(scene, |scene, hit| {
        scene.fault(Fault::new(CREATE, When::Nth(hit), effect.clone()))
    })
}

/// One case fails, and its failure is kept under its key for ever.
fn stubborn() -> Scene {
    let broken = Effect::Status {
        code: 500,
        body: FaultBody::Json,
        headers: Vec::new(),
    };
    Scene::plain()
        .called("a kept 500")
        .may_end("rejected")
        .settings(|settings| settings.store_500 = true)
        .fault(Fault::new(CREATE, When::Nth(4), broken))
}

/// Runs the words until they end or are killed, and counts where.
async fn killed(desk: &Desk, figures: &Figures, trace: &str, arguments: &[&str]) -> Ended {
    figures.run();
    let ended = desk.run(arguments, "").await;
    if ended.was_killed() {
        let passed = std::fs::read_to_string(trace).unwrap_or_default();
        let mut last = passed
            .lines()
            .next_back()
            .unwrap_or_default()
            .split(' ')
            .skip(1);
        let (side, transition) = (last.next().unwrap_or("?"), last.next().unwrap_or("?"));
        figures.killed(transition, side);
    }
    ended
}

impl Row {
    /// The desk that kills itself somewhere, and the file that tells where.
    fn doomed(&self, at: &str, life: usize) -> (Desk, String) {
        let trace = self.folder.path().join(format!("trace-{life}"));
        let trace = trace.to_string_lossy().into_owned();
        let desk = self
            .desk
            .with("DESK_KILL_AT", at)
            .with("DESK_KILL_TRACE", &trace);
        (desk, trace)
    }
}

/// Lives one after another, each ended where `ends` says; then finished and judged.
pub async fn lives(scene: &Scene, ends: &[String], figures: &Figures) {
    let row = Row::set(ends.join(", then "), scene).await;
    for (life, at) in ends.iter().enumerate() {
        let (desk, trace) = row.doomed(at, life);
        if row.open() > 0 {
            killed(&desk, figures, &trace, &words(&row.again())).await;
        }
    }
    figures.run();
    figures.judged(&row.judged().await);
}

/// As many rows at a time as there are processors.
pub async fn side_by_side<F: Future<Output = ()>>(rows: impl IntoIterator<Item = F>) {
    let width = std::thread::available_parallelism().map_or(2, usize::from);
    stream::iter(rows)
        .buffer_unordered(width)
        .collect::<Vec<()>>()
        .await;
}

/// The points that an undisturbed run of a scene passes, and how long it takes.
pub async fn undisturbed(scene: &Scene, figures: &Figures) -> (usize, Duration) {
    let row = Row::set("undisturbed", scene).await;
    let (desk, trace) = row.doomed("0", 0);
    let started = Instant::now();
    killed(&desk, figures, &trace, &words(&row.again())).await;
    let took = started.elapsed();
    let points = std::fs::read_to_string(&trace)
        .expect("the points are traced")
        .lines()
        .count();
    figures.judged(&row.judged().await);
    (points, took)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn every_transition_is_killed_on_both_sides() {
    let counted = Figures::of("every transition, before and after");
    let figures = &counted;
    prepared().await;
    let each = Transition::ALL
        .into_iter()
        .flat_map(|transition| SIDES.map(|side| (transition, side)));
    side_by_side(each.map(|(transition, side)| at_transition(transition, side, figures))).await;
    for transition in Transition::ALL {
        for side in SIDES {
            if figures.kills_of(transition.name(), side) == 0 {
                figures.complain(format!("never killed {side} {}", transition.name()));
            }
        }
    }
    counted.close();
}

async fn at_transition(transition: Transition, side: &str, figures: &Figures) {
    let way = way(transition);
    let at = format!("{}:{side}", transition.name());
    if way.from_the_yes {
        return at_the_yes(&at, figures).await;
    }
    let ends: Vec<String> = way
        .killed_before
        .map(str::to_owned)
        .into_iter()
        .chain([at])
        .collect();
    lives(&way.scene, &ends, figures).await;
}

/// Killed before it, nothing was promised: the journal is empty, and the same words submit everything once. Killed after
/// it, the batch stands, and the same words find nothing left to submit.
async fn at_the_yes(at: &str, figures: &Figures) {
    let prepared = prepared().await;
    let row = Row::from(&prepared.ready, at, &Scene::plain()).await;
    let ids: Vec<String> = prepared
        .batch
        .iter()
        .map(|(chosen, _)| chosen.id.clone())
        .collect();
    let (desk, trace) = row.doomed(at, 0);
    let words_of_the_yes = submit(&ids);
    killed(&desk, figures, &trace, &words(&words_of_the_yes)).await;
    let kept = row.told().len();
    let sent = row
        .sandbox
        .requests_to(CREATE)
        .iter()
        .filter(|request| request.is_ours())
        .count();
    if sent > 0 {
        figures.complain(format!("{at}: sent before the yes was on the disk"));
    }
    if at.ends_with("before") && kept > 0 {
        figures.complain(format!(
            "{at}: {kept} entries of a yes that was never written"
        ));
    }
    figures.run();
    row.desk.run(&words(&words_of_the_yes), "").await;
    row.finish().await;
    figures.judged(&row.verdict(Vec::new()).await);
}

/// What a request tells about its sender.
pub trait Ours {
    fn is_ours(&self) -> bool;
}

impl Ours for sandbox::Request {
    fn is_ours(&self) -> bool {
        let agent = self.headers.iter().find(|(name, _)| name == "user-agent");
        agent.is_some_and(|(_, agent)| agent.starts_with("DebituraDesk/"))
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn killed_at_every_point_of_an_undisturbed_run() {
    let counted = Figures::of("every point of a run");
    let figures = &counted;
    let scene = Scene::plain();
    let (points, _) = undisturbed(&scene, figures).await;
    let step = if full() { 1 } else { 11 };
    println!("    an undisturbed run passes {points} points; killed at every {step}.");
    let each = (1..=points).step_by(step);
    side_by_side(each.map(|at| {
        let (scene, figures) = (&scene, figures);
        async move { lives(scene, &[at.to_string()], figures).await }
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn killed_twice_at_pairs_of_points() {
    let counted = Figures::of("pairs of points");
    let figures = &counted;
    let mut dice = Dice::from_environment();
    let scene = Scene::plain();
    let (points, _) = undisturbed(&scene, figures).await;
    let pairs: Vec<[String; 2]> = (0..if full() { 100 } else { 6 })
        .map(|_| [dice.up_to(points), dice.up_to(points)].map(|at| at.to_string()))
        .collect();
    side_by_side(pairs.iter().map(|ends| lives(&scene, ends, figures))).await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn killed_at_random_moments() {
    let counted = Figures::of("random moments");
    let figures = &counted;
    let mut dice = Dice::from_environment();
    let scene = Scene::plain();
    let (_, took) = undisturbed(&scene, figures).await;
    let moments: Vec<Duration> = (0..if full() { 200 } else { 10 })
        .map(|_| took.mul_f64(dice.fraction()))
        .collect();
    side_by_side(
        moments
            .iter()
            .map(|moment| at_moment(&scene, *moment, figures)),
    )
    .await;
    counted.close();
}

pub async fn at_moment(scene: &Scene, moment: Duration, figures: &Figures) {
    let mut moment = moment;
    loop {
        let row = Row::set(format!("after {} µs", moment.as_micros()), scene).await;
        figures.run();
        let mut child = row.desk.start(&words(&row.again()), "").await;
        tokio::time::sleep(moment).await;
        signal(&child, "KILL");
        let killed = child.wait().await.expect("it ends").code().is_none();
        figures.run();
        figures.judged(&row.judged().await);
        if killed {
            return figures.killed_at_random();
        }
        // It was done by then.
        moment /= 2;
    }
}
