//! The contracts of the services that are served.

use std::sync::LazyLock;

use super::contract::Contract;
use super::error::Style;

/// A service.
#[derive(Debug)]
pub(crate) struct Service {
    /// What logs and faults call it.
    pub(crate) name: &'static str,
    /// How it writes its refusals.
    pub(crate) style: Style,
    pub(crate) contract: LazyLock<Contract>,
}

macro_rules! served {
    ($($name:literal as $style:ident from $file:literal,)*) => {
        static ALL: [Service; [$($name),*].len()] = [$(Service {
            name: $name,
            style: Style::$style,
            contract: LazyLock::new(|| parse(include_str!(concat!("../../contract/gcp/", $file, ".json")))),
        }),*];
    };
}

served! {
    "compute" as Compute from "compute.v1",
    "iam" as Rpc from "iam.v1",
    "cloudresourcemanager" as Rpc from "cloudresourcemanager.v3",
    "secretmanager" as Rpc from "secretmanager.v1",
    "dns" as Dns from "dns.v1",
}

#[expect(clippy::expect_used, reason = "generated data, all of which a test parses")]
fn parse(data: &str) -> Contract {
    Contract::parse(data).expect("the generated contract is in the loader's format")
}

/// Every service that is served.
pub(crate) fn all() -> &'static [Service] {
    &ALL
}

/// Compute Engine's contract.
pub(crate) fn compute() -> &'static Contract {
    &ALL[0].contract
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use std::collections::HashSet;

    use regex::RegexBuilder;

    use super::*;
    use crate::gcp::contract::{SIZE, Scalar, Schema};

    fn parts<'s>(schema: &'s Schema, found: &mut Vec<&'s Schema>) {
        found.push(schema);
        let below = schema.items.iter().chain(&schema.additional_properties).map(|part| &**part);
        below.chain(schema.properties.values()).for_each(|part| parts(part, found));
    }

    fn all_parts(contract: &Contract) -> Vec<&Schema> {
        let mut found = Vec::new();
        contract.schemas.values().for_each(|schema| parts(schema, &mut found));
        found
    }

    #[test]
    fn every_reference_resolves_and_every_schema_is_used() {
        for Service { name, contract, .. } in all() {
            assert!(!contract.methods.is_empty(), "{name}");
            let of_methods = contract.methods.values().flat_map(|method| method.request.iter().chain(&method.response));
            let of_parts = all_parts(contract).into_iter().filter_map(|part| part.reference.as_ref());
            let used: HashSet<&String> = of_methods.chain(of_parts).collect();
            let defined: HashSet<&String> = contract.schemas.keys().collect();
            assert_eq!(used.symmetric_difference(&defined).collect::<Vec<_>>(), Vec::<&&String>::new(), "{name}");
        }
    }

    #[test]
    fn compute_is_where_it_is_looked_for() {
        assert_eq!(all()[0].name, "compute");
        assert!(compute().methods.contains_key("compute.networks.insert"));
    }

    #[test]
    fn every_pattern_compiles() {
        for Service { name, contract, .. } in all() {
            let of_parameters = contract.methods.values().flat_map(|method| method.parameters.values());
            let scalars: Vec<&Scalar> = of_parameters
                .map(|parameter| &parameter.of)
                .chain(all_parts(contract).into_iter().map(|part| &part.of))
                .collect();
            for pattern in scalars.iter().filter_map(|scalar| scalar.pattern.as_ref()) {
                assert!(RegexBuilder::new(pattern).size_limit(SIZE).build().is_ok(), "{name}: {pattern}");
            }
        }
    }

    /// Names, types and patterns only.
    #[test]
    fn no_prose_is_kept() {
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/contract/gcp")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let data = std::fs::read_to_string(&path).unwrap();
                assert!(!data.contains("escription\":\""), "{}", path.display());
            }
        }
    }
}
