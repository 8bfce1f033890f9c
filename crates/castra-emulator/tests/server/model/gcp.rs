//! As Google Cloud.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use castra_emulator::gcp::Settings;
use castra_emulator::{Effect, Emulator, Fault, Matching, Options, Pace, Refusal, Seconds};
use serde_json::{Value, json};

use super::storm::{self, CALLS, Dice, every_fault};
use crate::client::{Answer, send};

const PROJECT: &str = "project-1";
const REGION: &str = "regions/europe-west1";
const ZONE: &str = "zones/europe-west1-b";
const IMAGE: &str = "projects/debian-cloud/global/images/family/debian-12";

/// What must be there.
#[derive(Default)]
struct Model {
    networks: BTreeSet<usize>,
    /// Each in the network of its number.
    subnetworks: BTreeSet<usize>,
    instances: BTreeSet<usize>,
    /// The operation of each request id that took effect, when it is known.
    requests: BTreeMap<usize, Option<Value>>,
    /// How large the group is to be.
    size: usize,
}

/// A client, and what it must find.
struct Trial {
    emulator: Emulator,
    endpoint: String,
    model: Model,
}

impl Trial {
    fn send(&self, method: &str, place: &str, body: &Value) -> io::Result<Answer> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        send(&self.endpoint, method, &format!("/compute/v1/projects/{PROJECT}/{place}"), "", &body)
    }

    /// Makes a call; the answer if it arrived whole, or the refusal unless a fault made it. What is changed is given the
    /// time that it takes.
    fn call(&self, method: &str, place: &str, body: &Value) -> Option<Result<Option<Value>, String>> {
        let answer = self.send(method, place, body);
        let reason = |answer: &Answer| {
            let body: Value = serde_json::from_str(&answer.body).ok()?;
            Some(body.pointer("/error/errors/0/reason")?.as_str()?.to_owned())
        };
        let codes = ["rateLimitExceeded", "backendError", "forbidden", "authError", "quotaExceeded"];
        match storm::refusal(&self.emulator, &answer, reason) {
            Some(code) if storm::by_fault(&code, &codes) => None,
            Some(code) => Some(Err(code)),
            None => {
                if method != "GET" {
                    self.emulator.clock().advance(Duration::from_secs(60));
                }
                let whole = answer.ok().filter(|answer| answer.whole);
                Some(Ok(whole.map(|answer| serde_json::from_str(&answer.body).unwrap())))
            }
        }
    }

    /// What must work, as no fault is in force.
    fn calm(&self, method: &str, place: &str, body: &Value) -> Value {
        let answer = self.call(method, place, body).and_then(Result::ok).flatten();
        answer.unwrap_or_else(|| panic!("{method} {place} is refused"))
    }

    /// The names in a list.
    fn names(&self, place: &str) -> BTreeSet<String> {
        names(&self.calm("GET", place, &Value::Null))
    }

    fn insert_network(&mut self, number: usize) {
        let body = json!({ "name": format!("n{number}"), "autoCreateSubnetworks": false });
        match self.call("POST", "global/networks", &body) {
            Some(Ok(_)) => assert!(self.model.networks.insert(number), "a second network of one name"),
            Some(Err(code)) => assert!(code == "alreadyExists" && self.model.networks.contains(&number), "{code}"),
            None => {}
        }
    }

    /// With a subnetwork in it, the request is accepted and its operation fails.
    fn delete_network(&mut self, number: usize) {
        match self.call("DELETE", &format!("global/networks/n{number}"), &Value::Null) {
            Some(Ok(_)) => {
                assert!(self.model.networks.contains(&number), "deleted a network that wasn't there");
                if !self.model.subnetworks.contains(&number) {
                    self.model.networks.remove(&number);
                }
            }
            Some(Err(code)) => assert!(code == "notFound" && !self.model.networks.contains(&number), "{code}"),
            None => {}
        }
    }

    fn insert_subnetwork(&mut self, number: usize) {
        let network = format!("projects/{PROJECT}/global/networks/n{number}");
        let body = json!({ "name": format!("s{number}"), "network": network, "ipCidrRange": "10.0.0.0/24" });
        match self.call("POST", &format!("{REGION}/subnetworks"), &body) {
            Some(Ok(_)) => {
                assert!(self.model.networks.contains(&number), "a subnetwork of no network");
                assert!(self.model.subnetworks.insert(number), "a second subnetwork of one name");
            }
            Some(Err(code)) if code == "alreadyExists" => assert!(self.model.subnetworks.contains(&number)),
            Some(Err(code)) => assert!(code == "notFound" && !self.model.networks.contains(&number), "{code}"),
            None => {}
        }
    }

    fn delete_subnetwork(&mut self, number: usize) {
        match self.call("DELETE", &format!("{REGION}/subnetworks/s{number}"), &Value::Null) {
            Some(Ok(_)) => assert!(self.model.subnetworks.remove(&number), "deleted a subnetwork that wasn't there"),
            Some(Err(code)) => assert!(code == "notFound" && !self.model.subnetworks.contains(&number), "{code}"),
            None => {}
        }
    }

    /// A request id makes one instance, however often it is sent.
    fn insert_instance(&mut self, request: usize) {
        let number = request % 20;
        let place = format!("{ZONE}/instances?requestId={request:08x}-0000-4000-8000-000000000001");
        match self.call("POST", &place, &instance(&format!("i{number}"))) {
            Some(Ok(answer)) => {
                let operation = answer.map(|answer| answer["name"].clone());
                let known = self.model.requests.get(&request).cloned();
                match known {
                    Some(known) => {
                        assert!(known.is_none() || operation.is_none() || known == operation, "a request acted twice");
                        self.model.requests.insert(request, known.or(operation));
                    }
                    None => {
                        assert!(self.model.instances.insert(number), "a second instance of one name");
                        self.model.requests.insert(request, operation);
                    }
                }
            }
            Some(Err(code)) => {
                assert!(code == "alreadyExists" && self.model.instances.contains(&number), "{code}");
                assert!(!self.model.requests.contains_key(&request), "a request was forgotten");
            }
            None => {}
        }
    }

    fn delete_instance(&mut self, number: usize) {
        match self.call("DELETE", &format!("{ZONE}/instances/i{number}"), &Value::Null) {
            Some(Ok(_)) => assert!(self.model.instances.remove(&number), "deleted an instance that wasn't there"),
            Some(Err(code)) => assert!(code == "notFound" && !self.model.instances.contains(&number), "{code}"),
            None => {}
        }
    }

    fn resize(&mut self, size: usize) {
        let place = format!("{REGION}/instanceGroupManagers/pool/resize?size={size}");
        match self.call("POST", &place, &Value::Null) {
            Some(Ok(_)) => self.model.size = size,
            Some(Err(code)) => panic!("resize: {code}"),
            None => {}
        }
    }

    fn look(&self, number: usize) {
        match self.call("GET", &format!("global/networks/n{number}"), &Value::Null) {
            Some(Ok(_)) => assert!(self.model.networks.contains(&number), "a network that nobody made"),
            Some(Err(code)) => assert!(code == "notFound" && !self.model.networks.contains(&number), "{code}"),
            None => {}
        }
        // A list may lack what is young.
        if let Some(Ok(Some(listed))) = self.call("GET", &format!("{ZONE}/instances?filter=name%3Di*"), &Value::Null) {
            assert!(names(&listed).is_subset(&named("i", &self.model.instances)), "instances that nobody made");
        }
    }
}

fn instance(name: &str) -> Value {
    let mut body = properties();
    body["name"] = name.into();
    body["machineType"] = format!("{ZONE}/machineTypes/e2-micro").into();
    body
}

fn properties() -> Value {
    json!({
        "machineType": "e2-micro",
        "disks": [{ "boot": true, "autoDelete": true, "initializeParams": { "sourceImage": IMAGE } }],
        "networkInterfaces": [{ "subnetwork": format!("projects/{PROJECT}/{REGION}/subnetworks/base") }],
    })
}

fn named(letter: &str, numbers: &BTreeSet<usize>) -> BTreeSet<String> {
    numbers.iter().map(|number| format!("{letter}{number}")).collect()
}

/// The names in a list, without those that every project has.
fn names(listed: &Value) -> BTreeSet<String> {
    let items = listed["items"].as_array().into_iter().flatten();
    items.map(|item| item["name"].as_str().unwrap().to_owned()).filter(|name| name != "default").collect()
}

#[test]
fn with_every_fault_on_it_stays_consistent_with_a_model() {
    let mut options = Options::default();
    // Nothing is forgotten, however often time is stepped.
    options.pace = Pace::Scaled(1000.0);
    options.project_settings = Settings::default();
    options.project_settings.timings.operation_listed = Seconds(1e8);
    let emulator = Emulator::start(options).unwrap();
    let endpoint = emulator.endpoint();
    let mut trial = Trial { emulator, endpoint, model: Model::default() };

    trial.calm("POST", "global/networks", &json!({ "name": "base", "autoCreateSubnetworks": false }));
    let network = format!("projects/{PROJECT}/global/networks/base");
    let subnetwork = json!({ "name": "base", "network": network, "ipCidrRange": "10.0.0.0/20" });
    trial.calm("POST", &format!("{REGION}/subnetworks"), &subnetwork);
    let template = json!({ "name": "pool", "properties": properties() });
    trial.calm("POST", "global/instanceTemplates", &template);
    let template = format!("projects/{PROJECT}/global/instanceTemplates/pool");
    let group = json!({ "name": "pool", "baseInstanceName": "pool", "targetSize": 0,
        "versions": [{ "instanceTemplate": template }] });
    trial.calm("POST", &format!("{REGION}/instanceGroupManagers"), &group);

    let refusal = Refusal { code: "quotaExceeded".into(), message: "none".into(), status: Some(403) };
    let refused = Fault::new(Matching::operation("compute", "instances.insert"), Effect::Refuse(refusal));
    every_fault(&trial.emulator, 1.0, refused.probability(0.05));
    let mut dice = Dice(1);
    let mut made = 0;
    for _ in 0..CALLS {
        let number = dice.below(20);
        match dice.below(100) {
            0..15 => trial.insert_network(number),
            15..25 => trial.delete_network(number),
            25..35 => trial.insert_subnetwork(number),
            35..45 => trial.delete_subnetwork(number),
            45..65 => {
                made += 1;
                // A request of the latest few is sent again, or a new one.
                trial.insert_instance(made - dice.below(3).min(made));
            }
            65..80 => trial.delete_instance(number),
            80..85 => trial.resize(dice.below(8)),
            _ => trial.look(number),
        }
    }

    trial.emulator.faults().clear();
    trial.emulator.clock().advance(Duration::from_secs(3600));
    trial.emulator.clear_log();
    let with_base = |mut names: BTreeSet<String>| {
        names.insert("base".to_owned());
        names
    };
    assert_eq!(trial.names("global/networks"), with_base(named("n", &trial.model.networks)));
    let subnetworks = trial.names(&format!("{REGION}/subnetworks"));
    assert_eq!(subnetworks, with_base(named("s", &trial.model.subnetworks)));
    let instances = format!("{ZONE}/instances?filter=name%3Di*");
    assert_eq!(trial.names(&instances), named("i", &trial.model.instances));
    let members = format!("{REGION}/instanceGroupManagers/pool/listManagedInstances");
    let members = trial.calm("POST", &members, &Value::Null);
    let members = members["managedInstances"].as_array().cloned().unwrap_or_default();
    assert_eq!(members.len(), trial.model.size);
    assert!(members.iter().all(|member| member["instanceStatus"] == "RUNNING"), "{members:#?}");
    // The faults did befall calls, and calls did get through.
    assert!(trial.model.requests.len() > 200 && trial.model.requests.len() < made);
}
