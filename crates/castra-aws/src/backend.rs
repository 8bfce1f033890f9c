//! The backend: a handle that can only look and one that can write.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Filter, InstanceTypeInfo};
use castra_core::backend::Ask;
use castra_core::inventory::Scope;
use castra_core::spec::{ClusterName, MachineType, Problems, Size, Spec};
use castra_core::topology::Topology;
use castra_core::{
    Actuator, Backend, Call, Capabilities, Catalogue, Context, Error, ErrorKind, Graph, Inventory, Kind, Observer,
    Owner, Result,
};

use futures::future::try_join;
use futures::lock::Mutex;

use crate::call::send;
use crate::client::{Clients, Connection};
use crate::kinds::Anchor;
use crate::{graph, survey};

/// How AWS behaves.
///
/// EC2's guide on eventual consistency asks for patience "up to five minutes" and gives no bound; what Terraform and
/// others see in practice is seconds. Half a minute is only how long absence must last before an object whose
/// creation may have happened is made again.
static CAPABILITIES: Capabilities = Capabilities::new(
    Duration::from_secs(30),
    <Anchor as Kind>::KIND,
    &[
        // EC2 developer guide, "Request throttling for the Amazon EC2 API": each action has a bucket of its own, of 100
        // tokens and 20 a second for reads, 50 and 5 for most writes. A run spreads over some fifty actions and calls
        // none of them more than a dozen times, so what the service takes at once is several of those buckets.
        ("ec2", 50.0, 200.0),
        // Elastic Load Balancing user guide, "Request throttling": per action 40 tokens and 10 a second for reads, 40
        // and 3 for writes. A run spreads over twenty actions.
        ("elasticloadbalancing", 20.0, 80.0),
        // AWS General Reference, "AWS Systems Manager endpoints and quotas": 40 a second for reading parameters, 3 for
        // writing them.
        ("ssm", 3.0, 10.0),
        // No limits are published for these; the engine slows down when it is told to.
        ("autoscaling", 10.0, 20.0),
        ("iam", 10.0, 20.0),
        ("sts", 10.0, 20.0),
        ("acm", 5.0, 10.0),
        // Route 53 developer guide, "Quotas": five requests a second for an account.
        ("route53", 5.0, 5.0),
    ],
);

/// Clusters on AWS, in one region of the account that the environment's credentials lead to.
#[derive(Debug)]
pub struct Aws {
    observer: Looking,
    writing: Clients,
}

/// The handle that can only look: its clients refuse every operation that isn't on the list of reads.
#[derive(Debug)]
struct Looking {
    clients: Clients,
    scope: Mutex<Option<Scope>>,
}

impl Aws {
    /// Connects to a region with the SDK's own configuration: its credential chain, and `AWS_ENDPOINT_URL`. Nothing is
    /// called yet.
    ///
    /// ```no_run
    /// # async fn example() {
    /// use castra_core::Backend as _;
    ///
    /// let aws = castra_aws::Aws::connect("eu-central-1").await;
    /// assert_eq!(aws.name(), "aws");
    /// # }
    /// ```
    pub async fn connect(region: &str) -> Self {
        Self::through(&Connection::new(region)).await
    }

    /// Connects in a way of its own, such as to an emulator's endpoint. Nothing is called yet.
    pub async fn through(connection: &Connection) -> Self {
        let config = connection.configure().await;
        Self {
            observer: Looking { clients: Clients::new(&config, true), scope: Mutex::new(None) },
            writing: Clients::new(&config, false),
        }
    }
}

impl Backend for Aws {
    fn name(&self) -> &'static str {
        "aws"
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

#[async_trait]
impl Observer for Looking {
    /// Credentials lead to one account for as long as the connection lives, so it is asked once.
    async fn scope(&self, cx: &dyn Context) -> Result<Scope> {
        // Held over the call, so that two who ask at once make one.
        let mut known = self.scope.lock().await;
        if let Some(scope) = known.as_ref() {
            return Ok(scope.clone());
        }
        let request = self.clients.sts.get_caller_identity();
        let answer = send!(cx, Call::read("sts", "GetCallerIdentity"), request)?;
        let account = answer
            .account()
            .ok_or_else(|| Error::new(ErrorKind::Unexpected, "GetCallerIdentity answered without an account"))?;
        let scope =
            Scope { provider: "aws".to_owned(), account: account.to_owned(), region: self.clients.region.clone() };
        Ok(known.insert(scope).clone())
    }

    async fn survey(&self, cx: &dyn Context, ask: &Ask<'_>) -> Result<Inventory> {
        // Where we are is only written down; nothing that is looked for depends on it.
        let (scope, mut inventory) = try_join(self.scope(cx), survey::survey(cx, &self.clients, ask)).await?;
        inventory.scope = scope;
        Ok(inventory)
    }

    async fn clusters(&self, cx: &dyn Context) -> Result<BTreeMap<ClusterName, Vec<String>>> {
        survey::clusters(cx, &self.clients).await
    }

    async fn catalogue(&self, cx: &dyn Context, machine_types: &[MachineType]) -> Result<Catalogue> {
        let names: BTreeSet<String> = machine_types.iter().map(ToString::to_string).collect();
        let types = describe_types(cx, &self.clients, names).await?;
        let memory = types.iter().filter_map(|info| {
            let machine: MachineType = info.instance_type()?.as_str().parse().ok()?;
            let mib = u64::try_from(info.memory_info()?.size_in_mib()?).ok()?;
            Some((machine, Size::mib(mib)))
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

/// What EC2 says about machine types. By filter and not by name, so that an unknown one is left out.
pub(crate) async fn describe_types(
    cx: &dyn Context,
    clients: &Clients,
    names: BTreeSet<String>,
) -> Result<Vec<InstanceTypeInfo>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Filter::builder().name("instance-type").set_values(Some(names.into_iter().collect())).build();
    let (mut types, mut next) = (Vec::new(), None);
    loop {
        let request = clients.ec2.describe_instance_types().filters(wanted.clone()).set_next_token(next);
        let answer = send!(cx, Call::read("ec2", "DescribeInstanceTypes"), request)?;
        types.extend(answer.instance_types.unwrap_or_default());
        next = answer.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(types);
        }
    }
}
