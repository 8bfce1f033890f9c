//! `castra apply`: make the cloud match the spec, or carry a saved plan out.

use castra::Request;

use super::Desk;
use crate::arguments::Apply;
use crate::carry_out;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::saved::SavedPlan;
use crate::spec_file::SpecFile;
use crate::target::Target;

/// Applies the spec, or a saved plan, which was looked at when it was saved and isn't asked about again.
pub(crate) async fn run(desk: &Desk, options: &Apply) -> Result<Exit, Failure> {
    if let Some(path) = &options.plan {
        let saved = SavedPlan::read(path)?;
        let engine = Target::of(saved.spec.clone())?.engine(&desk.setup).await?;
        let request = if saved.destroys() { Request::Destroy(&saved.spec.name) } else { Request::Apply(&saved.spec) };
        let ended = carry_out::run(&desk.console, &engine, request, Some(&saved.plan), || Ok(())).await;
        return ended.map(|ended| ended.exit).map_err(|failure| failure.in_file(path));
    }
    let spec = SpecFile::read(&desk.file)?.spec;
    desk.console.can_ask()?;
    let engine = Target::of(spec.clone())?.engine(&desk.setup).await?;
    carry_out::carry_out(&desk.console, &engine, Request::Apply(&spec), || Ok(())).await.map(|ended| ended.exit)
}
