//! A run that ends at any point, and the next one that finishes it.

use anyhow::{Result, bail, ensure};
use castra_core::{Access, Event};
use castra_engine::engine::{Applied, Outcome, Request, Session};
use castra_engine::events::Events;
use castra_tests::Lab;
use futures::StreamExt as _;

/// How a run ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// Its future is dropped, which is the same as a kill.
    Dropped,
    /// It is asked to stop.
    Asked,
}

/// Runs until so many calls that change something have ended; none if it was dropped there.
async fn run(lab: &Lab, request: Request<'_>, calls: usize, how: How) -> Result<Option<Applied>> {
    let (events, mut stream) = Events::channel();
    let session = Session::default().events(events);
    let mut work = Box::pin(lab.engine.apply(request, None, &session));
    let mut seen = 0;
    loop {
        tokio::select! {
            biased;
            Some(event) = stream.next() => {
                seen += usize::from(matches!(event, Event::Called { access: Access::Mutate, .. }));
                match how {
                    How::Dropped if seen >= calls => return Ok(None),
                    How::Asked if seen >= calls => session.cancel.graceful(),
                    _ => {}
                }
            }
            done = &mut work => return Ok(Some(done?)),
        }
    }
}

/// Ends run after run early until one gets through; returns how many didn't.
async fn in_pieces(lab: &Lab, request: Request<'_>, calls: usize, how: How) -> Result<usize> {
    for pieces in 0..200 {
        match run(lab, request, calls, how).await? {
            None => {}
            Some(Applied { outcome: Outcome::Complete, .. }) => return Ok(pieces),
            Some(Applied { outcome: Outcome::Interrupted, skipped, .. }) => {
                ensure!(how == How::Asked && skipped > 0, "interrupted by nobody");
            }
            Some(applied) => bail!("{:?}", applied.outcome),
        }
    }
    bail!("it never ends")
}

async fn created_in_pieces(lab: &Lab, calls: usize, how: How) -> Result<()> {
    let spec = lab.spec(&[])?;
    let pieces = in_pieces(lab, Request::Apply(&spec), calls, how).await?;
    ensure!(pieces >= 2, "{pieces} interruptions prove little");
    lab.settled(&spec).await?;
    let copies = lab.cloud.copies("camp").await?;
    let several: Vec<_> = copies.iter().filter(|(_, count)| **count > 1).collect();
    ensure!(several.is_empty(), "there twice: {several:?}");
    let members = lab.cloud.members("camp").await?.len();
    ensure!(members == 5, "{members} secondaries");
    Ok(())
}

async fn dropped(calls: usize) -> Result<()> {
    let lab = Lab::open().await?;
    created_in_pieces(&lab, calls, How::Dropped).await?;
    let name = lab.name()?;
    let pieces = in_pieces(&lab, Request::Destroy(&name), calls, How::Dropped).await?;
    assert!(pieces >= 1, "{pieces}");
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_run_dropped_at_every_change_is_finished_in_the_end() -> Result<()> {
    dropped(1).await
}

#[tokio::test]
async fn a_dropped_run_is_finished_by_the_next() -> Result<()> {
    dropped(7).await?;
    dropped(29).await
}

#[tokio::test]
async fn a_run_that_is_asked_to_stop_says_so_and_is_finished_by_the_next() -> Result<()> {
    let lab = Lab::open().await?;
    created_in_pieces(&lab, 17, How::Asked).await?;
    let name = lab.name()?;
    let pieces = in_pieces(&lab, Request::Destroy(&name), 11, How::Asked).await?;
    assert!(pieces >= 2, "{pieces}");
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}

/// A destroy that is half done, begun when the file said something else than what made the cluster and than what it says
/// now, is finished by a destroy and turned round by an apply.
#[tokio::test]
async fn a_half_done_destroy_of_another_version_of_the_file_goes_either_way() -> Result<()> {
    let lab = Lab::open().await?;
    let first = lab.spec(&[])?;
    // It has resources that the first has not, and others have other fields.
    let access = "[access]\nsession_service = true\n\n[tags]";
    let ranged = "min = 2\nmax = 6\ntarget_cpu = \"70%\"";
    let second = lab.spec(&[("count = 5", ranged), ("[tags]", access), ("\"platform\"", "\"harbour\"")])?;
    let name = lab.name()?;
    lab.apply(&first).await?;
    for (begun, destroyed) in [(4, 9), (2, 30)] {
        ensure!(run(&lab, Request::Apply(&second), begun, How::Dropped).await?.is_none(), "the change is all done");
        ensure!(run(&lab, Request::Destroy(&name), destroyed, How::Dropped).await?.is_none(), "all is destroyed");
        lab.apply(&first).await?;
        lab.settled(&first).await?;
        let several: Vec<_> = lab.cloud.copies("camp").await?.into_iter().filter(|(_, count)| *count > 1).collect();
        ensure!(several.is_empty(), "there twice: {several:?}");
    }
    ensure!(run(&lab, Request::Destroy(&name), 20, How::Dropped).await?.is_none(), "all is destroyed");
    ensure!(run(&lab, Request::Apply(&second), 6, How::Dropped).await?.is_none(), "all is made");
    lab.destroy().await?;
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}
