//! The services that are served: each a contract and handlers.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::call::{Handler, Operations};
use super::contract::Contract;
use super::contracts;
use super::{acm, autoscaling, cloudwatch, ec2, elb, iam, kms, quotas, route53, s3, secrets, ssm, sts};

/// One service.
pub(crate) struct Service {
    /// As a signature's scope names it, such as `elasticloadbalancing`.
    pub(crate) name: &'static str,
    pub(crate) contract: &'static LazyLock<Contract>,
    handlers: HashMap<&'static str, Handler>,
}

impl Service {
    /// What answers that operation.
    pub(crate) fn handler(&self, operation: &str) -> Option<Handler> {
        self.handlers.get(operation).copied()
    }
}

/// Handlers of each service, file by file.
fn handlers() -> [(&'static str, &'static [Operations]); 13] {
    [
        ("acm", acm::OPERATIONS),
        ("autoscaling", autoscaling::OPERATIONS),
        ("ec2", ec2::OPERATIONS),
        ("elasticloadbalancing", elb::OPERATIONS),
        ("iam", iam::OPERATIONS),
        ("kms", kms::OPERATIONS),
        ("monitoring", cloudwatch::OPERATIONS),
        ("route53", route53::OPERATIONS),
        ("s3", s3::OPERATIONS),
        ("secretsmanager", secrets::OPERATIONS),
        ("servicequotas", quotas::OPERATIONS),
        ("ssm", ssm::OPERATIONS),
        ("sts", sts::OPERATIONS),
    ]
}

static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    let service = |(name, operations): (&'static str, &'static [Operations])| {
        let contract = &contracts::signed_as(name)?.contract;
        let handlers = operations.iter().flat_map(|file| file.iter().copied()).collect();
        Some(Service { name, contract, handlers })
    };
    handlers().into_iter().filter_map(service).collect()
});

/// The service that a signature's scope names.
pub(crate) fn named(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// All of them.
#[cfg(test)]
fn all() -> &'static [Service] {
    &SERVICES
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use std::collections::BTreeSet;

    /// Every operation of every contract has one handler, and every handler is of an operation.
    #[test]
    fn what_is_in_the_contract_is_served() {
        let mut astray = Vec::new();
        for service in super::all() {
            let contract: BTreeSet<&str> = service.contract.operations.keys().map(String::as_str).collect();
            let handled: BTreeSet<&str> = service.handlers.keys().copied().collect();
            astray.extend(contract.symmetric_difference(&handled).map(|name| format!("{}:{name}", service.name)));
        }
        assert!(astray.is_empty(), "{astray:#?}");
    }

    /// No two files answer one operation.
    #[test]
    fn each_operation_has_one_handler() {
        for (name, files) in super::handlers() {
            let names: Vec<&str> = files.iter().flat_map(|file| file.iter().map(|(name, _)| *name)).collect();
            let distinct: BTreeSet<&str> = names.iter().copied().collect();
            assert_eq!(distinct.len(), names.len(), "{name}");
        }
    }
}
