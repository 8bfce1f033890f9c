//! The backend: a handle that can only look and one that can write.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use castra_core::backend::Ask;
use castra_core::inventory::Scope;
use castra_core::spec::{ClusterName, MachineType, Problems, Size, Spec};
use castra_core::topology::Topology;
use castra_core::{
    Actuator, Backend, Call, Capabilities, Catalogue, Context, Error, ErrorKind, Graph, Inventory, Kind, Observer,
    Owner, Result,
};
use futures::lock::Mutex;

use crate::call::{Seam, send};
use crate::client::{Clients, Connection};
use crate::kinds::Anchor;
use crate::{facts, graph, survey};

/// How Google Cloud behaves.
static CAPABILITIES: Capabilities = Capabilities::new(
    // A new service account takes "60 seconds or more" (<https://cloud.google.com/iam/docs/service-accounts-create>).
    Duration::from_secs(90),
    <Anchor as Kind>::KIND,
    &[
        // <https://cloud.google.com/compute/api-quota>: 1,500 a minute for most groups of methods, each with a quota of
        // its own, of a project in a region.
        ("compute", 25.0, 100.0),
        // <https://cloud.google.com/iam/quotas>: 600 writes and 6,000 reads a minute.
        ("iam", 10.0, 20.0),
        // <https://cloud.google.com/resource-manager/docs/limits>: 600 reads and writes of policies a minute.
        ("cloudresourcemanager", 10.0, 20.0),
    ],
)
// A resource can be got by its name as soon as its operation is done. For lists Google promises nothing; they are seconds
// behind at most.
.stale_for(Duration::from_secs(30));

/// Clusters on Google Cloud, in one region of one project.
#[derive(Debug)]
pub struct Gcp {
    observer: Looking,
    writing: Clients,
}

/// The handle that can only look: its clients refuse every request that isn't on the list of reads.
#[derive(Debug)]
struct Looking {
    clients: Clients,
    scope: Mutex<Option<Scope>>,
}

impl Gcp {
    /// Connects to a region of a project with the application's default credentials. Nothing is called yet.
    ///
    /// ```no_run
    /// # async fn example() -> castra_core::Result<()> {
    /// use castra_core::Backend as _;
    ///
    /// let gcp = castra_gcp::Gcp::connect("my-project", "europe-west1").await?;
    /// assert_eq!(gcp.name(), "gcp");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`] when there are none.
    pub async fn connect(project: &str, region: &str) -> Result<Self> {
        Self::through(&Connection::new(project, region)).await
    }

    /// Connects in a way of its own, such as to an emulator's endpoint. Nothing is called yet.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`] when there are none; [`ErrorKind::Invalid`] when the endpoint is no address.
    pub async fn through(connection: &Connection) -> Result<Self> {
        let (reading, writing) = (connection.clients(true).await?, connection.clients(false).await?);
        Ok(Self { observer: Looking { clients: reading, scope: Mutex::new(None) }, writing })
    }
}

impl Backend for Gcp {
    fn name(&self) -> &'static str {
        "gcp"
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn observer(&self) -> &dyn Observer {
        &self.observer
    }

    fn actuator(&self) -> &dyn Actuator {
        &self.writing
    }
}

impl Actuator for Clients {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The seam of what is asked without a cluster.
struct Here<'a> {
    cx: &'a dyn Context,
    clients: &'a Clients,
}

impl Seam for Here<'_> {
    fn cx(&self) -> &dyn Context {
        self.cx
    }

    fn clients(&self) -> &Clients {
        self.clients
    }
}

#[async_trait]
impl Observer for Looking {
    /// The connection says where we are; that there is such a place, and that the caller may look at it, is asked once.
    async fn scope(&self, cx: &dyn Context) -> Result<Scope> {
        // Held over the call, so that two who ask at once make one.
        let mut known = self.scope.lock().await;
        if let Some(scope) = known.as_ref() {
            return Ok(scope.clone());
        }
        let clients = &self.clients;
        let request = clients.regions.get().set_project(&clients.project).set_region(&clients.region);
        let here = Here { cx, clients };
        send!(&here, Call::read("compute", "regions.get"), request).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::new(ErrorKind::Invalid, error.message().to_owned())
                .remedy("check provider.project and provider.region")
                .source(error),
            _ => error,
        })?;
        let (account, region) = (clients.project.clone(), clients.region.clone());
        Ok(known.insert(Scope { provider: "gcp".to_owned(), account, region }).clone())
    }

    async fn survey(&self, cx: &dyn Context, ask: &Ask<'_>) -> Result<Inventory> {
        survey::survey(cx, &self.clients, ask).await
    }

    async fn clusters(&self, cx: &dyn Context) -> Result<BTreeMap<ClusterName, Vec<String>>> {
        survey::clusters(cx, &self.clients).await
    }

    /// By filter and not by name, so that an unknown one is left out. Every zone that has a type has the same.
    async fn catalogue(&self, cx: &dyn Context, machine_types: &[MachineType]) -> Result<Catalogue> {
        let names: BTreeSet<&str> = machine_types.iter().map(MachineType::as_str).collect();
        if names.is_empty() {
            return Ok(Catalogue::default());
        }
        let zones = facts::machine_types(&Here { cx, clients: &self.clients }, &names).await?;
        let memory = zones.into_iter().flat_map(|(_, zone)| zone.machine_types).filter_map(|found| {
            let machine: MachineType = found.name?.parse().ok()?;
            Some((machine, Size::mib(u64::try_from(found.memory_mb?).ok()?)))
        });
        Ok(Catalogue::new(memory))
    }

    fn resources(
        &self,
        spec: &Spec,
        topology: &Topology,
        inventory: &Inventory,
        owner: &Owner,
    ) -> std::result::Result<Graph, Problems> {
        graph::resources(spec, topology, inventory, owner)
    }
}
