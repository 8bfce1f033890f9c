//! Requests of all kinds, most of which make half sense: none may crash a handler, and none may be answered against the
//! contract.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::gcp::call::Call;
use crate::gcp::contract::{Contract, Kind, Location, Method, Scalar, Schema};
use crate::gcp::testing::Lab;
use crate::gcp::{check, contracts, dispatch, handlers};

/// What texts of names, links and ranges are drawn from, so that some of them meet.
const TEXTS: &[&str] = &[
    "a",
    "b",
    "",
    "A",
    "default",
    "10.0.0.0/24",
    "10.0.0.0/8",
    "10.0.1.0/30",
    "10.0.0.5",
    "300.1.1.1/99",
    "80",
    "9-1",
    "global/networks/a",
    "regions/europe-west1/subnetworks/a",
    "projects/p1/global/networks/b",
    "global/healthChecks/a",
    "global/instanceTemplates/a",
    "zones/europe-west1-b/instances/a",
    "regions/europe-west1/instanceGroups/a",
    "zones/europe-west1-b/instanceGroups/a",
    "global/backendServices/a",
    "global/urlMaps/a",
    "global/targetHttpProxies/a",
    "regions/europe-west1/healthChecks/a",
    "regions/europe-west1/backendServices/a",
    "zones/europe-west1-b/disks/a",
    "zones/europe-west1-b/machineTypes/e2-small",
    "e2-small",
    "projects/debian-cloud/global/images/family/debian-12",
    "http://x/compute/",
    "compute/v1/",
    "tcp",
    "icmp",
    "ALL",
    "é",
    "100%",
    "1",
    "-1",
    "2026-01-05T08:00:00Z",
    "latest",
    "europe-west1",
    "europe-west1-b",
    "name eq a.*",
    "aGk=",
    "0123456789",
    "roles/owner",
    "a.example.",
    "user:a@b.c",
];

/// Makes requests from a seed.
struct Maker {
    chance: Chance,
}

impl Maker {
    fn choose<'t>(&mut self, from: &[&'t str]) -> &'t str {
        let at = usize::try_from(self.chance.below(from.len() as u64)).unwrap();
        from.get(at).copied().unwrap_or_default()
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.chance.below(times) == 0
    }

    fn scalar(&mut self, of: &Scalar) -> Value {
        let number = [0_i64, 1, 2, 3, 10, 80, 300, 65535, -1, i64::from(i32::MAX)]
            [usize::try_from(self.chance.below(10)).unwrap()];
        if self.once_in(40) {
            let odd =
                [Value::Null, json!(true), json!(-1), json!("x"), json!("NaN"), json!(1e300), json!({}), json!([])];
            return odd[usize::try_from(self.chance.below(8)).unwrap()].clone();
        }
        match of.kind {
            Some(Kind::Boolean) => json!(self.once_in(2)),
            Some(Kind::Integer) => json!(number),
            Some(Kind::Number) => json!([0.0, 0.5, 1.0, 2.0, -1.0][usize::try_from(self.chance.below(5)).unwrap()]),
            _ if !of.values.is_empty() => {
                let values: Vec<&str> = of.values.iter().map(String::as_str).collect();
                json!(self.choose(&values))
            }
            _ if matches!(of.format.as_deref(), Some("int64" | "uint64")) => json!(number.to_string()),
            _ => json!(self.choose(TEXTS)),
        }
    }

    fn value(&mut self, contract: &Contract, schema: &Schema, depth: usize) -> Value {
        let schema = contract.resolve(schema);
        match schema.of.kind {
            Some(Kind::Object) if depth < 6 => Value::Object(self.object(contract, schema, depth)),
            Some(Kind::Object) => json!({}),
            Some(Kind::Array) => {
                let count = self.chance.below(3);
                let item = schema.items.as_deref();
                (0..count).filter_map(|_| item.map(|item| self.value(contract, item, depth + 1))).collect()
            }
            _ => self.scalar(&schema.of),
        }
    }

    fn object(&mut self, contract: &Contract, schema: &Schema, depth: usize) -> Map<String, Value> {
        let mut object = Map::new();
        for (name, part) in &schema.properties {
            let wanted = name == "name" && depth == 0;
            if (wanted || self.once_in(3)) && !part.read_only {
                let value =
                    if wanted { json!(self.choose(&["a", "b"])) } else { self.value(contract, part, depth + 1) };
                object.insert(name.clone(), value);
            }
        }
        if let Some(part) = &schema.additional_properties {
            object.insert(self.choose(TEXTS).to_owned(), self.value(contract, part, depth + 1));
        }
        object
    }

    fn parameters(&mut self, method: &Method) -> Map<String, Value> {
        let mut parameters = Map::new();
        for (name, parameter) in &method.parameters {
            let path = parameter.location == Location::Path;
            if !path && !parameter.required && !self.once_in(6) {
                continue;
            }
            let value = match name.as_str() {
                "project" => json!("p1"),
                "region" => json!("europe-west1"),
                "zone" => json!("europe-west1-b"),
                "name" | "parent" | "resource" if path && method.path.contains("{+") => {
                    // A whole name, of what the path's pattern says.
                    let pattern = parameter.of.pattern.clone().unwrap_or_default();
                    json!(pattern.trim_matches(['^', '$']).replace("[^/]+", "a").replacen(
                        "projects/a",
                        "projects/p1",
                        1
                    ))
                }
                _ if path => json!(self.choose(&["a", "b", "1"])),
                _ if parameter.repeated => json!([self.scalar(&parameter.of)]),
                _ => self.scalar(&parameter.of),
            };
            parameters.insert(name.clone(), value);
        }
        parameters
    }

    /// Calls some method with something, as the dispatcher does.
    fn call(&mut self, lab: &mut Lab) {
        let services = contracts::all();
        // Compute Engine has most to offer.
        let service =
            if self.once_in(4) { usize::try_from(self.chance.below(services.len() as u64)).unwrap() } else { 0 };
        let service = &services[service];
        let methods: Vec<&'static Method> = service.contract.methods.values().collect();
        let method = methods[usize::try_from(self.chance.below(methods.len() as u64)).unwrap()];
        let Some(handler) = handlers::handler(service, method) else { return };
        let schema = method.request.as_ref().and_then(|name| service.contract.schemas.get(name));
        let body = schema.map_or_else(Map::new, |schema| self.object(&service.contract, schema, 0));
        let data = Value::Object(body).to_string();
        let Ok(body) = check::body(&service.contract, method, data.as_bytes()) else { return };
        let parameters = self.parameters(method);
        let Lab { project, caller } = lab;
        let mut call = Call { project, method, parameters: &parameters, body: &body, caller };
        if let Ok(answer) = dispatch::answer(&mut call, service, handler) {
            let broken = check::answer(&service.contract, method, &answer);
            assert!(broken.is_empty(), "{} answers against its contract: {broken:?}\n{data}\n{answer:#}", method.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn no_request_crashes_a_project_or_is_answered_against_the_contract(seed in any::<u64>()) {
        let mut lab = Lab::new();
        let mut maker = Maker { chance: Chance::new(seed) };
        for _ in 0..120 {
            maker.call(&mut lab);
            if maker.once_in(2) {
                lab.step([0.5, 5.0, 30.0, 400.0][usize::try_from(maker.chance.below(4)).unwrap()]);
            }
        }
        lab.step(10_000.0);
        drop(lab.project.objects());
    }
}
