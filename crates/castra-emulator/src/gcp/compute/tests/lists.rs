//! Lists, in every order and form.

use serde_json::{Value, json};

use crate::gcp::Settings;
use crate::gcp::testing::Lab;

fn with_networks(names: &[&str]) -> Lab {
    let mut lab = Lab::new();
    for name in names {
        lab.done("POST", "global/networks", json!({ "name": name, "autoCreateSubnetworks": false }));
    }
    lab
}

#[test]
fn lists_are_filtered_and_ordered() {
    let mut lab = with_networks(&["c", "a", "b"]);
    assert_eq!(lab.names("global/networks"), ["a", "b", "c"]);
    assert_eq!(lab.names("global/networks?orderBy=creationTimestamp%20desc"), ["b", "a", "c"]);
    assert_eq!(lab.names("global/networks?filter=name%20eq%20%5Bab%5D"), ["a", "b"]);
    assert_eq!(lab.names("global/networks?filter=name%20%21%3D%20a"), ["b", "c"]);
    lab.refused("GET", "global/networks?filter=((", Value::Null, 400, "invalid");
    lab.refused("GET", "global/networks?orderBy=id", Value::Null, 400, "invalid");
}

#[test]
fn lists_come_in_pages() {
    let mut lab = with_networks(&["a", "b", "c"]);
    let first = lab.get("global/networks?maxResults=2");
    let token = Lab::text(&first, "/nextPageToken");
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    lab.done("DELETE", "global/networks/b", Value::Null);
    let second = lab.get(&format!("global/networks?maxResults=2&pageToken={token}"));
    assert_eq!((&second["items"][0]["name"], second.get("nextPageToken")), (&json!("c"), None));
    lab.refused("GET", "global/networks?pageToken=%21", Value::Null, 400, "invalid");
}

#[test]
fn aggregated_lists_tell_of_every_place() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let listed = lab.get("aggregated/subnetworks");
    assert_eq!(listed["items"]["regions/europe-west1"]["subnetworks"][0]["name"], "n");
    let warning = &listed["items"]["regions/us-east1"]["warning"];
    assert_eq!(
        (&warning["code"], &warning["data"][0]["value"]),
        (&json!("NO_RESULTS_ON_PAGE"), &json!("regions/us-east1"))
    );
    assert!(listed["items"].get("zones/europe-west1-b").is_none());
    let addresses = lab.get("aggregated/addresses");
    assert!(addresses["items"].get("global").is_some());
}

#[test]
fn lists_lag_behind_and_names_do_not() {
    let mut settings = Settings::calm();
    settings.consistency.list_window = crate::Seconds(100.0);
    let mut lab = Lab::with(settings);
    let names: Vec<String> = (0..8).map(|number| format!("n{number}")).collect();
    let mut last = Value::Null;
    for name in &names {
        last = lab.compute("POST", "global/networks", json!({ "name": name, "autoCreateSubnetworks": false })).unwrap();
    }
    lab.end(&last);
    for name in &names {
        lab.get(&format!("global/networks/{name}"));
    }
    assert!(lab.names("global/networks").len() < 8);
    lab.step(100.0);
    assert_eq!(lab.names("global/networks"), names);
}
