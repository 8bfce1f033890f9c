//! Tags of what calls are about, for conditions on `aws:ResourceTag`.

use crate::aws::call::Call;
use crate::aws::ec2::Tags;

/// The tags of the resource of that ARN, if it is there.
pub(super) fn of(call: &Call<'_>, arn: &str) -> Option<Tags> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, _, _, resource] = parts.as_slice() else { return None };
    let account = &*call.account;
    let here = account.regions.get(call.region);
    match *service {
        "ec2" => {
            let (kind, id) = resource.split_once('/')?;
            let ec2 = &here?.ec2;
            let tags = match kind {
                "dedicated-host" => return None,
                "elastic-ip" => &ec2.addresses.get(id)?.tags,
                "image" => &ec2.images.get(id)?.tags,
                "instance" => &ec2.instances.get(id)?.tags,
                "internet-gateway" => &ec2.internet_gateways.get(id)?.tags,
                "key-pair" => &ec2.key_pairs.get(id)?.tags,
                "launch-template" => &ec2.launch_templates.get(id)?.tags,
                "natgateway" => &ec2.nat_gateways.get(id)?.tags,
                "network-interface" => &ec2.interfaces.get(id)?.tags,
                "placement-group" => &ec2.placement_groups.get(id)?.tags,
                "route-table" => &ec2.route_tables.get(id)?.tags,
                "security-group" => &ec2.security_groups.get(id)?.tags,
                "snapshot" => &ec2.snapshots.get(id)?.tags,
                "subnet" => &ec2.subnets.get(id)?.tags,
                "volume" => &ec2.volumes.get(id)?.tags,
                "vpc" => &ec2.vpcs.get(id)?.tags,
                "vpc-endpoint" => &ec2.endpoints.get(id)?.tags,
                _ => return None,
            };
            Some(tags.clone())
        }
        "iam" => {
            let role = account.iam.roles.by_arn(arn).map(|role| &role.tags);
            let user = account.iam.users.by_arn(arn).map(|user| &user.tags);
            let policy = account.iam.policies.by_arn(arn).map(|policy| &policy.tags);
            let profile = account.iam.profiles.by_arn(arn).map(|profile| &profile.tags);
            role.or(user).or(policy).or(profile).cloned()
        }
        "autoscaling" => {
            let mut tags = Tags::default();
            let (_, name) = resource.split_once("autoScalingGroupName/")?;
            here?.autoscaling.tags(name).for_each(|(key, value)| tags.insert(key, value));
            Some(tags)
        }
        "elasticloadbalancing" => here?.elb.tags(arn).cloned(),
        "ssm" => {
            let name = resource.strip_prefix("parameter")?;
            here?.ssm.tags(name).or_else(|| here?.ssm.tags(name.trim_start_matches('/'))).cloned()
        }
        "secretsmanager" => here?.secrets.tags(arn).cloned(),
        _ => None,
    }
}
