//! The network: one of the cluster's own, or one that is referenced.

use std::net::Ipv4Addr;

use castra_core::Address;
use castra_core::resource::Ref;
use castra_core::spec::Network as Wanted;
use castra_core::topology::{hosts, subnets};
use ipnet::Ipv4Net;

use super::Build;
use crate::facts::NetworkFacts;
use crate::kinds::{Nat, Network, Router, Subnetwork};
use crate::links;
use crate::settings::FirewallRules;

/// The addresses of a subnetwork that Google keeps: the first two and the last two
/// (<https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet>).
const KEPT: u32 = 4;
/// The addresses that the balancers take in the nodes' subnetwork, if both are internal.
const BALANCERS: u32 = 2;
/// The smallest subnetwork of proxies (<https://cloud.google.com/load-balancing/docs/proxy-only-subnets#size>).
const PROXIES_PREFIX: u8 = 26;

/// What the rest of the graph needs of the network.
pub(super) struct Net {
    pub(super) network: Ref<Network>,
    /// The nodes' subnetwork, which the balancers' internal addresses are of too.
    pub(super) nodes: Ref<Subnetwork>,
    /// The ranges that "the cluster's network" stands for in a rule.
    pub(super) cidrs: Vec<Ipv4Net>,
    /// Each primary's address, where the subnetwork is ours.
    pub(super) planned: Option<[Ipv4Addr; 3]>,
    /// Where the application balancer's proxies are.
    pub(super) proxies_range: Ipv4Net,
    /// What must be there before the application balancer's forwarding rules, which need proxies.
    pub(super) proxies: Vec<Address>,
    /// What must be there before a node boots, so that it reaches the internet.
    pub(super) way_out: Vec<Address>,
}

impl Build<'_> {
    /// The network that the spec asks for.
    pub(super) fn network(&mut self) -> Option<Net> {
        match (self.spec.network, &self.facts.network) {
            (Wanted::Create { cidr }, _) => self.own_network(cidr),
            (Wanted::Existing, Some(existing)) => self.existing_network(existing),
            (Wanted::Existing, None) => {
                self.problem("provider.network", "isn't known", "look again");
                None
            }
        }
    }

    /// A network of the cluster's own: a subnetwork for the nodes, which leave through NAT, and one for proxies.
    ///
    /// A subnetwork is of a region here, so that all zones share one: the first half of the range. The proxies have the
    /// share of the first zone's public subnet, and what is between and behind them stays free.
    fn own_network(&mut self, cidr: Ipv4Net) -> Option<Net> {
        let plan = match subnets(cidr, 1) {
            Ok(plan) => plan,
            Err(error) => {
                self.problem("network.cidr", error.to_string(), "write a larger range, such as \"10.20.0.0/16\"");
                return None;
            }
        };
        let (Some(first), Some(proxies_range)) = (plan.private.first(), plan.public.first().copied()) else {
            return None;
        };
        let nodes_range = first.supernet().unwrap_or(*first);
        let planned: Vec<Ipv4Addr> = plan.primaries.iter().map(|primary| primary.address).collect();
        self.check_room(nodes_range, "network.cidr", "write a larger range, or ask for fewer secondaries");
        self.check_proxies(proxies_range, "network.cidr");
        self.add("main", Network::new(self.names.global("main")));
        self.add("nodes", Subnetwork::nodes(self.names.of("nodes"), Ref::to("main"), nodes_range));
        let proxies = self.subnetwork_of_proxies(Ref::to("main"), proxies_range);
        let nats = vec![Nat::of(Ref::to("nodes"))];
        self.add("main", Router { name: self.names.of("main"), network: Ref::to("main"), nats });
        Some(Net {
            network: Ref::to("main"),
            nodes: Ref::to("nodes"),
            cidrs: vec![cidr],
            planned: planned.try_into().ok(),
            proxies_range,
            proxies: vec![proxies],
            way_out: vec![Address::of::<Router>("main")],
        })
    }

    /// An existing network. Its subnetwork's way out and free addresses are the operator's. Where its region has no active
    /// subnetwork of proxies, one is made from the range that the settings name.
    fn existing_network(&mut self, facts: &NetworkFacts) -> Option<Net> {
        self.check_room(
            facts.subnetwork.cidr,
            "provider.subnetwork",
            "name a larger one, or ask for fewer secondaries",
        );
        let network = Ref::existing(facts.network.clone());
        let shared = self.is_shared(facts);
        let (proxies_range, proxies) = match (facts.proxies, self.settings.proxy_subnet_cidr) {
            (Some(range), _) => (range, Vec::new()),
            (None, Some(range)) if !shared => {
                self.check_proxies(range, "provider.proxy_subnet_cidr");
                (range, vec![self.subnetwork_of_proxies(network.clone(), range)])
            }
            (None, _) => {
                let message = format!("{} has no active proxy-only subnetwork in this region", facts.network);
                let remedy = if shared {
                    "have one with purpose REGIONAL_MANAGED_PROXY made in the host project"
                } else {
                    "name a free range of /26 or larger here, from which one is made"
                };
                self.problem("provider.proxy_subnet_cidr", message, remedy);
                return None;
            }
        };
        Some(Net {
            network,
            nodes: Ref::existing(facts.subnetwork.clone()),
            cidrs: facts.cidrs.clone(),
            planned: None,
            proxies_range,
            proxies,
            way_out: Vec::new(),
        })
    }

    /// Whether the network is another project's, shared with this one.
    fn is_shared(&self, facts: &NetworkFacts) -> bool {
        links::after(&facts.network, "projects") != Some(self.settings.project.as_str())
    }

    /// Whether firewall rules are to be written. A rule stands in its network's project, and a host project's firewall is
    /// for its own administrators (<https://cloud.google.com/vpc/docs/shared-vpc#iam_roles_required_for_shared_vpc>).
    pub(super) fn writes_firewalls(&mut self) -> bool {
        if self.settings.firewall_rules == FirewallRules::Existing {
            return false;
        }
        let Some(facts) = &self.facts.network else { return true };
        if !self.is_shared(facts) {
            return true;
        }
        let message = format!("{} is another project's, where no firewall rules are written", facts.network);
        let remedy = "have the rules that the documentation lists made there, then write firewall_rules = \"existing\"";
        self.problem("provider.firewall_rules", message, remedy);
        false
    }

    fn subnetwork_of_proxies(&mut self, network: Ref<Network>, range: Ipv4Net) -> Address {
        self.add("proxies", Subnetwork::proxies(self.names.of("proxies"), network, range));
        Address::of::<Subnetwork>("proxies")
    }

    /// Holds the most machines that there may be at once against the nodes' range: a pool that is replaced has one more
    /// for each zone, and the primaries' machines and balancers have addresses there too.
    fn check_room(&mut self, range: Ipv4Net, path: &str, remedy: &str) {
        let zones = u32::try_from(self.facts.zones.len()).unwrap_or(u32::MAX);
        let nodes = u32::try_from(self.topology.most_nodes()).unwrap_or(u32::MAX);
        let (room, need) = (hosts(range, KEPT), nodes.saturating_add(zones).saturating_add(BALANCERS));
        if room < need {
            let message = format!("the nodes' range {range} has {room} addresses, and {need} may be needed");
            self.problem(path, message, remedy);
        }
    }

    fn check_proxies(&mut self, range: Ipv4Net, path: &str) {
        if range.prefix_len() > PROXIES_PREFIX {
            let message = format!("{range} is smaller than the /{PROXIES_PREFIX} that proxies need");
            self.problem(path, message, "write a larger range");
        }
    }
}
