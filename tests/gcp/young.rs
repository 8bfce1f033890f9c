//! What was made a moment ago and doesn't show yet.

use std::time::Duration;

use anyhow::{Result, ensure};
use castra_emulator::gcp::Settings;
use castra_engine::engine::{Request, Session};
use castra_tests::gcp::Lab;

/// How many clusters are begun: each service account has its own moment from which on it shows.
const BEGUN: usize = 6;

/// "It may take 60 seconds or more" (<https://cloud.google.com/iam/docs/service-accounts-create>).
#[tokio::test]
async fn a_destroy_after_a_killed_run_finds_the_service_accounts_that_show_late() -> Result<()> {
    let mut settings = Settings::default();
    settings.consistency.flapping = false;
    let lab = Lab::behaving(settings).await?;
    let (spec, session) = (lab.spec(&[])?, Session::default());
    for round in 1..=BEGUN {
        tokio::select! {
            biased;
            () = made(&lab, 2 * round) => {}
            ended = lab.engine.apply(Request::Apply(&spec), None, &session) => anyhow::bail!("too late: {ended:?}"),
        }
        lab.destroy().await?;
        let left: Vec<_> = lab.objects().into_iter().filter(|object| object.contains("serviceAccounts")).collect();
        ensure!(left.is_empty(), "round {round} leaves {left:?}");
    }
    Ok(())
}

/// Waits until that many service accounts were made.
async fn made(lab: &Lab, number: usize) {
    let created = || lab.emulator.log(|entry| entry.subject.operation == "projects.serviceAccounts.create").len();
    while created() < number {
        lab.clock.sleep(Duration::from_millis(500)).await;
    }
}
