"""IAM: policies in force, which an emulated account has to be told to look at."""

import json

from aws.behaviour import behaviour
from aws.sts import make_role, make_user

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
LOGIC = f"{GUIDE}/reference_policies_evaluation-logic.html"
MESSAGES = f"{GUIDE}/troubleshoot_access-denied.html"
EC2_ERRORS = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def user(aws, *statements):
    """A user's key, the policies that are in force from now on being just those statements."""
    key = make_user(aws)
    if statements:
        aws.client("iam").put_user_policy(
            UserName="ann", PolicyName="rules", PolicyDocument=document(*statements)
        )
    aws.settings({"enforce_policies": True})
    return key


@behaviour("iam/enforced/nothing-allowed-ec2", EC2_ERRORS, emulator_only=True)
def ec2_denied(aws):
    ec2 = aws.client("ec2", user(aws))
    error = aws.refused("UnauthorizedOperation", ec2.describe_vpcs)
    assert error["status"] == 403
    assert error["Message"].startswith("You are not authorized to perform this operation.")


@behaviour("iam/enforced/nothing-allowed-query", MESSAGES, emulator_only=True)
def query_denied(aws):
    key = user(aws)
    error = aws.refused("AccessDenied", aws.client("iam", key).get_role, RoleName="worker")
    assert error["status"] == 403
    assert (
        f"User: arn:aws:iam::{aws.account}:user/ann is not authorized to perform: iam:GetRole"
        in (error["Message"])
    )
    assert "role/worker" in error["Message"]
    asg = aws.client("autoscaling", key)
    assert aws.refused("AccessDenied", asg.describe_auto_scaling_groups)["status"] == 403
    elb = aws.client("elbv2", key)
    assert aws.refused("AccessDenied", elb.describe_load_balancers)["status"] == 403


@behaviour("iam/enforced/nothing-allowed-json", MESSAGES, emulator_only=True)
def json_denied(aws):
    key = user(aws)
    error = aws.refused("AccessDeniedException", aws.client("ssm", key).get_parameter, Name="/a")
    assert error["status"] == 400 and "ssm:GetParameter" in error["Message"]
    call = aws.client("secretsmanager", key).get_secret_value
    error = aws.refused("AccessDeniedException", call, SecretId="key")
    assert "secretsmanager:GetSecretValue" in error["Message"]


@behaviour("iam/enforced/nothing-allowed-rest", MESSAGES, emulator_only=True)
def rest_denied(aws):
    key = user(aws)
    assert aws.refused("AccessDenied", aws.client("s3", key).list_buckets)["status"] == 403
    route53 = aws.client("route53", key)
    assert aws.refused("AccessDenied", route53.list_hosted_zones)["status"] == 403


@behaviour(
    "iam/enforced/identity-always",
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html",
    emulator_only=True,
)
def identity_always(aws):
    key = user(aws, deny("sts:GetCallerIdentity"))
    assert aws.client("sts", key).get_caller_identity()["Arn"].endswith("user/ann")


@behaviour("iam/enforced/root", LOGIC, emulator_only=True)
def root(aws):
    user(aws)
    assert aws.client("ec2").describe_vpcs()["Vpcs"] is not None


@behaviour("iam/enforced/action", LOGIC, emulator_only=True)
def action(aws):
    ec2 = aws.client("ec2", user(aws, allow("ec2:DescribeVpcs")))
    ec2.describe_vpcs()
    aws.refused("UnauthorizedOperation", ec2.describe_subnets)


@behaviour(
    "iam/enforced/wildcard", f"{GUIDE}/reference_policies_elements_action.html", emulator_only=True
)
def wildcard(aws):
    ec2 = aws.client("ec2", user(aws, allow("EC2:describe*")))
    ec2.describe_vpcs()
    ec2.describe_subnets()
    aws.refused("UnauthorizedOperation", ec2.create_vpc, CidrBlock="10.0.0.0/16")


@behaviour(
    "iam/enforced/resource",
    f"{GUIDE}/reference_policies_elements_resource.html",
    emulator_only=True,
)
def resource(aws):
    for name in ("/mine/a", "/other/a"):
        aws.client("ssm").put_parameter(Name=name, Value="1", Type="String")
    arn = f"arn:aws:ssm:{aws.region}:{aws.account}:parameter/mine/*"
    ssm = aws.client("ssm", user(aws, allow("ssm:GetParameter", arn)))
    assert ssm.get_parameter(Name="/mine/a")["Parameter"]["Value"] == "1"
    error = aws.refused("AccessDeniedException", ssm.get_parameter, Name="/other/a")
    assert "parameter/other/a" in error["Message"]


@behaviour(
    "iam/enforced/resource-of-role",
    f"{GUIDE}/reference_policies_elements_resource.html",
    emulator_only=True,
)
def resource_role(aws):
    make_role(aws, "mine")
    make_role(aws, "other")
    arn = f"arn:aws:iam::{aws.account}:role/mine"
    iam = aws.client("iam", user(aws, allow("iam:*", arn)))
    iam.delete_role(RoleName="mine")
    aws.refused("AccessDenied", iam.delete_role, RoleName="other")


@behaviour(
    "iam/enforced/resource-of-object",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-policies-s3.html",
    emulator_only=True,
)
def resource_object(aws):
    aws.client("s3").create_bucket(
        Bucket=f"b-{aws.account}", CreateBucketConfiguration={"LocationConstraint": aws.region}
    )
    key = user(aws, allow("s3:PutObject", f"arn:aws:s3:::b-{aws.account}/mine/*"))
    s3 = aws.client("s3", key)
    s3.put_object(Bucket=f"b-{aws.account}", Key="mine/a", Body=b"1")
    aws.refused("AccessDenied", s3.put_object, Bucket=f"b-{aws.account}", Key="other/a", Body=b"1")


@behaviour("iam/enforced/deny-wins", LOGIC, emulator_only=True)
def deny_wins(aws):
    ec2 = aws.client("ec2", user(aws, allow("*"), deny("ec2:CreateVpc")))
    ec2.describe_vpcs()
    error = aws.refused("UnauthorizedOperation", ec2.create_vpc, CidrBlock="10.0.0.0/16")
    assert error["status"] == 403


@behaviour(
    "iam/enforced/not-action",
    f"{GUIDE}/reference_policies_elements_notaction.html",
    emulator_only=True,
)
def not_action(aws):
    statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    key = user(aws, statement)
    aws.client("ec2", key).describe_vpcs()
    aws.refused("AccessDenied", aws.client("iam", key).list_roles)


@behaviour(
    "iam/enforced/condition", f"{GUIDE}/reference_policies_condition-keys.html", emulator_only=True
)
def condition(aws):
    only_here = {"StringEquals": {"aws:RequestedRegion": aws.region}}
    key = user(aws, allow("ec2:DescribeVpcs", Condition=only_here))
    aws.client("ec2", key).describe_vpcs()
    aws.refused("UnauthorizedOperation", aws.client("ec2", key, "eu-west-1").describe_vpcs)


@behaviour(
    "iam/enforced/request-tag",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html",
    emulator_only=True,
)
def request_tag(aws):
    tagged = {"StringEquals": {"aws:RequestTag/team": "blue"}}
    ec2 = aws.client(
        "ec2", user(aws, allow("ec2:CreateVpc", Condition=tagged), allow("ec2:CreateTags"))
    )
    aws.refused("UnauthorizedOperation", ec2.create_vpc, CidrBlock="10.0.0.0/16")
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "team", "Value": "blue"}]}]
    ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)


@behaviour(
    "iam/enforced/tag-on-create",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html",
    emulator_only=True,
)
def tag_on_create(aws):
    ec2 = aws.client("ec2", user(aws, allow("ec2:CreateVpc")))
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "team", "Value": "blue"}]}]
    call = ec2.create_vpc
    aws.refused("UnauthorizedOperation", call, CidrBlock="10.1.0.0/16", TagSpecifications=tags)


@behaviour("iam/enforced/group", f"{GUIDE}/id_groups.html", emulator_only=True)
def group(aws):
    key = user(aws)
    iam = aws.client("iam")
    iam.create_group(GroupName="team")
    rules = document(allow("ec2:DescribeVpcs"))
    iam.put_group_policy(GroupName="team", PolicyName="rules", PolicyDocument=rules)
    ec2 = aws.client("ec2", key)
    aws.refused("UnauthorizedOperation", ec2.describe_vpcs)
    iam.add_user_to_group(GroupName="team", UserName="ann")
    ec2.describe_vpcs()


@behaviour(
    "iam/enforced/managed", f"{GUIDE}/access_policies_managed-vs-inline.html", emulator_only=True
)
def managed(aws):
    key = user(aws)
    iam = aws.client("iam")
    made = iam.create_policy(PolicyName="rules", PolicyDocument=document(allow("ec2:Describe*")))
    arn = made["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ann", PolicyArn=arn)
    ec2 = aws.client("ec2", key)
    ec2.describe_vpcs()
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document(allow("s3:*")), SetAsDefault=True
    )
    aws.refused("UnauthorizedOperation", ec2.describe_vpcs)


@behaviour("iam/enforced/role", f"{GUIDE}/id_roles.html", emulator_only=True)
def role(aws):
    arn = make_role(aws)
    aws.client("iam").put_role_policy(
        RoleName="worker", PolicyName="rules", PolicyDocument=document(allow("ec2:DescribeVpcs"))
    )
    key = user(aws, allow("sts:AssumeRole", arn))
    made = aws.client("sts", key).assume_role(RoleArn=arn, RoleSessionName="shift")
    ec2 = aws.client("ec2", made["Credentials"])
    ec2.describe_vpcs()
    aws.refused("UnauthorizedOperation", ec2.describe_subnets)


@behaviour("iam/enforced/session-policy", f"{GUIDE}/access_policies.html", emulator_only=True)
def session_policy(aws):
    arn = make_role(aws)
    aws.client("iam").put_role_policy(
        RoleName="worker", PolicyName="rules", PolicyDocument=document(allow("ec2:*"))
    )
    key = user(aws, allow("sts:AssumeRole", arn))
    made = aws.client("sts", key).assume_role(
        RoleArn=arn, RoleSessionName="shift", Policy=document(allow("ec2:DescribeVpcs"))
    )
    ec2 = aws.client("ec2", made["Credentials"])
    ec2.describe_vpcs()
    aws.refused("UnauthorizedOperation", ec2.describe_subnets)


@behaviour("iam/enforced/trust", f"{GUIDE}/troubleshoot_roles.html", emulator_only=True)
def trust(aws):
    service = {"Service": "ec2.amazonaws.com"}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
    made = aws.client("iam").create_role(
        RoleName="machine", AssumeRolePolicyDocument=document(statement)
    )
    key = user(aws, allow("sts:AssumeRole"))
    error = aws.refused(
        "AccessDenied",
        aws.client("sts", key).assume_role,
        RoleArn=made["Role"]["Arn"],
        RoleSessionName="shift",
    )
    assert "is not authorized to perform: sts:AssumeRole on resource" in error["Message"]


@behaviour("iam/enforced/pass-role", f"{GUIDE}/id_roles_use_passrole.html", emulator_only=True)
def pass_role(aws):
    iam, ec2 = aws.client("iam"), aws.client("ec2")
    network, image = aws.network(), aws.image()
    make_role(aws)
    iam.create_instance_profile(InstanceProfileName="worker")
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")
    aws.step(60)
    ec2 = aws.client("ec2", user(aws, allow("ec2:*")))
    arguments = {
        "ImageId": image,
        "InstanceType": "t3.micro",
        "MinCount": 1,
        "MaxCount": 1,
        "SubnetId": network.subnet,
    }
    profile = {"Name": "worker"}
    call = ec2.run_instances
    error = aws.refused("UnauthorizedOperation", call, IamInstanceProfile=profile, **arguments)
    assert "iam:PassRole" in error["Message"]
    call(**arguments)
    arn = f"arn:aws:iam::{aws.account}:role/worker"
    rules = document(allow("ec2:*"), allow("iam:PassRole", arn))
    iam.put_user_policy(UserName="ann", PolicyName="rules", PolicyDocument=rules)
    call(IamInstanceProfile=profile, **arguments)


@behaviour(
    "iam/enforced/dry-run",
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html",
    emulator_only=True,
)
def dry_run(aws):
    ec2 = aws.client("ec2", user(aws, allow("ec2:CreateVpc")))
    arguments = {"CidrBlock": "10.0.0.0/16", "DryRun": True}
    assert aws.refused("DryRunOperation", ec2.create_vpc, **arguments)["status"] == 412
    aws.refused("UnauthorizedOperation", ec2.describe_vpcs, DryRun=True)


@behaviour(
    "iam/enforced/inactive-key", f"{GUIDE}/id_credentials_access-keys.html", emulator_only=True
)
def inactive_key(aws):
    key = user(aws, allow("*"))
    aws.client("iam").update_access_key(
        UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive"
    )
    error = aws.refused("InvalidClientTokenId", aws.client("sts", key).get_caller_identity)
    assert error["status"] == 403
    aws.refused("AuthFailure", aws.client("ec2", key).describe_vpcs)
