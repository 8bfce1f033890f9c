//! The machines: three primaries, each with an address and a data disk that outlive it, and the secondaries' group.

use std::collections::BTreeMap;

use castra_core::resource::Ref;
use castra_core::spec::{Disk as WantedDisk, SshPublicKey};
use castra_core::topology::{ListenerKind, PoolSize, Primary, Probe, Role};
use castra_core::{Address as ResourceAddress, Inventory};

use super::Build;
use super::balancers::HTTPS;
use super::network::Net;
use crate::kinds::{
    Address, Autoscaler, Disk, Instance, InstanceGroup, InstanceGroupManager, InstanceGroupMembership,
    InstanceTemplate, Machine, Reach, UpdatePolicy,
};
use crate::startup_script::StartupScript;

/// The type of data disks.
const DATA_DISK: &str = "pd-balanced";

/// How long a new secondary's load doesn't count for the autoscaler, in seconds: what a machine takes to boot, and to
/// start what runs on it. It is what an Auto Scaling group gives on AWS.
const BOOT_SECONDS: u32 = 300;

/// The name of the pool's resources.
pub(super) const POOL: &str = "secondaries";

/// The name of a primary's machine, address and group.
pub(super) fn primary_name(index: usize) -> String {
    format!("primary-{index}")
}

/// The name of a primary's data disk. A machine's system disk is called as the machine, so this one can't be.
pub(super) fn data_name(index: usize) -> String {
    format!("data-{index}")
}

impl Build<'_> {
    /// The primaries. Each in the zone of its slot, or where there are fewer zones, slot modulo zones.
    pub(super) fn primaries(&mut self, net: &Net, inventory: &Inventory) {
        self.check_data_disks(inventory);
        let topology = self.topology;
        for primary in &topology.primaries {
            let slot = primary.zone.index() % self.facts.zones.len().max(1);
            let Some(zone) = self.facts.zones.get(slot).cloned() else { continue };
            self.primary(net, primary, &zone);
        }
    }

    fn primary(&mut self, net: &Net, primary: &Primary, zone: &str) {
        let (name, data) = (primary_name(primary.index), data_name(primary.index));
        let address = Address {
            name: self.names.of(&name),
            reach: Reach::Internal,
            subnetwork: Some(net.nodes.clone()),
            shared: false,
            address: net.planned.and_then(|planned| planned.get(primary.index).copied()),
            labels: self.labels::<Address>(&name),
        };
        self.add(&name, address);
        let disk = Disk {
            name: self.names.of(&data),
            zone: zone.to_owned(),
            size_gb: gib(primary.data_disk),
            disk_type: DATA_DISK.to_owned(),
            labels: self.labels::<Disk>(&data),
        };
        self.add(&data, disk);
        let group = InstanceGroup {
            name: self.names.of(&name),
            zone: zone.to_owned(),
            network: net.network.clone(),
            named_ports: self.named_ports(),
        };
        self.add(&name, group);
        let image = self.facts.images.primary(primary.index).to_owned();
        let machine_type = primary.machine_type.to_string();
        let Some(machine) = self.machine(net, Role::Primary, image, machine_type, primary.root_disk) else { return };
        let instance = Instance {
            name: self.names.of(&name),
            zone: zone.to_owned(),
            machine,
            address: Ref::to(&name),
            data_disk: Ref::to(&data),
            labels: self.labels::<Instance>(&name),
        };
        self.add_after(&name, &net.way_out, instance);
        self.add(&name, InstanceGroupMembership { group: Ref::to(&name), instance: Ref::to(&name) });
    }

    /// A disk only grows ("Increase the size of a persistent disk", Compute Engine documentation), and one that holds data
    /// is not replaced.
    fn check_data_disks(&mut self, inventory: &Inventory) {
        let topology = self.topology;
        for primary in &topology.primaries {
            let wanted = u64::from(gib(primary.data_disk));
            let address = ResourceAddress::of::<Disk>(&data_name(primary.index));
            let live = inventory.get(&address).and_then(|item| item.fields.get("size_gb")?.as_u64());
            if let Some(live) = live.filter(|live| *live > wanted) {
                let message = format!("{wanted}GiB is less than the {live}GiB that primary-{} has", primary.index);
                let remedy = format!("a data disk can only grow: write \"{live}GiB\" or more");
                return self.problem("primaries.data_disk.size", message, remedy);
            }
        }
    }

    /// The secondaries: a template, the group over all zones, and an autoscaler when its size is a range.
    pub(super) fn secondaries(&mut self, net: &Net) {
        let topology = self.topology;
        let pool = &topology.secondaries;
        let image = self.facts.images.template.clone();
        let machine_type = pool.machine_type.to_string();
        let Some(machine) = self.machine(net, Role::Secondary, image, machine_type, pool.root_disk) else { return };
        // Machines are the group's.
        let node_labels = self.labels::<InstanceGroupManager>(POOL);
        let template = format!("{POOL}-{}", InstanceTemplate::digest(&machine, &node_labels));
        let name = self.names.of(&template);
        self.add(&template, InstanceTemplate { name, machine, node_labels });
        let (least, size) = match pool.size {
            PoolSize::Fixed { count } => (count, Some(count)),
            PoolSize::Range { min, .. } => (min, None),
        };
        let zones = self.facts.zones.clone();
        let group = InstanceGroupManager {
            name: self.names.of(POOL),
            template: Ref::to(&template),
            base_name: self.names.of(Role::Secondary.as_str()),
            shape: "EVEN".to_owned(),
            size,
            least,
            named_ports: self.named_ports(),
            update_policy: UpdatePolicy::rolling(zones.len()),
            // No application says yet how it is alive.
            healing: None,
            zones,
        };
        self.add_after(POOL, &net.way_out, group);
        if let PoolSize::Range { min, max, target_cpu } = pool.size {
            let autoscaler = Autoscaler {
                name: self.names.of(POOL),
                target: Ref::to(POOL),
                min,
                max,
                target_cpu: target_cpu.get(),
                boot_seconds: BOOT_SECONDS,
            };
            self.add(POOL, autoscaler);
        }
    }

    /// The machine of a node.
    fn machine(
        &mut self,
        net: &Net,
        role: Role,
        image: String,
        machine_type: String,
        root_disk: WantedDisk,
    ) -> Option<Machine> {
        let startup_script = self.startup_script(role)?;
        let keys: &[SshPublicKey] = self.spec.access.ssh.as_ref().map_or(&[], |ssh| &ssh.public_keys);
        Some(Machine {
            image,
            machine_type,
            subnetwork: net.nodes.clone(),
            service_account: Ref::to(role.as_str()),
            root_disk_gb: gib(root_disk),
            startup_script,
            ssh_keys: keys.iter().map(|key| key.as_str().to_owned()).collect(),
            block_project_ssh_keys: true,
            secure_boot: true,
            vtpm: true,
            integrity_monitoring: true,
        })
    }

    /// What a node runs when it boots.
    fn startup_script(&mut self, role: Role) -> Option<StartupScript> {
        let balancers = [&self.topology.application, &self.topology.control];
        let members = balancers.into_iter().filter(|balancer| balancer.members.contains(&role));
        let listeners = members.flat_map(|balancer| &balancer.listeners);
        let ports: Vec<u16> = listeners.filter_map(|listener| member_port(&listener.kind)).collect();
        let health = match &self.topology.application.probe {
            Probe::Https { check, .. } => check.path.as_str(),
            Probe::Tcp { .. } => "/",
        };
        match StartupScript::stub(&ports, health) {
            Ok(script) => Some(script),
            Err(error) => {
                self.problem("load_balancer.health_check.path", error.to_string(), "write a shorter path");
                None
            }
        }
    }

    /// The ports by which the application's load balancer asks nodes. The control balancer passes on what it gets, so that
    /// it needs none.
    fn named_ports(&self) -> BTreeMap<String, u16> {
        let ports = self.topology.application.listeners.iter().filter_map(|listener| member_port(&listener.kind));
        ports.map(|port| (HTTPS.to_owned(), port)).collect()
    }
}

/// The port at which members are asked for what a listener takes.
fn member_port(kind: &ListenerKind) -> Option<u16> {
    match kind {
        ListenerKind::Https { member_port, .. } | ListenerKind::Tcp { member_port } => Some(*member_port),
        ListenerKind::RedirectToHttps { .. } => None,
    }
}

/// A disk's size as Compute Engine takes it, whose GB are GiB. A spec's disks are whole GiB and at most 64 TiB.
fn gib(disk: WantedDisk) -> u32 {
    disk.size.whole_gib().and_then(|gib| u32::try_from(gib).ok()).unwrap_or(u32::MAX)
}
