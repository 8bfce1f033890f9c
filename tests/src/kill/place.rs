//! The cloud that runs are killed on: all that differs from one to another.

mod aws;
mod google;

use std::fmt;
use std::sync::Arc;

use anyhow::Result;
use castra_core::Backend;
use castra_core::spec::ProviderParser;
use castra_emulator::{Emulator, Object, Options};

use super::Operation;

/// Who keeps the journals, in S3 on the same emulator, whichever the cloud: on AWS it is the cluster's own account.
pub(super) const KEEPER: &str = "300000000001";
/// Where the journals are kept.
pub(super) const KEEPERS_REGION: &str = crate::REGION;

/// A cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// An account of AWS.
    Aws,
    /// A project of Google Cloud.
    Gcp,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Aws, Self::Gcp];

    /// Its name, as specs have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Gcp => "gcp",
        }
    }

    /// The place of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }

    /// The account or project in which clusters are. It is the same in every world: a snapshot is only good where it was
    /// taken.
    pub(super) fn holding(self) -> &'static str {
        match self {
            Self::Aws => KEEPER,
            Self::Gcp => google::PROJECT,
        }
    }

    /// What a snapshot must have: the cluster's surroundings and the journal.
    pub(super) fn holdings(self) -> Vec<&'static str> {
        match self {
            Self::Aws => vec![KEEPER],
            Self::Gcp => vec![google::PROJECT, KEEPER],
        }
    }

    /// Makes the emulator what runs are killed on: what takes minutes is shorter, long enough still for leases to be
    /// renewed and for kills in between, and with fewer looks at what isn't ready yet, which are most of a run's calls
    /// and no boundaries.
    pub(super) fn prepare(self, options: &mut Options) {
        match self {
            Self::Aws => aws::prepare(options),
            Self::Gcp => google::prepare(options),
        }
    }

    /// Begins to bring in what clusters refer to: a certificate. Tells what specs call it.
    pub(super) async fn furnish(self, emulator: &Emulator) -> Result<String> {
        match self {
            Self::Aws => aws::certificate(emulator).await,
            Self::Gcp => google::certificate(emulator).await,
        }
    }

    /// The text of the spec by which an operation is carried out.
    pub(super) fn spec(self, certificate: &str, operation: Operation) -> Result<String> {
        match self {
            Self::Aws => crate::lab::reference(certificate, aws::edits(operation)),
            Self::Gcp => crate::gcp::reference(google::PROJECT, google::edits(operation)),
        }
    }

    /// What one of its objects is called in every run.
    pub(super) fn title(self, object: &Object) -> String {
        match self {
            Self::Aws => aws::title(object),
            Self::Gcp => google::title(object),
        }
    }

    /// What a child process must know of the cloud.
    pub(super) fn environment(self, endpoint: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Aws => Vec::new(),
            Self::Gcp => google::environment(endpoint),
        }
    }

    /// The backend, as a child process has it by its environment.
    pub(super) async fn backend(self) -> Result<Arc<dyn Backend>> {
        Ok(match self {
            Self::Aws => Arc::new(castra_aws::Aws::through(&castra_aws::Connection::new(crate::REGION)).await),
            Self::Gcp => Arc::new(google::backend().await?),
        })
    }

    /// What reads the provider's section of its specs.
    pub(crate) fn provider(self) -> &'static dyn ProviderParser {
        match self {
            Self::Aws => &castra_aws::AwsProvider,
            Self::Gcp => &castra_gcp::GcpProvider,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
