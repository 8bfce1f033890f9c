//! Templates of instances, global or of a region (<https://cloud.google.com/compute/docs/instance-templates>). They never
//! change: there is no method that would.

use serde_json::{Value, json};

use super::kind::{Kind, New, Reference};
use super::{disk_type, image, instance, labels, machine_type, managed, reference};
use crate::gcp::call::Call;
use crate::gcp::error::ApiError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource, text};
use crate::gcp::scope::{self, BASE, Key};

pub(super) struct InstanceTemplates;

impl Kind for InstanceTemplates {
    fn collection(&self) -> &'static str {
        "instanceTemplates"
    }

    fn schema(&self) -> &'static str {
        "InstanceTemplate"
    }

    fn noun(&self) -> &'static str {
        "instance_template"
    }

    fn references(&self) -> &'static [Reference] {
        // A network can be deleted although a template speaks of it: it isn't among what
        // https://cloud.google.com/vpc/docs/create-modify-vpc-networks#delete-network says must go first.
        const {
            &[
                Reference::loosely("properties.networkInterfaces[].network", &["networks"]),
                Reference::loosely("properties.networkInterfaces[].subnetwork", &["subnetworks"]),
            ]
        }
    }

    fn quota(&self) -> Option<&'static str> {
        Some("INSTANCE_TEMPLATES")
    }

    fn prepare(&self, call: &mut Call<'_>, _key: &Key, new: &mut New) -> Result<(), ApiError> {
        if let Some(source) = new.document.get("sourceInstance") {
            let why = "Templates of instances that are there are not served by this emulator.";
            return Err(ApiError::field("sourceInstance", source, why));
        }
        let Some(Value::Object(properties)) = new.document.get_mut("properties") else {
            return Err(ApiError::required("properties"));
        };
        complete(call.project, properties)
    }

    /// A managed group uses its old template until no instance is of it any more
    /// (<https://github.com/hashicorp/terraform-provider-google/issues/1448>).
    fn keeps(&self, project: &Project, resource: &Resource) -> Result<(), ApiError> {
        match managed::template_user(project, resource) {
            Some(by) => Err(ApiError::in_use(self.noun(), &resource.key.path(&project.id), &by.path(&project.id))),
            None => Ok(()),
        }
    }
}

/// Completes what a template says of instances, or refuses it.
fn complete(project: &Project, properties: &mut Document) -> Result<(), ApiError> {
    const AT: &str = "properties.machineType";
    match text(properties, "machineType") {
        "" => return Err(ApiError::required(AT)),
        // "You must specify the machine type's name, not its URL" (the discovery document's `InstanceProperties`).
        link if link.contains('/') => {
            let why = "Machine type specified in an instance template must be the name of a machine type.";
            return Err(ApiError::field(AT, &Value::from(link), why));
        }
        name => machine_type::named(AT, name, name, "in any zone")?,
    };
    labels::check(properties, "properties.labels")?;
    disks(project, properties)?;
    interfaces(project, properties)?;
    instance::scheduling(properties, "properties.")?;
    instance::service_accounts(project, properties, "properties.")?;
    instance::metadata(properties, "properties.")?;
    instance::tags(properties, "properties.")?;
    if properties.contains_key("shieldedInstanceConfig") {
        instance::shielded(properties, "properties.")?;
    }
    Ok(())
}

/// The first disk is the boot disk. Types are bare names, and images stay as they are named: a family's newest is looked
/// for when an instance is made (<https://cloud.google.com/compute/docs/instance-templates/create-instance-templates>).
fn disks(project: &Project, properties: &mut Document) -> Result<(), ApiError> {
    let disks = match properties.get_mut("disks") {
        Some(Value::Array(disks)) if !disks.is_empty() => disks,
        _ => return Err(ApiError::field("properties.disks", &Value::from(""), "No disks are specified.")),
    };
    for (place, disk) in disks.iter_mut().enumerate() {
        let Value::Object(disk) = disk else { continue };
        let at = format!("properties.disks[{place}]");
        let boot = disk.get("boot") == Some(&Value::Bool(true));
        if boot != (place == 0) {
            let why = "Boot disk must be the first disk attached to the instance.";
            return Err(ApiError::field(&at, &Value::from(""), why));
        }
        let source = text(disk, "source").to_owned();
        match disk.get_mut("initializeParams") {
            Some(Value::Object(params)) if source.is_empty() => parameters(project, params, place, &at)?,
            None if !source.is_empty() => {}
            _ => {
                let why = "Either a source or initializeParams must be specified for a disk.";
                return Err(ApiError::field(&at, &Value::from(""), why));
            }
        }
        disk.insert("kind".to_owned(), "compute#attachedDisk".into());
        disk.insert("index".to_owned(), place.into());
        for (field, value) in [
            ("type", json!("PERSISTENT")),
            ("mode", json!("READ_WRITE")),
            ("boot", json!(false)),
            ("autoDelete", json!(false)),
            ("deviceName", json!(format!("persistent-disk-{place}"))),
        ] {
            disk.entry(field).or_insert(value);
        }
    }
    Ok(())
}

fn parameters(project: &Project, params: &mut Document, place: usize, at: &str) -> Result<(), ApiError> {
    let at = format!("{at}.initializeParams");
    let kind = text(params, "diskType");
    if !kind.is_empty() && disk_type::find(kind).is_none() {
        let why = "It must be the name of a disk type, as in pd-ssd.";
        return Err(ApiError::field(&format!("{at}.diskType"), &Value::from(kind), why));
    }
    match text(params, "sourceImage") {
        "" if place == 0 => Err(ApiError::required(&format!("{at}.sourceImage"))),
        "" => Ok(()),
        link => {
            if matches!(image::find(&project.id, link), image::Found::Malformed) {
                let why = "The URL is malformed.";
                return Err(ApiError::field(&format!("{at}.sourceImage"), &Value::from(link), why));
            }
            let (owner, path) = scope::parse(link);
            let link = format!("{BASE}projects/{}/{path}", owner.unwrap_or(&project.id));
            params.insert("sourceImage".to_owned(), link.into());
            Ok(())
        }
    }
}

/// A subnetwork says of which network it is.
fn interfaces(project: &Project, properties: &mut Document) -> Result<(), ApiError> {
    let interfaces = match properties.get_mut("networkInterfaces") {
        Some(Value::Array(interfaces)) if !interfaces.is_empty() => interfaces,
        _ => {
            let why = "At least one network interface is required.";
            return Err(ApiError::field("properties.networkInterfaces", &Value::from(""), why));
        }
    };
    for (place, interface) in interfaces.iter_mut().enumerate() {
        let Value::Object(interface) = interface else { continue };
        if let Some(subnetwork) = reference::follow(project, text(interface, "subnetwork")) {
            let (network, given) = (subnetwork.text("network").to_owned(), text(interface, "network"));
            if !given.is_empty() && given != network {
                let why = "The subnetwork is not of the network that is specified.";
                let at = format!("properties.networkInterfaces[{place}].subnetwork");
                return Err(ApiError::field(&at, &Value::from(subnetwork.link()), why));
            }
            interface.insert("network".to_owned(), network.into());
        }
        instance::interface_of_template(interface, place);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::gcp::testing::{Lab, REGION};

    fn body(name: &str) -> Value {
        json!({ "name": name, "properties": {
            "machineType": "e2-small",
            "disks": [{ "boot": true, "autoDelete": true, "initializeParams": {
                "sourceImage": "projects/debian-cloud/global/images/family/debian-12", "diskType": "pd-ssd",
            } }],
            "networkInterfaces": [{ "subnetwork": format!("regions/{REGION}/subnetworks/n"), "accessConfigs": [{}] }],
            "metadata": { "items": [{ "key": "startup-script", "value": "true" }] },
        } })
    }

    #[test]
    fn templates_are_kept_as_they_were_given() {
        let mut lab = Lab::new();
        lab.network("n", "10.0.0.0/24");
        for place in ["global", &format!("regions/{REGION}")] {
            let path = format!("{place}/instanceTemplates");
            lab.done("POST", &path, body("t"));
            let found = lab.get(&format!("{path}/t"));
            let properties = &found["properties"];
            assert_eq!(properties["machineType"], "e2-small");
            assert_eq!(properties["disks"][0]["initializeParams"]["diskType"], "pd-ssd");
            let image = Lab::text(properties, "/disks/0/initializeParams/sourceImage");
            assert!(image.ends_with("/projects/debian-cloud/global/images/family/debian-12"), "{image}");
            let interface = &properties["networkInterfaces"][0];
            assert!(Lab::text(interface, "/network").ends_with("/global/networks/n"));
            assert_eq!(interface["accessConfigs"][0]["type"], "ONE_TO_ONE_NAT");
            assert_eq!(properties["scheduling"]["onHostMaintenance"], "MIGRATE");
            assert!(properties["metadata"]["fingerprint"].is_string());
            lab.refused("POST", &path, body("t"), 409, "alreadyExists");
        }
        let listed = lab.get("aggregated/instanceTemplates");
        assert_eq!(listed["items"]["global"]["instanceTemplates"][0]["name"], "t");
        assert_eq!(listed["items"][format!("regions/{REGION}")]["instanceTemplates"][0]["name"], "t");
        lab.done("DELETE", "global/instanceTemplates/t", Value::Null);
        lab.refused("GET", "global/instanceTemplates/t", Value::Null, 404, "notFound");
    }

    #[test]
    fn templates_are_held_against_the_rules() {
        let mut lab = Lab::new();
        lab.network("n", "10.0.0.0/24");
        let wrong: &[(&str, Value, &str)] = &[
            ("machineType", json!("e2-enormous"), "invalid"),
            ("machineType", json!("zones/europe-west1-b/machineTypes/e2-small"), "invalid"),
            ("machineType", Value::Null, "required"),
            ("disks", json!([]), "invalid"),
            ("disks", json!([{ "initializeParams": {} }]), "invalid"),
            ("disks", json!([{ "boot": true, "initializeParams": {} }]), "required"),
            ("disks", json!([{ "boot": true, "initializeParams": { "sourceImage": "debian" } }]), "invalid"),
            ("networkInterfaces", json!([]), "invalid"),
            ("scheduling", json!({ "preemptible": true, "automaticRestart": true }), "invalid"),
            ("tags", json!({ "items": ["Wrong"] }), "invalid"),
            ("metadata", json!({ "items": [{ "key": "a", "value": "1" }, { "key": "a", "value": "2" }] }), "invalid"),
            ("serviceAccounts", json!([{ "email": "a@b" }, { "email": "c@d" }]), "invalid"),
        ];
        for (field, value, reason) in wrong {
            let mut body = body("t");
            body["properties"][*field] = value.clone();
            for place in ["global", &format!("regions/{REGION}")] {
                lab.refused("POST", &format!("{place}/instanceTemplates"), body.clone(), 400, reason);
            }
        }
        let mut body = body("t");
        body["properties"]["networkInterfaces"] = json!([{ "network": "global/networks/none" }]);
        lab.refused("POST", "global/instanceTemplates", body, 404, "notFound");
    }
}
