//! What a project holds, as the emulator lists it.

use std::collections::BTreeMap;

use castra_core::Owner;
use castra_testkit::Object;

/// An object of the emulator's listing. Whose it is, labels say where it has them, else its description. Names and
/// numbers differ from run to run, so what it is goes by its resource; a template's ends with a digest of what is in it.
pub(super) fn object(project: &str, one: castra_emulator::Object) -> Object {
    let tags = [of_labels(&one), of_description(&one)].into_iter().find(|tags| !tags.is_empty()).unwrap_or_default();
    let resource = tags.get(Owner::RESOURCE).map_or("", String::as_str);
    let template = one.kind == "instanceTemplates";
    let resource = resource.rsplit_once('-').filter(|_| template).map_or(resource, |(resource, _)| resource);
    let what = match one.kind.as_str() {
        "bindings" => one.id.clone(),
        kind => format!("{kind} {resource}"),
    };
    // A group's instance group is Google's own; a member of a policy has nothing to say.
    let bare = one.kind == "bindings" || managed(&one);
    Object { id: id(project, &one), what, tags: (!bare || !tags.is_empty()).then_some(tags) }
}

/// The instance group of a managed group.
fn managed(one: &castra_emulator::Object) -> bool {
    one.kind == "instanceGroups" && one.region.as_deref().is_some_and(|place| !is_zone(place))
}

/// As a survey has it: a machine's number, the path of whatever else is Compute Engine's, and names elsewhere.
fn id(project: &str, one: &castra_emulator::Object) -> String {
    match (one.kind.as_str(), &one.region, one.number) {
        ("instances", _, Some(number)) => number.to_string(),
        (kind, Some(place), _) => {
            let place = match place.as_str() {
                "global" => "global".to_owned(),
                zone if is_zone(zone) => format!("zones/{zone}"),
                region => format!("regions/{region}"),
            };
            format!("projects/{project}/{place}/{kind}/{}", one.id)
        }
        _ => one.id.clone(),
    }
}

/// Whether it is a zone's name, which ends with a letter: `europe-west1-b`.
fn is_zone(place: &str) -> bool {
    place.rsplit_once('-').is_some_and(|(_, last)| last.len() == 1)
}

/// The owner's tags among the labels: `castra-resource = disk__data-0` is `castra:resource = disk/data-0`.
fn of_labels(one: &castra_emulator::Object) -> BTreeMap<String, String> {
    let tag = |(key, value): (&String, &String)| {
        Some((format!("castra:{}", key.strip_prefix("castra-")?), value.replace("__", "/")))
    };
    one.tags.iter().filter_map(tag).collect()
}

/// The owner's tags in a description: `castra:cluster=camp castra:resource=network/main castra:uid=...`.
fn of_description(one: &castra_emulator::Object) -> BTreeMap<String, String> {
    let words = one.description.as_deref().unwrap_or_default().split(' ');
    let tags = words.filter_map(|word| word.split_once('=')).filter(|(key, _)| key.starts_with("castra:"));
    tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
