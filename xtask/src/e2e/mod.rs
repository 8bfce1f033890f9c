//! `cargo xtask e2e`: scenarios that drive the built `castra` as an operator would, each in a cloud of its own,
//! each judged by exit codes, by what the command says, and by what the cloud's own Python client sees.

mod interruptions;
mod life;
mod ownership;
mod refusals;
mod saved;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::lab::{Lab, Programs, Time};
use crate::python;

/// One scenario: a name that says what holds, and the proof.
type Scenario = (&'static str, fn(&Stage) -> Result<()>);

/// Scenarios that run at once: most of the time `castra` waits, and the processor is free for another.
const WORKERS: usize = 3;

/// How much faster time passes than in the cloud.
const TIME: Time = Time::Faster(40);

/// All of them. Each plays on every cloud.
const SCENARIOS: &[Scenario] = &[
    ("a cluster goes up, scales, comes down, and comes up again", life::whole),
    ("a plan changes nothing and costs the same at any size", life::planning),
    ("capacity and schema answer offline", life::offline),
    ("with min and max the desired size is the autoscaler's", life::autoscaled),
    ("a saved plan is applied as it stands", saved::applied),
    ("a saved plan that the cloud has overtaken is stale", saved::stale),
    ("broken specs are refused with their remedy, and nothing is called", refusals::broken_specs),
    ("scale is refused where min and max are given", refusals::scale_with_range),
    ("a protected cluster is not destroyed, by any way", refusals::protected),
    ("a failure exits 1 and the next apply finishes", refusals::failure),
    ("Ctrl-C stops an apply and the next one finishes", interruptions::interrupt),
    ("two at once: the second is locked out", interruptions::two_at_once),
    ("an apply killed again and again converges without duplicates", interruptions::killed_apply),
    ("a destroy killed again and again leaves nothing", interruptions::killed_destroy),
    ("lost replies make no duplicates", interruptions::lost_replies),
    ("throttled calls are tried again", interruptions::throttled),
    ("without its journal the cluster is found again", ownership::journal_lost),
    ("a cluster is destroyed by its name alone", ownership::by_name),
    ("another cluster of the same name is a conflict", ownership::same_name),
    ("an existing network is used and left as it was", ownership::existing_network),
    ("somebody else's firewall is a conflict", ownership::foreign_firewall),
];

/// Where a scenario plays: it makes its own lab, and more of them if it needs to.
struct Stage {
    programs: Programs,
    cloud: Cloud,
}

impl Stage {
    /// A lab of its own, whose holdings are noted for [`Lab::empty`].
    fn lab(&self) -> Result<Lab> {
        let lab = Lab::new(&self.programs, self.cloud, "camp", TIME)?;
        lab.note_holdings()?;
        lab.take_calls()?;
        Ok(lab)
    }
}

/// What the judge should see of the spec that a lab starts with, at a given size.
fn fixed(lab: &Lab, secondaries: u64) -> Value {
    json!({
        "desired": secondaries, "min": secondaries, "max": secondaries,
        "exposure": "public", "certificate": lab.certificate, "machine_type": lab.site.machine_type,
    })
}

/// Runs the scenarios whose names contain one of `only`, or all, on one cloud or on each; an error if one failed.
pub(crate) fn run(cloud: Option<Cloud>, only: &[String]) -> Result<()> {
    let programs = Programs::build()?;
    // Made before the scenarios want it all at once.
    python::interpreter()?;
    let wanted = |(name, _): &&Scenario| only.is_empty() || only.iter().any(|part| name.contains(part.as_str()));
    let chosen: Vec<_> = SCENARIOS.iter().filter(wanted).collect();
    if chosen.is_empty() {
        bail!("no scenario has such a name");
    }
    let clouds = cloud.map_or_else(|| Cloud::ALL.to_vec(), |cloud| vec![cloud]);
    let play = |cloud| on(&Stage { programs: programs.clone(), cloud }, &chosen);
    let failed: usize = clouds.into_iter().map(play).sum();
    if failed > 0 {
        bail!("{failed} scenarios failed");
    }
    Ok(())
}

/// Runs these scenarios on one cloud; how many of them failed.
fn on(stage: &Stage, chosen: &[&Scenario]) -> usize {
    let cloud = stage.cloud.name();
    println!("\nrunning {} scenarios on {}, as castra-emulator plays it", chosen.len(), stage.cloud.site().title);
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((name, play)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let started = Instant::now();
                    let result = play(stage);
                    let took = started.elapsed().as_secs_f32();
                    match result {
                        Ok(()) => println!("e2e {cloud}: {name} ... ok ({took:.1} s)"),
                        Err(error) => {
                            println!("e2e {cloud}: {name} ... FAILED ({took:.1} s)");
                            if let Ok(mut failures) = failures.lock() {
                                failures.push(format!("---- {name}\n{}", crate::chain(&error)));
                            }
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    for failure in &failures {
        println!("\n{failure}");
    }
    println!("\ne2e {cloud}: {} passed, {} failed", chosen.len() - failures.len(), failures.len());
    failures.len()
}
