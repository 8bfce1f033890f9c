//! The machines: three primaries, each with an address and a data disk that outlive it, and the secondaries' group.

use std::collections::BTreeMap;

use castra_core::resource::Ref;
use castra_core::spec::{Disk, SshPublicKey};
use castra_core::topology::{ListenerKind, PoolSize, Primary, Probe, Role};
use castra_core::{Address, Inventory, Kind};

use super::Build;
use super::network::Net;
use crate::facts::IMAGE_TAG;
use crate::kinds::{
    AutoScalingGroup, EbsVolume, IamInstanceProfile, Instance, LaunchTemplate, NetworkInterface, ScalingPolicy,
    SecurityGroup, TargetGroup,
};
use crate::user_data::UserData;

/// IMDSv2 only, for one hop more than the machine itself, so that a container reaches it (Amazon EC2 User Guide,
/// "Instance metadata options").
const METADATA_TOKENS: &str = "required";
const METADATA_HOPS: i32 = 2;

/// How long a new secondary's state isn't held against it, in seconds: what a machine takes to boot. Five minutes is
/// what the console sets (Amazon EC2 Auto Scaling User Guide, "Set the health check grace period").
const GRACE_SECONDS: u32 = 300;

/// The name of the pool's resources.
const POOL: &str = "secondaries";

/// The primaries, in the order of their index.
pub(super) struct Primaries {
    pub(super) instances: Vec<Ref<Instance>>,
    pub(super) interfaces: Vec<Ref<NetworkInterface>>,
}

impl Build<'_> {
    /// The primaries. Each in the zone of its slot, or where there are fewer zones, slot modulo zones.
    pub(super) fn primaries(&mut self, net: &Net) -> Primaries {
        let user_data = self.user_data(Role::Primary);
        let names: Vec<String> =
            self.topology.primaries.iter().map(|primary| format!("primary-{}", primary.index)).collect();
        for (primary, name) in self.topology.primaries.iter().zip(&names) {
            let slot = primary.zone.index() % net.private.len().max(1);
            let (Some(subnet), Some(zone)) = (net.private.get(slot), self.facts.zones.get(slot)) else { continue };
            let (subnet, zone) = (subnet.clone(), zone.clone());
            let planned = net.planned.iter().flatten().find(|planned| planned.primary == primary.index);
            let address = planned.map(|planned| planned.address);
            self.add(name, |tags| NetworkInterface {
                subnet,
                address,
                security_groups: vec![group(Role::Primary)],
                tags,
            });
            self.add(name, |tags| EbsVolume {
                zone: zone.clone(),
                size_gib: gib(primary.data_disk),
                volume_type: "gp3".to_owned(),
                encrypted: true,
                tags,
            });
            if let Some(user_data) = &user_data {
                let after = net.way_out.get(slot).cloned();
                self.primary(primary, name, zone, user_data.clone(), after.as_slice());
            }
        }
        Primaries {
            instances: names.iter().map(|name| Ref::to(name)).collect(),
            interfaces: names.iter().map(|name| Ref::to(name)).collect(),
        }
    }

    /// A disk only grows (Amazon EBS User Guide, "Modify an EBS volume"), and one that holds data is not replaced.
    pub(super) fn check_data_disks(&mut self, inventory: &Inventory) {
        for primary in &self.topology.primaries {
            let wanted = u64::from(gib(primary.data_disk));
            let live = inventory
                .get(&primary_address::<EbsVolume>(primary.index))
                .and_then(|item| item.fields.get("size_gib")?.as_u64());
            if let Some(live) = live.filter(|live| *live > wanted) {
                let message = format!("{wanted}GiB is less than the {live}GiB that primary-{} has", primary.index);
                let remedy = format!("a data disk can only grow: write \"{live}GiB\" or more");
                return self.problem("primaries.data_disk.size", message, remedy);
            }
        }
    }

    fn primary(&mut self, primary: &Primary, name: &str, zone: String, user_data: UserData, after: &[Address]) {
        let image = self.facts.images.primary(primary.index).clone();
        let source = self.image_tag();
        self.add_after(name, after, |tags| Instance {
            image: image.id,
            machine_type: primary.machine_type.to_string(),
            zone,
            interface: Ref::to(name),
            data_volume: Ref::to(name),
            profile: profile(Role::Primary),
            root_disk_gib: gib(primary.root_disk),
            root_device: image.root_device,
            user_data,
            metadata_tokens: METADATA_TOKENS.to_owned(),
            metadata_hop_limit: METADATA_HOPS,
            tags: tags.into_iter().chain(source).collect(),
        });
    }

    /// The secondaries: a launch template, the group over all zones, and a policy when its size is a range.
    pub(super) fn secondaries(&mut self, net: &Net) {
        let Some(user_data) = self.user_data(Role::Secondary) else { return };
        let pool = &self.topology.secondaries;
        let image = self.facts.images.template.clone();
        let (name, source) = (self.names.launch_template(), self.image_tag());
        let node_tags = self.node_tags();
        self.add(POOL, |tags| LaunchTemplate {
            name,
            image: image.id,
            machine_type: pool.machine_type.to_string(),
            profile: profile(Role::Secondary),
            security_groups: vec![group(Role::Secondary)],
            root_disk_gib: gib(pool.root_disk),
            root_device: image.root_device,
            user_data,
            metadata_tokens: METADATA_TOKENS.to_owned(),
            metadata_hop_limit: METADATA_HOPS,
            tags: tags.into_iter().chain(source).collect(),
            node_tags,
            version: None,
        });
        let after: Vec<Address> = net.way_out.iter().chain(&net.reservations).cloned().collect();
        let (min, max, desired) = match pool.size {
            PoolSize::Fixed { count } => (count, count, Some(count)),
            PoolSize::Range { min, max, .. } => (min, max, None),
        };
        let name = self.names.autoscaling_group();
        self.add_after(POOL, &after, |tags| AutoScalingGroup {
            name,
            launch_template: Ref::to(POOL),
            subnets: net.private.clone(),
            min,
            max,
            desired,
            target_groups: vec![Ref::<TargetGroup>::to("application")],
            health_check: "EC2".to_owned(),
            grace_seconds: GRACE_SECONDS,
            tags,
            newest_first: false,
        });
        if let PoolSize::Range { target_cpu, .. } = pool.size {
            let name = self.names.scaling_policy();
            self.add("cpu", |_| ScalingPolicy { name, group: Ref::to(POOL), target_cpu: target_cpu.get() });
        }
    }

    /// The tags of a secondary and its disks: they are the group's.
    fn node_tags(&self) -> BTreeMap<String, String> {
        let mut tags = self.owner.tags(&Address::of::<AutoScalingGroup>(POOL));
        if !self.owner.names() {
            tags.insert("Name".to_owned(), format!("{}-secondary", self.spec.name));
        }
        tags
    }

    /// The tag that records which parameter named the image.
    fn image_tag(&self) -> Option<(String, String)> {
        self.facts.images.source.clone().map(|source| (IMAGE_TAG.to_owned(), source))
    }

    /// What a node does at its first boot.
    fn user_data(&mut self, role: Role) -> Option<UserData> {
        let keys: &[SshPublicKey] = self.spec.access.ssh.as_ref().map_or(&[], |ssh| &ssh.public_keys);
        let balancers = [&self.topology.application, &self.topology.control];
        let members = balancers.into_iter().filter(|balancer| balancer.members.contains(&role));
        let ports: Vec<u16> = members
            .flat_map(|balancer| &balancer.listeners)
            .filter_map(|listener| match listener.kind {
                ListenerKind::Https { member_port, .. } | ListenerKind::Tcp { member_port } => Some(member_port),
                ListenerKind::RedirectToHttps { .. } => None,
            })
            .collect();
        let health = match &self.topology.application.probe {
            Probe::Https { check, .. } => check.path.as_str(),
            Probe::Tcp { .. } => "/",
        };
        match UserData::stub(&ports, health, keys) {
            Ok(user_data) => Some(user_data),
            Err(error) => {
                let path = if keys.is_empty() { "provider" } else { "access.ssh_public_keys" };
                self.problem(path, error.to_string(), "give fewer SSH keys");
                None
            }
        }
    }
}

fn group(role: Role) -> Ref<SecurityGroup> {
    Ref::to(role.as_str())
}

fn profile(role: Role) -> Ref<IamInstanceProfile> {
    Ref::to(role.as_str())
}

/// A disk's size as EC2 takes it. A spec's disks are whole GiB and at most 64 TiB.
fn gib(disk: Disk) -> u32 {
    disk.size.whole_gib().and_then(|gib| u32::try_from(gib).ok()).unwrap_or(u32::MAX)
}

/// The address of the instance of a primary.
pub(crate) fn primary_address<K: Kind>(index: usize) -> Address {
    Address::of::<K>(&format!("primary-{index}"))
}
