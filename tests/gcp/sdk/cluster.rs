//! A group of machines in a region: built, changed, disturbed and taken down.

use google_cloud_compute_v1::model::{
    Backend, BackendService, FixedOrPercent, HealthCheck, InstanceGroupManager, InstanceGroupManagerUpdatePolicy,
    TCPHealthCheck, backend, backend_service, health_check,
    instance_group_manager_update_policy::{MinimalAction, Type},
};
use google_cloud_lro::Poller as _;

use super::group::{Group, place, version};
use super::{FAST, PROJECT, REGION, bounded, client, done, emulator, reason};

#[tokio::test]
async fn six_machines_in_three_zones_are_two_in_each() {
    let group = Group::of_six(emulator(FAST)).await;
    assert_eq!(group.spread().await, [2, 2, 2]);
    group.resize(3).await;
    assert_eq!(group.spread().await, [1, 1, 1]);
    group.resize(6).await;
    assert_eq!(group.spread().await, [2, 2, 2]);

    let Group { emulator, networks, subnetworks, templates, managers } = group;
    let delete = managers.delete().set_project(PROJECT).set_region(REGION).set_instance_group_manager("pool");
    done(delete.poller()).await;
    let delete = templates.delete().set_project(PROJECT).set_region(REGION).set_instance_template("pool-1");
    done(delete.poller()).await;
    done(subnetworks.delete().set_project(PROJECT).set_region(REGION).set_subnetwork("camp").poller()).await;
    done(networks.delete().set_project(PROJECT).set_network("camp").poller()).await;
    assert_eq!(emulator.objects(PROJECT), []);
}

#[tokio::test]
async fn a_machine_that_is_deleted_comes_back_in_its_place() {
    let group = Group::of_six(emulator(FAST)).await;
    let (members, ids) = (group.members().await, group.ids().await);
    assert_eq!((members.len(), ids.len()), (6, 6));
    let (zone, name) = place(&members[0]);
    let instances = client!(Instances, group.emulator);
    done(instances.delete().set_project(PROJECT).set_zone(&zone).set_instance(&name).poller()).await;
    let back = async {
        loop {
            let (settled, now) = (group.settled().await, group.ids().await);
            if settled.len() == 6 && now.len() == 6 && now != ids {
                return now;
            }
        }
    };
    let now = bounded(back).await;
    assert_eq!(now.intersection(&ids).count(), 5, "the others are what they were");
    let get = instances.get().set_project(PROJECT).set_zone(zone).set_instance(name).send().await;
    let instance = get.expect("it has its name again");
    assert!(now.contains(&instance.id.unwrap()) && !ids.contains(&instance.id.unwrap()));
    assert_eq!(group.spread().await, [2, 2, 2]);
}

#[tokio::test]
async fn a_proactive_update_replaces_every_machine() {
    let group = Group::of_six(emulator(FAST)).await;
    let before = group.ids().await;
    group.add_template("pool-2").await;
    let policy = InstanceGroupManagerUpdatePolicy::new()
        .set_type(Type::Proactive)
        .set_minimal_action(MinimalAction::Replace)
        .set_max_surge(FixedOrPercent::new().set_fixed(3))
        .set_max_unavailable(FixedOrPercent::new().set_fixed(0));
    let change = InstanceGroupManager::new().set_versions([version("pool-2")]).set_update_policy(policy);
    let patch = group.managers.patch().set_project(PROJECT).set_region(REGION).set_instance_group_manager("pool");
    done(patch.set_body(change).poller()).await;
    let reached = async {
        loop {
            let status = group.manager().await.status.unwrap();
            if status.is_stable == Some(true)
                && status.version_target.and_then(|target| target.is_reached) == Some(true)
            {
                return;
            }
        }
    };
    bounded(reached).await;
    let members = group.members().await;
    let template = |member: &google_cloud_compute_v1::model::ManagedInstance| {
        let version = member.version.as_ref()?;
        Some(version.instance_template.as_deref()?.rsplit_once('/')?.1.to_owned())
    };
    assert!(members.iter().all(|member| template(member).as_deref() == Some("pool-2")), "{members:#?}");
    assert!(group.ids().await.is_disjoint(&before));
    assert_eq!(group.spread().await, [2, 2, 2]);
    let delete = group.templates.delete().set_project(PROJECT).set_region(REGION).set_instance_template("pool-1");
    done(delete.poller()).await;
}

/// Some deletions are refused when they are asked for, some fail in their operations: a client must look at both.
#[tokio::test]
async fn what_is_in_use_stays() {
    const IN_USE: &str = "InUseByAnotherResource";
    let group = Group::of_six(emulator(FAST)).await;
    let checks = client!(RegionHealthChecks, group.emulator);
    let check = HealthCheck::new().set_name("check").set_type(health_check::Type::Tcp);
    let check = check.set_tcp_health_check(TCPHealthCheck::new().set_port(80));
    done(checks.insert().set_project(PROJECT).set_region(REGION).set_body(check).poller()).await;
    let services = client!(RegionBackendServices, group.emulator);
    let place = format!("projects/{PROJECT}/regions/{REGION}");
    let pool = Backend::new()
        .set_group(format!("{place}/instanceGroups/pool"))
        .set_balancing_mode(backend::BalancingMode::Connection);
    let service = BackendService::new()
        .set_name("service")
        .set_load_balancing_scheme(backend_service::LoadBalancingScheme::Internal)
        .set_protocol(backend_service::Protocol::Tcp)
        .set_health_checks([format!("{place}/healthChecks/check")])
        .set_backends([pool]);
    done(services.insert().set_project(PROJECT).set_region(REGION).set_body(service).poller()).await;

    let networks = group.networks.delete().set_project(PROJECT).set_network("camp").poller();
    let subnetworks = group.subnetworks.delete().set_project(PROJECT).set_region(REGION).set_subnetwork("camp");
    let templates = group.templates.delete().set_project(PROJECT).set_region(REGION).set_instance_template("pool-1");
    let checks = checks.delete().set_project(PROJECT).set_region(REGION).set_health_check("check").poller();
    let managers = group.managers.delete().set_project(PROJECT).set_region(REGION).set_instance_group_manager("pool");
    for (what, ended) in [
        ("network", bounded(networks.until_done()).await),
        ("subnetwork", bounded(subnetworks.poller().until_done()).await),
        ("template", bounded(templates.poller().until_done()).await),
        ("health check", bounded(checks.until_done()).await),
        ("group", bounded(managers.poller().until_done()).await),
    ] {
        let why = match ended {
            Err(error) => reason(&error).unwrap_or_default().to_owned(),
            Ok(operation) => format!("{:?}", operation.to_result().expect_err(what)),
        };
        let why = why.replace('_', "").to_lowercase();
        assert!(why.contains(&IN_USE.to_lowercase()), "{what}: {why}");
    }
    assert_eq!(group.spread().await, [2, 2, 2]);
}
