//! The process that is killed: it applies or destroys, then plans, and says how that ended.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use castra_core::plan::Plan;
use castra_core::spec::{ClusterName, Spec};
use castra_core::{Error, Event, Step};
use castra_engine::clock::Clock;
use castra_engine::engine::{Engine, Outcome, Request, Session};
use serde::{Deserialize, Serialize};

use super::{Control, Place, ServedClock};
use crate::record;

/// The bucket with the journals.
pub(super) const BUCKET: &str = "journals";

/// What a run came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// `complete`, `failed` or `interrupted`; `refused` when nothing was begun.
    pub outcome: String,
    /// Why, an error each, its kind first.
    pub errors: Vec<String>,
    /// The steps of a second plan, where the run was complete and the plan could be made.
    pub left: Option<Vec<String>>,
    /// What it said about the lease.
    pub lease: Vec<String>,
    /// The steps of the plan that it carried out.
    pub steps: Vec<String>,
}

impl Report {
    /// Whether all was done and nothing is left to do.
    pub fn is_settled(&self) -> bool {
        self.outcome == "complete" && self.left.as_ref().is_some_and(Vec::is_empty)
    }
}

/// Does what the arguments say (`aws apply FILE` or `aws destroy NAME`) on the emulator that the environment names, where
/// the journal is kept too.
///
/// # Errors
/// When the arguments make no sense, or the emulator isn't there.
pub async fn child(arguments: &[String]) -> Result<Report> {
    let (place, arguments) = arguments.split_first().context("the cloud is named")?;
    let place = Place::named(place).with_context(|| format!("{place:?} is no cloud"))?;
    let control = Control::of(&std::env::var("AWS_ENDPOINT_URL").context("AWS_ENDPOINT_URL names the emulator")?)?;
    let clock: Arc<dyn Clock> = Arc::new(match std::env::var(super::process::PACE).as_deref() {
        Ok("as-it-is") => ServedClock::as_it_is(control).await?,
        _ => ServedClock::jumping(control).await?,
    });
    let state = format!("s3://{BUCKET}/castra").parse()?;
    let engine = Engine::new(place.backend().await?, state).with_clock(Arc::clone(&clock));
    match arguments {
        [verb, file] if verb == "apply" => {
            let text = std::fs::read_to_string(file)?;
            let spec = Spec::parse(&text, &[place.provider()]);
            let spec = spec.map_err(|problems| anyhow::anyhow!("{problems}\n{text}"))?;
            Ok(run(&engine, clock.as_ref(), Request::Apply(&spec)).await)
        }
        [verb, name] if verb == "destroy" => {
            let name: ClusterName = name.parse()?;
            Ok(run(&engine, clock.as_ref(), Request::Destroy(&name)).await)
        }
        other => bail!("neither `apply FILE` nor `destroy NAME`: {other:?}"),
    }
}

async fn run(engine: &Engine, clock: &dyn Clock, request: Request<'_>) -> Report {
    let (applied, trace) = record(async |session| engine.apply(request, None, session).await).await;
    let lease = trace.events.iter().filter_map(|event| match event {
        Event::Lease { message } => Some(message.clone()),
        _ => None,
    });
    let mut report =
        Report { outcome: "refused".into(), errors: Vec::new(), left: None, lease: lease.collect(), steps: Vec::new() };
    match applied {
        Err(error) => report.errors.push(told(&error)),
        Ok(applied) => {
            report.outcome = applied.outcome.name().into();
            report.steps = steps(&applied.plan);
            if let Outcome::Failed(errors) = &applied.outcome {
                report.errors.extend(errors.iter().map(told));
            }
        }
    }
    if report.outcome == "complete" {
        // A change that was just made shows after a while.
        clock.sleep(engine.backend().capabilities().visibility_window).await;
        match engine.plan(request, &Session::default()).await {
            Ok(plan) => report.left = Some(left(&plan)),
            Err(error) => report.errors.push(told(&error)),
        }
    }
    report
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{} {}", step.action, step.address)).collect()
}

/// As [`steps`], and what they change: a second plan shouldn't have any.
fn left(plan: &Plan) -> Vec<String> {
    let changes = |step: &Step| -> Vec<String> {
        step.changes.iter().map(|change| format!("{} from {} to {}", change.field, change.from, change.to)).collect()
    };
    let step = |step: &Step| format!("{} {} {}", step.action, step.address, changes(step).join(", "));
    plan.steps.iter().map(|each| step(each).trim_end().to_owned()).collect()
}

fn told(error: &Error) -> String {
    format!("{:?}: {error}", error.kind())
}
