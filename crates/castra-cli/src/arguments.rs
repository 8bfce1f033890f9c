//! The command line.

use std::path::PathBuf;

use castra::core::sizing::Reading;
use castra::core::spec::Size;
use castra::{ClusterName, OnFailure, StateUrl};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use crate::exit::Exit;

/// Plans, builds, scales and removes a highly available cluster: a load balancer, three primaries and a pool of
/// secondaries.
#[derive(Debug, Parser)]
#[command(name = "castra", version, after_long_help = after_help(), disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The spec.
    #[arg(short, long, global = true, value_name = "FILE", default_value = "cluster.toml")]
    pub(crate) file: PathBuf,
    /// Where journals are: a directory, file:///path, s3://bucket/prefix, gs://bucket/prefix or
    /// az://account/container/prefix [default: $XDG_STATE_HOME/castra, or ~/.local/state/castra].
    #[arg(long, global = true, value_name = "URL", env = "CASTRA_STATE")]
    pub(crate) state: Option<StateUrl>,
    /// Prints JSON: a line for each event, then one with the result.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Asks nothing.
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows what apply would do. Changes nothing.
    Plan(Plan),
    /// Makes the cloud match the spec.
    Apply(Apply),
    /// Changes the number of secondaries, in the spec and in the cloud.
    Scale(Scale),
    /// Shows the nodes and endpoints.
    Status(ByName),
    /// Removes everything that is the cluster's. What it only used stays.
    Destroy(ByName),
    /// Shows what clusters have left behind in an account and region, and removes it when asked. Needs no spec.
    Sweep(Sweep),
    /// Computes how many secondaries carry the work, or how much work secondaries carry. Calls nothing.
    Capacity(Capacity),
    /// Prints the JSON Schema of the spec, for editors. Calls nothing.
    Schema,
}

impl Command {
    /// What becomes of what the command has done when a step of it fails.
    pub(crate) fn on_failure(&self) -> OnFailure {
        match self {
            Self::Apply(Apply { run, .. }) | Self::Scale(Scale { run, .. }) => run.on_failure.into(),
            _ => OnFailure::Keep,
        }
    }
}

/// `castra plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Saves the plan, to be applied exactly by `castra apply FILE`.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Ends with 2 when there are changes to make.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Shows what destroy would do.
    #[arg(long)]
    pub(crate) destroy: bool,
}

/// `castra apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// A saved plan: it is carried out exactly, or not at all. It holds its spec, so --file isn't read.
    #[arg(value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: Run,
}

/// What every command that makes something takes.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Run {
    /// What becomes of what was done when a step fails.
    #[arg(long, value_enum, default_value_t = OnFailureName::Keep)]
    pub(crate) on_failure: OnFailureName,
}

/// What becomes of what was done, by its names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnFailureName {
    /// It stays, and the next apply goes on from there.
    Keep,
    /// It is taken back: what was made is deleted, what was changed is changed back. Refused before anything is done
    /// where the plan replaces something or deletes what can't be made again. Ctrl-C keeps what was made.
    Undo,
}

impl From<OnFailureName> for OnFailure {
    fn from(name: OnFailureName) -> Self {
        match name {
            OnFailureName::Keep => Self::Keep,
            OnFailureName::Undo => Self::Undo,
        }
    }
}

/// `castra scale`.
#[derive(Debug, Args)]
pub(crate) struct Scale {
    /// How many secondaries.
    #[arg(value_name = "N")]
    pub(crate) count: u32,
    #[command(flatten)]
    pub(crate) run: Run,
}

/// A cluster of which there is no spec at hand.
#[derive(Debug, Clone, Args)]
pub(crate) struct ByName {
    /// The cluster's name, in place of --file.
    #[arg(long, requires = "provider", requires = "region")]
    pub(crate) name: Option<ClusterName>,
    /// Its provider, such as aws or gcp.
    #[arg(long, requires = "name")]
    pub(crate) provider: Option<String>,
    /// Its region.
    #[arg(long, requires = "name")]
    pub(crate) region: Option<String>,
    /// Its project, on Google Cloud, in place of what GOOGLE_CLOUD_PROJECT says.
    #[arg(long, requires = "name")]
    pub(crate) project: Option<String>,
}

/// `castra sweep`.
#[derive(Debug, Args)]
pub(crate) struct Sweep {
    /// The provider, such as aws or gcp.
    #[arg(long)]
    pub(crate) provider: String,
    /// The region.
    #[arg(long)]
    pub(crate) region: String,
    /// The project, on Google Cloud, in place of what GOOGLE_CLOUD_PROJECT says.
    #[arg(long)]
    pub(crate) project: Option<String>,
    /// Removes what is left behind, after asking. A cluster that is alive is never touched.
    #[arg(long)]
    pub(crate) remove: bool,
    /// Ends with 2 when something is left behind.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// `castra capacity`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("question").required(true).args(["runs", "secondaries"]))]
pub(crate) struct Capacity {
    /// How many runs at once: how many secondaries do they need?
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) runs: Option<u32>,
    /// How many secondaries: how many runs do they carry?
    #[arg(long, value_name = "N")]
    pub(crate) secondaries: Option<u32>,
    /// The memory of one run, 512MiB or more.
    #[arg(long, value_name = "SIZE", default_value_t = castra::core::sizing::MEMORY_PER_RUN)]
    pub(crate) memory_per_run: Size,
    /// The memory of one secondary.
    #[arg(long, value_name = "SIZE")]
    pub(crate) machine_memory: Size,
    /// The memory of one primary [default: that of a secondary].
    #[arg(long, value_name = "SIZE")]
    pub(crate) primary_memory: Option<Size>,
    /// Which machines carry the runs.
    #[arg(long, value_enum, default_value_t = ReadingName::Secondaries)]
    pub(crate) reading: ReadingName,
}

/// The readings of the sizing rule, by their names in specs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReadingName {
    /// The secondaries; the primaries' memory is headroom.
    Secondaries,
    /// Primaries and secondaries together.
    WholePool,
}

impl From<ReadingName> for Reading {
    fn from(name: ReadingName) -> Self {
        match name {
            ReadingName::Secondaries => Self::Secondaries,
            ReadingName::WholePool => Self::WholePool,
        }
    }
}

fn after_help() -> String {
    format!(
        "{}\nEnvironment:\n  \
         AWS_ENDPOINT_URL and the AWS SDK's other variables are honoured.\n  \
         CASTRA_STATE         as --state\n  \
         CASTRA_LOG           what to log to standard error, such as castra_engine=debug (or RUST_LOG)\n  \
         CASTRA_CLOCK_SCALE   how many times faster time passes; for emulators only, never for a real cloud\n",
        Exit::table()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn options_stand_before_or_after_the_command() {
        for line in ["castra -f a.toml --json plan", "castra plan --json -f a.toml"] {
            let arguments = parse(line).unwrap();
            assert!(arguments.global.json && arguments.global.file == *"a.toml", "{line}");
        }
    }

    #[test]
    fn a_name_goes_with_provider_and_region() {
        assert!(parse("castra destroy --name demo --provider aws --region eu-central-1").is_ok());
        assert!(parse("castra status --name demo --provider aws --region eu-central-1").is_ok());
        assert!(parse("castra status --name demo --provider gcp --project p1 --region europe-west1").is_ok());
        assert!(parse("castra destroy").is_ok());
        for line in [
            "castra destroy --name demo",
            "castra destroy --name demo --provider aws",
            "castra destroy --project my-project",
            "castra destroy --provider aws --region eu-central-1",
            "castra destroy --name Demo --provider aws --region eu-central-1",
            "castra plan --name demo --provider aws --region eu-central-1",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_sweep_says_where() {
        assert!(parse("castra sweep --provider aws --region eu-central-1 --remove --yes").is_ok());
        assert!(parse("castra sweep --provider gcp --project my-project --region europe-west1").is_ok());
        for line in ["castra sweep", "castra sweep --provider aws", "castra sweep --region eu-central-1"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn what_fails_is_kept_unless_it_is_to_be_undone() {
        for (line, wanted) in [
            ("castra apply", OnFailure::Keep),
            ("castra apply --on-failure keep", OnFailure::Keep),
            ("castra apply --on-failure undo", OnFailure::Undo),
            ("castra scale 5 --on-failure undo", OnFailure::Undo),
            ("castra destroy", OnFailure::Keep),
        ] {
            assert_eq!(parse(line).unwrap().command.on_failure(), wanted, "{line}");
        }
        assert!(parse("castra destroy --on-failure undo").is_err());
        assert!(parse("castra apply --on-failure else").is_err());
    }

    #[test]
    fn capacity_is_asked_one_way_or_the_other() {
        assert!(parse("castra capacity --runs 100 --machine-memory 16GiB").is_ok());
        assert!(parse("castra capacity --secondaries 5 --machine-memory 16GiB --reading whole-pool").is_ok());
        for line in [
            "castra capacity --machine-memory 16GiB",
            "castra capacity --runs 1 --secondaries 5 --machine-memory 16GiB",
            "castra capacity --runs 0 --machine-memory 16GiB",
            "castra capacity --runs 1 --machine-memory 16",
            "castra capacity --runs 1",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
