//! One run at a time.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use castra_core::{Access, ErrorKind, Event};
use castra_engine::engine::{Request, Session};
use castra_engine::events::Events;
use castra_tests::{Lab, record};
use futures::StreamExt as _;

#[tokio::test]
async fn a_second_run_is_refused_while_the_first_is_under_way() -> Result<()> {
    let lab = Lab::open().await?;
    let spec = lab.spec(&[])?;
    let (events, stream) = Events::channel();
    let session = Session::default().events(events);
    let mut first = Box::pin(lab.engine.apply(Request::Apply(&spec), None, &session));
    let begun = stream.any(async |event| matches!(event, Event::Called { access: Access::Mutate, .. }));
    tokio::select! {
        _ = &mut first => anyhow::bail!("the first run ended before it changed anything"),
        begun = begun => assert!(begun),
    }

    // Another process as far as the journal can tell: an engine of its own.
    let other = lab.engine_at(lab.state().clone()).await;
    let second = record(async |session| other.apply(Request::Apply(&spec), None, session).await);
    let (first, (second, trace)) = tokio::join!(first, second);
    let error = second.err().context("the first run holds the lease")?;
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    assert_eq!(trace.changes(), BTreeMap::new());
    assert_eq!(first?.outcome.name(), "complete");
    lab.settled(&spec).await
}
