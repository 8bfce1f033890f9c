"""An Auto Scaling group with all that it needs around it, and what is asked of it again and again."""

import collections
import email.utils

PAGE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide"
API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference"


def now(aws):
    """The stand-in's time."""
    answer = aws.client("sts").get_caller_identity()
    return email.utils.parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])


class Fleet:
    """A network over three zones, a launch template, and the group that `create` makes of them."""

    name = "fleet"

    def __init__(self, aws, **launch):
        self.aws = aws
        self.ec2, self.asg = aws.client("ec2"), aws.client("autoscaling")
        self.network = aws.network()
        self.launch = {
            "ImageId": aws.image(),
            "InstanceType": "t3.micro",
            "SecurityGroupIds": [self.network.group],
            **launch,
        }
        made = self.ec2.create_launch_template(
            LaunchTemplateName="fleet", LaunchTemplateData=self.launch
        )
        self.template = made["LaunchTemplate"]["LaunchTemplateId"]

    def refused(self, code, call, **arguments):
        """The error with which AWS refuses `call` for this group; it must have `code`."""
        return self.aws.refused(code, call, AutoScalingGroupName=self.name, **arguments)

    def newer(self, **changes):
        """A further version of the launch template; its number, as a text."""
        made = self.ec2.create_launch_template_version(
            LaunchTemplateId=self.template, LaunchTemplateData={**self.launch, **changes}
        )
        return str(made["LaunchTemplateVersion"]["VersionNumber"])

    def version(self, version):
        """A launch template as groups name it."""
        return {"LaunchTemplateId": self.template, "Version": version}

    def arguments(self, size=0, **changes):
        """What CreateAutoScalingGroup takes; an argument of None is left out."""
        arguments = {
            "AutoScalingGroupName": self.name,
            "MinSize": 0,
            "MaxSize": 10,
            "DesiredCapacity": size,
            "LaunchTemplate": self.version("1"),
            "VPCZoneIdentifier": ",".join(self.network.subnets),
            **changes,
        }
        return {name: value for name, value in arguments.items() if value is not None}

    def create(self, size=0, settle=True, **changes):
        """Creates the group, and waits until it has its members."""
        self.asg.create_auto_scaling_group(**self.arguments(size, **changes))
        if settle:
            self.settled(size)
        return self

    def update(self, **changes):
        self.asg.update_auto_scaling_group(AutoScalingGroupName=self.name, **changes)

    def resize(self, size, settle=True):
        """Sets the desired capacity, and waits until it is so."""
        self.asg.set_desired_capacity(AutoScalingGroupName=self.name, DesiredCapacity=size)
        if settle:
            self.settled(size)

    def group(self):
        """The group's description; None once it is gone."""
        found = self.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])
        return next(iter(found["AutoScalingGroups"]), None)

    def desired(self):
        return self.group()["DesiredCapacity"]

    def members(self, *states):
        """The members' descriptions by id, all or those in the given lifecycle states."""
        return {
            member["InstanceId"]: member
            for member in self.group()["Instances"]
            if not states or member["LifecycleState"] in states
        }

    def ids(self):
        """The ids of those in service, in order."""
        return sorted(self.members("InService"))

    def settled(self, size, every=5):
        """Waits until there are that many members, all of them in service; returns their ids."""

        def is_so():
            members = self.group()["Instances"]
            calm = all(
                (m["LifecycleState"], m["HealthStatus"]) == ("InService", "Healthy")
                for m in members
            )
            return calm and len(members) == size

        self.aws.until(is_so, f"{size} members in service", every=every)
        return self.ids()

    def replaced(self, gone, size):
        """Waits until there are that many members in service, `gone` not among them."""

        def is_so():
            ids = self.ids()
            return ids if gone not in self.members() and len(ids) == size else None

        return self.aws.until(is_so, f"{gone} replaced")

    def spread(self):
        """How many are in service in each zone, fewest first."""
        zones = collections.Counter(
            m["AvailabilityZone"] for m in self.members("InService").values()
        )
        return sorted(zones[zone] for zone in self.network.zones)

    def instance(self, id):
        """EC2's description of a machine."""
        found = self.ec2.describe_instances(InstanceIds=[id])
        return found["Reservations"][0]["Instances"][0]

    def state(self, id):
        """EC2's state of a machine."""
        return self.instance(id)["State"]["Name"]

    def tags(self, id):
        """A machine's tags."""
        return {tag["Key"]: tag["Value"] for tag in self.instance(id)["Tags"]}

    def activities(self, word=""):
        """The scaling activities whose description has that word, as listed."""
        found = self.asg.describe_scaling_activities(AutoScalingGroupName=self.name)
        return [a for a in found["Activities"] if word in a["Description"]]

    def unchanged(self, seconds=1800, every=300):
        """Lets time pass and makes sure that the members in service remain the same."""
        before = self.ids()
        for _ in range(seconds // every):
            self.aws.step(every)
            assert self.ids() == before
        return before
