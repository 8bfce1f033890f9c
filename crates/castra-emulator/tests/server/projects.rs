//! Google Cloud as a client sees it: projects apart from one another, operations that are waited for, faults in
//! Google's words.

use std::time::Duration;

use castra_emulator::gcp::{OperationRule, Settings};
use castra_emulator::{Effect, Emulator, Fault, Matching, Object, Options, Outcome, Pace, Seconds};
use serde_json::{Value, json};

use crate::client::{control, send};

const ID: &str = "7b0d4a52-0b5e-4c33-9a0c-000000000001";

fn emulator(settings: Settings, pace: Pace) -> Emulator {
    let mut options = Options::default();
    options.project_settings = settings;
    options.pace = pace;
    Emulator::start(options).unwrap()
}

/// Sends a request to Compute Engine; the status, and what is answered.
#[track_caller]
fn compute(emulator: &Emulator, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let path = format!("/compute/v1/projects/{path}");
    let answer = send(&emulator.endpoint(), method, &path, "Content-Type: application/json\r\n", &body).unwrap();
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

fn network(name: &str) -> Value {
    json!({ "name": name, "autoCreateSubnetworks": false })
}

fn names(emulator: &Emulator, project: &str) -> Vec<String> {
    let (_, listed) = compute(emulator, "GET", &format!("{project}/global/networks"), &Value::Null);
    let items = listed["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

fn create(emulator: &Emulator, project: &str, name: &str) {
    let (status, answer) = compute(emulator, "POST", &format!("{project}/global/networks"), &network(name));
    assert_eq!(status, 200, "{answer}");
    let operation = answer["name"].as_str().unwrap();
    let path = format!("{project}/global/operations/{operation}/wait");
    assert_eq!(compute(emulator, "POST", &path, &Value::Null).1["status"], "DONE");
}

#[test]
fn two_hundred_projects_see_nothing_of_one_another() {
    let emulator = emulator(Settings::instant(), Pace::Scaled(1.0));
    for number in 0..200 {
        (0..number % 3).for_each(|network| create(&emulator, &format!("project-{number}"), &format!("n{network}")));
    }
    for number in 0..200 {
        assert_eq!(names(&emulator, &format!("project-{number}")).len(), number % 3);
    }
}

#[test]
fn a_snapshot_brings_a_project_back_and_goes_on_alike() {
    let emulator = emulator(Settings::instant(), Pace::Scaled(1.0));
    create(&emulator, "project-1", "a");
    let snapshot = emulator.snapshot("project-1");
    let id = || compute(&emulator, "GET", "project-1/global/networks/b", &Value::Null).1["id"].clone();
    create(&emulator, "project-1", "b");
    let went = id();
    emulator.restore("project-1", &snapshot);
    assert_eq!(names(&emulator, "project-1"), ["a"]);
    create(&emulator, "project-1", "b");
    assert_eq!(id(), went, "chance is part of the snapshot");
    emulator.forget("project-1");
    assert_eq!(emulator.objects("project-1"), Vec::<Object>::new());
}

#[test]
fn waiting_ends_with_the_operation_or_after_two_minutes() {
    let mut settings = Settings::calm();
    let mut slow = OperationRule::default();
    slow.target = Some("*/slow".to_owned());
    slow.takes = Some(Seconds(500.0));
    settings.operations = vec![slow];
    let emulator = emulator(settings, Pace::Jumping);
    create(&emulator, "project-1", "quick");
    let (_, operation) = compute(&emulator, "POST", "project-1/global/networks", &network("slow"));
    let wait = format!("project-1/global/operations/{}/wait", operation["name"].as_str().unwrap());
    let before = emulator.clock().now();
    let (status, answer) = compute(&emulator, "POST", &wait, &Value::Null);
    assert_eq!((status, &answer["status"]), (200, &json!("RUNNING")));
    let waited = emulator.clock().now().duration_since(before);
    assert!(waited.as_secs() >= 120 && waited.as_secs() < 480, "{waited:?}");
    emulator.clock().advance(Duration::from_secs(500));
    assert_eq!(compute(&emulator, "POST", &wait, &Value::Null).1["status"], "DONE");
}

#[test]
fn faults_speak_googles_words() {
    let emulator = emulator(Settings::instant(), Pace::Scaled(1.0));
    for (effect, status, reason) in [
        (Effect::Throttle, 403, "rateLimitExceeded"),
        (Effect::Unavailable, 503, "backendError"),
        (Effect::InternalError, 500, "backendError"),
        (Effect::AccessDenied, 403, "forbidden"),
        (Effect::ExpiredCredentials, 401, "authError"),
    ] {
        emulator.faults().inject(Fault::new(Matching::operation("compute", "networks.insert"), effect).times(1));
        let (found, answer) = compute(&emulator, "POST", "project-1/global/networks", &network("n"));
        assert_eq!((found, &answer["error"]["errors"][0]["reason"]), (status, &json!(reason)), "{answer}");
        assert_eq!(answer["error"]["code"], status);
    }
    let secrets = Fault::new(Matching::operation("secretmanager", "*"), Effect::Throttle);
    emulator.faults().inject(secrets.times(1));
    let answer = send(&emulator.endpoint(), "GET", "/v1/projects/project-1/secrets", "", "").unwrap();
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, &body["error"]["status"]), (429, &json!("RESOURCE_EXHAUSTED")));
    assert!(names(&emulator, "project-1").is_empty());
}

#[test]
fn a_lost_answer_is_asked_for_again_by_its_request_id() {
    let emulator = emulator(Settings::instant(), Pace::Scaled(1.0));
    let lost =
        Fault::new(Matching::operation("compute", "networks.insert").in_account("project-1"), Effect::ResetAfter);
    emulator.faults().inject(lost.times(1));
    let path = format!("/compute/v1/projects/project-1/global/networks?requestId={ID}");
    assert!(send(&emulator.endpoint(), "POST", &path, "", &network("n").to_string()).is_err());
    let again = send(&emulator.endpoint(), "POST", &path, "", &network("n").to_string()).unwrap();
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(names(&emulator, "project-1"), ["n"]);
    let calls = emulator.log(|entry| entry.subject.operation == "networks.insert");
    assert!(matches!(calls[0].outcome, Outcome::Lost { status: 200 }), "{calls:?}");
    assert_eq!((calls[1].subject.account.as_str(), calls[1].subject.region.as_str()), ("project-1", "global"));
    assert_eq!(calls[1].parameters["body"]["name"], "n");
}

#[test]
fn what_is_not_served_is_told_and_recorded() {
    let emulator = emulator(Settings::instant(), Pace::Scaled(1.0));
    assert_eq!(compute(&emulator, "GET", "project-1/global/interconnects", &Value::Null).0, 501);
    assert_eq!(compute(&emulator, "GET", "project-1/global/nothing", &Value::Null).0, 404);
    assert_eq!(compute(&emulator, "GET", "No_Project/global/networks", &Value::Null).0, 400);
    let unknown = emulator.log(|entry| matches!(entry.outcome, Outcome::Unknown { .. }));
    assert_eq!(unknown.len(), 2);
    assert_eq!(unknown[0].subject.operation, "interconnects.list");
}

#[test]
fn projects_are_controlled_like_accounts() {
    let emulator = emulator(Settings::calm(), Pace::Scaled(0.0));
    let endpoint = emulator.endpoint();
    let (status, _) = control(&endpoint, "PATCH", "accounts/project-1/settings", r#"{"timings": {"network": 7.0}}"#);
    assert_eq!(status, 200);
    let (_, settings) = control(&endpoint, "GET", "accounts/project-1/settings", "");
    assert_eq!(settings["timings"]["network"], 7.0);
    assert_eq!(emulator.project_settings("project-1").timings.network, Seconds(7.0));
    let (status, _) = control(&endpoint, "PATCH", "accounts/project-1/settings", r#"{"nothing": 1}"#);
    assert_eq!(status, 400);
    assert_eq!(control(&endpoint, "GET", "accounts/No_Project", "").0, 400);
    compute(&emulator, "POST", "project-1/global/networks", &network("n"));
    control(&endpoint, "POST", "clock", r#"{"advance_seconds": 30}"#);
    assert_eq!(names(&emulator, "project-1"), ["n"]);
    let (_, listed) = control(&endpoint, "GET", "accounts/project-1", "");
    assert_eq!(listed["objects"][0]["kind"], "networks");
    assert_eq!(control(&endpoint, "GET", "accounts", "").1["accounts"], json!(["project-1"]));
}

#[test]
fn answers_are_partial_when_asked_to_be() {
    let emulator = emulator(Settings::instant(), Pace::Scaled(1.0));
    create(&emulator, "project-1", "n");
    let path = "project-1/global/networks?fields=items(name,mtu),kind";
    let (_, answer) = compute(&emulator, "GET", path, &Value::Null);
    assert_eq!(answer, json!({ "kind": "compute#networkList", "items": [{ "mtu": 1460, "name": "n" }] }));
    let (status, _) = compute(&emulator, "GET", "project-1/global/networks?fields=items(", &Value::Null);
    assert_eq!(status, 400);
}
