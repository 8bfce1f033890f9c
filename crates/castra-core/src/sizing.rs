//! Sizing: from the runs to carry to the number of secondaries, and back.
//!
//! The rule is that of HashiCorp, *Architecture Overview for Clustered Deployment* (2019), "Capacity Management":
//! each concurrent run takes its memory (512 MiB unless configured), and the services beside the runs take 16 GB
//! more. Its example is 100 runs x 512 MiB + 16 = 66 GB, met by "a pool of 5 secondary instances and 3 primary
//! instances, all with 16GB of RAM".
//!
//! That text gives no formula. The one that yields its 5 is [`Reading::Secondaries`]: the secondaries alone carry
//! the 66, and the primaries' memory is headroom. [`Reading::WholePool`] counts the primaries' memory too and needs
//! two secondaries for the same work. Sizes are powers of 1024 throughout.
//!
//! ```
//! use castra_core::sizing::{Capacity, Reading};
//! use castra_core::spec::Size;
//!
//! let capacity = Capacity { concurrent_runs: 100, memory_per_run: Size::mib(512), reading: Reading::Secondaries };
//! assert_eq!(capacity.memory_needed(), Some(Size::gib(66)));
//! assert_eq!(capacity.secondaries_for(Size::gib(16), Size::gib(16))?, 5);
//! # Ok::<(), castra_core::sizing::SizingError>(())
//! ```

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::spec::{MachineType, Percent, Primaries, Problem, Size};

/// The memory of the services that run beside the runs, for the whole cluster: 16 GiB.
///
/// Source: as the module's; "we suggest adding 16GB to the number".
pub const SERVICES_MEMORY: Size = Size::gib(16);

/// The memory of one run unless the application is configured otherwise, and the least it can be: 512 MiB.
///
/// Source: as the module's, and *Terraform Enterprise capacity* (2020): "never below 512".
pub const MEMORY_PER_RUN: Size = Size::mib(512);

/// How many secondaries a pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PoolSize {
    /// Always this many.
    Fixed {
        /// How many, from 0 to 1000.
        count: u32,
    },
    /// As many as an autoscaler wants; the wanted number is its own and nobody else's.
    Range {
        /// The fewest.
        min: u32,
        /// The most, from 1 to 1000 and not below `min`.
        max: u32,
        /// The mean CPU use of the pool that the autoscaler keeps to.
        target_cpu: Percent,
    },
}

impl PoolSize {
    /// The most secondaries there can be, for arithmetic on room.
    pub const fn most(self) -> u32 {
        match self {
            Self::Fixed { count } => count,
            Self::Range { max, .. } => max,
        }
    }

    /// The fewest secondaries there can be, and how many a new pool starts with.
    pub const fn fewest(self) -> u32 {
        match self {
            Self::Fixed { count } => count,
            Self::Range { min, .. } => min,
        }
    }
}

/// Which machines' memory carries the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// The secondaries carry it; the primaries' memory is headroom. The reading that gives HashiCorp's example.
    #[default]
    Secondaries,
    /// Primaries and secondaries carry it together: fewer machines, no headroom.
    WholePool,
}

/// The work a cluster is to carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Capacity {
    /// How many runs at once, 1 or more.
    pub concurrent_runs: u32,
    /// The memory of each, [`MEMORY_PER_RUN`] or more.
    pub memory_per_run: Size,
    /// Which machines carry them.
    pub reading: Reading,
}

/// The machines of a cluster, for the question how much it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Machines {
    /// How many secondaries.
    pub secondaries: u32,
    /// The memory of one secondary.
    pub secondary_memory: Size,
    /// The memory of one primary, of which there are three.
    pub primary_memory: Size,
}

/// Why a size can't be computed. Each becomes a [`Problem`] with the field that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SizingError {
    /// A machine without memory.
    #[error("a machine with no memory carries no run")]
    NoMemory,
    /// A run larger than a machine: runs are placed on one node each.
    #[error("a run of {run} doesn't fit a machine of {machine}")]
    RunTooLarge {
        /// The memory of one run.
        run: Size,
        /// The memory of one machine.
        machine: Size,
    },
    /// Runs of less memory than the application allows.
    #[error("a run of {0} is below the least a run may have, {MEMORY_PER_RUN}")]
    RunTooSmall(Size),
    /// A machine type whose memory nobody knows.
    #[error("the memory of machine type {0} isn't known")]
    UnknownMemory(MachineType),
    /// More secondaries than a pool may have.
    #[error("{count} secondaries would be needed, more than the {most} a pool may have")]
    TooMany {
        /// How many would be needed.
        count: u64,
        /// How many there may be.
        most: u32,
    },
}

impl SizingError {
    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NoMemory => "give the memory of one machine, such as 16GiB",
            Self::RunTooLarge { .. } => "choose a larger machine type, or a smaller memory_per_run",
            Self::RunTooSmall(_) => "give 512MiB or more",
            Self::UnknownMemory(_) => "write `memory = \"16GiB\"`, or whatever it is, beside the machine_type",
            Self::TooMany { .. } => "choose a machine type with more memory, or fewer concurrent_runs",
        }
    }
}

impl From<SizingError> for Problem {
    fn from(error: SizingError) -> Self {
        let path = match &error {
            SizingError::NoMemory | SizingError::UnknownMemory(_) => "secondaries.memory",
            SizingError::RunTooLarge { .. } | SizingError::RunTooSmall(_) => "capacity.memory_per_run",
            SizingError::TooMany { .. } => "capacity.concurrent_runs",
        };
        Self::new(path, error.to_string(), error.remedy())
    }
}

impl Capacity {
    /// The memory needed: runs x memory per run + [`SERVICES_MEMORY`]; `None` beyond 16 EiB.
    pub const fn memory_needed(&self) -> Option<Size> {
        let needed = self.needed();
        if needed <= u64::MAX as u128 { Some(Size::bytes(needed as u64)) } else { None }
    }

    const fn needed(&self) -> u128 {
        // 32 bits x 64 bits + 35 bits: far from the end of 128.
        self.concurrent_runs as u128 * self.memory_per_run.as_bytes() as u128 + SERVICES_MEMORY.as_bytes() as u128
    }

    /// How many secondaries carry the work, beside three primaries.
    ///
    /// # Errors
    ///
    /// When a machine has no memory, or a run is smaller than the application allows or larger than one machine.
    pub fn secondaries_for(&self, secondary_memory: Size, primary_memory: Size) -> Result<u64, SizingError> {
        let secondary = u128::from(secondary_memory.as_bytes());
        let primaries = match self.reading {
            Reading::Secondaries => 0,
            Reading::WholePool => u128::from(primary_memory.as_bytes()) * Primaries::COUNT as u128,
        };
        if secondary == 0 || (self.reading == Reading::WholePool && primaries == 0) {
            return Err(SizingError::NoMemory);
        }
        check_run(self.memory_per_run)?;
        if self.memory_per_run > secondary_memory {
            return Err(SizingError::RunTooLarge { run: self.memory_per_run, machine: secondary_memory });
        }
        let rest = self.needed().saturating_sub(primaries);
        // At most 2^96 / 2^29, as a run is 512 MiB or more and fits a machine.
        Ok(u64::try_from(rest.div_ceil(secondary)).unwrap_or(u64::MAX))
    }
}

impl Machines {
    /// How many runs of `memory_per_run` these machines carry at once: the inverse of
    /// [`Capacity::secondaries_for`].
    ///
    /// # Errors
    ///
    /// When a run is smaller than the application allows.
    pub fn runs_carried(&self, memory_per_run: Size, reading: Reading) -> Result<u64, SizingError> {
        check_run(memory_per_run)?;
        let secondaries = u128::from(self.secondary_memory.as_bytes()) * u128::from(self.secondaries);
        let primaries = match reading {
            Reading::Secondaries => 0,
            Reading::WholePool => u128::from(self.primary_memory.as_bytes()) * Primaries::COUNT as u128,
        };
        let free = (secondaries + primaries).saturating_sub(u128::from(SERVICES_MEMORY.as_bytes()));
        Ok(u64::try_from(free / u128::from(memory_per_run.as_bytes())).unwrap_or(u64::MAX))
    }
}

fn check_run(memory: Size) -> Result<(), SizingError> {
    if memory < MEMORY_PER_RUN { Err(SizingError::RunTooSmall(memory)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    const NODE: Size = Size::gib(16);

    fn capacity(concurrent_runs: u32, memory_per_run: Size, reading: Reading) -> Capacity {
        Capacity { concurrent_runs, memory_per_run, reading }
    }

    /// On 16 GiB nodes beside 3 primaries: runs, MiB a run, GiB needed, secondaries by each reading.
    #[test]
    fn the_golden_table() {
        for (runs, mib, needed, secondaries, whole_pool) in [
            (100, 512, 66, 5, 2),
            (10, 512, 21, 2, 0),
            (200, 512, 116, 8, 5),
            (100, 1024, 116, 8, 5),
            (100, 2048, 216, 14, 11),
            (20, 512, 26, 2, 0),
        ] {
            let by = |reading| capacity(runs, Size::mib(mib), reading);
            assert_eq!(by(Reading::Secondaries).memory_needed(), Some(Size::gib(needed)), "{runs} x {mib}");
            assert_eq!(by(Reading::Secondaries).secondaries_for(NODE, NODE), Ok(secondaries), "{runs} x {mib}");
            assert_eq!(by(Reading::WholePool).secondaries_for(NODE, NODE), Ok(whole_pool), "{runs} x {mib}");
        }
    }

    #[test]
    fn the_inverse_of_the_example() {
        let cluster = Machines { secondaries: 5, secondary_memory: NODE, primary_memory: NODE };
        assert_eq!(cluster.runs_carried(MEMORY_PER_RUN, Reading::Secondaries), Ok(128));
        assert_eq!(cluster.runs_carried(MEMORY_PER_RUN, Reading::WholePool), Ok(224));
        let bare = Machines { secondaries: 0, ..cluster };
        assert_eq!(bare.runs_carried(MEMORY_PER_RUN, Reading::Secondaries), Ok(0));
    }

    #[test]
    fn what_cannot_be_sized() {
        let fit = capacity(10, MEMORY_PER_RUN, Reading::Secondaries);
        assert_eq!(fit.secondaries_for(Size::bytes(0), NODE), Err(SizingError::NoMemory));
        let whole = Capacity { reading: Reading::WholePool, ..fit };
        assert_eq!(whole.secondaries_for(NODE, Size::bytes(0)), Err(SizingError::NoMemory));
        let large = Capacity { memory_per_run: Size::gib(17), ..fit };
        assert!(matches!(large.secondaries_for(NODE, NODE), Err(SizingError::RunTooLarge { .. })));
        let small = Capacity { memory_per_run: Size::mib(511), ..fit };
        assert!(matches!(small.secondaries_for(NODE, NODE), Err(SizingError::RunTooSmall(_))));
        let machines = Machines { secondaries: 1, secondary_memory: NODE, primary_memory: NODE };
        assert!(machines.runs_carried(Size::bytes(0), Reading::Secondaries).is_err());
        let vast = capacity(u32::MAX, Size::bytes(u64::MAX), Reading::Secondaries);
        assert_eq!(vast.memory_needed(), None);
        assert!(vast.secondaries_for(Size::bytes(u64::MAX), NODE).is_ok());
    }

    #[test]
    fn what_cannot_be_sized_is_a_problem_with_a_field_and_a_remedy() {
        let machine = "m7i.xlarge".parse().unwrap();
        for (error, line) in [
            (
                SizingError::UnknownMemory(machine),
                "secondaries.memory: the memory of machine type m7i.xlarge isn't known; \
                 write `memory = \"16GiB\"`, or whatever it is, beside the machine_type",
            ),
            (
                SizingError::TooMany { count: 1001, most: 1000 },
                "capacity.concurrent_runs: 1001 secondaries would be needed, more than the 1000 a pool may have; \
                 choose a machine type with more memory, or fewer concurrent_runs",
            ),
        ] {
            assert_eq!(Problem::from(error).to_string(), line);
        }
    }

    prop_compose! {
        fn any_case()(
            runs in 1u32..100_000,
            per_run in 512u64..8_192,
            secondary in 8_192u64..1_048_576,
            primary in 8_192u64..1_048_576,
            whole: bool,
        ) -> (Capacity, Size, Size) {
            let reading = if whole { Reading::WholePool } else { Reading::Secondaries };
            (capacity(runs, Size::mib(per_run), reading), Size::mib(secondary), Size::mib(primary))
        }
    }

    proptest! {
        #[test]
        fn more_work_never_needs_fewer((case, secondary, primary) in any_case(), runs in 0u32..1000, mib in 0u64..1000) {
            let count = |c: Capacity| c.secondaries_for(secondary, primary);
            let more_runs = Capacity { concurrent_runs: case.concurrent_runs + runs, ..case };
            prop_assert!(count(more_runs)? >= count(case)?);
            let larger = Size::mib(case.memory_per_run.as_bytes() / (1 << 20) + mib).min(secondary);
            let larger_runs = Capacity { memory_per_run: larger, ..case };
            prop_assert!(count(larger_runs)? >= count(case)?);
        }

        #[test]
        fn larger_machines_never_need_more((case, secondary, primary) in any_case(), mib in 0u64..100_000) {
            let larger = Size::bytes(secondary.as_bytes() + Size::mib(mib).as_bytes());
            prop_assert!(case.secondaries_for(larger, primary)? <= case.secondaries_for(secondary, primary)?);
        }

        #[test]
        fn the_whole_pool_never_needs_more((case, secondary, primary) in any_case()) {
            let by = |reading| Capacity { reading, ..case }.secondaries_for(secondary, primary);
            prop_assert!(by(Reading::WholePool)? <= by(Reading::Secondaries)?);
        }

        #[test]
        fn the_answer_carries_the_work_and_one_fewer_does_not((case, secondary, primary) in any_case()) {
            let count = u32::try_from(case.secondaries_for(secondary, primary)?).unwrap();
            let carried = |secondaries| {
                Machines { secondaries, secondary_memory: secondary, primary_memory: primary }
                    .runs_carried(case.memory_per_run, case.reading)
            };
            prop_assert!(carried(count)? >= u64::from(case.concurrent_runs));
            if count > 0 {
                prop_assert!(carried(count - 1)? < u64::from(case.concurrent_runs));
            }
        }
    }
}
