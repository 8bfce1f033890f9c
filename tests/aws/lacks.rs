//! Where moto isn't AWS. The code follows AWS; each difference that a test has to live with stands here and is looked
//! at, so that this fails when moto has caught up and the tests can ask for more.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_ec2::types::{
    HttpTokensState, IamInstanceProfileSpecification, RequestLaunchTemplateData, ResourceType, Tag, TagSpecification,
};
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, LoadBalancerAttribute, LoadBalancerTypeEnum, ProtocolEnum, TargetDescription,
};
use castra_tests::{Ids, Lab};

/// What was looked at, and whether moto still differs.
#[derive(Default)]
struct Differences(Vec<&'static str>);

impl Differences {
    /// Notes it unless moto still differs.
    fn still(&mut self, what: &'static str, differs: bool) {
        if !differs {
            self.0.push(what);
        }
    }
}

#[tokio::test]
async fn moto_is_not_aws() -> Result<()> {
    let Some(lab) = Lab::moto().await? else { return Ok(()) };
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    let ids = lab.ids().await?;
    let mut differences = Differences::default();
    machines(&lab, &ids, &mut differences).await?;
    pool(&lab, &ids, &mut differences).await?;
    balancers(&lab, &ids, &mut differences).await?;
    deletions(&lab, &ids, &mut differences).await?;
    ensure!(differences.0.is_empty(), "moto has caught up, take these away and test more: {:#?}", differences.0);
    Ok(())
}

async fn machines(lab: &Lab, ids: &Ids, differences: &mut Differences) -> Result<()> {
    let ec2 = &lab.cloud.ec2;
    let id = &ids["instance/primary-0"];
    let machine = ec2.describe_instances().instance_ids(id).send().await?;
    let machine = machine.reservations()[0].instances()[0].clone();

    let twice = || {
        let request = ec2.run_instances().set_image_id(machine.image_id.clone());
        request.set_instance_type(machine.instance_type.clone()).client_token("once").min_count(1).max_count(1).send()
    };
    let (first, second) = (twice().await?, twice().await?);
    differences.still(
        "one client token launches two machines, so nothing here shows that a lost reply doesn't",
        first.instances()[0].instance_id() != second.instances()[0].instance_id(),
    );

    let request = ec2.modify_instance_metadata_options().instance_id(id).http_tokens(HttpTokensState::Required);
    let options = request.send().await?;
    differences.still(
        "metadata options that are left out fall back, so tests set all of them",
        options.instance_metadata_options().and_then(|one| one.http_put_response_hop_limit()) != Some(2),
    );

    let associations = ec2.describe_iam_instance_profile_associations().send().await?;
    let associations = associations.iam_instance_profile_associations();
    let mine = associations.iter().find(|one| one.instance_id() == Some(id)).context("an association")?;
    let other = IamInstanceProfileSpecification::builder().name(&ids["iam_instance_profile/secondary"]).build();
    let request = ec2.replace_iam_instance_profile_association().set_association_id(mine.association_id.clone());
    request.iam_instance_profile(other).send().await?;
    let shown = ec2.describe_instances().instance_ids(id).send().await?;
    let shown =
        shown.reservations()[0].instances()[0].iam_instance_profile().and_then(|one| one.arn().map(str::to_owned));
    differences.still(
        "a machine doesn't show an instance profile that was replaced, so only one that was taken away is tested",
        shown.is_some_and(|arn| arn.ends_with("-primary")),
    );

    let detached = ec2.detach_volume().volume_id(&ids["ebs_volume/primary-0"]).send().await;
    differences.still("a volume is detached only where the machine is named", detached.is_err());

    let shrunk = ec2.modify_volume().volume_id(&ids["ebs_volume/primary-0"]).size(50).send().await;
    differences.still("a volume shrinks, which a test uses to have one that is too small", shrunk.is_ok());

    let tag = Tag::builder().key("team").value("x").build();
    let tags = TagSpecification::builder().resource_type(ResourceType::SubnetCidrReservation).tags(tag).build();
    let request = ec2.create_subnet_cidr_reservation().subnet_id(&ids["subnet/private-a"]).cidr("10.20.0.64/28");
    let request = request.reservation_type(aws_sdk_ec2::types::SubnetCidrReservationType::Explicit);
    let made = request.tag_specifications(tags).send().await?;
    differences.still(
        "a reservation takes no tags when it is made, so that making one is a call more",
        made.subnet_cidr_reservation().is_some_and(|one| one.tags().is_empty()),
    );
    Ok(())
}

async fn pool(lab: &Lab, ids: &Ids, differences: &mut Differences) -> Result<()> {
    let members = lab.cloud.members("camp").await?;
    let described = lab.cloud.ec2.describe_instances().set_instance_ids(Some(members)).send().await?;
    let machines: Vec<_> = described.reservations().iter().flat_map(|one| one.instances()).collect();
    let zones: BTreeSet<_> = machines.iter().filter_map(|one| one.placement()?.availability_zone()).collect();
    differences.still("all members of a group land in one zone", machines.len() == 5 && zones.len() == 1);
    differences.still(
        "members don't get the template's metadata options",
        machines.iter().all(|one| {
            one.metadata_options().and_then(|options| options.http_tokens()) != Some(&HttpTokensState::Required)
        }),
    );
    differences.still(
        "members don't get the template's instance profile",
        machines.iter().all(|one| one.iam_instance_profile().is_none()),
    );

    let group = &lab.cloud.autoscaling;
    let resize = |min, max, desired| {
        let request = group.update_auto_scaling_group().auto_scaling_group_name("camp-secondaries");
        request.set_min_size(min).set_max_size(max).set_desired_capacity(desired).send()
    };
    differences.still("a group may have more than its most", resize(None, Some(4), None).await.is_ok());
    resize(Some(1), Some(9), None).await?;
    let data = RequestLaunchTemplateData::builder().image_id("ami-00000000000000000").user_data("IyEvYmluL3NoCg==");
    let template = &ids["launch_template/secondaries"];
    let made = lab.cloud.ec2.create_launch_template_version().launch_template_id(template);
    let made = made.launch_template_data(data.build()).send().await;
    differences.still("a template takes an image that isn't there", made.is_ok());
    let versions = lab.cloud.ec2.modify_launch_template().launch_template_id(template).default_version("2");
    versions.send().await?;
    differences.still(
        "nothing can be launched from a version that was added, so pools grow before their template changes",
        resize(None, None, Some(6)).await.is_err(),
    );
    Ok(())
}

async fn balancers(lab: &Lab, ids: &Ids, differences: &mut Differences) -> Result<()> {
    let elb = &lab.cloud.elb;
    differences.still("the ARN of a network balancer says app", ids["lb/control"].contains("loadbalancer/app/"));

    let request = elb.modify_listener().listener_arn(&ids["lb_listener/application-443"]);
    let changed = request.protocol(ProtocolEnum::Http).send().await?;
    differences.still(
        "a listener that goes from HTTPS to HTTP keeps its certificate",
        !changed.listeners()[0].certificates().is_empty(),
    );

    let health = elb.describe_target_health().target_group_arn(&ids["lb_target_group/application"]).send().await?;
    let states: BTreeSet<_> = health
        .target_health_descriptions()
        .iter()
        .filter_map(|one| Some(one.target_health()?.state()?.as_str()))
        .collect();
    differences.still("targets are healthy without anybody having asked them", states == BTreeSet::from(["healthy"]));

    let action =
        Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(&ids["lb_target_group/control-6443"]);
    let again = elb.create_listener().load_balancer_arn(&ids["lb/control"]).port(6443).protocol(ProtocolEnum::Tcp);
    let again = again.default_actions(action.build()).send().await?;
    let id = again.listeners()[0].listener_arn();
    differences.still(
        "a second listener at the same port is made, so that no answer to the first is lost here",
        id.is_some_and(|id| id != ids["lb_listener/control-6443"]),
    );
    let again = elb.create_load_balancer().name("camp-control").r#type(LoadBalancerTypeEnum::Network);
    let again = again.subnets(&ids["subnet/private-a"]).send().await?;
    let id = again.load_balancers()[0].load_balancer_arn();
    differences.still(
        "a second network balancer of the same name is made, so that no answer to the first is lost here",
        id.is_some_and(|id| id != ids["lb/control"]),
    );

    let stranger = TargetDescription::builder().id("10.20.0.99").port(6443).build();
    let gone = elb.deregister_targets().target_group_arn(&ids["lb_target_group/control-6443"]).targets(stranger);
    differences.still("a target that isn't registered can't be deregistered", gone.send().await.is_err());

    let key = "deletion_protection.enabled";
    let protect = LoadBalancerAttribute::builder().key(key).value("true").build();
    let arn = &ids["lb/application"];
    elb.modify_load_balancer_attributes().load_balancer_arn(arn).attributes(protect).send().await?;
    let deleted = elb.delete_load_balancer().load_balancer_arn(arn).send().await;
    differences.still("a balancer that is protected is deleted", deleted.is_ok());
    Ok(())
}

async fn deletions(lab: &Lab, ids: &Ids, differences: &mut Differences) -> Result<()> {
    let ec2 = &lab.cloud.ec2;
    let deleted = ec2.delete_security_group().group_id(&ids["security_group/primary"]).send().await;
    differences
        .still("a security group in use is deleted, so nothing here shows that the order is right", deleted.is_ok());
    let (profile, role) = (&ids["iam_instance_profile/secondary"], &ids["iam_role/secondary"]);
    let remove = || lab.cloud.iam.remove_role_from_instance_profile().instance_profile_name(profile).role_name(role);
    remove().send().await?;
    let again = remove().send().await.err().context("there is no role to take")?;
    differences.still(
        "a role that isn't in a profile can't be taken from it, and moto breaks instead of saying so",
        again.into_service_error().meta().code() != Some("NoSuchEntity"),
    );
    ec2.delete_nat_gateway().nat_gateway_id(&ids["nat_gateway/a"]).send().await?;
    let address = ec2.describe_addresses().allocation_ids(&ids["eip/nat-a"]).send().await?;
    differences.still("a deleted NAT gateway keeps its address", address.addresses()[0].association_id().is_some());
    let deleted = ec2.delete_subnet().subnet_id(&ids["subnet/private-b"]).send().await;
    differences.still("a subnet in use is deleted", deleted.is_ok());
    let group = lab.cloud.autoscaling.delete_auto_scaling_group().auto_scaling_group_name("camp-secondaries");
    let deleted = group.send().await;
    differences.still("a group with machines is deleted without force", deleted.is_ok());

    let terminated = ec2.terminate_instances().instance_ids(&ids["instance/primary-1"]).send().await?;
    let now = terminated.terminating_instances()[0].current_state().and_then(|state| state.name().cloned());
    let shown = ec2.describe_instances().instance_ids(&ids["instance/primary-1"]).send().await?;
    let shown = shown.reservations()[0].instances()[0].state().and_then(|state| state.name().cloned());
    differences.still(
        "a machine is terminated at once, so that no wait is ever waited",
        now != shown && shown.is_some_and(|state| state.as_str() == "terminated"),
    );
    Ok(())
}
