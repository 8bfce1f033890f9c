#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

const SSM_CORE: &str = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

fn trust() -> String {
    super::role::service_trust("ec2.amazonaws.com").to_string()
}

fn allow(action: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }],
    })
    .to_string()
}

fn iam(lab: &mut Lab, operation: &str, input: Value) -> Value {
    lab.ok("iam", operation, input)
}

#[test]
fn a_role_from_cradle_to_grave() {
    let mut lab = Lab::new();
    let role =
        json!({ "RoleName": "node", "AssumeRolePolicyDocument": trust(), "Tags": [{ "Key": "team", "Value": "a" }] });
    let made = iam(&mut lab, "CreateRole", role.clone());
    assert_eq!(Lab::text(&made, "/Role/Arn"), "arn:aws:iam::111122223333:role/node");
    assert!(Lab::text(&made, "/Role/RoleId").starts_with("AROA"));
    assert!(Lab::text(&made, "/Role/AssumeRolePolicyDocument").starts_with("%7B%22Version%22"));
    let message = lab.refused("iam", "CreateRole", role, "EntityAlreadyExists");
    assert_eq!(message, "Role with name node already exists.");
    let other_case = json!({ "RoleName": "NODE", "AssumeRolePolicyDocument": trust() });
    lab.refused("iam", "CreateRole", other_case, "EntityAlreadyExists");
    assert_eq!(
        lab.refused("iam", "GetRole", json!({ "RoleName": "x" }), "NoSuchEntity"),
        "The role with name x cannot be found."
    );

    iam(&mut lab, "AttachRolePolicy", json!({ "RoleName": "node", "PolicyArn": SSM_CORE }));
    iam(&mut lab, "AttachRolePolicy", json!({ "RoleName": "node", "PolicyArn": SSM_CORE }));
    let attached = iam(&mut lab, "ListAttachedRolePolicies", json!({ "RoleName": "node" }));
    assert_eq!(attached["AttachedPolicies"].as_array().unwrap().len(), 1);
    iam(
        &mut lab,
        "PutRolePolicy",
        json!({ "RoleName": "node", "PolicyName": "p", "PolicyDocument": allow("s3:GetObject") }),
    );
    iam(&mut lab, "CreateInstanceProfile", json!({ "InstanceProfileName": "node" }));
    let pair = json!({ "InstanceProfileName": "node", "RoleName": "node" });
    iam(&mut lab, "AddRoleToInstanceProfile", pair.clone());
    let message = lab.refused("iam", "AddRoleToInstanceProfile", pair.clone(), "LimitExceeded");
    assert_eq!(message, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");

    let node = json!({ "RoleName": "node" });
    let message = lab.refused("iam", "DeleteRole", node.clone(), "DeleteConflict");
    assert_eq!(message, "Cannot delete entity, must remove roles from instance profile first.");
    let profile = json!({ "InstanceProfileName": "node" });
    let message = lab.refused("iam", "DeleteInstanceProfile", profile.clone(), "DeleteConflict");
    assert_eq!(message, "Cannot delete entity, must remove roles from instance profile first.");
    iam(&mut lab, "RemoveRoleFromInstanceProfile", pair);
    iam(&mut lab, "DeleteInstanceProfile", profile);
    let message = lab.refused("iam", "DeleteRole", node.clone(), "DeleteConflict");
    assert_eq!(message, "Cannot delete entity, must detach all policies first.");
    iam(&mut lab, "DetachRolePolicy", json!({ "RoleName": "node", "PolicyArn": SSM_CORE }));
    let message = lab.refused("iam", "DeleteRole", node.clone(), "DeleteConflict");
    assert_eq!(message, "Cannot delete entity, must delete policies first.");
    iam(&mut lab, "DeleteRolePolicy", json!({ "RoleName": "node", "PolicyName": "p" }));
    iam(&mut lab, "DeleteRole", node);
}

#[test]
fn a_trust_policy_names_who_is_there() {
    let mut lab = Lab::new();
    let trusting = |arn: &str| {
        json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": arn } }],
        })
        .to_string()
    };
    let arn = "arn:aws:iam::111122223333:user/alice";
    let role = json!({ "RoleName": "admin", "AssumeRolePolicyDocument": trusting(arn) });
    let message = lab.refused("iam", "CreateRole", role.clone(), "MalformedPolicyDocument");
    assert_eq!(message, format!("Invalid principal in policy: \"AWS\":\"{arn}\""));
    let id = Lab::text(&iam(&mut lab, "CreateUser", json!({ "UserName": "alice" })), "/User/UserId");
    iam(&mut lab, "CreateRole", role);
    let shown = |lab: &mut Lab| {
        Lab::text(&iam(lab, "GetRole", json!({ "RoleName": "admin" })), "/Role/AssumeRolePolicyDocument")
    };
    assert!(shown(&mut lab).contains("user%2Falice"));
    iam(&mut lab, "DeleteUser", json!({ "UserName": "alice" }));
    iam(&mut lab, "CreateUser", json!({ "UserName": "alice" }));
    assert!(shown(&mut lab).contains(&id));
}

#[test]
fn policies_have_five_versions() {
    let mut lab = Lab::new();
    let made = iam(&mut lab, "CreatePolicy", json!({ "PolicyName": "p", "PolicyDocument": allow("ec2:Describe*") }));
    let arn = Lab::text(&made, "/Policy/Arn");
    let version = json!({ "PolicyArn": arn, "PolicyDocument": allow("ec2:*"), "SetAsDefault": true });
    for number in 2..=5 {
        let made = iam(&mut lab, "CreatePolicyVersion", version.clone());
        assert_eq!(Lab::text(&made, "/PolicyVersion/VersionId"), format!("v{number}"));
    }
    lab.refused("iam", "CreatePolicyVersion", version.clone(), "LimitExceeded");
    lab.refused("iam", "DeletePolicyVersion", json!({ "PolicyArn": arn, "VersionId": "v5" }), "DeleteConflict");
    iam(&mut lab, "DeletePolicyVersion", json!({ "PolicyArn": arn, "VersionId": "v1" }));
    let made = iam(&mut lab, "CreatePolicyVersion", version);
    assert_eq!(Lab::text(&made, "/PolicyVersion/VersionId"), "v6");
    iam(&mut lab, "SetDefaultPolicyVersion", json!({ "PolicyArn": arn, "VersionId": "v3" }));
    let policy = iam(&mut lab, "GetPolicy", json!({ "PolicyArn": arn }));
    assert_eq!(Lab::text(&policy, "/Policy/DefaultVersionId"), "v3");
    lab.refused("iam", "DeletePolicy", json!({ "PolicyArn": arn }), "DeleteConflict");
    let missing = json!({ "PolicyArn": format!("{arn}x") });
    let message = lab.refused("iam", "GetPolicy", missing, "NoSuchEntity");
    assert_eq!(message, format!("Policy {arn}x was not found."));
    lab.refused("iam", "GetPolicy", json!({ "PolicyArn": "something that is no ARN" }), "InvalidInput");
    let aws = iam(&mut lab, "GetPolicyVersion", json!({ "PolicyArn": SSM_CORE, "VersionId": "v2" }));
    assert!(Lab::text(&aws, "/PolicyVersion/Document").contains("ssmmessages"));
}

#[test]
fn quotas_of_policies() {
    let mut lab = Lab::new();
    iam(&mut lab, "CreateRole", json!({ "RoleName": "r", "AssumeRolePolicyDocument": trust() }));
    for number in 0..11 {
        let policy = json!({ "PolicyName": format!("p{number}"), "PolicyDocument": allow("ec2:*") });
        let arn = Lab::text(&iam(&mut lab, "CreatePolicy", policy), "/Policy/Arn");
        let attach = json!({ "RoleName": "r", "PolicyArn": arn });
        if number < 10 {
            iam(&mut lab, "AttachRolePolicy", attach);
        } else {
            let message = lab.refused("iam", "AttachRolePolicy", attach, "LimitExceeded");
            assert_eq!(message, "Cannot exceed quota for PoliciesPerRole: 10");
        }
    }
    let long = allow(&format!("s3:{}", "x".repeat(10_240)));
    let put = json!({ "RoleName": "r", "PolicyName": "long", "PolicyDocument": long });
    let message = lab.refused("iam", "PutRolePolicy", put, "LimitExceeded");
    assert_eq!(message, "Maximum policy size of 10240 bytes exceeded for role r");
    let long = json!({ "PolicyName": "long", "PolicyDocument": allow(&format!("s3:{}", "x".repeat(6_144))) });
    assert_eq!(lab.refused("iam", "CreatePolicy", long, "LimitExceeded"), "Cannot exceed quota for PolicySize: 6144");
}

#[test]
fn users_groups_and_keys() {
    let mut lab = Lab::new();
    let alice = json!({ "UserName": "alice" });
    iam(&mut lab, "CreateUser", alice.clone());
    let key = Lab::text(&iam(&mut lab, "CreateAccessKey", alice.clone()), "/AccessKey/AccessKeyId");
    assert_eq!(crate::aws::caller::account(&key), "111122223333");
    iam(&mut lab, "CreateAccessKey", alice.clone());
    let message = lab.refused("iam", "CreateAccessKey", alice.clone(), "LimitExceeded");
    assert_eq!(message, "Cannot exceed quota for AccessKeysPerUser: 2");
    let message = lab.refused("iam", "DeleteUser", alice.clone(), "DeleteConflict");
    assert_eq!(message, "Cannot delete entity, must delete access keys first.");
    let keys = iam(&mut lab, "ListAccessKeys", alice.clone());
    assert!(keys["AccessKeyMetadata"][0].get("SecretAccessKey").is_none());
    for key in keys["AccessKeyMetadata"].as_array().unwrap() {
        iam(&mut lab, "DeleteAccessKey", json!({ "UserName": "alice", "AccessKeyId": key["AccessKeyId"] }));
    }
    iam(&mut lab, "CreateGroup", json!({ "GroupName": "ops" }));
    let pair = json!({ "GroupName": "ops", "UserName": "alice" });
    iam(&mut lab, "AddUserToGroup", pair.clone());
    lab.refused("iam", "DeleteUser", alice.clone(), "DeleteConflict");
    lab.refused("iam", "DeleteGroup", json!({ "GroupName": "ops" }), "DeleteConflict");
    assert_eq!(iam(&mut lab, "GetGroup", json!({ "GroupName": "ops" }))["Users"].as_array().unwrap().len(), 1);
    iam(&mut lab, "RemoveUserFromGroup", pair);
    iam(&mut lab, "DeleteUser", alice);
}

#[test]
fn lists_come_in_pages() {
    let mut lab = Lab::new();
    for number in 0..5 {
        iam(&mut lab, "CreateUser", json!({ "UserName": format!("u{number}"), "Path": "/staff/" }));
    }
    let mut names = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let mut input = json!({ "MaxItems": 2, "PathPrefix": "/staff/" });
        if let Some(marker) = &marker {
            input["Marker"] = marker.as_str().into();
        }
        let page = iam(&mut lab, "ListUsers", input);
        names.extend(page["Users"].as_array().unwrap().iter().map(|user| Lab::text(user, "/UserName")));
        marker = page.get("Marker").and_then(Value::as_str).map(str::to_owned);
        assert_eq!(page["IsTruncated"].as_bool().unwrap(), marker.is_some());
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(names, ["u0", "u1", "u2", "u3", "u4"]);
    assert!(iam(&mut lab, "ListUsers", json!({ "PathPrefix": "/other/" }))["Users"].as_array().unwrap().is_empty());
}

#[test]
fn service_linked_roles() {
    let mut lab = Lab::new();
    let service = "autoscaling.amazonaws.com";
    super::ensure_service_linked_role(&mut lab.account, service);
    let message = lab.refused("iam", "CreateServiceLinkedRole", json!({ "AWSServiceName": service }), "InvalidInput");
    assert_eq!(
        message,
        "Service role name AWSServiceRoleForAutoScaling has been taken in this account, please try a different suffix."
    );
    iam(&mut lab, "CreateServiceLinkedRole", json!({ "AWSServiceName": service, "CustomSuffix": "mine" }));
    let elb = json!({ "AWSServiceName": "elasticloadbalancing.amazonaws.com", "CustomSuffix": "mine" });
    lab.refused("iam", "CreateServiceLinkedRole", elb, "InvalidInput");
    let role = json!({ "RoleName": "AWSServiceRoleForAutoScaling" });
    lab.refused("iam", "DeleteRole", role.clone(), "UnmodifiableEntity");
    let task = Lab::text(&iam(&mut lab, "DeleteServiceLinkedRole", role.clone()), "/DeletionTaskId");
    let status = |lab: &mut Lab| {
        Lab::text(&iam(lab, "GetServiceLinkedRoleDeletionStatus", json!({ "DeletionTaskId": task })), "/Status")
    };
    assert_eq!(status(&mut lab), "IN_PROGRESS");
    lab.step(60.0);
    assert_eq!(status(&mut lab), "SUCCEEDED");
    lab.refused("iam", "GetRole", role, "NoSuchEntity");
}

#[test]
fn tag_keys_know_no_case() {
    let mut lab = Lab::new();
    iam(&mut lab, "CreateUser", json!({ "UserName": "u", "Tags": [{ "Key": "Team", "Value": "a" }] }));
    iam(&mut lab, "TagUser", json!({ "UserName": "u", "Tags": [{ "Key": "team", "Value": "b" }] }));
    let tags = iam(&mut lab, "ListUserTags", json!({ "UserName": "u" }));
    assert_eq!(tags["Tags"], json!([{ "Key": "team", "Value": "b" }]));
    let twice = json!({ "UserName": "u", "Tags": [{ "Key": "x", "Value": "" }, { "Key": "X", "Value": "" }] });
    lab.refused("iam", "TagUser", twice, "InvalidInput");
    iam(&mut lab, "UntagUser", json!({ "UserName": "u", "TagKeys": ["TEAM"] }));
    assert_eq!(iam(&mut lab, "ListUserTags", json!({ "UserName": "u" }))["Tags"], json!([]));
}

#[test]
fn young_roles_may_not_show() {
    let mut settings = crate::aws::Settings::default();
    settings.consistency.flapping = false;
    let mut lab = Lab::with(settings);
    iam(&mut lab, "CreateRole", json!({ "RoleName": "r", "AssumeRolePolicyDocument": trust() }));
    lab.refused("iam", "GetRole", json!({ "RoleName": "r" }), "NoSuchEntity");
    lab.refused(
        "iam",
        "CreateRole",
        json!({ "RoleName": "r", "AssumeRolePolicyDocument": trust() }),
        "EntityAlreadyExists",
    );
    lab.step(2.0);
    iam(&mut lab, "GetRole", json!({ "RoleName": "r" }));
}
