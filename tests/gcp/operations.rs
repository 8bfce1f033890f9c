//! What becomes of a change whose operation fails, doesn't end, or whose answer is lost.

use anyhow::{Context as _, Result, ensure};
use castra_core::ErrorKind;
use castra_emulator::gcp::{OperationFailure, OperationRule, Settings};
use castra_emulator::{Effect, Fault, Matching, Refusal, Seconds};
use serde_json::Value;

use castra_tests::gcp::Lab;

/// A project in which operations of a method go like this.
async fn lab(method: &str, change: impl FnOnce(&mut OperationRule)) -> Result<Lab> {
    let mut rule = OperationRule::default();
    rule.method = Some(method.to_owned());
    change(&mut rule);
    let mut settings = Settings::calm();
    settings.operations = vec![rule];
    Lab::behaving(settings).await
}

fn failure(code: &str, status: u16) -> Option<OperationFailure> {
    let mut failure = OperationFailure::default();
    (failure.code, failure.message, failure.status) = (code.to_owned(), "Words of Google.".to_owned(), status);
    Some(failure)
}

#[tokio::test]
async fn an_operation_that_ends_with_an_error_fails_its_step_with_that() -> Result<()> {
    let lab = lab("networks.insert", |rule| rule.error = failure("QUOTA_EXCEEDED", 403)).await?;
    let errors = lab.failing(&lab.spec(&[])?).await?;
    let error = errors.first().context("it failed")?;
    ensure!(error.kind() == ErrorKind::Quota && error.code() == Some("QUOTA_EXCEEDED"), "{error:?}");
    ensure!(error.message() == "Words of Google" && error.remedy_text().is_some(), "{error:?}");
    ensure!(error.address().is_some_and(|address| address.to_string() == "network/main"), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn an_operation_that_does_not_end_is_given_up_with_what_was_seen_last() -> Result<()> {
    let lab = lab("networks.insert", |rule| rule.takes = Some(Seconds(1e6))).await?;
    let errors = lab.failing(&lab.spec(&[])?).await?;
    let error = errors.first().context("it failed")?;
    ensure!(error.kind() == ErrorKind::Timeout, "{error:?}");
    ensure!(error.message().contains("networks.insert"), "{error:?}");
    ensure!(error.last_seen().is_some_and(|seen| seen.contains("RUNNING")), "{error:?}");
    Ok(())
}

/// The request's id is the same for both attempts, so that Google takes them for one: else the second would be refused,
/// as the name is taken.
#[tokio::test]
async fn a_change_whose_answer_is_lost_is_asked_for_again_by_the_same_id() -> Result<()> {
    let lab = Lab::calm().await?;
    let when = Matching::operation("compute", "networks.insert");
    lab.emulator.faults().inject(Fault::new(when, Effect::ResetAfter).times(1));
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    let sent = lab.emulator.log(|entry| entry.subject.operation == "networks.insert");
    let ids: Vec<&Value> = sent.iter().map(|entry| &entry.parameters["requestId"]).collect();
    ensure!(ids.len() == 2 && ids[0] == ids[1] && ids[0].is_string(), "{ids:?}");
    ensure!(sent.iter().any(|entry| matches!(entry.outcome, castra_emulator::Outcome::Lost { .. })), "one is lost");
    lab.settled(&spec).await
}

#[tokio::test]
async fn an_operation_that_is_forgotten_leaves_it_to_its_object_to_tell() -> Result<()> {
    let lab = Lab::calm().await?;
    let when = Matching::operation("compute", "globalOperations.get");
    let refusal = Refusal { code: "notFound".to_owned(), message: "It was not found.".to_owned(), status: Some(404) };
    lab.emulator.faults().inject(Fault::new(when, Effect::Refuse(refusal)).times(1));
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}
