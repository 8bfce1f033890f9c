#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use super::authorize;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::caller::{Caller, Principal};
use crate::aws::testing::{Lab, REGION};

const ACCOUNT: &str = "111122223333";

/// A lab that enforces policies, and a user in it with one.
fn lab(policy: Value) -> Lab {
    let mut lab = Lab::new();
    lab.account.settings.enforce_policies = true;
    let made = lab.ok("iam", "CreateUser", json!({ "UserName": "bob" }));
    put(&mut lab, policy);
    lab.caller = Caller {
        access_key: "AKIAAAAAAAAAAAAAAAAA".to_owned(),
        account: ACCOUNT.to_owned(),
        arn: Lab::text(&made, "/User/Arn"),
        user_id: Lab::text(&made, "/User/UserId"),
        principal: Principal::User("bob".to_owned()),
    };
    lab
}

fn put(lab: &mut Lab, statements: Value) {
    let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let put = json!({ "UserName": "bob", "PolicyName": "p", "PolicyDocument": policy });
    lab.ok("iam", "PutUserPolicy", put);
}

fn asked(lab: &mut Lab, service: &str, operation: &str, input: Value) -> Result<(), ApiError> {
    let mut call = Call::new(&mut lab.account, REGION, &lab.caller, &input);
    authorize(&mut call, service, operation)
}

fn allow(action: &str, resource: &str) -> Value {
    json!([{ "Effect": "Allow", "Action": action, "Resource": resource }])
}

#[test]
fn nothing_is_allowed_until_a_policy_allows_it() {
    let mut lab = lab(allow("ec2:Describe*", "*"));
    assert!(asked(&mut lab, "ec2", "DescribeVpcs", json!({})).is_ok());
    assert!(asked(&mut lab, "sts", "GetCallerIdentity", json!({})).is_ok());
    let error = asked(&mut lab, "ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("UnauthorizedOperation", Some(403)));
    let expected = format!(
        "You are not authorized to perform this operation. User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to \
         perform: ec2:CreateVpc on resource: arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/* because no identity-based policy \
         allows the ec2:CreateVpc action. Encoded authorization failure message: "
    );
    let encoded = error.message.strip_prefix(&expected).unwrap_or_else(|| panic!("{}", error.message)).to_owned();
    lab.caller.principal = Principal::Root;
    let decoded = lab.ok("sts", "DecodeAuthorizationMessage", json!({ "EncodedMessage": encoded }));
    let decoded: Value = serde_json::from_str(decoded["DecodedMessage"].as_str().unwrap()).unwrap();
    assert_eq!(decoded["context"]["action"], "ec2:CreateVpc");
    assert_eq!(decoded["allowed"], false);
    let garbage = json!({ "EncodedMessage": "garbage" });
    lab.refused("sts", "DecodeAuthorizationMessage", garbage, "InvalidAuthorizationMessageException");
    assert!(asked(&mut lab, "ec2", "CreateVpc", json!({})).is_ok());
}

#[test]
fn refusals_in_each_services_words() {
    let mut lab = lab(json!([
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "NotAction": "sts:*", "Resource": "*" },
    ]));
    for (service, operation, input, code, part) in [
        ("ec2", "DescribeVpcs", json!({}), "UnauthorizedOperation", "ec2:DescribeVpcs with an explicit deny"),
        ("iam", "GetRole", json!({ "RoleName": "r" }), "AccessDenied", "on resource: arn:aws:iam::111122223333:role/r"),
        ("ssm", "GetParameter", json!({ "Name": "/a/b" }), "AccessDeniedException", ":parameter/a/b with"),
        (
            "s3",
            "GetObject",
            json!({ "Bucket": "b", "Key": "k" }),
            "AccessDenied",
            "s3:GetObject on resource: \"arn:aws:s3:::b/k\" with",
        ),
        (
            "autoscaling",
            "DeleteAutoScalingGroup",
            json!({ "AutoScalingGroupName": "g" }),
            "AccessDenied",
            "autoScalingGroupName/g",
        ),
        ("monitoring", "DescribeAlarms", json!({}), "AccessDeniedException", "cloudwatch:DescribeAlarms"),
        ("secretsmanager", "GetSecretValue", json!({ "SecretId": "s" }), "AccessDeniedException", "secret:s-"),
    ] {
        let error = asked(&mut lab, service, operation, input).unwrap_err();
        assert_eq!(error.code, code, "{service}");
        assert!(error.message.contains(part), "{}", error.message);
    }
}

#[test]
fn actions_resources_and_variables() {
    let mut lab = lab(json!([
        { "Effect": "Allow", "Action": "ssm:getparameter*", "Resource": "arn:aws:ssm:*:*:parameter/home/${aws:username}/*" },
        { "Effect": "Allow", "NotAction": ["iam:*", "ssm:*"], "NotResource": "arn:aws:s3:::locked*" },
    ]));
    assert!(asked(&mut lab, "ssm", "GetParameter", json!({ "Name": "/home/bob/x" })).is_ok());
    assert!(asked(&mut lab, "ssm", "GetParameter", json!({ "Name": "/home/bob/x:3" })).is_ok());
    assert!(asked(&mut lab, "ssm", "GetParameter", json!({ "Name": "/home/ann/x" })).is_err());
    let both = json!({ "Names": ["/home/bob/x", "/home/ann/x"] });
    assert!(asked(&mut lab, "ssm", "GetParameters", both).is_err());
    assert!(asked(&mut lab, "s3", "PutObject", json!({ "Bucket": "open", "Key": "k" })).is_ok());
    assert!(asked(&mut lab, "s3", "PutObject", json!({ "Bucket": "locked", "Key": "k" })).is_err());
    assert!(asked(&mut lab, "iam", "ListRoles", json!({})).is_err());
}

#[test]
fn tags_of_requests_and_resources() {
    let mut lab = lab(json!([
        {
            "Effect": "Allow", "Action": "ec2:CreateVpc", "Resource": "*",
            "Condition": { "StringEquals": { "aws:RequestTag/team": "a", "aws:RequestedRegion": REGION } },
        },
        {
            "Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
            "Condition": { "StringEquals": { "ec2:CreateAction": "CreateVpc" }, "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } },
        },
        {
            "Effect": "Allow", "Action": "ec2:DeleteVpc", "Resource": "arn:aws:ec2:*:*:vpc/*",
            "Condition": { "StringEquals": { "aws:ResourceTag/team": "a" } },
        },
    ]));
    let tagged = |tags: Value| json!({ "CidrBlock": "10.0.0.0/16", "TagSpecifications": [{ "ResourceType": "vpc", "Tags": tags }] });
    let team = json!([{ "Key": "team", "Value": "a" }]);
    assert!(asked(&mut lab, "ec2", "CreateVpc", tagged(team.clone())).is_ok());
    assert!(asked(&mut lab, "ec2", "CreateVpc", tagged(json!([{ "Key": "team", "Value": "b" }]))).is_err());
    let more = json!([{ "Key": "team", "Value": "a" }, { "Key": "x", "Value": "y" }]);
    assert!(asked(&mut lab, "ec2", "CreateVpc", tagged(more)).unwrap_err().message.contains("ec2:CreateTags"));
    let made = lab.ok("ec2", "CreateVpc", tagged(team.clone()));
    let vpc = Lab::text(&made, "/Vpc/VpcId");
    assert!(asked(&mut lab, "ec2", "DeleteVpc", json!({ "VpcId": vpc })).is_ok());
    let other = lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.1.0.0/16" }));
    let other = Lab::text(&other, "/Vpc/VpcId");
    assert!(asked(&mut lab, "ec2", "DeleteVpc", json!({ "VpcId": other })).is_err());
    let tag = json!({ "Resources": [other], "Tags": team });
    assert!(asked(&mut lab, "ec2", "CreateTags", tag).is_err());
}

#[test]
fn launches_need_every_resource_and_the_role() {
    let mut lab = lab(allow("ec2:RunInstances", "*"));
    let trust = crate::aws::iam::role::service_trust("ec2.amazonaws.com").to_string();
    lab.ok("iam", "CreateRole", json!({ "RoleName": "node", "AssumeRolePolicyDocument": trust }));
    lab.ok("iam", "CreateInstanceProfile", json!({ "InstanceProfileName": "node" }));
    lab.ok("iam", "AddRoleToInstanceProfile", json!({ "InstanceProfileName": "node", "RoleName": "node" }));
    let run = json!({
        "ImageId": "ami-0123456789abcdef0", "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro",
        "SubnetId": "subnet-0123456789abcdef0",
    });
    assert!(asked(&mut lab, "ec2", "RunInstances", run.clone()).is_ok());
    let mut with_profile = run.clone();
    with_profile["IamInstanceProfile"] = json!({ "Name": "node" });
    let error = asked(&mut lab, "ec2", "RunInstances", with_profile.clone()).unwrap_err();
    assert!(
        error.message.contains("iam:PassRole on resource: arn:aws:iam::111122223333:role/node"),
        "{}",
        error.message
    );
    put(
        &mut lab,
        json!([
            { "Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*" },
            { "Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
              "Condition": { "StringNotEquals": { "ec2:InstanceType": ["t3.micro"] } } },
            { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
              "Condition": { "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } } },
        ]),
    );
    assert!(asked(&mut lab, "ec2", "RunInstances", with_profile).is_ok());
    let mut large = run.clone();
    large["InstanceType"] = json!("m5.large");
    assert!(asked(&mut lab, "ec2", "RunInstances", large).unwrap_err().message.contains("explicit deny"));
    put(&mut lab, allow("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*"));
    assert!(asked(&mut lab, "ec2", "RunInstances", run).unwrap_err().message.contains(":image/ami-0123456789abcdef0"));
}

#[test]
fn boundaries_and_groups() {
    let mut lab = lab(allow("ec2:CreateVpc", "*"));
    let policy = |action: &str| json!({ "Version": "2012-10-17", "Statement": allow(action, "*") }).to_string();
    let make = json!({ "PolicyName": "edge", "PolicyDocument": policy("ec2:Describe*") });
    let arn = Lab::text(&lab.ok("iam", "CreatePolicy", make), "/Policy/Arn");
    lab.ok("iam", "PutUserPermissionsBoundary", json!({ "UserName": "bob", "PermissionsBoundary": arn }));
    let error = asked(&mut lab, "ec2", "CreateVpc", json!({})).unwrap_err();
    assert!(error.message.contains("because no permissions boundary allows the ec2:CreateVpc action"));
    lab.ok("iam", "CreateGroup", json!({ "GroupName": "ops" }));
    lab.ok(
        "iam",
        "AttachGroupPolicy",
        json!({ "GroupName": "ops", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" }),
    );
    assert!(asked(&mut lab, "ec2", "DescribeVpcs", json!({})).is_err());
    lab.ok("iam", "AddUserToGroup", json!({ "GroupName": "ops", "UserName": "bob" }));
    assert!(asked(&mut lab, "ec2", "DescribeVpcs", json!({})).is_ok());
    assert!(asked(&mut lab, "s3", "ListBuckets", json!({})).is_err());
}
