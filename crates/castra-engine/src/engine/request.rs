//! What is asked of the engine.

use castra_core::backend::Ask;
use castra_core::plan::Purpose;
use castra_core::spec::{ClusterName, Spec};
use uuid::Uuid;

/// What is asked of the engine.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Request<'a> {
    /// Make the cloud match this spec.
    Apply(&'a Spec),
    /// Remove everything of this cluster. Needs no spec and no journal.
    Destroy(&'a ClusterName),
    /// Remove what a cluster has left behind: what carries its name and this uid, while no anchor of them both exists.
    /// [`Engine::clusters`](super::Engine::clusters) finds such.
    Sweep {
        /// The cluster's name.
        cluster: &'a ClusterName,
        /// The cluster's uid. Another cluster may have the name by now, and isn't touched.
        uid: Uuid,
    },
}

impl<'a> Request<'a> {
    /// The cluster's name.
    pub fn cluster(self) -> &'a ClusterName {
        match self {
            Self::Apply(spec) => &spec.name,
            Self::Destroy(cluster) | Self::Sweep { cluster, .. } => cluster,
        }
    }

    pub(super) fn purpose(self) -> Purpose {
        match self {
            Self::Apply(_) => Purpose::Apply,
            Self::Destroy(_) | Self::Sweep { .. } => Purpose::Destroy,
        }
    }

    pub(super) fn ask(self) -> Ask<'a> {
        Ask { cluster: self.cluster(), spec: self.spec() }
    }

    pub(super) fn spec(self) -> Option<&'a Spec> {
        match self {
            Self::Apply(spec) => Some(spec),
            Self::Destroy(_) | Self::Sweep { .. } => None,
        }
    }
}
