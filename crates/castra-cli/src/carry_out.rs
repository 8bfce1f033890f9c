//! From a request to its end: plan, ask, run, report.

use castra::core::plan::Purpose;
use castra::{Action, Applied, Engine, Outcome, Plan, Request, Result};
use serde_json::{Value, json};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::output;

/// How a request ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    /// How the command ends.
    pub(crate) exit: Exit,
    /// Whether it failed and all is as it was before.
    pub(crate) undone: bool,
}

impl From<Exit> for Ended {
    fn from(exit: Exit) -> Self {
        Self { exit, undone: false }
    }
}

/// Carries a request out: shows the plan and asks, unless `--yes` agreed to whatever it is. `accepted` is called once
/// the plan is agreed to and nothing stands against it, before anything is changed.
///
/// # Errors
/// Whatever keeps it from being started, or from being accepted.
pub(crate) async fn carry_out(
    console: &Console,
    engine: &Engine,
    request: Request<'_>,
    accepted: impl FnOnce() -> Result<()>,
) -> Result<Ended, Failure> {
    if console.yes {
        return run(console, engine, request, None, accepted).await;
    }
    let plan = console.work(|| (), async |session| engine.plan(request, session).await).await?;
    output::say(&plan.to_text())?;
    if plan.is_empty() {
        accepted()?;
        return Ok(Exit::Done.into());
    }
    let agreed = match plan.purpose {
        Purpose::Apply => console.agrees("Do this?", "yes").await?,
        Purpose::Undo => false,
        Purpose::Destroy => console.agrees("Destroy the cluster? Write its name.", plan.cluster.as_str()).await?,
    };
    if !agreed {
        output::say("Nothing was done.\n")?;
        return Ok(Exit::Failed.into());
    }
    run(console, engine, request, Some(&plan), accepted).await
}

/// Runs a request that is agreed to; with `expected` exactly that plan.
///
/// # Errors
/// Whatever keeps it from being started, or from being accepted.
pub(crate) async fn run(
    console: &Console,
    engine: &Engine,
    request: Request<'_>,
    expected: Option<&Plan>,
    accepted: impl FnOnce() -> Result<()>,
) -> Result<Ended, Failure> {
    let (mut accepted, mut refused) = (Some(accepted), None);
    let started = || {
        if let Some(Err(error)) = accepted.take().map(|accepted| accepted()) {
            console.cancel.graceful();
            refused = Some(error);
        }
    };
    let applied = console.work(started, async |session| engine.apply(request, expected, session).await).await?;
    // Nothing to do never starts.
    if let Some(accepted) = accepted {
        accepted()?;
    }
    if let Some(error) = refused {
        // With JSON there is one result, and that is the error.
        if !console.json {
            report(console, &applied)?;
        }
        return Err(error.into());
    }
    report(console, &applied)?;
    Ok(Ended { exit: Exit::of_outcome(&applied.outcome), undone: applied.is_undone() })
}

fn report(console: &Console, applied: &Applied) -> Result<()> {
    if console.json {
        return output::object(&to_json(applied));
    }
    for error in applied.outcome.errors() {
        output::mutter(&failure::told(error));
    }
    if let Outcome::Stuck { what, .. } = &applied.outcome {
        for left in what {
            output::mutter(&format!("left: {left}\n"));
        }
    }
    output::say(&to_text(applied))
}

fn to_json(applied: &Applied) -> Value {
    let errors: Vec<Value> = applied.outcome.errors().iter().map(castra::Error::to_json).collect();
    json!({
        "result": applied.outcome.name(),
        "exit_code": Exit::of_outcome(&applied.outcome).code(),
        "done": applied.done,
        "skipped": applied.skipped,
        "errors": errors,
        "plan": applied.plan,
        "undo": applied.undo,
        "stuck": stuck(&applied.outcome),
    })
}

/// What an undo left, and how to go on; null unless something is left.
fn stuck(outcome: &Outcome) -> Value {
    let Outcome::Stuck { what, how, .. } = outcome else { return Value::Null };
    let left = what.iter().map(|left| {
        let error = left.error.as_ref().map(castra::Error::to_json);
        json!({ "address": left.address, "id": left.id, "action": left.action, "error": error })
    });
    json!({ "what": left.collect::<Vec<_>>(), "how": how })
}

fn to_text(applied: &Applied) -> String {
    let Applied { plan, outcome, done, skipped, undo, .. } = applied;
    let again = match plan.purpose {
        Purpose::Apply | Purpose::Undo => "castra apply",
        Purpose::Destroy => "castra destroy",
    };
    let mut text = match outcome {
        Outcome::Complete if plan.is_empty() => format!("{}\n", plan.summary()),
        Outcome::Complete => format!("Done: {}.\n", counts(plan)),
        Outcome::Interrupted => {
            format!("Interrupted: {done} steps done, {skipped} not begun. `{again}` goes on from here.\n")
        }
        Outcome::Failed(errors) => match undo {
            Some(undo) => format!(
                "Failed: {done} steps done, {} failed, {skipped} not begun. All is as it was before: {} deleted, {} made again, {} changed back.\n",
                errors.len(),
                undo.count(Action::Delete),
                undo.count(Action::Create),
                undo.count(Action::Update),
            ),
            None => format!(
                "Failed: {done} steps done, {} failed, {skipped} not begun. Once the cause is mended, `{again}` goes on from here.\n",
                errors.len()
            ),
        },
        Outcome::Stuck { errors, what, how } => format!(
            "Stuck: {} steps failed, and {} of what was done could not be taken back. How to go on: {how}.\n",
            errors.len(),
            what.len()
        ),
        other => format!("Ended as {}: {done} steps done, {skipped} not begun.\n", other.name()),
    };
    for note in &plan.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    text
}

/// What a plan that is complete has done, in words.
fn counts(plan: &Plan) -> String {
    let replaced =
        plan.steps.iter().filter(|step| step.action == Action::Create && plan.replaces(&step.address)).count();
    let counted = [
        (plan.count(Action::Create) - replaced, "created"),
        (plan.count(Action::Update), "updated"),
        (replaced, "replaced"),
        (plan.count(Action::Delete) - replaced, "deleted"),
        (plan.count(Action::Wait), "waited for"),
    ];
    let parts: Vec<String> =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, verb)| format!("{count} {verb}")).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use castra::{Error, ErrorKind, Left};

    use super::*;

    fn plan(purpose: &str, steps: &[(&str, &str)]) -> Plan {
        let steps: Vec<Value> = steps
            .iter()
            .map(|(action, address)| {
                json!({ "action": action, "address": address, "id": null, "changes": [], "reason": "", "after": [] })
            })
            .collect();
        let plan = json!({
            "format": 1, "purpose": purpose, "cluster": "demo", "uid": "11111111-2222-4333-8444-555555555555",
            "scope": { "provider": "p", "account": "a", "region": "r" }, "fingerprint": "", "hash": "",
            "notes": ["a newer image is out"], "steps": steps,
        });
        serde_json::from_value(plan).unwrap()
    }

    fn applied(plan: Plan, outcome: Outcome) -> Applied {
        let mut applied = Applied::new(plan, outcome);
        (applied.done, applied.skipped) = (2, 1);
        applied
    }

    #[test]
    fn a_complete_run_is_counted() {
        let steps = [("create", "a/1"), ("create", "a/2"), ("delete", "a/2"), ("update", "a/3"), ("delete", "a/4")];
        let text = to_text(&applied(plan("apply", &steps), Outcome::Complete));
        assert_eq!(text, "Done: 1 created, 1 updated, 1 replaced, 1 deleted.\nnote: a newer image is out\n");
        let nothing = to_text(&applied(plan("apply", &[]), Outcome::Complete));
        assert!(nothing.starts_with("Nothing to do: "), "{nothing}");
    }

    #[test]
    fn what_can_be_gone_on_with_says_how() {
        let stopped = to_text(&applied(plan("apply", &[("create", "a/1")]), Outcome::Interrupted));
        assert!(stopped.contains("2 steps done, 1 not begun") && stopped.contains("`castra apply`"), "{stopped}");
        let failed = Outcome::Failed(vec![Error::new(ErrorKind::Quota, "no more addresses")]);
        let failed = applied(plan("destroy", &[("delete", "a/1")]), failed);
        assert!(to_text(&failed).contains("1 failed") && to_text(&failed).contains("`castra destroy`"));
        let json = to_json(&failed);
        assert_eq!((&json["result"], &json["exit_code"]), (&json!("failed"), &json!(1)));
        assert_eq!(json["errors"][0]["kind"], "quota");
        assert_eq!(json["plan"]["steps"][0]["address"], "a/1");
    }

    #[test]
    fn what_was_taken_back_is_counted_and_what_was_not_is_named() {
        let failure = || vec![Error::new(ErrorKind::Quota, "no more addresses")];
        let steps = [("create", "a/1"), ("update", "a/2")];
        let undo = plan("undo", &[("delete", "a/1"), ("update", "a/2")]);
        let mut undone = applied(plan("apply", &steps), Outcome::Failed(failure()));
        undone.undo = Some(undo);
        assert!(
            to_text(&undone).contains("as it was before: 1 deleted, 0 made again, 1 changed back"),
            "{}",
            to_text(&undone)
        );
        assert_eq!(to_json(&undone)["undo"]["purpose"], "undo");
        let mut left = Left::new("a/1".parse().unwrap(), Action::Delete);
        (left.id, left.error) = (Some("id-1".into()), Some(Error::new(ErrorKind::Denied, "not allowed")));
        let stuck = Outcome::Stuck { errors: failure(), what: vec![left], how: "apply again".into() };
        let stuck = applied(plan("apply", &steps), stuck);
        assert!(to_text(&stuck).contains("How to go on: apply again."), "{}", to_text(&stuck));
        let json = to_json(&stuck);
        assert_eq!((&json["result"], &json["exit_code"]), (&json!("stuck"), &json!(8)));
        assert_eq!(json["errors"][0]["kind"], "quota");
        let left = &json["stuck"]["what"][0];
        assert_eq!((&left["address"], &left["id"], &left["action"]), (&json!("a/1"), &json!("id-1"), &json!("delete")));
        assert_eq!((&left["error"]["kind"], &json["stuck"]["how"]), (&json!("denied"), &json!("apply again")));
    }
}
