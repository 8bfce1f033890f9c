"""What an account holds, listed with boto3 alone: the other pair of eyes.

Nothing here knows how Castra works. It lists every kind of object that a cluster could leave
behind, tagged or not, and shows each as a `Thing`.
"""

import argparse
import dataclasses

import boto3
from botocore.config import Config

CLUSTER = "castra:cluster"
UID = "castra:uid"
RESOURCE = "castra:resource"
POOL = "aws:autoscaling:groupName"


@dataclasses.dataclass
class Thing:
    """One object: its kind, the cloud's id, its name, tags, state and the raw description."""

    kind: str
    id: str
    name: str = ""
    tags: dict = dataclasses.field(default_factory=dict)
    state: str = ""
    raw: dict = dataclasses.field(default_factory=dict)

    def __str__(self):
        name = f" ({self.name})" if self.name and self.name != self.id else ""
        state = f" [{self.state}]" if self.state else ""
        return f"{self.kind} {self.id}{name}{state}"


def tags_of(raw):
    """The tags of a description as a dict, whatever its spelling."""
    listed = raw.get("Tags") or raw.get("TagSet") or raw.get("TagList") or []
    return {tag["Key"]: tag.get("Value", "") for tag in listed}


def arguments(description):
    """The arguments that every script takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--endpoint", help="the cloud's address; AWS itself if left out")
    parser.add_argument("--region", required=True)
    parser.add_argument("--project", help="a project on Google Cloud, which is meant then")
    return parser


class Cloud:
    """Clients for one account and region; credentials come from the environment."""

    def __init__(self, endpoint, region):
        self.endpoint, self.region = endpoint, region

    def client(self, service):
        """A boto3 client that tries each call twice at most."""
        retries = Config(retries={"total_max_attempts": 2, "mode": "standard"})
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=self.region, config=retries
        )

    def pages(self, service, operation, key, **arguments):
        """All items under `key` of a list call, over all its pages."""
        client = self.client(service)
        if not client.can_paginate(operation):
            return getattr(client, operation)(**arguments)[key]
        found = client.get_paginator(operation).paginate(**arguments)
        return [item for page in found for item in page[key]]

    def things(self):
        """Every object of every kind that a cluster is made of, but for what AWS itself owns."""
        return [*self._compute(), *self._balancers(), *self._identity(), *self._regional()]

    def _compute(self):
        simple = [
            ("vpc", "describe_vpcs", "Vpcs", "VpcId"),
            ("subnet", "describe_subnets", "Subnets", "SubnetId"),
            ("route-table", "describe_route_tables", "RouteTables", "RouteTableId"),
            ("internet-gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
            ("nat-gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
            ("address", "describe_addresses", "Addresses", "AllocationId"),
            ("security-group", "describe_security_groups", "SecurityGroups", "GroupId"),
            ("interface", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
            ("volume", "describe_volumes", "Volumes", "VolumeId"),
            ("launch-template", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
            ("key-pair", "describe_key_pairs", "KeyPairs", "KeyPairId"),
            ("vpc-endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
        ]
        for kind, operation, key, id_field in simple:
            for raw in self.pages("ec2", operation, key):
                state = raw.get("State") or raw.get("Status") or ""
                name = raw.get("GroupName") or raw.get("LaunchTemplateName") or raw.get("KeyName") or ""
                yield Thing(kind, raw[id_field], name, tags_of(raw), state, raw)
        for reservation in self.pages("ec2", "describe_instances", "Reservations"):
            for raw in reservation["Instances"]:
                yield Thing("instance", raw["InstanceId"], "", tags_of(raw), raw["State"]["Name"], raw)
        for raw in self.pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"):
            name = raw["AutoScalingGroupName"]
            yield Thing("scaling-group", name, name, tags_of(raw), raw.get("Status", ""), raw)
        for raw in self.pages("autoscaling", "describe_policies", "ScalingPolicies"):
            name = raw["PolicyName"]
            yield Thing("scaling-policy", f"{raw['AutoScalingGroupName']}/{name}", name, {}, "", raw)

    def _balancers(self):
        client = self.client("elbv2")

        def tagged(kind, raws, arn_field, name_field):
            for raw in raws:
                arn = raw[arn_field]
                described = client.describe_tags(ResourceArns=[arn])["TagDescriptions"]
                tags = tags_of(described[0]) if described else {}
                yield Thing(kind, arn, raw[name_field], tags, (raw.get("State") or {}).get("Code", ""), raw)

        balancers = self.pages("elbv2", "describe_load_balancers", "LoadBalancers")
        groups = self.pages("elbv2", "describe_target_groups", "TargetGroups")
        yield from tagged("load-balancer", balancers, "LoadBalancerArn", "LoadBalancerName")
        yield from tagged("target-group", groups, "TargetGroupArn", "TargetGroupName")

    def _identity(self):
        iam = self.client("iam")
        for raw in self.pages("iam", "list_roles", "Roles"):
            name = raw["RoleName"]
            if not raw.get("Path", "/").startswith("/aws-service-role/"):
                tags = tags_of(iam.list_role_tags(RoleName=name))
                yield Thing("role", name, name, tags, "", raw)
        for raw in self.pages("iam", "list_instance_profiles", "InstanceProfiles"):
            name = raw["InstanceProfileName"]
            described = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
            yield Thing("instance-profile", name, name, tags_of(described), "", raw)
        for raw in self.pages("iam", "list_policies", "Policies", Scope="Local"):
            yield Thing("policy", raw["Arn"], raw["PolicyName"], tags_of(raw), "", raw)

    def _regional(self):
        ssm = self.client("ssm")
        for raw in self.pages("ssm", "describe_parameters", "Parameters"):
            name = raw["Name"]
            if not name.startswith("/aws/"):
                listed = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
                yield Thing("parameter", name, name, tags_of(listed), "", raw)
        for raw in self.pages("cloudwatch", "describe_alarms", "MetricAlarms"):
            yield Thing("alarm", raw["AlarmArn"], raw["AlarmName"], {}, "", raw)
        for zone in self.pages("route53", "list_hosted_zones", "HostedZones"):
            for raw in self.pages(
                "route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]
            ):
                if raw["Type"] not in ("NS", "SOA"):
                    name = raw["Name"]
                    yield Thing("dns-record", f"{zone['Id']}/{name}/{raw['Type']}", name, {}, "", raw)
