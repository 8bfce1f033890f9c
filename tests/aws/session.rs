//! Credentials of a session, which AWS ends by its clock.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use castra_aws::{Aws, Connection};
use castra_core::ErrorKind;
use castra_engine::engine::{Engine, Outcome, Request, Session};
use castra_tests::{Lab, REGION};

/// How long a session lasts: the shortest that there is
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>).
const LASTS: Duration = Duration::from_secs(900);

/// An engine with the credentials of a session that begins now.
async fn signed_in(lab: &Lab) -> Result<Engine> {
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(&lab.endpoint)
        .credentials_provider(Credentials::new(&lab.account, "unused", None, None, "castra-tests"));
    let sts = aws_sdk_sts::Client::new(&loader.load().await);
    let lasts = i32::try_from(LASTS.as_secs())?;
    let answer = sts.get_session_token().duration_seconds(lasts).send().await?;
    let session = answer.credentials().context("a session has credentials")?;
    let (key, secret, token) = (session.access_key_id(), session.secret_access_key(), session.session_token());
    let connection = Connection::new(REGION).endpoint(&lab.endpoint).credentials(key, secret, Some(token.to_owned()));
    Ok(lab.engine_with(Arc::new(Aws::through(&connection).await), lab.state().clone()))
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_loses_nothing() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    // How long before its end the run begins: at its first changes, and in its waits.
    for left in [Duration::from_secs(1), Duration::from_secs(45)] {
        let engine = signed_in(&lab).await?;
        lab.clock().sleep(LASTS.saturating_sub(left)).await;
        let applied = engine.apply(Request::Apply(&spec), None, &Session::default()).await?;
        let Outcome::Failed(errors) = &applied.outcome else {
            anyhow::bail!("with {left:?} left the run ended {}", applied.outcome.name())
        };
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        ensure!(applied.done > 0, "with {left:?} left nothing was done: {told:#?}");
        ensure!(errors.len() == 1, "{} errors: {told:#?}", errors.len());
        // One, however many steps it ended.
        ensure!(errors.iter().all(|error| error.kind() == ErrorKind::Credentials), "{told:#?}");
        ensure!(told.iter().all(|text| text.contains("expired") && text.contains("renew")), "{told:#?}");
    }
    let made = lab.cloud.copies("camp").await?;
    ensure!(!made.is_empty(), "there should be something by now");

    let engine = signed_in(&lab).await?;
    let applied = engine.apply(Request::Apply(&spec), None, &Session::default()).await?;
    ensure!(matches!(applied.outcome, Outcome::Complete), "{:?}", applied.outcome);
    lab.settled(&spec).await?;
    let several: Vec<_> = lab.cloud.copies("camp").await?.into_iter().filter(|(_, count)| *count > 1).collect();
    ensure!(several.is_empty(), "there twice: {several:?}");
    lab.destroy().await?;
    ensure!(lab.cloud.left("camp").await?.is_empty(), "something is left");
    Ok(())
}
