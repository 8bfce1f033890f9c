//! The contracts of the services that are served, each parsed when it is first needed.

use std::sync::LazyLock;

use super::contract::Contract;

/// A service by the name that requests are signed for, which is how a request says which service it is for
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
pub(crate) struct Served {
    pub(crate) name: &'static str,
    pub(crate) contract: LazyLock<Contract>,
}

/// Names, and files under `contract/aws/`, which are botocore's names of the services.
macro_rules! served {
    ($($name:literal from $file:literal,)*) => {
        static ALL: [Served; [$($name),*].len()] = [$(Served {
            name: $name,
            contract: LazyLock::new(|| parse(include_str!(concat!("../../contract/aws/", $file, ".json")))),
        }),*];
    };
}

served! {
    "acm" from "acm",
    "autoscaling" from "autoscaling",
    "ec2" from "ec2",
    "elasticloadbalancing" from "elbv2",
    "iam" from "iam",
    "kms" from "kms",
    "monitoring" from "cloudwatch",
    "route53" from "route53",
    "s3" from "s3",
    "secretsmanager" from "secretsmanager",
    "servicequotas" from "service-quotas",
    "ssm" from "ssm",
    "sts" from "sts",
}

#[expect(clippy::expect_used, reason = "generated data, all of which a test parses")]
fn parse(data: &str) -> Contract {
    serde_json::from_str(data).expect("the generated contract is in the loader's format")
}

/// Every service that is served: for tests of what must hold for all.
#[cfg(any(test, fuzzing))]
pub(crate) fn all() -> &'static [Served] {
    &ALL
}

/// The service that requests are signed for under this name.
pub(crate) fn signed_as(name: &str) -> Option<&'static Served> {
    ALL.iter().find(|served| served.name == name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use std::collections::HashSet;

    use regex::Regex;
    use serde_json::Value;

    use super::*;
    use crate::aws::contract::{Operation, Reference, Shape, ShapeKind};

    /// Patterns that `regex` has no counterpart for, as they look ahead or name UTF-16's surrogates: no constraint to
    /// the emulator.
    const NOT_COMPILED: &[&str] = &[
        r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])",
        r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*",
        r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
    ];

    fn used_by_operation(operation: &Operation) -> impl Iterator<Item = &Reference> {
        operation.input.iter().chain(&operation.output).chain(&operation.errors)
    }

    fn used_by_shape(shape: &Shape) -> impl Iterator<Item = &Reference> {
        let parts = [&shape.member, &shape.key, &shape.value];
        shape.members.iter().map(|(_, member)| member).chain(parts.into_iter().flatten().map(|part| &**part))
    }

    #[test]
    fn names_are_those_that_requests_are_signed_for() {
        for served in all() {
            let metadata = &served.contract.metadata;
            assert_eq!(served.name, metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix));
            assert!(std::ptr::eq(signed_as(served.name).unwrap(), served));
        }
        assert!(signed_as("elbv2").is_none());
    }

    #[test]
    fn every_reference_resolves_and_every_shape_is_used() {
        for Served { name, contract } in all() {
            let operations = contract.operations.values().flat_map(used_by_operation);
            let used: HashSet<&str> = operations
                .chain(contract.shapes.values().flat_map(used_by_shape))
                .map(|of| of.shape.as_str())
                .collect();
            let defined: HashSet<&str> = contract.shapes.keys().map(String::as_str).collect();
            assert_eq!(used.symmetric_difference(&defined).collect::<Vec<_>>(), Vec::<&&str>::new(), "{name}");
        }
    }

    #[test]
    fn shapes_have_the_parts_of_their_kind() {
        for Served { name, contract } in all() {
            for (title, shape) in &contract.shapes {
                let at = format!("{name}.{title}");
                assert_eq!(shape.kind == ShapeKind::List, shape.member.is_some(), "{at}");
                assert_eq!(shape.kind == ShapeKind::Map, shape.key.is_some() && shape.value.is_some(), "{at}");
                let of_structure = shape.required.iter().chain(&shape.payload);
                assert!(of_structure.into_iter().all(|member| shape.members.get(member).is_some()), "{at}");
            }
        }
    }

    #[test]
    fn operations_take_and_answer_structures_and_refuse_with_exceptions() {
        for Served { name, contract } in all() {
            assert!(!contract.operations.is_empty(), "{name}");
            for (title, operation) in &contract.operations {
                assert_eq!(title, &operation.name, "{name}");
                assert!(!contract.unserved.contains(title), "{name}.{title}");
                for body in operation.input.iter().chain(&operation.output) {
                    assert_eq!(contract.shape(body).kind, ShapeKind::Structure, "{name}.{title}");
                }
                assert!(operation.errors.iter().all(|error| contract.shape(error).exception), "{name}.{title}");
            }
        }
    }

    #[test]
    fn patterns_without_a_counterpart_are_known() {
        let mut found: Vec<&str> = all()
            .iter()
            .flat_map(|served| served.contract.shapes.values())
            .filter_map(|shape| shape.pattern.as_deref())
            .filter(|pattern| Regex::new(pattern).is_err())
            .collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, NOT_COMPILED);
    }

    /// Names and addresses only; enums are of AWS's own words, some of which are several.
    #[test]
    fn no_prose_is_kept() {
        fn walk(at: &str, value: &Value) {
            match value {
                Value::Object(entries) => entries.iter().for_each(|(name, entry)| {
                    assert_ne!(name, "documentation", "{at}");
                    if name != "pattern" && name != "enum" {
                        walk(&format!("{at}.{name}"), entry);
                    }
                }),
                Value::Array(entries) => entries.iter().for_each(|entry| walk(at, entry)),
                Value::String(text) => assert!(!text.contains(' '), "{at}: {text}"),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        let mut files = 0;
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/contract/aws")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                walk(&path.to_string_lossy(), &serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap());
                files += 1;
            }
        }
        assert_eq!(files, all().len());
    }
}
