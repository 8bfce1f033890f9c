"""Auto Scaling: members as targets of a load balancer, and health checks of its."""

from aws.behaviour import behaviour
from aws.fleet import API, PAGE, Fleet

BALANCER = f"{PAGE}/attach-load-balancer-asg.html"
ELB_CHECKS = f"{PAGE}/as-add-elb-healthcheck.html"
GRACE = f"{PAGE}/health-check-grace-period.html"


class Served(Fleet):
    """A fleet with a target group of an internal network load balancer before it."""

    def __init__(self, aws):
        super().__init__(aws)
        self.elb = aws.client("elbv2")
        # The balancer checks its targets from its own addresses in the VPC.
        vpc = self.ec2.describe_vpcs(VpcIds=[self.network.vpc])["Vpcs"][0]["CidrBlock"]
        self.ec2.authorize_security_group_ingress(
            GroupId=self.network.group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp=vpc
        )
        self.targets = self.elb.create_target_group(
            Name="fleet",
            Protocol="TCP",
            Port=80,
            VpcId=self.network.vpc,
            TargetType="instance",
            HealthCheckIntervalSeconds=10,
        )["TargetGroups"][0]["TargetGroupArn"]
        balancer = self.elb.create_load_balancer(
            Name="fleet", Type="network", Scheme="internal", Subnets=self.network.subnets
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="TCP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.targets}],
        )

    def create(self, size=0, settle=True, **changes):
        return super().create(size, settle, **{"TargetGroupARNs": [self.targets], **changes})

    def registered(self):
        """The ids of the targets that are registered and not being deregistered."""
        found = self.elb.describe_target_health(TargetGroupArn=self.targets)
        return sorted(
            target["Target"]["Id"]
            for target in found["TargetHealthDescriptions"]
            if target["TargetHealth"]["State"] != "draining"
        )

    def healthy(self):
        """The ids of the healthy targets."""
        found = self.elb.describe_target_health(TargetGroupArn=self.targets)
        return sorted(
            target["Target"]["Id"]
            for target in found["TargetHealthDescriptions"]
            if target["TargetHealth"]["State"] == "healthy"
        )


@behaviour("autoscaling/targets/registered", BALANCER)
def registered(aws):
    fleet = Served(aws).create(2)
    assert fleet.registered() == fleet.ids()
    assert fleet.group()["TargetGroupARNs"] == [fleet.targets]


@behaviour("autoscaling/targets/scale-out", BALANCER)
def registered_on_scale_out(aws):
    fleet = Served(aws).create(1)
    fleet.resize(3)
    assert len(fleet.ids()) == 3 and fleet.registered() == fleet.ids()


@behaviour("autoscaling/targets/scale-in", BALANCER, moto="they stay registered")
def deregistered_on_scale_in(aws):
    fleet = Served(aws).create(3)
    fleet.resize(1)
    assert len(fleet.ids()) == 1 and fleet.registered() == fleet.ids()


@behaviour("autoscaling/targets/healing", BALANCER, moto="they stay registered")
def deregistered_on_healing(aws):
    fleet = Served(aws).create(2)
    lost = fleet.ids()[0]
    fleet.ec2.terminate_instances(InstanceIds=[lost])
    fleet.replaced(lost, 2)
    aws.until(lambda: fleet.registered() == fleet.ids(), "exactly the members registered")


@behaviour("autoscaling/targets/attach-later", f"{API}/API_AttachLoadBalancerTargetGroups.html")
def attached_later(aws):
    fleet = Served(aws).create(2, TargetGroupARNs=[])
    assert fleet.registered() == []
    fleet.asg.attach_load_balancer_target_groups(
        AutoScalingGroupName=fleet.name, TargetGroupARNs=[fleet.targets]
    )
    aws.until(lambda: fleet.registered() == fleet.ids(), "the members registered")
    [shown] = fleet.asg.describe_load_balancer_target_groups(AutoScalingGroupName=fleet.name)[
        "LoadBalancerTargetGroups"
    ]
    assert shown["LoadBalancerTargetGroupARN"] == fleet.targets
    assert shown["State"] in ("Adding", "Added", "InService")


@behaviour(
    "autoscaling/targets/attach-unknown",
    f"{API}/API_AttachLoadBalancerTargetGroups.html",
    moto="the code is ELB's",
)
def attach_unknown(aws):
    fleet = Served(aws).create(TargetGroupARNs=[])
    fleet.elb.describe_target_groups(TargetGroupArns=[fleet.targets])
    missing = fleet.targets.rsplit("/", 2)[0] + "/none/0123456789abcdef"
    fleet.refused(
        "ValidationError",
        fleet.asg.attach_load_balancer_target_groups,
        TargetGroupARNs=[missing],
    )


@behaviour("autoscaling/targets/detach", f"{API}/API_DetachLoadBalancerTargetGroups.html")
def detached(aws):
    fleet = Served(aws).create(2)
    fleet.asg.detach_load_balancer_target_groups(
        AutoScalingGroupName=fleet.name, TargetGroupARNs=[fleet.targets]
    )
    aws.until(lambda: fleet.registered() == [], "no member registered")
    assert fleet.group()["TargetGroupARNs"] == [] and len(fleet.ids()) == 2


@behaviour(
    "autoscaling/targets/traffic-sources",
    f"{API}/API_AttachTrafficSources.html",
    moto="the operation is missing",
)
def traffic_sources(aws):
    fleet = Served(aws).create(1, TargetGroupARNs=[])
    source = {"Identifier": fleet.targets, "Type": "elbv2"}
    fleet.asg.attach_traffic_sources(AutoScalingGroupName=fleet.name, TrafficSources=[source])
    aws.until(lambda: fleet.registered() == fleet.ids(), "the member registered")
    [shown] = fleet.asg.describe_traffic_sources(AutoScalingGroupName=fleet.name)["TrafficSources"]
    assert (shown["Identifier"], shown["Type"]) == (fleet.targets, "elbv2")
    assert fleet.group()["TargetGroupARNs"] == [fleet.targets]


@behaviour(
    "autoscaling/targets/standby", f"{PAGE}/as-enter-exit-standby.html", moto="it stays registered"
)
def standby_deregistered(aws):
    fleet = Served(aws).create(2)
    resting = fleet.ids()[0]
    fleet.asg.enter_standby(
        AutoScalingGroupName=fleet.name, InstanceIds=[resting], ShouldDecrementDesiredCapacity=True
    )
    aws.until(lambda: list(fleet.members("Standby")) == [resting], "the member on standby")
    assert fleet.registered() == fleet.ids()
    fleet.asg.exit_standby(AutoScalingGroupName=fleet.name, InstanceIds=[resting])
    fleet.settled(2)
    assert resting in fleet.registered()


@behaviour(
    "autoscaling/targets/add-suspended",
    f"{PAGE}/as-suspend-resume-processes.html",
    moto="they are registered all the same",
)
def add_suspended(aws):
    fleet = Served(aws).create(1)
    [old] = fleet.ids()
    fleet.asg.suspend_processes(
        AutoScalingGroupName=fleet.name, ScalingProcesses=["AddToLoadBalancer"]
    )
    fleet.resize(2)
    assert fleet.registered() == [old]
    fleet.asg.resume_processes(AutoScalingGroupName=fleet.name)
    aws.step(600)
    assert fleet.registered() == [old]


@behaviour(
    "autoscaling/targets/listening-is-healthy",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html",
    emulator_only=True,
)
def listening(aws):
    fleet = Served(aws).create(2)
    one = fleet.ids()[0]
    aws.listen([one], [80])
    aws.until(lambda: fleet.healthy() == [one], "the one that listens healthy")
    aws.step(600)
    assert fleet.healthy() == [one]


@behaviour("autoscaling/elb-check/replaced", ELB_CHECKS, emulator_only=True)
def elb_check(aws):
    fleet = Served(aws).create(2, HealthCheckType="ELB", HealthCheckGracePeriod=300, settle=False)
    ids = fleet.settled(2)
    lost, stays = ids
    aws.listen(ids, [80])
    aws.until(lambda: fleet.healthy() == ids, "both healthy")
    aws.step(300)
    aws.listen([lost], [])
    aws.until(lambda: lost not in fleet.members(), "the silent member replaced")
    causes = [activity["Cause"] for activity in fleet.activities(lost)]
    assert any("ELB system health check failure" in cause for cause in causes)
    assert stays in fleet.ids()


@behaviour("autoscaling/elb-check/grace-period", GRACE, emulator_only=True)
def elb_grace(aws):
    fleet = Served(aws).create(1, HealthCheckType="ELB", HealthCheckGracePeriod=900)
    [id] = fleet.ids()
    aws.step(600)
    assert fleet.ids() == [id]
    aws.until(lambda: id not in fleet.members(), "the silent member replaced after the period")


@behaviour("autoscaling/elb-check/off", ELB_CHECKS, emulator_only=True)
def no_elb_check(aws):
    fleet = Served(aws).create(1, HealthCheckType="EC2")
    fleet.unchanged(3600)
    assert fleet.healthy() == []


@behaviour(
    "autoscaling/targets/drained", f"{PAGE}/ec2-auto-scaling-health-checks.html", emulator_only=True
)
def drained(aws):
    fleet = Served(aws).create(2)
    fleet.elb.modify_target_group_attributes(
        TargetGroupArn=fleet.targets,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "120"}],
    )
    aws.listen(fleet.ids(), [80])
    before = fleet.ids()
    aws.until(lambda: fleet.healthy() == before, "both healthy")
    fleet.resize(1, settle=False)
    aws.step(60)
    [gone] = set(before) - set(fleet.ids())
    assert fleet.members()[gone]["LifecycleState"] == "Terminating"
    assert fleet.state(gone) == "running"
    fleet.settled(1)
    aws.until(lambda: fleet.state(gone) == "terminated", "the drained member terminated")
