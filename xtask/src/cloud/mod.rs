//! The clouds that scenarios play on, and all that differs between them.

mod aws;
mod gcp;

use anyhow::Result;
use serde_json::Value;

use crate::emulator::Emulator;

/// What an emulator plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Cloud {
    /// Amazon Web Services.
    Aws,
    /// Google Cloud.
    Gcp,
}

impl Cloud {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Aws, Self::Gcp];

    /// Its name in specs, commands and folders.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Gcp => "gcp",
        }
    }

    /// What scenarios on it need to know.
    pub(crate) fn site(self) -> &'static Site {
        match self {
            Self::Aws => &aws::SITE,
            Self::Gcp => &gcp::SITE,
        }
    }
}

/// How long machines take until what runs on them answers, in seconds of the cloud's.
pub(crate) type BootSeconds = u32;

/// What scenarios on a cloud need to know of it.
pub(crate) struct Site {
    /// Which.
    pub(crate) cloud: Cloud,
    /// Its name in a sentence.
    pub(crate) title: &'static str,
    /// The account or project of every scenario: each has an emulator to itself.
    pub(crate) account: &'static str,
    /// The region of every scenario.
    pub(crate) region: &'static str,
    /// The type of every machine, of 4 processors and 16 GiB.
    pub(crate) machine_type: &'static str,
    /// What most scenarios start from: the cluster of the README, with a comment for `castra scale` to keep. It has
    /// `NAME` for the cluster's name and `CERTIFICATE`.
    pub(crate) spec: &'static str,
    /// How the account differs from a new one.
    pub(crate) settings: fn(BootSeconds) -> Value,
    /// The consistency of an account in which everything that was written shows at once.
    pub(crate) at_once: fn() -> Value,
    /// Brings the certificate that the spec names into the account; what the spec calls it.
    pub(crate) certificate: fn(&Emulator) -> Result<String>,
    /// The variables by which `castra` and the cloud's own clients reach an emulator's endpoint, and nothing of this
    /// machine's own.
    pub(crate) environment: fn(&str) -> Vec<(&'static str, String)>,
    /// What the variables begin with by which the cloud's clients would find something of this machine's own.
    pub(crate) variables: &'static [&'static str],
    /// What the emulator's listing calls a machine.
    pub(crate) machine: &'static str,
    /// What Castra's addresses call that which says who may connect to nodes.
    pub(crate) firewall: &'static str,
    /// The spec's words for the network that `seed.py` has made, the last of the provider's section.
    pub(crate) existing: fn(&Value) -> Result<String>,
    /// The calls that scenarios interfere with.
    pub(crate) calls: Calls,
}

/// Operations by what they do to a cluster.
pub(crate) struct Calls {
    /// Lists networks.
    pub(crate) look: &'static str,
    /// Makes the network.
    pub(crate) network: &'static str,
    /// Says who may connect to nodes.
    pub(crate) firewall: &'static str,
    /// Makes its way out.
    pub(crate) way_out: &'static str,
    /// Launches a primary.
    pub(crate) machine: &'static str,
    /// Makes what the application's load balancer listens with.
    pub(crate) front: &'static str,
    /// Has a load balancer listen at a port.
    pub(crate) listener: &'static str,
    /// Some of those of an apply, each made after the one before, with more to do after the last.
    pub(crate) in_turn: &'static [&'static str],
    /// These, and others that make something.
    pub(crate) makes: &'static [&'static str],
}
