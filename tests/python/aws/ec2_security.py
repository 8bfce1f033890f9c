"""EC2: security groups and their rules."""

from aws.behaviour import behaviour
from aws.ec2_network import ABSENT, by, vpc_of
from aws.pages import EC2_ERRORS, VPC_QUOTAS, vpc_guide
from aws.pages import ec2 as page


def group_of(ec2, vpc, name="g"):
    return ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]


def tcp(port, *blocks, to=None):
    ranges = [{"CidrIp": block} for block in blocks]
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": to or port, "IpRanges": ranges}


def from_group(port, group):
    pairs = [{"GroupId": group}]
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pairs}


def described(ec2, group):
    [found] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    return found


@behaviour("ec2/security-group/create", page("CreateSecurityGroup"))
def create(aws):
    """All the way out, no way in."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    group = described(ec2, group_of(ec2, vpc, "web"))
    assert (group["GroupName"], group["Description"], group["VpcId"]) == ("web", "d", vpc)
    assert group["OwnerId"] == aws.account and group["IpPermissions"] == []
    [out] = group["IpPermissionsEgress"]
    assert out["IpProtocol"] == "-1" and [r["CidrIp"] for r in out["IpRanges"]] == ["0.0.0.0/0"]


@behaviour("ec2/security-group/duplicate", EC2_ERRORS)
def duplicate(aws):
    """A name is taken in its VPC only."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    group_of(ec2, vpc, "web")
    arguments = {"GroupName": "web", "Description": "other", "VpcId": vpc}
    error = aws.refused("InvalidGroup.Duplicate", ec2.create_security_group, **arguments)
    assert "'web'" in error["Message"] and "already exists" in error["Message"]
    group_of(ec2, vpc_of(ec2, "10.1.0.0/16"), "web")


@behaviour(
    "ec2/security-group/names",
    page("CreateSecurityGroup"),
    moto="any name and description is accepted",
)
def names(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    for name, text in (("sg-web", "d"), ("x" * 256, "d"), ("web", "tab\there"), ("web", "d" * 256)):
        arguments = {"GroupName": name, "Description": text, "VpcId": vpc}
        aws.refused("InvalidParameterValue", ec2.create_security_group, **arguments)
    found = ec2.describe_security_groups(Filters=by("vpc-id", vpc))["SecurityGroups"]
    assert [group["GroupName"] for group in found] == ["default"]


@behaviour("ec2/security-group/not-found", EC2_ERRORS)
def absent(aws):
    ec2 = aws.client("ec2")
    absent = f"sg-{ABSENT}"
    call = ec2.describe_security_groups
    error = aws.refused("InvalidGroup.NotFound", call, GroupIds=[absent])
    assert absent in error["Message"] and "does not exist" in error["Message"]
    aws.refused("InvalidGroup.NotFound", ec2.delete_security_group, GroupId=absent)


@behaviour("ec2/security-group/malformed", EC2_ERRORS, moto="a malformed id isn't found")
def malformed(aws):
    ec2 = aws.client("ec2")
    codes = ("InvalidGroupId.Malformed", "InvalidGroupID.Malformed")
    error = aws.refused(codes, ec2.describe_security_groups, GroupIds=["group"])
    assert "group" in error["Message"]


@behaviour(
    "ec2/security-group/in-use/interface",
    page("DeleteSecurityGroup"),
    moto="a group in use is deleted",
)
def in_use(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    made = ec2.create_network_interface(SubnetId=net.subnet, Groups=[net.group])
    interface = made["NetworkInterface"]["NetworkInterfaceId"]
    call = ec2.delete_security_group
    error = aws.refused("DependencyViolation", call, GroupId=net.group)
    assert net.group in error["Message"] and error["status"] == 400
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_security_group(GroupId=net.group)


@behaviour(
    "ec2/security-group/in-use/instance",
    page("DeleteSecurityGroup"),
    moto="a group in use is deleted",
)
def in_use_by_instance(aws):
    ec2 = aws.client("ec2")
    net = aws.network()
    aws.instances(SubnetId=net.subnet, SecurityGroupIds=[net.group])
    aws.refused("DependencyViolation", ec2.delete_security_group, GroupId=net.group)
    assert described(ec2, net.group)["GroupId"] == net.group


@behaviour(
    "ec2/security-group/in-use/reference",
    page("DeleteSecurityGroup"),
    moto="a group that another's rule names is deleted",
)
def in_use_by_rule(aws):
    """Another group's rule holds it; a rule of its own doesn't."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    inner, outer = group_of(ec2, vpc, "inner"), group_of(ec2, vpc, "outer")
    rule = [from_group(443, outer)]
    ec2.authorize_security_group_ingress(GroupId=inner, IpPermissions=rule)
    ec2.authorize_security_group_ingress(GroupId=outer, IpPermissions=rule)
    error = aws.refused("DependencyViolation", ec2.delete_security_group, GroupId=outer)
    assert outer in error["Message"]
    ec2.revoke_security_group_ingress(GroupId=inner, IpPermissions=rule)
    ec2.delete_security_group(GroupId=outer)


@behaviour(
    "ec2/security-group/default-stays",
    vpc_guide("default-security-group"),
    moto="a default group can be deleted",
)
def default_stays(aws):
    ec2 = aws.client("ec2")
    [group] = ec2.describe_security_groups(Filters=by("vpc-id", vpc_of(ec2)))["SecurityGroups"]
    call = ec2.delete_security_group
    error = aws.refused("CannotDelete", call, GroupId=group["GroupId"])
    assert "cannot be deleted by a user" in error["Message"]


@behaviour(
    "ec2/security-group/rule/duplicate", EC2_ERRORS, moto="the message doesn't tell which rule"
)
def rule_duplicate(aws):
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    allow = ec2.authorize_security_group_ingress
    allow(GroupId=group, IpPermissions=[tcp(22, "10.0.0.0/8")])
    both = [tcp(22, "10.0.0.0/8", "192.168.0.0/16")]
    error = aws.refused("InvalidPermission.Duplicate", allow, GroupId=group, IpPermissions=both)
    assert "already exists" in error["Message"] and "10.0.0.0/8" in error["Message"]
    [rule] = described(ec2, group)["IpPermissions"]
    assert [r["CidrIp"] for r in rule["IpRanges"]] == ["10.0.0.0/8"]


@behaviour(
    "ec2/security-group/rule/revoke-absent",
    page("RevokeSecurityGroupIngress"),
    moto="the rules that are there are revoked beside the error",
)
def rule_revoke_absent(aws):
    """In a VPC that isn't the default one; and then none is revoked."""
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    there, absent = tcp(22, "10.0.0.0/8"), tcp(23, "10.0.0.0/8")
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[there])
    call = ec2.revoke_security_group_ingress
    both = [there, absent]
    aws.refused("InvalidPermission.NotFound", call, GroupId=group, IpPermissions=both)
    assert [p["FromPort"] for p in described(ec2, group)["IpPermissions"]] == [22]


@behaviour(
    "ec2/security-group/rule/ids",
    page("DescribeSecurityGroupRules"),
    moto="rules don't tell the group's owner",
)
def rule_ids(aws):
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    permission = tcp(80, "10.0.0.0/8", "192.168.0.0/16", to=81)
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    ids = {r["SecurityGroupRuleId"] for r in made["SecurityGroupRules"]}
    assert len(ids) == 2 and all(id.startswith("sgr-") for id in ids)
    call = ec2.describe_security_group_rules
    rules = call(Filters=by("group-id", group))["SecurityGroupRules"]
    assert len(rules) == 3
    inward = [r for r in rules if not r["IsEgress"]]
    assert {r["SecurityGroupRuleId"] for r in inward} == ids
    assert {r["CidrIpv4"] for r in inward} == {"10.0.0.0/8", "192.168.0.0/16"}
    for rule in inward:
        assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 80, 81)
        assert (rule["GroupId"], rule["GroupOwnerId"]) == (group, aws.account)


@behaviour(
    "ec2/security-group/rule/revoke-by-id",
    page("RevokeSecurityGroupIngress"),
    moto="another code: InvalidPermission.NotFound",
)
def rule_revoke_id(aws):
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    permission = [tcp(80, "10.0.0.0/8", "192.168.0.0/16")]
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission)
    [first, second] = made["SecurityGroupRules"]
    id = first["SecurityGroupRuleId"]
    call = ec2.revoke_security_group_ingress
    call(GroupId=group, SecurityGroupRuleIds=[id])
    [rule] = described(ec2, group)["IpPermissions"]
    assert [r["CidrIp"] for r in rule["IpRanges"]] == [second["CidrIpv4"]]
    code = "InvalidSecurityGroupRuleId.NotFound"
    aws.refused(code, call, GroupId=group, SecurityGroupRuleIds=[id])


@behaviour("ec2/security-group/rule/modify", page("ModifySecurityGroupRules"))
def rule_modify(aws):
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    permission = [tcp(80, "10.0.0.0/8")]
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission)
    [rule] = made["SecurityGroupRules"]
    new = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "CidrIpv4": "10.0.0.0/9"}
    change = {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": new}
    ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[change])
    [now] = described(ec2, group)["IpPermissions"]
    assert now["FromPort"] == 8080 and now["IpRanges"][0]["CidrIp"] == "10.0.0.0/9"


@behaviour(
    "ec2/security-group/rule/invalid",
    page("AuthorizeSecurityGroupIngress"),
    moto="a range of ports may end before it begins",
)
def rule_invalid(aws):
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    allow = ec2.authorize_security_group_ingress
    codes = ("InvalidParameterValue", "InvalidPermission.Malformed")
    for rule in (tcp(22, "10.0.0/8"), tcp(90, "10.0.0.0/8", to=80), tcp(70000, "10.0.0.0/8")):
        aws.refused(codes, allow, GroupId=group, IpPermissions=[rule])
    assert described(ec2, group)["IpPermissions"] == []


@behaviour(
    "ec2/security-group/rule/unknown-group", EC2_ERRORS, moto="a group of another VPC is accepted"
)
def rule_unknown_group(aws):
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    elsewhere = group_of(ec2, vpc_of(ec2, "10.1.0.0/16"))
    allow = ec2.authorize_security_group_ingress
    for other in (f"sg-{ABSENT}", elsewhere):
        rule = [from_group(443, other)]
        aws.refused("InvalidGroup.NotFound", allow, GroupId=group, IpPermissions=rule)
    assert described(ec2, group)["IpPermissions"] == []


@behaviour("ec2/security-group/rule/quota", VPC_QUOTAS)
def rule_quota(aws):
    """Sixty inward, sixty outward."""
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    allow = ec2.authorize_security_group_ingress
    allow(GroupId=group, IpPermissions=[tcp(22, *[f"10.{i}.0.0/16" for i in range(60)])])
    one = [tcp(22, "10.99.0.0/16")]
    code = "RulesPerSecurityGroupLimitExceeded"
    aws.refused(code, allow, GroupId=group, IpPermissions=one)
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=one)


@behaviour("ec2/security-group/rule/all-protocols", page("IpPermission"))
def rule_all(aws):
    """With protocol -1 ports mean nothing, and aren't kept."""
    ec2 = aws.client("ec2")
    group = group_of(ec2, vpc_of(ec2))
    ranges = [{"CidrIp": "10.0.0.0/8", "Description": "the inside"}]
    rule = {"IpProtocol": "-1", "FromPort": 22, "ToPort": 22, "IpRanges": ranges}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    [kept] = described(ec2, group)["IpPermissions"]
    assert kept["IpProtocol"] == "-1" and "FromPort" not in kept and "ToPort" not in kept
    assert kept["IpRanges"] == ranges
