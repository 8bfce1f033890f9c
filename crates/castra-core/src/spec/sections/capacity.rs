//! `[capacity]`: the work to carry.

use crate::sizing::{Capacity, MEMORY_PER_RUN, Reading};
use crate::spec::{Field, Invalid, Node, Reader, Size};

pub(in crate::spec) fn capacity(section: &mut Reader<'_>) -> Option<Capacity> {
    let runs: Option<Runs> = section.required("concurrent_runs", "100");
    let memory = section.or("memory_per_run", RunMemory(MEMORY_PER_RUN));
    let reading = if section.has("reading") {
        section.choice("reading", &[("secondaries", Reading::Secondaries), ("whole-pool", Reading::WholePool)])
    } else {
        Some(Reading::default())
    };
    Some(Capacity { concurrent_runs: runs?.0, memory_per_run: memory?.0, reading: reading? })
}

/// At least one run.
struct Runs(u32);

impl Field for Runs {
    fn read(node: &Node) -> Result<Self, Invalid> {
        match u32::read(node)? {
            0 => Err(Invalid::new("0 runs need no cluster", "write 1 or more")),
            runs => Ok(Self(runs)),
        }
    }
}

/// The memory of a run, not below what the application allows.
struct RunMemory(Size);

impl Field for RunMemory {
    fn read(node: &Node) -> Result<Self, Invalid> {
        let memory = Size::read(node)?;
        if memory < MEMORY_PER_RUN {
            return Err(Invalid::new(
                format!("{memory} is below the least a run may have"),
                format!("write \"{MEMORY_PER_RUN}\" or more"),
            ));
        }
        Ok(Self(memory))
    }
}
