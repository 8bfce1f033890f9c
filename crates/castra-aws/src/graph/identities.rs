//! What nodes are to AWS: a role and an instance profile for primaries, and another for secondaries.

use std::collections::{BTreeMap, BTreeSet};

use castra_core::resource::Ref;
use castra_core::topology::Identity;
use serde_json::{Value, json};

use super::Build;
use crate::kinds::{IamInstanceProfile, IamRole};
use crate::settings::Settings;

impl Build<'_> {
    pub(super) fn identities(&mut self) {
        let partition = Settings::partition(&self.settings.region);
        for identity in &self.topology.identities {
            let (name, resource) = (self.names.identity(identity.role), identity.role.as_str());
            let (trust, policies) = (trust(partition), policies(identity));
            self.add(resource, |tags| IamRole { name: name.clone(), trust, policies, managed: BTreeSet::new(), tags });
            self.add(resource, |tags| IamInstanceProfile { name, role: Ref::to(resource), tags });
        }
    }
}

/// Only machines can take the role.
fn trust(partition: &str) -> Value {
    let service = if partition == "aws-cn" { "ec2.amazonaws.com.cn" } else { "ec2.amazonaws.com" };
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }],
    })
}

/// A node needs no permission by itself. For Session Manager it gets the few that an agent needs to open a session
/// (AWS Systems Manager User Guide, "Add Session Manager permissions to an existing IAM role"), not the managed policy
/// `AmazonSSMManagedInstanceCore`, which reads every parameter of the account.
fn policies(identity: &Identity) -> BTreeMap<String, Value> {
    if !identity.session_service {
        return BTreeMap::new();
    }
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": [
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            "Resource": "*",
        }],
    });
    BTreeMap::from([("session-service".to_owned(), policy)])
}
