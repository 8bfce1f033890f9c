//! Machines: the primaries and the pool.

use anyhow::{Context as _, Result};
use aws_sdk_autoscaling::types::{
    LaunchTemplateSpecification, MetricType, PredefinedMetricSpecification, TargetTrackingConfiguration,
};
use aws_sdk_ec2::primitives::Blob;
use aws_sdk_ec2::types::builders::RequestLaunchTemplateDataBuilder;
use aws_sdk_ec2::types::{
    AttributeValue, HttpTokensState, InstanceType, LaunchTemplateBlockDeviceMappingRequest,
    LaunchTemplateEbsBlockDeviceRequest, LaunchTemplateHttpTokensState,
    LaunchTemplateIamInstanceProfileSpecificationRequest, LaunchTemplateInstanceMetadataOptionsRequest,
    LaunchTemplateInstanceNetworkInterfaceSpecificationRequest, LaunchTemplateTagSpecificationRequest,
    RequestLaunchTemplateData, ResourceType, ResponseLaunchTemplateData, SecureBlobAttributeValue, Tag, VolumeType,
};

use super::world::{Case, World, case};

const TEMPLATE: &str = "launch_template/secondaries";
const GROUP: &str = "autoscaling_group/secondaries";
/// A machine that is made again is another one to its target group.
const ANOTHER: &[(&str, &str)] = &[("lb_target_group_attachments/application", "targets")];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = volumes();
    cases.extend(primaries());
    cases.extend(template());
    cases.extend(group());
    cases
}

fn volumes() -> Vec<Case> {
    vec![case("ebs_volume/primary-0", "volume_type", |w| async move {
        w.cloud.ec2.modify_volume().volume_id(w.me).volume_type(VolumeType::Io2).iops(3000).send().await?;
        Ok(())
    })]
}

fn primaries() -> Vec<Case> {
    vec![
        // Both options in each: moto sets those that are left out back to its defaults.
        case("instance/primary-0", "metadata_tokens", |w| async move {
            let request = w.cloud.ec2.modify_instance_metadata_options().instance_id(w.me);
            request.http_tokens(HttpTokensState::Optional).http_put_response_hop_limit(2).send().await?;
            Ok(())
        }),
        case("instance/primary-0", "metadata_hop_limit", |w| async move {
            let request = w.cloud.ec2.modify_instance_metadata_options().instance_id(w.me);
            request.http_tokens(HttpTokensState::Required).http_put_response_hop_limit(1).send().await?;
            Ok(())
        }),
        case("instance/primary-0", "data_volume", |w| async move {
            let volume = w.id("ebs_volume/primary-0");
            w.cloud.ec2.detach_volume().volume_id(volume).instance_id(w.me).send().await?;
            Ok(())
        }),
        case("instance/primary-0", "profile", |w| async move {
            let associations = w.cloud.ec2.describe_iam_instance_profile_associations().send().await?;
            let mine = associations.iam_instance_profile_associations().iter();
            let mine = mine.filter(|one| one.instance_id() == Some(w.me.as_str())).find_map(|one| one.association_id());
            // Taken away and not replaced: moto's machines don't show a replaced one, see `lacks`.
            let request = w.cloud.ec2.disassociate_iam_instance_profile();
            request.association_id(mine.context("an association")?).send().await?;
            Ok(())
        }),
        case("instance/primary-0", "state", |w| async move {
            w.cloud.ec2.stop_instances().instance_ids(w.me).send().await?;
            Ok(())
        }),
        case("instance/primary-0", "machine_type", |w| async move {
            w.cloud.ec2.stop_instances().instance_ids(&w.me).send().await?;
            w.settle().await;
            let other = AttributeValue::builder().value("m7i.large").build();
            w.cloud.ec2.modify_instance_attribute().instance_id(&w.me).instance_type(other).send().await?;
            w.cloud.ec2.start_instances().instance_ids(&w.me).send().await?;
            Ok(())
        })
        .also(ANOTHER),
        case("instance/primary-0", "user_data", |w| async move {
            w.cloud.ec2.stop_instances().instance_ids(&w.me).send().await?;
            w.settle().await;
            // Encoded once more than AWS wants it: moto decodes it twice.
            let other = SecureBlobAttributeValue::builder().value(Blob::new("IyEvYmluL3NoCg==")).build();
            w.cloud.ec2.modify_instance_attribute().instance_id(&w.me).user_data(other).send().await?;
            w.cloud.ec2.start_instances().instance_ids(&w.me).send().await?;
            Ok(())
        })
        .also(ANOTHER),
        case("instance/primary-0", "root_disk_gib", |w| async move {
            let machine = w.cloud.ec2.describe_instances().instance_ids(&w.me).send().await?;
            let machine = machine.reservations()[0].instances()[0].clone();
            let root =
                machine.block_device_mappings().iter().find(|one| one.device_name() == machine.root_device_name());
            let volume = root.and_then(|one| one.ebs()?.volume_id()).context("a system disk")?;
            w.cloud.ec2.modify_volume().volume_id(volume).size(120).send().await?;
            Ok(())
        })
        .also(ANOTHER),
        case("instance/primary-0", "", |w| async move {
            w.cloud.ec2.terminate_instances().instance_ids(w.me).send().await?;
            Ok(())
        })
        .also(ANOTHER),
    ]
}

fn template() -> Vec<Case> {
    vec![
        version("machine_type", |_, data| data.instance_type(InstanceType::M7iLarge)),
        version("profile", |w, data| {
            let other = w.id("iam_instance_profile/primary");
            data.iam_instance_profile(
                LaunchTemplateIamInstanceProfileSpecificationRequest::builder().name(other).build(),
            )
        }),
        version("security_groups", |w, data| {
            data.set_network_interfaces(Some(vec![interface(&w.id("security_group/primary"))]))
        }),
        version("root_disk_gib", |_, data| data.set_block_device_mappings(Some(vec![disk(120)]))),
        version("user_data", |_, data| data.user_data("IyEvYmluL3NoCg==")),
        version("metadata_tokens", |_, data| {
            let options = LaunchTemplateInstanceMetadataOptionsRequest::builder();
            let options = options.http_tokens(LaunchTemplateHttpTokensState::Optional).http_put_response_hop_limit(2);
            data.metadata_options(options.build())
        }),
        version("metadata_hop_limit", |_, data| {
            let options = LaunchTemplateInstanceMetadataOptionsRequest::builder();
            let options = options.http_tokens(LaunchTemplateHttpTokensState::Required).http_put_response_hop_limit(1);
            data.metadata_options(options.build())
        }),
        version("node_tags", |_, data| data.set_tag_specifications(None)),
        version("image", |_, data| data.image_id("ami-00000000000000000")),
    ]
}

/// A case in which the template's default becomes a version that is edited.
fn version(
    field: &'static str,
    edit: fn(&World, RequestLaunchTemplateDataBuilder) -> RequestLaunchTemplateDataBuilder,
) -> Case {
    case(TEMPLATE, field, move |w| async move {
        let versions = w.cloud.ec2.describe_launch_template_versions().launch_template_id(&w.me).versions("$Default");
        let versions = versions.send().await?;
        let data = versions.launch_template_versions()[0].launch_template_data().context("its data")?;
        let data = edit(&w, copy(data)?).build();
        let request = w.cloud.ec2.create_launch_template_version().launch_template_id(&w.me);
        let made = request.launch_template_data(data).send().await?;
        let number = made.launch_template_version().and_then(|one| one.version_number()).context("its number")?;
        let request = w.cloud.ec2.modify_launch_template().launch_template_id(&w.me);
        request.default_version(number.to_string()).send().await?;
        Ok(())
    })
}

/// The request that would give this answer.
fn copy(data: &ResponseLaunchTemplateData) -> Result<RequestLaunchTemplateDataBuilder> {
    let profile = data.iam_instance_profile().and_then(|one| one.name()).context("a profile")?;
    let group = data.network_interfaces().first().and_then(|one| one.groups().first()).context("a group")?;
    let metadata = data.metadata_options().context("metadata options")?;
    let disk_size = data.block_device_mappings()[0].ebs().and_then(|one| one.volume_size()).context("a disk")?;
    let options = LaunchTemplateInstanceMetadataOptionsRequest::builder()
        .set_http_tokens(metadata.http_tokens().cloned())
        .set_http_put_response_hop_limit(metadata.http_put_response_hop_limit());
    let tags = |resource: ResourceType| {
        let mine = data.tag_specifications().iter().filter(|one| one.resource_type() == Some(&resource));
        let tags: Vec<Tag> = mine.flat_map(|one| one.tags()).cloned().collect();
        LaunchTemplateTagSpecificationRequest::builder().resource_type(resource).set_tags(Some(tags)).build()
    };
    let specifications = vec![tags(ResourceType::Instance), tags(ResourceType::Volume)];
    Ok(RequestLaunchTemplateData::builder()
        .set_image_id(data.image_id().map(str::to_owned))
        .set_instance_type(data.instance_type().cloned())
        .set_user_data(data.user_data().map(str::to_owned))
        .iam_instance_profile(LaunchTemplateIamInstanceProfileSpecificationRequest::builder().name(profile).build())
        .network_interfaces(interface(group))
        .block_device_mappings(disk(disk_size))
        .metadata_options(options.build())
        .set_tag_specifications(Some(specifications)))
}

fn interface(group: &str) -> LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
    let interface = LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder().device_index(0);
    interface.associate_public_ip_address(false).groups(group).delete_on_termination(true).build()
}

fn disk(size: i32) -> LaunchTemplateBlockDeviceMappingRequest {
    let disk = LaunchTemplateEbsBlockDeviceRequest::builder().volume_type(VolumeType::Gp3).encrypted(true);
    let disk = disk.volume_size(size).delete_on_termination(true).build();
    LaunchTemplateBlockDeviceMappingRequest::builder().device_name("/dev/xvda").ebs(disk).build()
}

fn group() -> Vec<Case> {
    vec![
        // With a fixed count nothing but the one size is allowed, so that it takes another limit too. First, because
        // moto launches nothing from a version that was added to a template: see `lacks`.
        sized("desired", &[(GROUP, "max")], None, Some(9), Some(7)),
        sized("min", &[], Some(2), None, None),
        sized("max", &[], None, Some(9), None),
        case(GROUP, "launch_template", |w| async move {
            let template = LaunchTemplateSpecification::builder().launch_template_id(w.id(TEMPLATE)).version("$Latest");
            let request = w.cloud.autoscaling.update_auto_scaling_group().auto_scaling_group_name(w.me);
            request.launch_template(template.build()).send().await?;
            Ok(())
        }),
        case(GROUP, "subnets", |w| async move {
            let two = format!("{},{}", w.id("subnet/private-a"), w.id("subnet/private-b"));
            let request = w.cloud.autoscaling.update_auto_scaling_group().auto_scaling_group_name(w.me);
            request.vpc_zone_identifier(two).send().await?;
            Ok(())
        }),
        case(GROUP, "target_groups", |w| async move {
            let arn = w.id("lb_target_group/application");
            let request = w.cloud.autoscaling.detach_load_balancer_target_groups().auto_scaling_group_name(w.me);
            request.target_group_arns(arn).send().await?;
            Ok(())
        }),
        case(GROUP, "health_check", |w| async move {
            let request = w.cloud.autoscaling.update_auto_scaling_group().auto_scaling_group_name(w.me);
            request.health_check_type("ELB").send().await?;
            Ok(())
        }),
        case(GROUP, "grace_seconds", |w| async move {
            let request = w.cloud.autoscaling.update_auto_scaling_group().auto_scaling_group_name(w.me);
            request.health_check_grace_period(10).send().await?;
            Ok(())
        }),
        case(GROUP, "tags", |w| async move {
            let tag = aws_sdk_autoscaling::types::Tag::builder().key("owner").value("me").propagate_at_launch(false);
            let tag = tag.resource_id(w.me).resource_type("auto-scaling-group").build();
            w.cloud.autoscaling.create_or_update_tags().tags(tag).send().await?;
            Ok(())
        }),
    ]
}

fn sized(
    field: &'static str,
    also: &'static [(&'static str, &'static str)],
    min: Option<i32>,
    max: Option<i32>,
    desired: Option<i32>,
) -> Case {
    case(GROUP, field, move |w| async move {
        let request = w.cloud.autoscaling.update_auto_scaling_group().auto_scaling_group_name(w.me);
        request.set_min_size(min).set_max_size(max).set_desired_capacity(desired).send().await?;
        Ok(())
    })
    .also(also)
}

/// What only a pool that scales by itself has.
pub(super) fn ranged() -> Vec<Case> {
    vec![case("autoscaling_policy/cpu", "target_cpu", |w| async move {
        let metric = PredefinedMetricSpecification::builder();
        let metric = metric.predefined_metric_type(MetricType::AsgAverageCpuUtilization).build();
        let target = TargetTrackingConfiguration::builder().predefined_metric_specification(metric).target_value(33.0);
        let request = w.cloud.autoscaling.put_scaling_policy().auto_scaling_group_name(w.id(GROUP));
        let request = request.policy_name("camp-cpu").policy_type("TargetTrackingScaling");
        request.target_tracking_configuration(target.build()).send().await?;
        Ok(())
    })]
}
