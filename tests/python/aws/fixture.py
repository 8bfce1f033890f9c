"""What a behaviour is given: a fresh account in an AWS stand-in, and few words to talk to it."""

import threading
import types

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from account import Account
from aws.control import Control

REGION = "eu-central-1"
ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
# AWS's public parameter for its current image:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/finding-an-ami-parameter-store.html
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"

# These tell nothing of what a behaviour is about: nobody answers.
SILENT = (EndpointConnectionError, ConnectTimeoutError, ReadTimeoutError)

# A session keeps the service models that it has read; sessions aren't for several threads.
_kept = threading.local()


def _session():
    if not hasattr(_kept, "session"):
        _kept.session = boto3.session.Session(region_name=REGION)
    return _kept.session


def account(number):
    """The name of a fresh account, by a number that is used once."""
    return str(100_000_000_000 + number)


class Cloud(Account):
    """One account of a stand-in. `emulated` tells whether it has a control API."""

    def __init__(self, endpoint, account, emulated):
        super().__init__(endpoint, account, Control(endpoint) if emulated else None)
        self.region = REGION
        self._clients, self._answers = {}, {}

    def client(self, service, credentials=None, region=REGION, **config):
        """A client that tries each call once. `credentials` as STS and IAM hand them out."""
        keys = credentials or {}
        kept = (service, keys.get("AccessKeyId"), region, tuple(sorted(config)))
        if kept not in self._clients:
            self._clients[kept] = _session().client(
                service,
                endpoint_url=self.endpoint,
                region_name=region,
                aws_access_key_id=keys.get("AccessKeyId", self.account),
                aws_secret_access_key=keys.get("SecretAccessKey", "unused"),
                aws_session_token=keys.get("SessionToken"),
                config=Config(
                    **{
                        "retries": {"total_max_attempts": 1},
                        "connect_timeout": 5,
                        "read_timeout": 60,
                        "s3": {"addressing_style": "path"},
                        **config,
                    }
                ),
            )
        return self._clients[kept]

    def refused(self, code, call, /, **arguments):
        """Calls, expects to be refused with `code` (or one of several), and returns the error.

        The error is botocore's: `Code`, `Message`; `status` is added, the HTTP status.
        """
        codes = (code,) if isinstance(code, str) else code
        try:
            answer = call(**arguments)
        except ClientError as refusal:
            error = dict(refusal.response["Error"])
            error["status"] = refusal.response["ResponseMetadata"].get("HTTPStatusCode")
            assert error["Code"] in codes, f"{' or '.join(codes)} expected, not {refusal}"
            return error
        answer.pop("ResponseMetadata", None)
        raise AssertionError(f"{' or '.join(codes)} expected, but it was accepted: {answer}")

    def wait(self, client, waiter, **arguments):
        """botocore's own waiter, impatient, while time runs fast."""
        with self.scale():
            config = {"Delay": 0.05, "MaxAttempts": 200}
            client.get_waiter(waiter).wait(WaiterConfig=config, **arguments)

    def listen(self, instances, ports):
        """From now on those machines (all of the account, if None) answer on these ports only."""
        for instance in [None] if instances is None else instances:
            self._answers[instance] = ports
        if self.emulated:
            self.control.workload(self.account, self._answers)

    def shortage(self, zones):
        """From now on no instance can be launched in those zones."""
        self.control.shortage(self.account, zones)

    def image(self):
        """An image to launch."""
        return self.client("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]

    def network(self):
        """A VPC with three subnets, one a zone, and a security group of its own."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=zone)[
                "Subnet"
            ]["SubnetId"]
            for i, zone in enumerate(ZONES)
        ]
        group = ec2.create_security_group(GroupName="members", Description="members", VpcId=vpc)
        return types.SimpleNamespace(
            vpc=vpc, subnets=subnets, zones=ZONES, subnet=subnets[0], group=group["GroupId"]
        )

    def instances(self, count=1, **arguments):
        """Launches instances and returns their ids."""
        arguments = {"ImageId": self.image(), "InstanceType": "t3.micro", **arguments}
        made = self.client("ec2").run_instances(MinCount=count, MaxCount=count, **arguments)
        return [instance["InstanceId"] for instance in made["Instances"]]
