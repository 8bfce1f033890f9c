//! EC2's objects as a list.

use super::State;
use super::resource::Resource;
use crate::aws::object::{Objects, texts};

impl State {
    /// Everything in the region but the default network, and what each VPC comes with.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        let given = |vpc: &str| self.vpcs.get(vpc).is_some_and(|vpc| vpc.is_default);
        each(objects, "vpc", self.vpcs.values().filter(|vpc| !vpc.is_default), |_| None);
        each(objects, "subnet", self.subnets.values().filter(|subnet| !subnet.default_for_zone), |_| None);
        let tables = self.route_tables.values().filter(|table| !table.is_main());
        each(objects, "route-table", tables, |_| None);
        let gateways = self.internet_gateways.values();
        let gateways = gateways.filter(|gateway| !gateway.vpc.as_deref().is_some_and(given));
        each(objects, "internet-gateway", gateways, |_| None);
        each(objects, "natgateway", self.nat_gateways.values(), |gateway| Some(gateway.state));
        each(objects, "elastic-ip", self.addresses.values(), |_| None);
        let groups = self.security_groups.values().filter(|group| group.name != "default");
        each(objects, "security-group", groups, |_| None);
        each(objects, "network-interface", self.interfaces.values(), |_| None);
        each(objects, "vpc-endpoint", self.endpoints.values(), |endpoint| Some(endpoint.state));
        each(objects, "instance", self.instances.values(), |instance| Some(instance.state.name()));
        each(objects, "volume", self.volumes.values(), |volume| Some(volume.state));
        each(objects, "snapshot", self.snapshots.values(), |_| None);
        each(objects, "launch-template", self.launch_templates.values(), |_| None);
        for image in self.images.values() {
            objects.add("image", &image.id, None, texts(&image.tags));
        }
        for pair in self.key_pairs.values() {
            objects.add("key-pair", &pair.name, None, texts(&pair.tags));
        }
        for group in self.placement_groups.values() {
            objects.add("placement-group", &group.name, None, texts(&group.tags));
        }
    }
}

fn each<'a, R: Resource + 'a>(
    objects: &mut Objects<'_>,
    kind: &str,
    all: impl Iterator<Item = &'a R>,
    state: impl Fn(&R) -> Option<&'static str>,
) {
    all.for_each(|object| objects.add(kind, object.id(), state(object), texts(object.tags())));
}
