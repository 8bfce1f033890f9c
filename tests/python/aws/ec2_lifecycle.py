"""EC2: what instances go through, from pending to forgotten."""

from botocore.exceptions import ClientError

from aws.behaviour import behaviour
from aws.ec2_compute import described, launch, reach
from aws.ec2_network import ABSENT, gateway_of
from aws.pages import EC2_ERRORS, ec2_guide
from aws.pages import ec2 as page


@behaviour("ec2/instance/pending-first", ec2_guide("ec2-instance-lifecycle"), emulator_only=True)
def pending(aws):
    id = launch(aws, SubnetId=aws.network().subnet)["InstanceId"]
    assert described(aws, id)["State"]["Name"] == "pending"
    aws.step(300)
    assert described(aws, id)["State"]["Name"] == "running"


@behaviour(
    "ec2/instance/terminate",
    page("TerminateInstances"),
    moto="a terminated instance can be terminated anew: it is shutting down again",
)
def terminate(aws):
    """It stays listed, without addresses; and once more is no error."""
    ec2 = aws.client("ec2")
    id = launch(aws, SubnetId=aws.network().subnet)["InstanceId"]
    reach(aws, id, "running")
    [change] = ec2.terminate_instances(InstanceIds=[id])["TerminatingInstances"]
    assert change["PreviousState"] == {"Code": 16, "Name": "running"}
    assert change["CurrentState"] == {"Code": 32, "Name": "shutting-down"}
    shown = reach(aws, id, "terminated")
    assert shown["State"]["Code"] == 48 and shown["StateReason"]["Code"].startswith("Client.")
    assert "User initiated" in shown["StateTransitionReason"]
    [change] = ec2.terminate_instances(InstanceIds=[id])["TerminatingInstances"]
    assert change["CurrentState"]["Name"] == change["PreviousState"]["Name"] == "terminated"


@behaviour(
    "ec2/instance/terminated-is-bare",
    ec2_guide("terminating-instances"),
    moto="a terminated instance keeps address, subnet and disks",
)
def terminated_bare(aws):
    net = aws.network()
    id = launch(aws, SubnetId=net.subnet)["InstanceId"]
    aws.client("ec2").terminate_instances(InstanceIds=[id])
    shown = reach(aws, id, "terminated")
    assert "PrivateIpAddress" not in shown and "SubnetId" not in shown
    assert not shown["NetworkInterfaces"] and not shown["BlockDeviceMappings"]


@behaviour("ec2/instance/forgotten", ec2_guide("terminating-instances"), emulator_only=True)
def forgotten(aws):
    """A terminated one is shown for about an hour."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    ec2.terminate_instances(InstanceIds=[id])
    reach(aws, id, "terminated")
    aws.step(20 * 60)
    assert described(aws, id)["State"]["Name"] == "terminated"
    aws.step(3 * 3600)
    call = ec2.describe_instances
    aws.refused("InvalidInstanceID.NotFound", call, InstanceIds=[id])


@behaviour(
    "ec2/instance/termination-protection",
    ec2_guide("Using_ChangingDisableAPITermination"),
    moto="termination protection is ignored",
)
def termination_protection(aws):
    ec2 = aws.client("ec2")
    id = launch(aws, DisableApiTermination=True)["InstanceId"]
    call = ec2.terminate_instances
    error = aws.refused("OperationNotPermitted", call, InstanceIds=[id])
    assert id in error["Message"] and "disableApiTermination" in error["Message"]
    change = {"InstanceId": id, "DisableApiTermination": {"Value": False}}
    ec2.modify_instance_attribute(**change)
    call(InstanceIds=[id])
    reach(aws, id, "terminated")


@behaviour("ec2/instance/all-or-none", page("TerminateInstances"))
def all_or_none(aws):
    """One id that isn't there, and none of them is terminated."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    ids = [id, f"i-{ABSENT}"]
    aws.refused("InvalidInstanceID.NotFound", ec2.terminate_instances, InstanceIds=ids)
    assert reach(aws, id, "running")


@behaviour("ec2/instance/stop-and-start", page("StopInstances"))
def stop_and_start(aws):
    ec2 = aws.client("ec2")
    id = launch(aws, SubnetId=aws.network().subnet)["InstanceId"]
    address = reach(aws, id, "running")["PrivateIpAddress"]
    [change] = ec2.stop_instances(InstanceIds=[id])["StoppingInstances"]
    assert change["CurrentState"] == {"Code": 64, "Name": "stopping"}
    shown = reach(aws, id, "stopped")
    assert shown["State"]["Code"] == 80 and shown["PrivateIpAddress"] == address
    [change] = ec2.start_instances(InstanceIds=[id])["StartingInstances"]
    assert change["CurrentState"]["Name"] == "pending"
    assert reach(aws, id, "running")["PrivateIpAddress"] == address


@behaviour("ec2/instance/public-address-changes", page("StopInstances"))
def public_address(aws):
    """A stopped instance loses the public address that AWS lent it."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    assert reach(aws, id, "running")["PublicIpAddress"]
    ec2.stop_instances(InstanceIds=[id])
    assert "PublicIpAddress" not in reach(aws, id, "stopped")


@behaviour("ec2/instance/wrong-state", EC2_ERRORS, moto="a terminated instance can be started")
def wrong_state(aws):
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    ec2.terminate_instances(InstanceIds=[id])
    reach(aws, id, "terminated")
    error = aws.refused("IncorrectInstanceState", ec2.start_instances, InstanceIds=[id])
    assert id in error["Message"]
    aws.refused("IncorrectInstanceState", ec2.stop_instances, InstanceIds=[id])


@behaviour(
    "ec2/instance/change-type",
    ec2_guide("change-instance-type-of-ebs-backed-instance"),
    moto="a running instance's type can be changed",
)
def change_type(aws):
    """Only of a stopped one."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    reach(aws, id, "running")
    change = {"InstanceId": id, "InstanceType": {"Value": "t3.small"}}
    error = aws.refused("IncorrectInstanceState", ec2.modify_instance_attribute, **change)
    assert "stopped" in error["Message"]
    ec2.stop_instances(InstanceIds=[id])
    reach(aws, id, "stopped")
    ec2.modify_instance_attribute(**change)
    assert described(aws, id)["InstanceType"] == "t3.small"


@behaviour("ec2/instance/reboot", page("RebootInstances"))
def reboot(aws):
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    before = reach(aws, id, "running")
    ec2.reboot_instances(InstanceIds=[id])
    after = described(aws, id)
    assert after["State"]["Name"] == "running" and after["LaunchTime"] == before["LaunchTime"]


@behaviour("ec2/instance/status", page("DescribeInstanceStatus"))
def status(aws):
    """Running ones, unless all are asked for."""
    ec2 = aws.client("ec2")
    up, down = launch(aws)["InstanceId"], launch(aws)["InstanceId"]
    reach(aws, up, "running"), reach(aws, down, "running")
    ec2.stop_instances(InstanceIds=[down])
    reach(aws, down, "stopped")
    call = ec2.describe_instance_status
    assert [s["InstanceId"] for s in call()["InstanceStatuses"]] == [up]
    everyone = {s["InstanceId"]: s for s in call(IncludeAllInstances=True)["InstanceStatuses"]}
    assert everyone[down]["InstanceState"]["Name"] == "stopped"
    assert everyone[down]["InstanceStatus"]["Status"] == "not-applicable"


@behaviour(
    "ec2/instance/status-checks",
    ec2_guide("monitoring-system-instance-status-check"),
    emulator_only=True,
)
def status_checks(aws):
    """They start when it runs and take minutes."""
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    aws.until(lambda: described(aws, id)["State"]["Name"] == "running", "running", every=1)

    def statuses():
        [status] = ec2.describe_instance_status(InstanceIds=[id])["InstanceStatuses"]
        return status["InstanceStatus"]["Status"], status["SystemStatus"]["Status"]

    assert statuses() == ("initializing", "initializing")
    aws.step(15 * 60)
    assert statuses() == ("ok", "ok")


@behaviour("ec2/instance/monitoring", page("MonitorInstances"), moto="no MonitorInstances")
def monitoring(aws):
    ec2 = aws.client("ec2")
    id = launch(aws)["InstanceId"]
    assert described(aws, id)["Monitoring"]["State"] == "disabled"
    [change] = ec2.monitor_instances(InstanceIds=[id])["InstanceMonitorings"]
    assert change["InstanceId"] == id and change["Monitoring"]["State"] in ("pending", "enabled")
    aws.until(lambda: described(aws, id)["Monitoring"]["State"] == "enabled", "monitored")


@behaviour(
    "ec2/instance/elastic-address",
    page("AssociateAddress"),
    moto="an address stays with its terminated instance",
)
def elastic_address(aws):
    """It goes free, and stays ours, when its instance is terminated."""
    ec2 = aws.client("ec2")
    net = aws.network()
    gateway_of(ec2, net.vpc)
    id = launch(aws, SubnetId=net.subnet)["InstanceId"]
    reach(aws, id, "running")
    address = ec2.allocate_address(Domain="vpc")
    which = {"AllocationId": address["AllocationId"]}
    ec2.associate_address(InstanceId=id, **which)
    assert described(aws, id)["PublicIpAddress"] == address["PublicIp"]
    ec2.terminate_instances(InstanceIds=[id])
    reach(aws, id, "terminated")
    [shown] = ec2.describe_addresses(AllocationIds=[which["AllocationId"]])["Addresses"]
    assert "AssociationId" not in shown
    ec2.release_address(**which)


@behaviour(
    "ec2/instance/eventually-there",
    page("RunInstances"),
    emulator_only=True,
    consistency="eventual",
)
def eventually(aws):
    """A new instance may not be found for a while, and then it is."""
    ec2 = aws.client("ec2")
    # Any one of them may be found at once.
    ids = [launch(aws)["InstanceId"] for _ in range(20)]
    refusals = 0
    for id in ids:
        try:
            described(aws, id)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidInstanceID.NotFound"
            refusals += 1
    assert refusals
    aws.step(60)
    for id in ids:
        assert described(aws, id)["InstanceId"] == id
    assert ec2.describe_instances()["Reservations"]
