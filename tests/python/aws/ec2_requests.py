"""EC2: what holds for all its calls: dry runs, tags, filters, pages, errors, throttling."""

import urllib.error
import urllib.request

from botocore.exceptions import ClientError

from aws.behaviour import behaviour
from aws.ec2_network import ABSENT, by, subnet_of, vpc_of
from aws.pages import EC2_CONSISTENCY, EC2_ERRORS, ROOT, ec2_guide
from aws.pages import ec2 as page

USING_TAGS = ec2_guide("Using_Tags")
THROTTLING = f"{ROOT}/ec2/latest/devguide/ec2-api-throttling.html"


def tags(**tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def post(aws, body):
    """A form posted as it is: status and text of the answer."""
    date = "20260101T000000Z"
    scope = f"{aws.account}/{date[:8]}/{aws.region}/ec2/aws4_request"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00",
        "X-Amz-Date": date,
        "Host": f"ec2.{aws.region}.amazonaws.com",
    }
    request = urllib.request.Request(aws.endpoint, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@behaviour("ec2/request/dry-run", page("CreateVpc"), moto="CreateVpc ignores DryRun")
def dry_run(aws):
    ec2 = aws.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    arguments = {"CidrBlock": "10.0.0.0/16", "DryRun": True}
    error = aws.refused("DryRunOperation", ec2.create_vpc, **arguments)
    assert error["status"] == 412 and "DryRun flag is set" in error["Message"]
    assert len(ec2.describe_vpcs()["Vpcs"]) == before


@behaviour("ec2/request/dry-run-instances", page("RunInstances"))
def dry_run_instances(aws):
    ec2 = aws.client("ec2")
    arguments = {"ImageId": aws.image(), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    aws.refused("DryRunOperation", ec2.run_instances, DryRun=True, **arguments)
    aws.refused("DryRunOperation", ec2.describe_instances, DryRun=True)
    assert not ec2.describe_instances()["Reservations"]


@behaviour(
    "ec2/request/unknown-action", EC2_ERRORS, unknown=True, moto="an HTML page with status 500"
)
def unknown_action(aws):
    status, text = post(aws, "Action=FrobnicateVpc&Version=2016-11-15")
    assert status == 400 and "<Code>InvalidAction</Code>" in text
    assert "FrobnicateVpc" in text and "<RequestID>" in text


@behaviour("ec2/request/missing-action", EC2_ERRORS, unknown=True, moto="nothing, with status 404")
def missing_action(aws):
    status, text = post(aws, "Version=2016-11-15")
    assert status == 400 and "<Code>MissingAction</Code>" in text


@behaviour("ec2/request/unknown-parameter", EC2_ERRORS, moto="unknown parameters are ignored")
def unknown_parameter(aws):
    status, text = post(aws, "Action=DescribeVpcs&Version=2016-11-15&Frobnicate=1")
    assert status == 400 and "<Code>UnknownParameter</Code>" in text and "Frobnicate" in text


@behaviour(
    "ec2/request/missing-parameter", EC2_ERRORS, moto="parameters left out are None, and not found"
)
def missing_parameter(aws):
    lenient = aws.client("ec2", parameter_validation=False)
    error = aws.refused("MissingParameter", lenient.create_subnet, CidrBlock="10.0.0.0/24")
    assert "vpcid" in error["Message"].lower()
    error = aws.refused("MissingParameter", lenient.delete_subnet)
    assert "subnetid" in error["Message"].lower()


@behaviour("ec2/request/unknown-filter", page("Filter"), moto="an HTML page with status 500")
def unknown_filter(aws):
    ec2 = aws.client("ec2")
    codes = ("InvalidParameterValue", "InvalidFilter")
    for call in (ec2.describe_vpcs, ec2.describe_instances, ec2.describe_subnets):
        error = aws.refused(codes, call, Filters=by("colour", "red"))
        assert "colour" in error["Message"]


@behaviour("ec2/request/filter-wildcards", ec2_guide("Using_Filtering"))
def wildcards(aws):
    """* for any characters, ? for one; names are case-sensitive."""
    ec2 = aws.client("ec2")
    for i, name in enumerate(("alpha-1", "alpha-22", "beta-1")):
        vpc_of(
            ec2,
            f"10.{i}.0.0/16",
            TagSpecifications=[{"ResourceType": "vpc", "Tags": tags(Name=name)}],
        )

    def found(pattern):
        vpcs = ec2.describe_vpcs(Filters=by("tag:Name", pattern))["Vpcs"]
        return sorted(tag["Value"] for vpc in vpcs for tag in vpc["Tags"])

    assert found("alpha-*") == ["alpha-1", "alpha-22"]
    assert found("alpha-?") == ["alpha-1"] and found("*-1") == ["alpha-1", "beta-1"]
    assert found("Alpha-1") == []


@behaviour("ec2/request/pages", page("DescribeSubnets"), moto="MaxResults is ignored")
def pages(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    made = {subnet_of(ec2, vpc, f"10.0.{i}.0/24") for i in range(12)}
    mine = by("vpc-id", vpc)
    first = ec2.describe_subnets(Filters=mine, MaxResults=5)
    assert len(first["Subnets"]) == 5 and first["NextToken"]
    paginator = ec2.get_paginator("describe_subnets")
    sizes, seen = [], []
    for one in paginator.paginate(Filters=mine, PaginationConfig={"PageSize": 5}):
        sizes.append(len(one["Subnets"]))
        seen += [s["SubnetId"] for s in one["Subnets"]]
    assert sizes == [5, 5, 2] and set(seen) == made and len(seen) == 12


@behaviour("ec2/request/page-size", page("DescribeSubnets"), moto="MaxResults is ignored")
def page_size(aws):
    lenient = aws.client("ec2", parameter_validation=False)
    codes = ("InvalidParameterValue", "InvalidMaxResults")
    aws.refused(codes, lenient.describe_subnets, MaxResults=4)
    aws.refused(codes, lenient.describe_subnets, MaxResults=1001)


@behaviour("ec2/request/page-token", EC2_ERRORS, moto="NextToken is ignored")
def page_token(aws):
    codes = ("InvalidNextToken", "InvalidParameterValue")
    aws.refused(codes, aws.client("ec2").describe_subnets, NextToken="nonsense", MaxResults=5)


@behaviour("ec2/request/pages-and-ids", page("DescribeInstances"))
def pages_and_ids(aws):
    """Ids and a page size don't go together."""
    arguments = {"InstanceIds": aws.instances(), "MaxResults": 5}
    call = aws.client("ec2").describe_instances
    aws.refused("InvalidParameterCombination", call, **arguments)


@behaviour("ec2/tag/on-create", page("TagSpecification"))
def tag_on_create(aws):
    ec2 = aws.client("ec2")
    spec = [{"ResourceType": "vpc", "Tags": tags(Name="n", owner="us")}]
    vpc = vpc_of(ec2, TagSpecifications=spec)
    [shown] = ec2.describe_vpcs(Filters=by("tag:owner", "us"))["Vpcs"]
    assert shown["VpcId"] == vpc
    listed = ec2.describe_tags(Filters=by("resource-id", vpc))["Tags"]
    found = {(t["Key"], t["Value"], t["ResourceType"]) for t in listed}
    assert found == {("Name", "n", "vpc"), ("owner", "us", "vpc")}


@behaviour(
    "ec2/tag/wrong-kind",
    page("TagSpecification"),
    moto="tags for another kind are accepted and dropped",
)
def tag_wrong_kind(aws):
    ec2 = aws.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    spec = [{"ResourceType": "subnet", "Tags": tags(a="b")}]
    arguments = {"CidrBlock": "10.0.0.0/16", "TagSpecifications": spec}
    error = aws.refused("InvalidParameterValue", ec2.create_vpc, **arguments)
    assert "subnet" in error["Message"] and len(ec2.describe_vpcs()["Vpcs"]) == before


@behaviour("ec2/tag/overwrite", page("CreateTags"))
def tag_overwrite(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    ec2.create_tags(Resources=[vpc], Tags=tags(a="1", b="2"))
    ec2.create_tags(Resources=[vpc], Tags=tags(a="3"))
    [shown] = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert {t["Key"]: t["Value"] for t in shown["Tags"]} == {"a": "3", "b": "2"}


@behaviour("ec2/tag/delete", page("DeleteTags"), moto="without tags named none is deleted")
def tag_delete(aws):
    """With a value only if it is that; with none whatever it is; all of them without tags."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    ec2.create_tags(Resources=[vpc], Tags=tags(a="1", b="2", c="3"))

    def left():
        [shown] = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
        return sorted(t["Key"] for t in shown.get("Tags", []))

    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "other"}])
    assert left() == ["a", "b", "c"]
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "a"}, {"Key": "b", "Value": "2"}])
    assert left() == ["c"]
    ec2.delete_tags(Resources=[vpc])
    assert left() == []


@behaviour("ec2/tag/reserved", USING_TAGS, moto="tags of AWS's own can be written")
def tag_reserved(aws):
    ec2 = aws.client("ec2")
    arguments = {"Resources": [vpc_of(ec2)], "Tags": [{"Key": "aws:mine", "Value": "x"}]}
    error = aws.refused("InvalidParameterValue", ec2.create_tags, **arguments)
    assert "aws:" in error["Message"] and "reserved" in error["Message"]


@behaviour("ec2/tag/limit", USING_TAGS)
def tag_limit(aws):
    """Fifty a resource."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    ec2.create_tags(Resources=[vpc], Tags=tags(**{f"t{i}": "" for i in range(50)}))
    call = ec2.create_tags
    aws.refused("TagLimitExceeded", call, Resources=[vpc], Tags=tags(one="more"))
    call(Resources=[vpc], Tags=tags(t0="changed"))


@behaviour("ec2/tag/lengths", USING_TAGS, moto="tags of any length are accepted")
def tag_lengths(aws):
    """128 characters of key, 256 of value."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "k" * 127, "Value": "v" * 256}])
    for key, value in (("k" * 129, "v"), ("k", "v" * 257)):
        arguments = {"Resources": [vpc], "Tags": [{"Key": key, "Value": value}]}
        aws.refused("InvalidParameterValue", ec2.create_tags, **arguments)


@behaviour("ec2/tag/nothing-there", page("CreateTags"), moto="what isn't there can be tagged")
def tag_absent(aws):
    call = aws.client("ec2").create_tags
    for code, id in (
        ("InvalidVpcID.NotFound", f"vpc-{ABSENT}"),
        ("InvalidInstanceID.NotFound", f"i-{ABSENT}"),
        ("InvalidID", "nonsense"),
    ):
        aws.refused(code, call, Resources=[id], Tags=tags(a="b"))


@behaviour("ec2/consistency/eventual", EC2_CONSISTENCY, emulator_only=True, consistency="eventual")
def eventual(aws):
    """What has just been made may not be found, and is found for good in the end."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    aws.step(120)
    made = [subnet_of(ec2, vpc, f"10.0.{i}.0/24") for i in range(20)]
    refused = 0
    for subnet in made:
        try:
            ec2.describe_subnets(SubnetIds=[subnet])
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidSubnetID.NotFound"
            refused += 1
    assert refused
    aws.step(300)
    for _ in range(5):
        assert len(ec2.describe_subnets(SubnetIds=made)["Subnets"]) == len(made)


@behaviour("ec2/throttle", THROTTLING, emulator_only=True)
def throttled(aws):
    ec2 = aws.client("ec2")
    aws.fault("throttle", "ec2", "DescribeVpcs", times=2)
    for _ in range(2):
        error = aws.refused("RequestLimitExceeded", ec2.describe_vpcs)
        assert error["status"] == 503 and "limit exceeded" in error["Message"]
    assert ec2.describe_vpcs()["Vpcs"]


@behaviour("ec2/throttle/sdk-retries", THROTTLING, emulator_only=True)
def throttled_retries(aws):
    """An SDK's own retries get through."""
    patient = aws.client("ec2", retries={"total_max_attempts": 4, "mode": "standard"})
    aws.fault("throttle", "ec2", "DescribeVpcs", times=2)
    answer = patient.describe_vpcs()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2 and answer["Vpcs"]


@behaviour("ec2/request/bucket", THROTTLING, emulator_only=True)
def bucket(aws):
    """Buckets of tokens: a burst is served, then some are refused, and they refill."""
    aws.fault("account_limits", "ec2")
    ec2 = aws.client("ec2")
    refused = 0
    for _ in range(400):
        try:
            ec2.describe_vpcs()
        except ClientError as error:
            assert error.response["Error"]["Code"] == "RequestLimitExceeded"
            refused += 1
    assert 0 < refused < 400
    aws.step(60)
    assert ec2.describe_vpcs()["Vpcs"]
