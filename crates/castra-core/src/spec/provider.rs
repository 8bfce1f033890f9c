//! The provider section, and what a backend adds to reading a spec.

use std::collections::BTreeMap;

use super::{
    Access, CertificateRef, ClusterName, Disk, LoadBalancer, MachineType, Network, Primaries, Reader, Secondaries,
};

/// Which backend builds the cluster, and that backend's own settings, opaque here.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProviderSection {
    /// The backend's name.
    pub name: String,
    /// Every other key of the section; the backend reads it with [`Reader::read`] under the path `provider`.
    pub settings: toml::Table,
}

/// A backend's part in reading a spec: its own section, and its view of the rest.
pub trait ProviderParser {
    /// The name that `provider.name` has for this backend.
    fn name(&self) -> &'static str;

    /// Reads the backend's own fields and records what is wrong with them.
    ///
    /// *Requires*: every field that the backend knows is asked for, as the others are then refused; `name` was.
    ///
    /// *Behaviour*: records problems by `section` and keeps nothing; calls nothing. Whatever in `draft` this cloud
    /// can't do is recorded too, by [`Reader::refuse_elsewhere`].
    fn check(&self, section: &mut Reader<'_>, draft: &Draft);

    /// The JSON Schema of the backend's own fields, an object schema without `name`.
    fn schema(&self) -> schemars::Schema;
}

/// What core has read of a spec so far: each part absent if it was missing or wrong.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Draft {
    /// The cluster's name.
    pub name: Option<ClusterName>,
    /// The network.
    pub network: Option<Network>,
    /// The primaries.
    pub primaries: Option<Primaries>,
    /// The secondaries.
    pub secondaries: Option<Secondaries>,
    /// The application load balancer.
    pub load_balancer: Option<LoadBalancer>,
    /// Access to nodes.
    pub access: Option<Access>,
    /// The operator's tags.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Draft {
    /// The certificate, if it was read.
    pub fn certificate(&self) -> Option<&CertificateRef> {
        self.load_balancer.as_ref().map(|balancer| &balancer.certificate)
    }

    /// Every machine type that was read, with the path of its field.
    pub fn machine_types(&self) -> impl Iterator<Item = (&'static str, &MachineType)> {
        let primaries = self.primaries.iter().map(|p| ("primaries.machine_type", &p.machine_type));
        let secondaries = self.secondaries.iter().map(|s| ("secondaries.machine_type", &s.machine_type));
        primaries.chain(secondaries)
    }

    /// Every disk that was read, with the path of its field.
    pub fn disks(&self) -> impl Iterator<Item = (&'static str, Disk)> {
        let primaries = self
            .primaries
            .iter()
            .flat_map(|p| [("primaries.root_disk", p.root_disk), ("primaries.data_disk", p.data_disk)]);
        let secondaries = self.secondaries.iter().map(|s| ("secondaries.root_disk", s.root_disk));
        primaries.chain(secondaries)
    }
}
