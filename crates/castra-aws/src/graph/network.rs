//! The network: one of the cluster's own, or one that is referenced.

use castra_core::Address;
use castra_core::resource::Ref;
use castra_core::topology::{PlannedAddress, subnets};
use ipnet::Ipv4Net;

use super::Build;
use crate::facts::NetworkFacts;
use crate::kinds::{DefaultRoute, Eip, InternetGateway, NatGateway, RouteTable, Subnet, SubnetCidrReservation, Vpc};
use crate::settings::NatGateways;

/// What the rest of the graph needs of the network. Lists have an element for each zone, in the zones' order.
pub(super) struct Net {
    pub(super) vpc: Ref<Vpc>,
    /// The ranges that "the cluster's network" stands for in a rule.
    pub(super) cidrs: Vec<Ipv4Net>,
    /// The nodes' subnets.
    pub(super) private: Vec<Ref<Subnet>>,
    /// The ranges of the nodes' subnets.
    pub(super) ranges: Vec<Ipv4Net>,
    /// The public balancer's subnets; empty where an existing network has none.
    pub(super) public: Vec<Ref<Subnet>>,
    /// Each primary's address, where the subnets are ours.
    pub(super) planned: Option<Vec<PlannedAddress>>,
    /// What must be there before something public is.
    pub(super) gateway: Vec<Address>,
    /// What must be there before a node in the zone boots, so that it reaches the internet.
    pub(super) way_out: Vec<Address>,
    /// What keeps the primaries' addresses free; comes before whatever takes addresses by itself.
    pub(super) reservations: Vec<Address>,
}

/// An existing network. Its subnets' way out and free addresses are the operator's, so nothing is reserved and
/// nothing waited for.
pub(super) fn existing(facts: &NetworkFacts) -> Option<Net> {
    let refs = |subnets: &[crate::facts::SubnetFacts]| {
        subnets.iter().map(|subnet| Ref::existing(subnet.output.clone())).collect()
    };
    Some(Net {
        vpc: Ref::existing(facts.vpc.clone()),
        cidrs: facts.cidrs.clone(),
        private: refs(&facts.private),
        ranges: facts.private.iter().map(|subnet| subnet.output.cidr).collect(),
        gateway: Vec::new(),
        public: refs(&facts.public),
        planned: None,
        way_out: Vec::new(),
        reservations: Vec::new(),
    })
}

impl Build<'_> {
    /// A network of the cluster's own: for each zone a private subnet that leaves through a NAT gateway and a public
    /// one for the balancer and that gateway.
    pub(super) fn own_network(&mut self, cidr: Ipv4Net) -> Option<Net> {
        let zones = self.facts.zones.clone();
        let plan = match subnets(cidr, zones.len()) {
            Ok(plan) => plan,
            Err(error) => {
                self.problem("network.cidr", error.to_string(), "write a larger range, such as \"10.20.0.0/16\"");
                return None;
            }
        };
        let region = self.settings.region.clone();
        let letters: Vec<&str> = zones.iter().map(|zone| zone.strip_prefix(region.as_str()).unwrap_or(zone)).collect();
        self.add("main", |tags| Vpc::new(cidr, tags));
        self.add("main", |tags| InternetGateway { vpc: Ref::to("main"), tags });
        for (i, letter) in letters.iter().enumerate() {
            for (prefix, range) in [("public", plan.public.get(i)), ("private", plan.private.get(i))] {
                let (Some(range), Some(zone)) = (range, zones.get(i)) else { continue };
                let (cidr, zone) = (*range, zone.clone());
                self.add(&format!("{prefix}-{letter}"), |tags| Subnet {
                    vpc: Ref::to("main"),
                    cidr,
                    zone,
                    map_public_ip: false,
                    tags,
                });
            }
        }
        let public: Vec<Ref<Subnet>> = letters.iter().map(|letter| Ref::to(&format!("public-{letter}"))).collect();
        let private: Vec<Ref<Subnet>> = letters.iter().map(|letter| Ref::to(&format!("private-{letter}"))).collect();
        let reservations = self.reservations(&letters, &plan.primaries);
        let way_out = self.routes(&letters, &public, &private);
        Some(Net {
            vpc: Ref::to("main"),
            cidrs: vec![cidr],
            private,
            ranges: plan.private,
            gateway: vec![Address::of::<InternetGateway>("main")],
            public,
            planned: Some(plan.primaries),
            way_out,
            reservations,
        })
    }

    /// One reservation a private subnet, around the addresses of its primaries.
    fn reservations(&mut self, letters: &[&str], planned: &[PlannedAddress]) -> Vec<Address> {
        let mut reservations = Vec::new();
        for (zone, letter) in letters.iter().enumerate() {
            let Some(first) = planned.iter().find(|address| address.zone == zone) else { continue };
            let name = format!("private-{letter}");
            self.add(&name, |tags| SubnetCidrReservation { subnet: Ref::to(&name), cidr: first.reservation, tags });
            reservations.push(Address::of::<SubnetCidrReservation>(&name));
        }
        reservations
    }

    /// NAT gateways and route tables; answers with the private route tables, in the zones' order.
    fn routes(&mut self, letters: &[&str], public: &[Ref<Subnet>], private: &[Ref<Subnet>]) -> Vec<Address> {
        self.add("public", |tags| RouteTable {
            vpc: Ref::to("main"),
            default_route: DefaultRoute::InternetGateway(Ref::to("main")),
            subnets: public.to_vec(),
            tags,
        });
        let gateways = match self.settings.nat_gateways {
            NatGateways::PerZone => letters.len(),
            NatGateways::One => 1,
        };
        for (letter, subnet) in letters.iter().zip(public).take(gateways) {
            let address = format!("nat-{letter}");
            self.add(&address, |tags| Eip { tags });
            // A gateway is of use only once its subnet leads to the internet, and creating it fails in a VPC without
            // an internet gateway (Amazon VPC User Guide, "Troubleshoot NAT gateways").
            self.add_after(letter, &[Address::of::<InternetGateway>("main")], |tags| NatGateway {
                subnet: subnet.clone(),
                eip: Ref::to(&address),
                tags,
            });
        }
        letters
            .iter()
            .zip(private)
            .enumerate()
            .map(|(i, (letter, subnet))| {
                let gateway = letters.get(i.min(gateways - 1)).copied().unwrap_or(letter);
                let name = format!("private-{letter}");
                self.add(&name, |tags| RouteTable {
                    vpc: Ref::to("main"),
                    default_route: DefaultRoute::NatGateway(Ref::to(gateway)),
                    subnets: vec![subnet.clone()],
                    tags,
                });
                Address::of::<RouteTable>(&name)
            })
            .collect()
    }
}
