//! What all nodes' machines have in common, whoever makes them: a primary's own machine, and the template of secondaries.

use castra_core::Result;
use castra_core::resource::{At, Output as _, Ref};
use google_cloud_compute_v1::model::metadata::Items;
use google_cloud_compute_v1::model::{
    AttachedDisk, AttachedDiskInitializeParams, Metadata, NetworkInterface, ServiceAccount as Account,
    ShieldedInstanceConfig,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{ServiceAccount, Subnetwork};
use crate::client::Clients;
use crate::links;
use crate::startup_script::StartupScript;

/// The user as whom SSH keys of the spec log in: the guest environment of Google's images makes it, with the right to
/// become root ("Add SSH keys to VMs", Compute Engine documentation).
pub(crate) const SSH_USER: &str = "castra";

/// The type of system disks.
pub(super) const ROOT_DISK: &str = "pd-balanced";

/// The scope that leaves it to the roles of a service account what a machine may do ("Service accounts", Compute Engine
/// documentation: scopes are the legacy way, and the recommended one is this).
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// Keys of metadata ("Predefined metadata keys", Compute Engine documentation). OS Login's isn't among them: whether it is
/// on stays the project's choice.
const STARTUP_SCRIPT: &str = "startup-script";
const SSH_KEYS: &str = "ssh-keys";
const BLOCK_PROJECT_SSH_KEYS: &str = "block-project-ssh-keys";
const OURS: [&str; 3] = [STARTUP_SCRIPT, SSH_KEYS, BLOCK_PROJECT_SSH_KEYS];

/// A node's machine.
///
/// It has one network interface and no public address. It is a Shielded VM: it boots signed software alone, has a virtual
/// TPM, and each of its boots is compared with the first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// The image of its system disk, such as `projects/debian-cloud/global/images/debian-12-bookworm-v20261110`.
    pub(crate) image: String,
    /// The machine type.
    pub(crate) machine_type: String,
    /// Where its network interface is.
    pub(crate) subnetwork: Ref<Subnetwork>,
    /// What it is to the cloud.
    pub(crate) service_account: Ref<ServiceAccount>,
    /// The size of its system disk in GiB, which Compute Engine calls GB: a `pd-balanced` disk that goes with the machine.
    pub(crate) root_disk_gb: u32,
    /// What it runs at each boot.
    pub(crate) startup_script: StartupScript,
    /// The public keys that log in over SSH as [`SSH_USER`].
    pub(crate) ssh_keys: Vec<String>,
    /// Whether the SSH keys of the project are kept out: always.
    pub(crate) block_project_ssh_keys: bool,
    /// Whether it boots signed software alone: always.
    pub(crate) secure_boot: bool,
    /// Whether it has a virtual TPM: always.
    pub(crate) vtpm: bool,
    /// Whether its boots are compared with the first: always.
    pub(crate) integrity_monitoring: bool,
}

/// The fields of a [`Machine`] that don't change while it is there.
pub(super) const FIXED: [&str; 9] = [
    "image",
    "machine_type",
    "subnetwork",
    "service_account",
    "root_disk_gb",
    "startup_script",
    "secure_boot",
    "vtpm",
    "integrity_monitoring",
];

impl Machine {
    /// The disk that it boots from; `params` have what isn't the same wherever it is written.
    pub(super) fn boot_disk(&self, params: AttachedDiskInitializeParams) -> AttachedDisk {
        let params = params.set_source_image(&self.image).set_disk_size_gb(self.root_disk_gb);
        AttachedDisk::new().set_boot(true).set_auto_delete(true).set_initialize_params(params)
    }

    /// Its network interface, without a public address.
    pub(super) fn interface(&self, at: &At<'_, Clients>) -> Result<NetworkInterface> {
        Ok(NetworkInterface::new().set_subnetwork(at.get(&self.subnetwork)?.id()))
    }

    /// The service account that it acts as.
    pub(super) fn account(&self, at: &At<'_, Clients>) -> Result<Account> {
        Ok(Account::new().set_email(at.get(&self.service_account)?.id()).set_scopes([SCOPE]))
    }

    /// Its metadata: what is wanted, and what else there is `beside` it, which stays.
    pub(super) fn metadata(&self, beside: Option<&Metadata>) -> Metadata {
        let others = beside.into_iter().flat_map(|metadata| &metadata.items);
        let ours = |item: &&Items| OURS.iter().any(|key| item.key.as_deref() == Some(*key));
        let mut items: Vec<Items> = others.filter(|item| !ours(item)).cloned().collect();
        let mut put = |key: &str, value: String| items.push(Items::new().set_key(key).set_value(value));
        put(STARTUP_SCRIPT, self.startup_script.text().to_owned());
        put(BLOCK_PROJECT_SSH_KEYS, self.block_project_ssh_keys.to_string().to_uppercase());
        if !self.ssh_keys.is_empty() {
            let lines: Vec<String> = self.ssh_keys.iter().map(|key| format!("{SSH_USER}:{key}")).collect();
            put(SSH_KEYS, lines.join("\n"));
        }
        let fingerprint = beside.and_then(|metadata| metadata.fingerprint.clone());
        Metadata::new().set_items(items).set_or_clear_fingerprint(fingerprint)
    }

    /// Shielded VM's options.
    pub(super) fn shielded(&self) -> ShieldedInstanceConfig {
        ShieldedInstanceConfig::new()
            .set_enable_secure_boot(self.secure_boot)
            .set_enable_vtpm(self.vtpm)
            .set_enable_integrity_monitoring(self.integrity_monitoring)
    }
}

/// What Google tells of a machine, or of the machines of a template, as far as both tell it alike.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told<'a> {
    pub(super) machine_type: Option<&'a str>,
    pub(super) interfaces: &'a [NetworkInterface],
    pub(super) accounts: &'a [Account],
    pub(super) metadata: Option<&'a Metadata>,
    pub(super) shielded: Option<&'a ShieldedInstanceConfig>,
    /// The system disk's image, size and type.
    pub(super) image: Option<&'a str>,
    pub(super) root_gb: Option<i64>,
    pub(super) root_type: Option<&'a str>,
}

impl Told<'_> {
    /// The live values of the fields of a [`Machine`].
    ///
    /// Where the live value is more than the field can say (a public address, a disk of another type), it is shown as what
    /// it is, which differs from anything wanted.
    pub(super) fn fields(&self) -> Map<String, Value> {
        let shielded =
            |get: fn(&ShieldedInstanceConfig) -> Option<bool>| json!(self.shielded.and_then(get) == Some(true));
        let mut fields = Map::new();
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        set("image", json!(self.image.map(links::relative)));
        set("machine_type", json!(self.machine_type.map(links::name)));
        set("subnetwork", subnetwork(self.interfaces));
        set("service_account", account(self.accounts));
        set("root_disk_gb", self.root_disk());
        set("startup_script", json!(self.startup_script().map(StartupScript::digest_of)));
        set("ssh_keys", json!(self.item(SSH_KEYS).map(keys).unwrap_or_default()));
        let blocked = self.item(BLOCK_PROJECT_SSH_KEYS).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        set("block_project_ssh_keys", json!(blocked));
        set("secure_boot", shielded(|config| config.enable_secure_boot));
        set("vtpm", shielded(|config| config.enable_vtpm));
        set("integrity_monitoring", shielded(|config| config.enable_integrity_monitoring));
        fields
    }

    /// What it runs at each boot.
    pub(super) fn startup_script(&self) -> Option<&str> {
        self.item(STARTUP_SCRIPT)
    }

    fn root_disk(&self) -> Value {
        match self.root_type.map(links::name) {
            Some(ROOT_DISK) | None => json!(self.root_gb),
            Some(other) => json!({ "size": self.root_gb, "type": other }),
        }
    }

    fn item(&self, key: &str) -> Option<&str> {
        item(self.metadata?, key)
    }
}

/// A value of metadata.
pub(crate) fn item<'m>(metadata: &'m Metadata, key: &str) -> Option<&'m str> {
    metadata.items.iter().find(|item| item.key.as_deref() == Some(key))?.value.as_deref()
}

fn subnetwork(interfaces: &[NetworkInterface]) -> Value {
    let link = |interface: &NetworkInterface| interface.subnetwork.as_deref().map(links::relative).map(str::to_owned);
    match interfaces {
        [one] if one.access_configs.is_empty() && one.ipv_6_access_configs.is_empty() => json!(link(one)),
        several => {
            let public =
                several.iter().any(|one| !one.access_configs.is_empty() || !one.ipv_6_access_configs.is_empty());
            json!({ "subnetworks": several.iter().map(link).collect::<Vec<_>>(), "public_address": public })
        }
    }
}

fn account(accounts: &[Account]) -> Value {
    match accounts {
        [] => Value::Null,
        [one] if one.scopes == [SCOPE] => json!(one.email),
        several => {
            let emails: Vec<_> = several.iter().map(|account| account.email.as_deref()).collect();
            let scopes: Vec<_> = several.iter().flat_map(|account| &account.scopes).collect();
            json!({ "accounts": emails, "scopes": scopes })
        }
    }
}

/// The keys of [`SSH_USER`], and those of others with their names.
fn keys(value: &str) -> Vec<&str> {
    let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| line.strip_prefix(SSH_USER).and_then(|rest| rest.strip_prefix(':')).unwrap_or(line)).collect()
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use google_cloud_compute_v1::model::AccessConfig;

    use super::*;

    const IMAGE: &str = "projects/debian-cloud/global/images/debian-12";
    const KEY: &str = "ssh-ed25519 AAAA me@here";

    /// A machine as it is wanted.
    pub(in crate::kinds) fn machine() -> Machine {
        Machine {
            image: IMAGE.into(),
            machine_type: "e2-standard-4".into(),
            subnetwork: Ref::to("nodes"),
            service_account: Ref::to("primary"),
            root_disk_gb: 100,
            startup_script: StartupScript::new("#!/bin/sh\n").unwrap(),
            ssh_keys: vec![KEY.into()],
            block_project_ssh_keys: true,
            secure_boot: true,
            vtpm: true,
            integrity_monitoring: true,
        }
    }

    fn interface() -> NetworkInterface {
        let link = "https://www.googleapis.com/compute/v1/projects/p1/regions/r/subnetworks/camp-nodes";
        NetworkInterface::new().set_subnetwork(link)
    }

    #[test]
    fn what_is_sent_is_read_back_as_it_is_wanted() {
        let wanted = machine();
        let (metadata, shielded) = (wanted.metadata(None), wanted.shielded());
        let accounts = [Account::new().set_email("a@p1.iam.gserviceaccount.com").set_scopes([SCOPE])];
        let told = Told {
            machine_type: Some("https://www.googleapis.com/compute/v1/projects/p1/zones/z/machineTypes/e2-standard-4"),
            interfaces: &[interface()],
            accounts: &accounts,
            metadata: Some(&metadata),
            shielded: Some(&shielded),
            image: Some("https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12"),
            root_gb: Some(100),
            root_type: Some("https://www.googleapis.com/compute/v1/projects/p1/zones/z/diskTypes/pd-balanced"),
        };
        let mut expected = serde_json::to_value(&wanted).unwrap();
        expected["subnetwork"] = json!("projects/p1/regions/r/subnetworks/camp-nodes");
        expected["service_account"] = json!("a@p1.iam.gserviceaccount.com");
        assert_eq!(Value::Object(told.fields()), expected);
    }

    #[test]
    fn what_a_field_cannot_say_shows_as_a_difference() {
        let open = interface().set_access_configs([AccessConfig::new()]);
        assert_ne!(subnetwork(&[open]), subnetwork(&[interface()]));
        assert_ne!(subnetwork(&[interface(), interface()]), subnetwork(&[interface()]));
        let narrow = Account::new().set_email("a").set_scopes(["https://www.googleapis.com/auth/logging.write"]);
        assert_ne!(account(&[narrow]), json!("a"));
        assert_eq!(account(&[]), Value::Null);
        let disk = |kind| Told { root_gb: Some(100), root_type: Some(kind), ..Told::default() }.root_disk();
        assert_eq!(disk("zones/z/diskTypes/pd-balanced"), 100);
        assert_ne!(disk("zones/z/diskTypes/pd-standard"), 100);
    }

    #[test]
    fn metadata_of_others_stays_and_their_keys_show() {
        let own = Items::new().set_key("created-by").set_value("me");
        let old = Items::new().set_key(SSH_KEYS).set_value("them:ssh-rsa BBBB\n\ncastra:ssh-rsa CCCC");
        let live = Metadata::new().set_items([own, old]).set_fingerprint(vec![1]);
        assert_eq!(keys(item(&live, SSH_KEYS).unwrap()), ["them:ssh-rsa BBBB", "ssh-rsa CCCC"]);
        let written = machine().metadata(Some(&live));
        assert_eq!(item(&written, "created-by"), Some("me"));
        assert_eq!(item(&written, SSH_KEYS), Some("castra:ssh-ed25519 AAAA me@here"));
        assert_eq!(item(&written, BLOCK_PROJECT_SSH_KEYS), Some("TRUE"));
        assert_eq!(written.fingerprint, live.fingerprint);
        let without = Machine { ssh_keys: Vec::new(), ..machine() }.metadata(Some(&live));
        assert_eq!(item(&without, SSH_KEYS), None);
        assert_eq!(item(&without, "enable-oslogin"), None);
    }
}
