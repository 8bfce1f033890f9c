//! A network, a template and a regional group of machines.

use std::collections::{BTreeMap, BTreeSet};

use castra_emulator::Emulator;
use google_cloud_compute_v1::client::{Networks, RegionInstanceGroupManagers, RegionInstanceTemplates, Subnetworks};
use google_cloud_compute_v1::model::{
    AttachedDisk, AttachedDiskInitializeParams, InstanceGroupManager, InstanceGroupManagerVersion, InstanceProperties,
    InstanceTemplate, ManagedInstance, NetworkInterface,
};
use google_cloud_gax::options::RequestOptionsBuilder as _;
use google_cloud_gax::paginator::ItemPaginator as _;

use super::{PROJECT, REGION, bounded, client, done, network, subnetwork};

/// The clients that it takes, and the emulator that they are of.
pub(crate) struct Group {
    pub(crate) emulator: Emulator,
    pub(crate) networks: Networks,
    pub(crate) subnetworks: Subnetworks,
    pub(crate) templates: RegionInstanceTemplates,
    pub(crate) managers: RegionInstanceGroupManagers,
}

/// The version of a group that is made from a template.
pub(crate) fn version(template: &str) -> InstanceGroupManagerVersion {
    let template = format!("projects/{PROJECT}/regions/{REGION}/instanceTemplates/{template}");
    InstanceGroupManagerVersion::new().set_instance_template(template)
}

/// The zone in a link of an instance, and its name.
pub(crate) fn place(member: &ManagedInstance) -> (String, String) {
    let link = member.instance.as_deref().unwrap();
    let (zone, name) = link.split_once("/zones/").unwrap().1.split_once("/instances/").unwrap();
    (zone.to_owned(), name.to_owned())
}

impl Group {
    /// A group of six, in service.
    pub(crate) async fn of_six(emulator: Emulator) -> Self {
        let networks = client!(Networks, emulator);
        let subnetworks = client!(Subnetworks, emulator);
        let templates = client!(RegionInstanceTemplates, emulator);
        let managers = client!(RegionInstanceGroupManagers, emulator);
        let insert = networks.insert().set_project(PROJECT).set_body(network());
        let insert = insert.set_request_id("8d8a3f0c-5d43-4d0e-9d6e-6b6e8d9c0a11").with_idempotency(true);
        done(insert.poller()).await;
        let insert = subnetworks.insert().set_project(PROJECT).set_region(REGION).set_body(subnetwork());
        done(insert.poller()).await;
        let group = Self { emulator, networks, subnetworks, templates, managers };
        group.add_template("pool-1").await;
        let manager = InstanceGroupManager::new()
            .set_name("pool")
            .set_base_instance_name("pool")
            .set_target_size(6)
            .set_versions([version("pool-1")]);
        let insert = group.managers.insert().set_project(PROJECT).set_region(REGION).set_body(manager);
        done(insert.poller()).await;
        group.settled().await;
        group
    }

    pub(crate) async fn add_template(&self, name: &str) {
        let image = "projects/debian-cloud/global/images/family/debian-12";
        let disk = AttachedDiskInitializeParams::new().set_source_image(image).set_disk_type("pd-balanced");
        let disk = AttachedDisk::new().set_boot(true).set_auto_delete(true).set_initialize_params(disk);
        let subnetwork = format!("projects/{PROJECT}/regions/{REGION}/subnetworks/camp");
        let properties = InstanceProperties::new()
            .set_machine_type("e2-standard-4")
            .set_disks([disk])
            .set_network_interfaces([NetworkInterface::new().set_subnetwork(subnetwork)]);
        let template = InstanceTemplate::new().set_name(name).set_properties(properties);
        let insert = self.templates.insert().set_project(PROJECT).set_region(REGION).set_body(template);
        done(insert.poller()).await;
    }

    pub(crate) async fn manager(&self) -> InstanceGroupManager {
        let get = self.managers.get().set_project(PROJECT).set_region(REGION).set_instance_group_manager("pool");
        get.send().await.unwrap()
    }

    pub(crate) async fn resize(&self, size: i32) {
        let resize = self.managers.resize().set_project(PROJECT).set_region(REGION);
        done(resize.set_instance_group_manager("pool").set_size(size).poller()).await;
    }

    /// Its machines.
    pub(crate) async fn members(&self) -> Vec<ManagedInstance> {
        let list = self.managers.list_managed_instances().set_project(PROJECT).set_region(REGION);
        // Two at a time, so that there are pages.
        let mut members = list.set_instance_group_manager("pool").set_max_results(2_u32).by_item();
        let mut found = Vec::new();
        while let Some(member) = members.next().await {
            found.push(member.unwrap());
        }
        found
    }

    /// Its machines once it says that it is stable.
    pub(crate) async fn settled(&self) -> Vec<ManagedInstance> {
        let stable = async {
            while self.manager().await.status.and_then(|status| status.is_stable) != Some(true) {
                tokio::task::yield_now().await;
            }
        };
        bounded(stable).await;
        self.members().await
    }

    /// How many machines each zone has, once it is stable.
    pub(crate) async fn spread(&self) -> Vec<usize> {
        let mut zones: BTreeMap<String, usize> = BTreeMap::new();
        for member in self.settled().await {
            *zones.entry(place(&member).0).or_default() += 1;
        }
        zones.into_values().collect()
    }

    /// The ids of its machines, which no two machines ever share.
    pub(crate) async fn ids(&self) -> BTreeSet<u64> {
        self.members().await.iter().filter_map(|member| member.id).collect()
    }
}
