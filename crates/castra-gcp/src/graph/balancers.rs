//! The two load balancers.

use castra_core::topology::BalancerRole;

use super::Build;
use super::network::Net;
use crate::kinds::{Address, Reach};

impl Build<'_> {
    /// The internal passthrough balancer before the primaries.
    pub(super) fn control_balancer(&mut self, net: &Net) {
        let resource = BalancerRole::Control.as_str();
        let address = Address {
            name: self.names.of(resource),
            reach: Reach::Internal,
            subnetwork: Some(net.nodes.clone()),
            shared: true,
            address: None,
            labels: self.labels::<Address>(resource),
        };
        self.add(resource, address);
    }

    /// The application's load balancer.
    pub(super) fn application_balancer(&mut self, net: &Net) {
        let _ = (&net.network, self.facts);
    }
}
