//! Instances that come to be.

use serde_json::{Value, json};

use super::{Instances, account, disks, interfaces, life, of_template, properties};
use crate::gcp::call::Call;
use crate::gcp::compute::kind::{Kind as _, New};
use crate::gcp::compute::{insert, labels, machine_type, reference, target};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::{Effect, Start};
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, text};
use crate::gcp::scope::Key;

/// `instances.insert`: of what the body says, or of a template of which the body changes some.
pub(super) fn insert(call: &mut Call<'_>) -> Answer {
    let key = Key::new("instances", target::scope(call)?, text(call.body, "name"));
    if let Some(image) = call.text("sourceMachineImage").filter(|image| !image.is_empty()) {
        let message = format!(
            "Invalid value for field 'sourceMachineImage': '{image}'. Machine images are not served by this emulator."
        );
        return Err(ApiError::invalid(message));
    }
    let document = match call.text("sourceInstanceTemplate").filter(|template| !template.is_empty()) {
        Some(template) => of_template::overridden(call.project, &key, template, call.body)?,
        None => call.body.clone(),
    };
    begin(call.project, &key, document, call.caller)
}

/// Starts an instance's insertion; its operation.
pub(super) fn begin(project: &mut Project, key: &Key, document: Document, user: &str) -> Answer {
    insert::free(project, key)?;
    labels::check(&document, "labels")?;
    let mut new = New { document, ..New::default() };
    reference::resolve(project, &key.scope, Instances.references(), &mut new.document)?;
    complete(project, key, &mut new)?;
    disks::create(project, &key.scope, &mut new);
    new.hidden.insert(account::USER.to_owned(), user.into());
    insert::add(project, key, new);
    let timings = &project.settings.timings;
    let (pending, provisioning) = (timings.operation_pending, timings.instance_provisioning);
    let takes = timings.instance_insert;
    let operation = project.start(Start {
        scope: key.scope.clone(),
        kind: "insert".to_owned(),
        method: "instances.insert".to_owned(),
        target: Some(key.clone()),
        effect: Effect::Created(key.clone()),
        takes,
        user: user.to_owned(),
    });
    project.schedule(key, crate::Seconds(pending.0 + provisioning.0), life::stage);
    Ok(operation)
}

/// Completes what an instance is to be, or refuses it.
pub(super) fn complete(project: &mut Project, key: &Key, new: &mut New) -> Result<(), ApiError> {
    let document = &mut new.document;
    let zone = key.scope.name();
    let given = text(document, "machineType").to_owned();
    if given.is_empty() {
        return Err(ApiError::required("machineType"));
    }
    let machine = machine_type::in_body("machineType", &given, zone)?;
    let link = machine_type::link(&project.id, zone, &machine.name);
    document.insert("machineType".to_owned(), link.into());
    disks::complete(project, key, new)?;
    let document = &mut new.document;
    interfaces::complete(project, key, document, machine.interfaces())?;
    properties::scheduling(document, "")?;
    properties::service_accounts(project, document, "")?;
    properties::metadata(document, "")?;
    properties::tags(document, "")?;
    properties::shielded(document, "")?;
    document.remove("params");
    let mut put = |field: &str, value: Value| {
        document.entry(field).or_insert(value);
    };
    put("canIpForward", false.into());
    put("deletionProtection", false.into());
    put("startRestricted", false.into());
    put("reservationAffinity", json!({ "consumeReservationType": "ANY_RESERVATION" }));
    put("shieldedInstanceIntegrityPolicy", json!({ "updateAutoLearnPolicy": true }));
    let platform = match (machine.architecture, machine.name.split('-').next()) {
        ("ARM64", _) => "Ampere Altra",
        (_, Some("n2d" | "c2d" | "t2d" | "c3d")) => "AMD Rome",
        (_, Some("e2" | "n1" | "f1" | "g1")) => "Intel Broadwell",
        _ => "Intel Cascade Lake",
    };
    put("cpuPlatform", platform.into());
    document.insert("status".to_owned(), "PROVISIONING".into());
    Ok(())
}

/// Lets a resource that came along with another be there.
pub(super) fn there(project: &mut Project, key: &Key) {
    if let Some(resource) = project.resources.get_mut(key) {
        resource.phase = Phase::There;
    }
}
