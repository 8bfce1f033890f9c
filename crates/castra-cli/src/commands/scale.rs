//! `castra scale N`: another number of secondaries.

use castra::Request;

use super::Desk;
use crate::arguments::Scale;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::replace::Replacement;
use crate::spec_file::SpecFile;
use crate::target::Target;
use crate::{carry_out, edit};

/// Applies the spec with another count, and writes the count into the file once the plan is accepted: before that the
/// file says what is, and from then on what is on its way. When all was undone the file is as it was, too.
pub(crate) async fn run(desk: &Desk, options: &Scale) -> Result<Exit, Failure> {
    let file = SpecFile::read(&desk.file)?;
    let spec = castra::with_secondaries(&file.spec, options.count)?;
    desk.console.can_ask()?;
    let text = if spec == file.spec { None } else { Some(edit::with_count(&file.text, options.count)?) };
    let replacement = text.as_ref().map(|text| Replacement::prepare(&file.path, text)).transpose()?;
    let engine = Target::of(spec.clone())?.engine(&desk.setup).await?;
    let accepted = || replacement.map_or(Ok(()), |replacement| replacement.commit_over(&file.text));
    let ended = carry_out::carry_out(&desk.console, &engine, Request::Apply(&spec), accepted).await?;
    if let (true, Some(text)) = (ended.undone, &text) {
        Replacement::prepare(&file.path, &file.text)?.commit_over(text)?;
    }
    Ok(ended.exit)
}
