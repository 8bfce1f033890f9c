"""STS: who calls, and credentials for a time."""

import json

from aws.behaviour import behaviour

API = "https://docs.aws.amazon.com/STS/latest/APIReference"
IDENTITY = f"{API}/API_GetCallerIdentity.html"
ASSUME = f"{API}/API_AssumeRole.html"
IDENTIFIERS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"


def trust(principal):
    """A trust policy that lets that principal assume the role."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_role(aws, name="worker", **changes):
    """A role that the account may assume; its ARN."""
    document = trust({"AWS": f"arn:aws:iam::{aws.account}:root"})
    made = aws.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=document, **changes
    )
    return made["Role"]["Arn"]


def make_user(aws, name="ann"):
    """A user with an access key, as `Cloud.client` takes it."""
    iam = aws.client("iam")
    iam.create_user(UserName=name)
    return iam.create_access_key(UserName=name)["AccessKey"]


def as_user(aws, **config):
    """A client of a user's: the root user can't assume roles."""
    return aws.client("sts", make_user(aws), **config)


@behaviour("sts/caller/account", IDENTITY)
def caller(aws):
    assert aws.client("sts").get_caller_identity()["Account"] == aws.account


@behaviour("sts/caller/root", IDENTITY, moto="it is a user called moto")
def root(aws):
    identity = aws.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{aws.account}:root"
    assert identity["UserId"] == aws.account


@behaviour("sts/caller/user", IDENTITY)
def user(aws):
    key = make_user(aws)
    identity = aws.client("sts", key).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{aws.account}:user/ann"
    assert identity["UserId"] == aws.client("iam").get_user(UserName="ann")["User"]["UserId"]


@behaviour("sts/assume/credentials", ASSUME)
def assume(aws):
    arn = make_role(aws)
    made = as_user(aws).assume_role(RoleArn=arn, RoleSessionName="shift")
    assert made["Credentials"]["AccessKeyId"].startswith("ASIA")
    assumed = f"arn:aws:sts::{aws.account}:assumed-role/worker/shift"
    assert made["AssumedRoleUser"]["Arn"] == assumed
    identity = aws.client("sts", made["Credentials"]).get_caller_identity()
    assert (identity["Arn"], identity["Account"]) == (assumed, aws.account)
    assert identity["UserId"] == made["AssumedRoleUser"]["AssumedRoleId"]


@behaviour("sts/assume/root", ASSUME, moto="it may")
def assumed_by_root(aws):
    arn = make_role(aws)
    call = aws.client("sts").assume_role
    error = aws.refused("AccessDenied", call, RoleArn=arn, RoleSessionName="shift")
    assert error["status"] == 403


@behaviour("sts/assume/role-id", IDENTIFIERS)
def role_id(aws):
    arn = make_role(aws)
    id = aws.client("iam").get_role(RoleName="worker")["Role"]["RoleId"]
    made = as_user(aws).assume_role(RoleArn=arn, RoleSessionName="shift")
    assert id.startswith("AROA") and made["AssumedRoleUser"]["AssumedRoleId"] == f"{id}:shift"


@behaviour("sts/assume/unknown-role", ASSUME, moto="any role can be assumed")
def unknown_role(aws):
    error = aws.refused(
        "AccessDenied",
        as_user(aws).assume_role,
        RoleArn=f"arn:aws:iam::{aws.account}:role/none",
        RoleSessionName="shift",
    )
    assert error["status"] == 403 and "sts:AssumeRole" in error["Message"]


@behaviour("sts/assume/short", ASSUME, moto="it is accepted")
def short(aws):
    arn = make_role(aws)
    call = as_user(aws, parameter_validation=False).assume_role
    error = aws.refused(
        "ValidationError", call, RoleArn=arn, RoleSessionName="shift", DurationSeconds=899
    )
    assert error["status"] == 400 and "900" in error["Message"]


@behaviour("sts/assume/longer-than-role-allows", ASSUME, moto="it is accepted")
def long(aws):
    arn = make_role(aws)
    call = as_user(aws).assume_role
    error = aws.refused(
        "ValidationError", call, RoleArn=arn, RoleSessionName="shift", DurationSeconds=3601
    )
    assert "MaxSessionDuration" in error["Message"]


@behaviour("sts/assume/session-name", ASSUME, moto="it is accepted")
def session_name(aws):
    arn = make_role(aws)
    call = as_user(aws).assume_role
    aws.refused("ValidationError", call, RoleArn=arn, RoleSessionName="night shift")


@behaviour("sts/assume/expiry", ASSUME, emulator_only=True)
def expiry(aws):
    arn = make_role(aws)
    made = as_user(aws).assume_role(RoleArn=arn, RoleSessionName="shift", DurationSeconds=900)
    sts = aws.client("sts", made["Credentials"])
    aws.step(840)
    sts.get_caller_identity()
    aws.step(120)
    error = aws.refused("ExpiredToken", sts.get_caller_identity)
    assert error["status"] == 403 and "expired" in error["Message"]


@behaviour(
    "sts/assume/expiry-ec2",
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    emulator_only=True,
)
def expiry_ec2(aws):
    arn = make_role(aws)
    made = as_user(aws).assume_role(RoleArn=arn, RoleSessionName="shift", DurationSeconds=900)
    aws.step(1000)
    ec2 = aws.client("ec2", made["Credentials"])
    aws.refused("RequestExpired", ec2.describe_vpcs)


@behaviour(
    "sts/assume/chained",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html",
    emulator_only=True,
)
def chained(aws):
    first = make_role(aws, "first")
    second = make_role(aws, "second", MaxSessionDuration=7200)
    policy = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    aws.client("iam").put_role_policy(
        RoleName="first",
        PolicyName="chain",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [policy]}),
    )
    made = as_user(aws).assume_role(RoleArn=first, RoleSessionName="one")
    sts = aws.client("sts", made["Credentials"])
    arguments = {"RoleArn": second, "RoleSessionName": "two"}
    aws.refused("ValidationError", sts.assume_role, DurationSeconds=7200, **arguments)
    answer = sts.assume_role(**arguments)
    assert answer["AssumedRoleUser"]["Arn"].endswith("assumed-role/second/two")


@behaviour("sts/session-token", f"{API}/API_GetSessionToken.html", moto="it hands out an example")
def session_token(aws):
    made = aws.client("sts", make_user(aws)).get_session_token()["Credentials"]
    assert made["AccessKeyId"].startswith("ASIA") and made["SessionToken"]
    left = made["Expiration"].timestamp()
    longer = aws.client("sts", make_user(aws, "bob")).get_session_token(DurationSeconds=900)
    assert left - longer["Credentials"]["Expiration"].timestamp() > 11 * 3600


@behaviour(
    "sts/decode/invalid",
    f"{API}/API_DecodeAuthorizationMessage.html",
    moto="the operation is missing",
)
def decode(aws):
    error = aws.refused(
        "InvalidAuthorizationMessageException",
        aws.client("sts").decode_authorization_message,
        EncodedMessage="nonsense",
    )
    assert error["status"] == 400
