//! Reading machines.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use castra_core::{Call, Item, Result, Status};
use google_cloud_compute_v1::model::instance::Status as State;
use google_cloud_compute_v1::model::{AttachedDisk, Disk as DescribedDisk, Instance as Described, InstancesScopedList};
use serde_json::{Value, json};

use super::{DATA_DEVICE, Instance, InstanceOutput};
use crate::call::{Seam, list, maybe, send};
use crate::kinds::live::Live;
use crate::kinds::machine::Told;
use crate::links;
use crate::survey::Look;
use crate::tags::live_labels;

/// What a machine doesn't tell of its system disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Boot {
    pub(crate) image: Option<String>,
    pub(crate) gb: Option<i64>,
    pub(crate) disk_type: Option<String>,
}

impl From<&DescribedDisk> for Boot {
    fn from(disk: &DescribedDisk) -> Self {
        Self { image: disk.source_image.clone(), gb: disk.size_gb, disk_type: disk.r#type.clone() }
    }
}

/// A machine by its name.
pub(super) async fn get<S: Seam>(seam: &S, zone: &str, name: &str) -> Result<Option<Described>> {
    let clients = seam.clients();
    let request = clients.instances.get().set_project(&clients.project).set_zone(zone).set_instance(name);
    maybe(send!(seam, Call::read("compute", "instances.get"), request))
}

/// What is to be known of a machine's system disk.
pub(super) async fn boot_of<S: Seam>(seam: &S, zone: &str, machine: &Described) -> Result<Option<Boot>> {
    let Some(disk) = boot_disk(machine) else { return Ok(None) };
    let clients = seam.clients();
    let request = clients.disks.get().set_project(&clients.project).set_zone(zone).set_disk(links::name(disk));
    let disk = maybe(send!(seam, Call::read("compute", "disks.get"), request))?;
    Ok(disk.as_ref().map(Boot::from))
}

/// The path of the disk that a machine boots from.
fn boot_disk(machine: &Described) -> Option<&str> {
    let boot = machine.disks.iter().find(|disk| disk.boot == Some(true))?;
    boot.source.as_deref().map(links::relative)
}

/// The live values of the owned fields. `address` gives the path of the reservation of an internal address, where it is
/// one of the cluster's.
pub(super) fn live(
    machine: &Described,
    boot: Option<&Boot>,
    address: impl Fn(Ipv4Addr) -> Option<String>,
) -> Option<Live<InstanceOutput>> {
    let output = output(machine)?;
    let told = Told {
        machine_type: machine.machine_type.as_deref(),
        interfaces: &machine.network_interfaces,
        accounts: &machine.service_accounts,
        metadata: machine.metadata.as_ref(),
        shielded: machine.shielded_instance_config.as_ref(),
        image: boot.and_then(|boot| boot.image.as_deref()),
        root_gb: boot.and_then(|boot| boot.gb),
        root_type: boot.and_then(|boot| boot.disk_type.as_deref()),
    };
    let mut fields = told.fields();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    let reserved = output.address.map(|number| address(number).unwrap_or_else(|| number.to_string()));
    set("state", json!(state(machine)));
    set("name", json!(machine.name));
    set("zone", json!(links::after(&output.link, "zones")));
    set("address", json!(reserved));
    set("data_disk", data_disk(&machine.disks));
    set("labels", json!(live_labels(&machine.labels)));
    Some(Live::labelled(output, fields.into(), &machine.labels).status(status(machine)))
}

/// The data disk; shown with what is wrong where it would go with the machine.
fn data_disk(disks: &[AttachedDisk]) -> Value {
    let Some(disk) = disks.iter().find(|disk| disk.device_name.as_deref() == Some(DATA_DEVICE)) else {
        return Value::Null;
    };
    let source = disk.source.as_deref().map(links::relative);
    if disk.auto_delete == Some(true) { json!({ "disk": source, "auto_delete": true }) } else { json!(source) }
}

/// What a machine gives to others.
pub(super) fn output(machine: &Described) -> Option<InstanceOutput> {
    let address = machine.network_interfaces.first().and_then(|interface| interface.network_ip.as_deref());
    Some(InstanceOutput {
        id: machine.id?.to_string(),
        link: links::relative(machine.self_link.as_deref()?).to_owned(),
        address: address.and_then(|address| address.parse().ok()),
    })
}

/// The field `state`: what a machine that starts will be, and what one that stops.
fn state(machine: &Described) -> &str {
    match &machine.status {
        Some(State::Stopping | State::PendingStop | State::Stopped | State::Terminated | State::Deprovisioning) => {
            "TERMINATED"
        }
        Some(State::Suspending | State::Suspended) => "SUSPENDED",
        _ => "RUNNING",
    }
}

/// Its state as the planner understands it. A stopped one is in order but for its field `state`.
fn status(machine: &Described) -> Status {
    match &machine.status {
        Some(State::Provisioning | State::Staging | State::Pending | State::Repairing) => {
            Status::Pending(status_word(machine).to_lowercase())
        }
        _ => Status::Ready,
    }
}

/// Compute Engine's word for the machine's state.
pub(crate) fn status_word(machine: &Described) -> &str {
    machine.status.as_ref().and_then(State::name).unwrap_or("without a status")
}

/// The machine's state with what Compute Engine says about it: `TERMINATED (the host failed)`.
pub(super) fn told(machine: &Described) -> String {
    let word = status_word(machine);
    match machine.status_message.as_deref().filter(|message| !message.is_empty()) {
        Some(message) => format!("{word} ({message})"),
        None => word.to_owned(),
    }
}

/// Every machine that may be the cluster's: primaries, secondaries and what has such a name.
pub(crate) async fn describe_all(look: &Look<'_>) -> Result<Vec<Described>> {
    let request = look.clients.instances.aggregated_list().set_project(&look.clients.project);
    let request = request.set_filter(look.names().filter());
    let zones: Vec<(String, InstancesScopedList)> = list!(look, "instances.aggregatedList", request)?;
    let here = zones.into_iter().filter(|(place, _)| look.clients.is_here(place));
    Ok(here.flat_map(|(_, zone)| zone.instances).collect())
}

/// The primaries among these machines, and what stands where one should. `disks` are all that may be their system disks.
/// The live value of `address` is the number: what it is reserved by isn't known here.
pub(crate) fn items(look: &Look<'_>, machines: &[Described], disks: &[DescribedDisk], wanted: &[&str]) -> Vec<Item> {
    let path = |disk: &DescribedDisk| disk.self_link.as_deref().map(links::relative).map(str::to_owned);
    let boots: BTreeMap<String, Boot> = disks.iter().filter_map(|disk| Some((path(disk)?, disk.into()))).collect();
    let item = |machine: &Described| {
        let live = live(machine, boot_disk(machine).and_then(|disk| boots.get(disk)), |_| None)?;
        let taken = wanted.iter().find(|name| machine.name.as_deref() == Some(&look.names().of(name)));
        match live.clone().item::<Instance>(look) {
            Some(item) => Some(item),
            None => taken.map(|name| live.item_at::<Instance>(look, name)),
        }
    };
    machines.iter().filter_map(item).collect()
}

/// A machine that is wanted at no address, by its name.
pub(crate) fn stray(machine: &Described) -> Option<Item> {
    let live = live(machine, None, |_| None)?;
    let item = Item::new::<Instance>(machine.name.as_deref()?, live.fields, live.output);
    Some(item.uid(live.owner.uid).status(live.status))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use google_cloud_compute_v1::model::NetworkInterface;

    use super::*;

    const LINK: &str = "https://www.googleapis.com/compute/v1/projects/p1/zones/z/instances/camp-primary-0";

    fn machine(state: State) -> Described {
        let boot = AttachedDisk::new().set_boot(true).set_source("https://x/projects/p1/zones/z/disks/camp-primary-0");
        let data = AttachedDisk::new().set_device_name(DATA_DEVICE).set_source("https://x/projects/p1/zones/z/disks/d");
        Described::new()
            .set_id(7_u64)
            .set_name("camp-primary-0")
            .set_self_link(LINK)
            .set_status(state)
            .set_disks([boot, data.set_auto_delete(false)])
            .set_network_interfaces([NetworkInterface::new().set_network_ip("10.0.0.10")])
            .set_labels([("goog-x", "1"), ("team", "platform")])
    }

    #[test]
    fn a_machine_is_read_with_every_field_of_its_own() {
        let boot = Boot { image: Some("projects/x/global/images/i".into()), gb: Some(100), disk_type: None };
        let live = live(&machine(State::Running), Some(&boot), |_| Some("projects/p1/a".into())).unwrap();
        let field = |name: &str| live.fields[name].clone();
        assert_eq!((field("state"), field("zone")), (json!("RUNNING"), json!("z")));
        assert_eq!((field("image"), field("root_disk_gb")), (json!("projects/x/global/images/i"), json!(100)));
        assert_eq!(field("address"), json!("projects/p1/a"));
        assert_eq!(field("data_disk"), json!("projects/p1/zones/z/disks/d"));
        assert_eq!(field("labels"), json!({"team": "platform"}));
        assert_eq!((live.output.id.as_str(), live.output.link.as_str()), ("7", links::relative(LINK)));
        assert_eq!(boot_disk(&machine(State::Running)), Some("projects/p1/zones/z/disks/camp-primary-0"));
    }

    #[test]
    fn an_address_that_is_not_reserved_shows_as_its_number() {
        let live = live(&machine(State::Running), None, |_| None).unwrap();
        assert_eq!((&live.fields["address"], &live.fields["image"]), (&json!("10.0.0.10"), &Value::Null));
    }

    #[test]
    fn a_data_disk_that_would_go_with_the_machine_differs() {
        let mut machine = machine(State::Running);
        machine.disks[1].auto_delete = Some(true);
        assert_ne!(data_disk(&machine.disks), json!("projects/p1/zones/z/disks/d"));
        machine.disks.pop();
        assert_eq!(data_disk(&machine.disks), Value::Null);
    }

    #[test]
    fn a_stopped_machine_differs_in_its_state_alone() {
        let read = |status: State| {
            let machine = machine(status);
            let status = self::status(&machine);
            (state(&machine).to_owned(), status)
        };
        for stopped in [State::Stopping, State::Terminated, State::Stopped] {
            assert_eq!(read(stopped), ("TERMINATED".to_owned(), Status::Ready));
        }
        assert_eq!(read(State::Suspended).0, "SUSPENDED");
        assert_eq!(read(State::Staging), ("RUNNING".to_owned(), Status::Pending("staging".into())));
        assert_eq!(read(State::Running), ("RUNNING".to_owned(), Status::Ready));
    }
}
