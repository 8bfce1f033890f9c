"""botocore's own waiters, as they are: what they ask for comes, and they know refusals."""

import time

from botocore.exceptions import WaiterError

from aws.acm import DOMAIN, ZONE, records, requested
from aws.behaviour import behaviour
from aws.ec2_compute import TRUST, launch
from aws.ec2_nat import nat_of
from aws.ec2_network import ABSENT, gateway_of, vpc_of
from aws.elb import balancer, targets
from aws.elb_targets import machine, register, served
from aws.fixture import ZONES
from aws.pages import ROOT


def page(service, waiter):
    """The page of a waiter: what it asks, and what for."""
    reference = f"{ROOT}/boto3/latest/reference/services"
    return f"{reference}/{service}/waiter/{waiter}.html"


def gives_up(aws, client, waiter, **arguments):
    """The waiter sees at once that it waits in vain, and says so."""
    began = time.monotonic()
    try:
        aws.wait(client, waiter, **arguments)
    except WaiterError as error:
        assert "terminal failure" in str(error), error
        assert time.monotonic() - began < 20
        return
    raise AssertionError(f"{waiter} should have given up")


@behaviour("waiter/instance-exists", page("ec2", "InstanceExists"))
def instance_exists(aws):
    aws.wait(aws.client("ec2"), "instance_exists", InstanceIds=[launch(aws)["InstanceId"]])


@behaviour("waiter/instance-running", page("ec2", "InstanceRunning"))
def instance_running(aws):
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    aws.wait(ec2, "instance_running", InstanceIds=[id])
    [status] = ec2.describe_instance_status(InstanceIds=[id])["InstanceStatuses"]
    assert status["InstanceState"]["Name"] == "running"


@behaviour("waiter/instance-status-ok", page("ec2", "InstanceStatusOk"))
def instance_status(aws):
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    aws.wait(ec2, "instance_status_ok", InstanceIds=[id])
    aws.wait(ec2, "system_status_ok", InstanceIds=[id])
    [status] = ec2.describe_instance_status(InstanceIds=[id])["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "ok"


@behaviour("waiter/instance-stopped", page("ec2", "InstanceStopped"))
def instance_stopped(aws):
    ec2 = aws.client("ec2")
    which = {"InstanceIds": [launch(aws)["InstanceId"]]}
    aws.wait(ec2, "instance_running", **which)
    ec2.stop_instances(**which)
    aws.wait(ec2, "instance_stopped", **which)
    ec2.start_instances(**which)
    aws.wait(ec2, "instance_running", **which)


@behaviour("waiter/instance-terminated", page("ec2", "InstanceTerminated"))
def instance_terminated(aws):
    """And one that waits for it to run gives up."""
    ec2 = aws.client("ec2")
    which = {"InstanceIds": [launch(aws)["InstanceId"]]}
    ec2.terminate_instances(**which)
    aws.wait(ec2, "instance_terminated", **which)
    gives_up(aws, ec2, "instance_running", **which)


@behaviour("waiter/volume", page("ec2", "VolumeInUse"), moto="an HTML page with status 500")
def volume(aws):
    ec2 = aws.client("ec2")
    instance = launch(aws, SubnetId=aws.network().subnet)["InstanceId"]
    id = ec2.create_volume(AvailabilityZone=ZONES[0], Size=8)["VolumeId"]
    which = {"VolumeIds": [id]}
    aws.wait(ec2, "volume_available", **which)
    aws.wait(ec2, "instance_running", InstanceIds=[instance])
    ec2.attach_volume(VolumeId=id, InstanceId=instance, Device="/dev/sdf")
    aws.wait(ec2, "volume_in_use", **which)
    ec2.detach_volume(VolumeId=id)
    aws.wait(ec2, "volume_available", **which)
    ec2.delete_volume(VolumeId=id)
    aws.wait(ec2, "volume_deleted", **which)


@behaviour("waiter/snapshot", page("ec2", "SnapshotCompleted"))
def snapshot(aws):
    ec2 = aws.client("ec2")
    id = ec2.create_volume(AvailabilityZone=ZONES[0], Size=8)["VolumeId"]
    aws.wait(ec2, "volume_available", VolumeIds=[id])
    made = ec2.create_snapshot(VolumeId=id)["SnapshotId"]
    aws.wait(ec2, "snapshot_completed", SnapshotIds=[made])


@behaviour("waiter/network", page("ec2", "VpcAvailable"))
def network(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    aws.wait(ec2, "vpc_exists", VpcIds=[vpc])
    aws.wait(ec2, "vpc_available", VpcIds=[vpc])
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    aws.wait(ec2, "subnet_available", SubnetIds=[subnet])
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    aws.wait(ec2, "security_group_exists", GroupIds=[group])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    aws.wait(ec2, "internet_gateway_exists", InternetGatewayIds=[gateway])
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    which = {"NetworkInterfaceIds": [made["NetworkInterfaceId"]]}
    aws.wait(ec2, "network_interface_available", **which)


@behaviour("waiter/interface-absent", page("ec2", "NetworkInterfaceAvailable"))
def interface_absent(aws):
    absent = [f"eni-{ABSENT}"]
    waiter = "network_interface_available"
    gives_up(aws, aws.client("ec2"), waiter, NetworkInterfaceIds=absent)


@behaviour("waiter/nat-gateway", page("ec2", "NatGatewayAvailable"))
def nat_gateway(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    id, _ = nat_of(aws, net.subnet)
    aws.wait(ec2, "nat_gateway_available", NatGatewayIds=[id])
    ec2.delete_nat_gateway(NatGatewayId=id)
    aws.wait(ec2, "nat_gateway_deleted", NatGatewayIds=[id])


@behaviour("waiter/nat-gateway-failed", page("ec2", "NatGatewayAvailable"), emulator_only=True)
def nat_gateway_failed(aws):
    """Without an internet gateway it fails, and the waiter knows."""
    id, _ = nat_of(aws, aws.network().subnet)
    gives_up(aws, aws.client("ec2"), "nat_gateway_available", NatGatewayIds=[id])


@behaviour("waiter/image-and-key", page("ec2", "ImageAvailable"))
def image_and_key(aws):
    ec2 = aws.client("ec2")
    aws.wait(ec2, "image_exists", ImageIds=[aws.image()])
    aws.wait(ec2, "image_available", ImageIds=[aws.image()])
    ec2.create_key_pair(KeyName="admin")
    aws.wait(ec2, "key_pair_exists", KeyNames=["admin"])


@behaviour("waiter/load-balancer", page("elbv2", "LoadBalancerAvailable"))
def load_balancer(aws):
    elb = aws.client("elbv2")
    which = {"LoadBalancerArns": [balancer(aws, aws.network())["LoadBalancerArn"]]}
    aws.wait(elb, "load_balancer_exists", **which)
    aws.wait(elb, "load_balancer_available", **which)
    elb.delete_load_balancer(LoadBalancerArn=which["LoadBalancerArns"][0])
    aws.wait(elb, "load_balancers_deleted", **which)


@behaviour("waiter/target", page("elbv2", "TargetInService"), emulator_only=True)
def target(aws):
    elb = aws.client("elbv2")
    net = aws.network()
    aws.listen(None, [6443])
    group, id = served(aws, net), machine(aws, net)
    register(aws, group, id)
    which = {"TargetGroupArn": group, "Targets": [{"Id": id, "Port": 6443}]}
    aws.wait(elb, "target_in_service", **which)
    elb.deregister_targets(**which)
    aws.wait(elb, "target_deregistered", **which)


@behaviour("waiter/target-never-registered", page("elbv2", "TargetDeregistered"))
def target_absent(aws):
    net = aws.network()
    which = {"TargetGroupArn": targets(aws, net), "Targets": [{"Id": machine(aws, net)}]}
    aws.wait(aws.client("elbv2"), "target_deregistered", **which)


@behaviour("waiter/certificate", page("acm", "CertificateValidated"), emulator_only=True)
def certificate(aws):
    arn = requested(aws)
    record = records(aws, arn)[DOMAIN]
    dns = aws.client("route53")
    zone = dns.create_hosted_zone(Name=ZONE, CallerReference="once")["HostedZone"]["Id"]
    values = [{"Value": record["Value"]}]
    new = {"Name": record["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": values}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": new}]}
    change = dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)["ChangeInfo"]
    assert change["Status"] == "PENDING"
    aws.wait(dns, "resource_record_sets_changed", Id=change["Id"])
    aws.wait(aws.client("acm"), "certificate_validated", CertificateArn=arn)


@behaviour("waiter/identity", page("iam", "InstanceProfileExists"))
def identity(aws):
    iam = aws.client("iam")
    iam.create_instance_profile(InstanceProfileName="members")
    aws.wait(iam, "instance_profile_exists", InstanceProfileName="members")
    iam.create_role(RoleName="members", AssumeRolePolicyDocument=TRUST)
    aws.wait(iam, "role_exists", RoleName="members")


@behaviour("waiter/bucket", page("s3", "BucketExists"))
def bucket(aws):
    s3 = aws.client("s3")
    name = f"bucket-{aws.account}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": aws.region})
    aws.wait(s3, "bucket_exists", Bucket=name)
    s3.put_object(Bucket=name, Key="state", Body=b"{}")
    aws.wait(s3, "object_exists", Bucket=name, Key="state")
    s3.delete_object(Bucket=name, Key="state")
    aws.wait(s3, "object_not_exists", Bucket=name, Key="state")
    s3.delete_bucket(Bucket=name)
    aws.wait(s3, "bucket_not_exists", Bucket=name)
