"""The AWS command line, where it is installed beside this Python: what an operator types works."""

import json
import os
import pathlib
import subprocess
import sys

from aws.behaviour import behaviour
from aws.fixture import REGION
from aws.pages import ROOT

COMMAND = pathlib.Path(sys.executable).parent / "aws"
REFERENCE = f"{ROOT}/cli/latest/reference"


def typed(aws, *words, status=0):
    """Runs `aws WORDS` and returns what it prints; its exit status must be `status`."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": aws.account,
        "AWS_SECRET_ACCESS_KEY": "unused",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
    }
    command = [str(COMMAND), "--output", "json", *words]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == status, f"{words}: {ended.returncode} {ended.stderr or ended.stdout}"
    return ended.stdout if status == 0 else ended.stderr


def told(aws, *words):
    """As `typed`, read as JSON."""
    return json.loads(typed(aws, *words))


if COMMAND.exists():

    @behaviour("cli/ec2", f"{REFERENCE}/ec2/create-vpc.html")
    def ec2(aws):
        tags = "ResourceType=vpc,Tags=[{Key=Name,Value=typed}]"
        words = ["--cidr-block", "10.0.0.0/16", "--tag-specifications", tags]
        vpc = told(aws, "ec2", "create-vpc", *words)["Vpc"]["VpcId"]
        found = told(aws, "ec2", "describe-vpcs", "--filters", "Name=tag:Name,Values=typed")
        assert [each["VpcId"] for each in found["Vpcs"]] == [vpc]
        typed(aws, "ec2", "delete-vpc", "--vpc-id", vpc)
        refusal = typed(aws, "ec2", "describe-vpcs", "--vpc-ids", vpc, status=255)
        assert "InvalidVpcID.NotFound" in refusal, refusal

    @behaviour("cli/autoscaling", f"{REFERENCE}/autoscaling/create-auto-scaling-group.html")
    def autoscaling(aws):
        network = aws.network()
        data = json.dumps({"ImageId": aws.image(), "InstanceType": "t3.micro"})
        template = ["--launch-template-name", "typed", "--launch-template-data", data]
        typed(aws, "ec2", "create-launch-template", *template)
        group = ["autoscaling", "create-auto-scaling-group", "--auto-scaling-group-name", "typed"]
        sizes = ["--min-size", "0", "--max-size", "3", "--desired-capacity", "0"]
        where = ["--vpc-zone-identifier", ",".join(network.subnets)]
        typed(aws, *group, "--launch-template", "LaunchTemplateName=typed", *sizes, *where)
        [found] = told(aws, "autoscaling", "describe-auto-scaling-groups")["AutoScalingGroups"]
        assert (found["AutoScalingGroupName"], found["MaxSize"]) == ("typed", 3)
        assert sorted(found["AvailabilityZones"]) == network.zones

    @behaviour("cli/ssm", f"{REFERENCE}/ssm/put-parameter.html")
    def ssm(aws):
        parameter = ["--name", "/typed/here", "--value", "x", "--type", "String"]
        assert told(aws, "ssm", "put-parameter", *parameter)["Version"] == 1
        words = ["ssm", "get-parameter", "--name", "/typed/here"]
        assert told(aws, *words)["Parameter"]["Value"] == "x"

    @behaviour("cli/s3", f"{REFERENCE}/s3/cp.html")
    def s3(aws):
        typed(aws, "s3", "mb", "s3://typed-here")
        source = pathlib.Path(__file__)
        typed(aws, "s3", "cp", str(source), "s3://typed-here/a/b.txt")
        assert "b.txt" in typed(aws, "s3", "ls", "s3://typed-here/a/")
        copied = typed(aws, "s3", "cp", "s3://typed-here/a/b.txt", "-")
        assert copied == source.read_text()
        typed(aws, "s3", "rb", "s3://typed-here", "--force")

    @behaviour("cli/whoami", f"{REFERENCE}/sts/get-caller-identity.html")
    def whoami(aws):
        assert told(aws, "sts", "get-caller-identity")["Account"] == aws.account

else:
    print("The AWS command line is not installed beside this Python: it isn't checked.", file=sys.stderr)
