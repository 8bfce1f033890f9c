//! `castra plan`: what would be done.

use castra::Request;
use serde_json::json;

use super::Desk;
use crate::arguments::Plan;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::saved::SavedPlan;
use crate::spec_file::SpecFile;
use crate::target::Target;

/// Shows the plan, and saves it if asked.
pub(crate) async fn run(desk: &Desk, options: &Plan) -> Result<Exit, Failure> {
    let spec = SpecFile::read(&desk.file)?.spec;
    let engine = Target::of(spec.clone())?.engine(&desk.setup).await?;
    let request = if options.destroy { Request::Destroy(&spec.name) } else { Request::Apply(&spec) };
    let plan = desk.console.work(|| (), async |session| engine.plan(request, session).await).await?;
    let exit = if options.detailed_exitcode && !plan.is_empty() { Exit::Changes } else { Exit::Done };
    let saved = options.output.as_ref().map(|path| path.display().to_string());
    let (result, text) = (
        json!({
            "result": "planned",
            "exit_code": exit.code(),
            "changes": !plan.is_empty(),
            "summary": plan.summary(),
            "saved": saved,
            "plan": plan,
        }),
        plan.to_text(),
    );
    if let Some(path) = &options.output {
        SavedPlan::new(spec, plan).write(path)?;
    }
    if desk.console.json {
        output::object(&result)?;
    } else {
        output::say(&text)?;
        if let Some(path) = saved {
            output::say(&format!("Saved. `castra apply {path}` does exactly this, or nothing.\n"))?;
        }
    }
    Ok(exit)
}
