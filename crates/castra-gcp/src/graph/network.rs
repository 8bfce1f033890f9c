//! The network: one of the cluster's own, or one that is referenced.

use castra_core::resource::Ref;
use castra_core::spec::Network as Wanted;

use super::Build;
use crate::kinds::{Network, Subnetwork};

/// What the rest of the graph needs of the network.
pub(super) struct Net {
    pub(super) network: Ref<Network>,
    /// The nodes' subnetwork.
    pub(super) nodes: Ref<Subnetwork>,
}

impl Build<'_> {
    /// A network of the cluster's own.
    pub(super) fn network(&mut self) -> Option<Net> {
        let Wanted::Create { cidr } = self.spec.network else {
            self.problem("network.existing", "existing networks can't be used yet", "write network.cidr instead");
            return None;
        };
        self.add("main", Network::new(self.names.global("main")));
        self.add("nodes", Subnetwork::nodes(self.names.of("nodes"), Ref::to("main"), cidr));
        Some(Net { network: Ref::to("main"), nodes: Ref::to("nodes") })
    }
}
