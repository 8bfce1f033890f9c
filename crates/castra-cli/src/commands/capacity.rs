//! `castra capacity`: the sizing rule, both ways.

use castra::core::sizing::{Machines, Reading, SizingError};
use castra::core::spec::{Primaries, Secondaries, Size};
use serde_json::{Value, json};

use super::Desk;
use crate::arguments::Capacity;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Answers how many secondaries the runs need, or how many runs the secondaries carry.
pub(crate) fn run(desk: &Desk, options: &Capacity) -> Result<Exit, Failure> {
    let (result, text) = answer(options).map_err(|error| Failure::usage(error.to_string()))?;
    if desk.console.json {
        output::object(&result)?;
    } else {
        output::say(&text)?;
    }
    Ok(Exit::Done)
}

fn answer(options: &Capacity) -> Result<(Value, String), SizingError> {
    let Capacity { memory_per_run, machine_memory, .. } = *options;
    let primary_memory = options.primary_memory.unwrap_or(machine_memory);
    let reading = Reading::from(options.reading);
    let mut result = json!({
        "result": "capacity",
        "exit_code": Exit::Done.code(),
        "memory_per_run": memory_per_run,
        "machine_memory": machine_memory,
        "primary_memory": primary_memory,
        "reading": reading,
        "primaries": Primaries::COUNT,
    });
    let pool = |count: u64| format!("{count} secondaries of {machine_memory} beside {} primaries", Primaries::COUNT);
    let text = match options.runs {
        Some(concurrent_runs) => {
            let work = castra::core::sizing::Capacity { concurrent_runs, memory_per_run, reading };
            let count = work.secondaries_for(machine_memory, primary_memory)?;
            if count > u64::from(Secondaries::MOST) {
                return Err(SizingError::TooMany { count, most: Secondaries::MOST });
            }
            result["runs"] = json!(concurrent_runs);
            result["secondaries"] = json!(count);
            result["memory_needed"] = json!(work.memory_needed());
            let needed = work.memory_needed().unwrap_or(Size::bytes(u64::MAX));
            format!("{concurrent_runs} runs of {memory_per_run} need {needed}: {}\n", pool(count))
        }
        None => {
            let secondaries = options.secondaries.unwrap_or_default();
            let machines = Machines { secondaries, secondary_memory: machine_memory, primary_memory };
            let runs = machines.runs_carried(memory_per_run, reading)?;
            result["runs"] = json!(runs);
            result["secondaries"] = json!(secondaries);
            format!("{} carry {runs} runs of {memory_per_run}\n", pool(secondaries.into()))
        }
    };
    Ok((result, text))
}
