//! What Google Cloud asks for. A change answers with an operation, which takes some seconds: it is asked for after two, and
//! so every change but those of service accounts and policies is two calls and a pause.

use super::{Chain, Chains};

pub(super) const CHAINS: Chains = Chains { plan: PLAN, create: CREATE, scale: SCALE, destroy: DESTROY };

/// The seconds until an operation is asked for.
const OPERATION: u32 = 2;

/// The seconds until a machine behind the control balancer is known to be well: two probes, ten seconds apart.
const HEALTHY: u32 = 20;

/// The lists; what lists don't tell, by what they named.
const PLAN: &[Chain] =
    &[Chain::of(&["instanceGroups.aggregatedList", "instanceGroups.listInstances", "regionBackendServices.getHealth"])];

/// The region tells whether we are let in, and so does the anchor. An empty project has nothing that questions about
/// details could be about.
const CREATE: &[Chain] = &[
    // A machine has an address, which is of a subnetwork; a group has the machine before a balancer asks that how it is.
    Chain::of(&[
        "regions.get",
        "networks.list",
        "regionHealthChecks.insert",
        "regionOperations.get",
        "networks.insert",
        "globalOperations.get",
        "subnetworks.insert",
        "regionOperations.get",
        "addresses.insert",
        "regionOperations.get",
        "instances.insert",
        "zoneOperations.get",
        "instanceGroups.addInstances",
        "zoneOperations.get",
        "regionBackendServices.getHealth",
    ])
    .pausing(6 * OPERATION + HEALTHY),
    // The pool boots by the way out. Its ports have names before a service asks them, and who gets through is known before
    // anybody is let in. A forwarding rule has labels once it is there.
    Chain::of(&[
        "regions.get",
        "networks.list",
        "regionHealthChecks.insert",
        "regionOperations.get",
        "networks.insert",
        "globalOperations.get",
        "subnetworks.insert",
        "regionOperations.get",
        "routers.insert",
        "regionOperations.get",
        "regionInstanceGroupManagers.insert",
        "regionOperations.get",
        "regionInstanceGroups.setNamedPorts",
        "regionOperations.get",
        "regionBackendServices.insert",
        "regionOperations.get",
        "regionBackendServices.setSecurityPolicy",
        "regionOperations.get",
        "regionUrlMaps.insert",
        "regionOperations.get",
        "regionTargetHttpsProxies.insert",
        "regionOperations.get",
        "forwardingRules.insert",
        "regionOperations.get",
        "forwardingRules.get",
        "forwardingRules.setLabels",
        "regionOperations.get",
    ])
    .pausing(12 * OPERATION),
];

const SCALE: &[Chain] = &[Chain::of(&[
    "instanceGroups.aggregatedList",
    "instanceGroups.listInstances",
    "regionBackendServices.getHealth",
    "regionInstanceGroupManagers.resize",
    "regionOperations.get",
    "regionInstanceGroupManagers.get",
])
.pausing(OPERATION)];

const DESTROY: &[Chain] = &[
    // From the outside in: each is used by the one before it. The machines are gone before their subnetwork; the anchor is
    // last.
    Chain::of(&[
        "instanceGroups.aggregatedList",
        "instanceGroups.listInstances",
        "regionBackendServices.getHealth",
        "forwardingRules.delete",
        "regionOperations.get",
        "regionTargetHttpsProxies.delete",
        "regionOperations.get",
        "regionUrlMaps.delete",
        "regionOperations.get",
        "regionBackendServices.delete",
        "regionOperations.get",
        "regionInstanceGroupManagers.delete",
        "regionOperations.get",
        "subnetworks.delete",
        "regionOperations.get",
        "networks.delete",
        "globalOperations.get",
        "regionHealthChecks.delete",
        "regionOperations.get",
    ])
    .pausing(8 * OPERATION),
    // A primary leaves its group, and frees its address.
    Chain::of(&[
        "instanceGroups.aggregatedList",
        "instanceGroups.listInstances",
        "regionBackendServices.getHealth",
        "instances.delete",
        "zoneOperations.get",
        "addresses.delete",
        "regionOperations.get",
        "subnetworks.delete",
        "regionOperations.get",
        "networks.delete",
        "globalOperations.get",
        "regionHealthChecks.delete",
        "regionOperations.get",
    ])
    .pausing(5 * OPERATION),
];
