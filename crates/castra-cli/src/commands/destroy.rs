//! `castra destroy`: remove everything that is the cluster's.

use castra::Request;

use super::Desk;
use crate::arguments::ByName;
use crate::carry_out;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::target::Target;

/// Destroys the cluster of the spec, or the one that is named.
pub(crate) async fn run(desk: &Desk, by_name: &ByName) -> Result<Exit, Failure> {
    let target = Target::choose(by_name, &desk.file)?;
    desk.console.can_ask()?;
    let engine = target.engine(&desk.setup).await?;
    carry_out::carry_out(&desk.console, &engine, Request::Destroy(&target.name), || Ok(()))
        .await
        .map(|ended| ended.exit)
}
