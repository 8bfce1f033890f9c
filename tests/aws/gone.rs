//! Objects that somebody deletes behind Castra's back: each is made again, once, with all that went with it.

use anyhow::{Context as _, Result, ensure};
use castra_core::{Action, Plan};
use castra_tests::{Ids, Lab};

#[tokio::test]
async fn what_is_deleted_is_made_again() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    let (first, _) = lab.apply(&spec).await?;
    // Only what AWS lets go while the rest is in use; and not a target group, whose place in its scaling group moto
    // can't fill again.
    let deletions: &[(&[&str], &[&str])] = &[
        (&["anchor/main"], &["anchor/main"]),
        (&["nat_gateway/a"], &["nat_gateway/a"]),
        (&["route_table/private-b"], &["route_table/private-b"]),
        (&["subnet_cidr_reservation/private-c"], &["subnet_cidr_reservation/private-c"]),
        (
            &["iam_instance_profile/secondary", "iam_role/secondary"],
            &["iam_instance_profile/secondary", "iam_role/secondary"],
        ),
        (&["launch_template/secondaries"], &["launch_template/secondaries"]),
        (&["autoscaling_group/secondaries"], &["autoscaling_group/secondaries"]),
        (&["instance/primary-2"], &["instance/primary-2"]),
        // A machine that is gone leaves its interface and volume free to go as well.
        (
            &["instance/primary-1", "network_interface/primary-1", "ebs_volume/primary-1"],
            &["ebs_volume/primary-1", "instance/primary-1", "network_interface/primary-1"],
        ),
        (&["lb/control"], &["lb/control", "lb_listener/control-23010", "lb_listener/control-6443"]),
    ];
    for (deleted, made) in deletions {
        let ids = lab.ids().await?;
        for address in *deleted {
            delete(&lab, &ids, address).await.with_context(|| format!("deleting {address}"))?;
            lab.settle().await;
        }
        let (plan, _) = lab.plan(&spec).await.with_context(|| format!("without {deleted:?}"))?;
        ensure!(created(&plan) == *made, "without {deleted:?}:\n{}", plan.to_text());
        assert_eq!(plan.uid, first.plan.uid, "it is the same cluster");
        assert_eq!(plan.count(Action::Delete), 0, "{}", plan.to_text());
        lab.apply(&spec).await.with_context(|| format!("without {deleted:?}"))?;
        lab.settled(&spec).await.with_context(|| format!("without {deleted:?}"))?;
    }
    let copies = lab.cloud.copies("camp").await?;
    let several: Vec<_> = copies.iter().filter(|(_, count)| **count > 1).collect();
    ensure!(several.is_empty(), "there twice: {several:?}");
    lab.destroy().await?;
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}

/// The addresses that a plan makes, sorted.
fn created(plan: &Plan) -> Vec<String> {
    let made = plan.steps.iter().filter(|step| step.action == Action::Create);
    let mut made: Vec<String> = made.map(|step| step.address.to_string()).collect();
    made.sort();
    made
}

async fn delete(lab: &Lab, ids: &Ids, address: &str) -> Result<()> {
    let id = ids.get(address).context("it is there")?;
    let (ec2, elb, iam) = (&lab.cloud.ec2, &lab.cloud.elb, &lab.cloud.iam);
    match address.split('/').next().unwrap_or_default() {
        "anchor" => drop(lab.cloud.ssm.delete_parameter().name(id).send().await?),
        "nat_gateway" => {
            ec2.delete_nat_gateway().nat_gateway_id(id).send().await?;
            if lab.emulator().is_none() {
                // AWS frees the address by itself, moto doesn't: see `lacks`.
                let address = ec2.describe_addresses().allocation_ids(&ids["eip/nat-a"]).send().await?;
                let association = address.addresses()[0].association_id().context("it is held")?;
                ec2.disassociate_address().association_id(association).send().await?;
            }
        }
        "route_table" => {
            let tables = ec2.describe_route_tables().route_table_ids(id).send().await?;
            for association in tables.route_tables()[0].associations() {
                let request = ec2.disassociate_route_table();
                request.set_association_id(association.route_table_association_id.clone()).send().await?;
            }
            ec2.delete_route_table().route_table_id(id).send().await?;
        }
        "subnet_cidr_reservation" => {
            ec2.delete_subnet_cidr_reservation().subnet_cidr_reservation_id(id).send().await?;
        }
        "iam_instance_profile" => {
            let role = &ids["iam_role/secondary"];
            iam.remove_role_from_instance_profile().instance_profile_name(id).role_name(role).send().await?;
            iam.delete_instance_profile().instance_profile_name(id).send().await?;
        }
        "iam_role" => drop(iam.delete_role().role_name(id).send().await?),
        "launch_template" => drop(ec2.delete_launch_template().launch_template_id(id).send().await?),
        "autoscaling_group" => {
            let request = lab.cloud.autoscaling.delete_auto_scaling_group().auto_scaling_group_name(id);
            request.force_delete(true).send().await?;
        }
        "instance" => drop(ec2.terminate_instances().instance_ids(id).send().await?),
        "network_interface" => drop(ec2.delete_network_interface().network_interface_id(id).send().await?),
        "ebs_volume" => drop(ec2.delete_volume().volume_id(id).send().await?),
        "lb" => drop(elb.delete_load_balancer().load_balancer_arn(id).send().await?),
        kind => anyhow::bail!("nobody said how a {kind} is deleted"),
    }
    Ok(())
}
