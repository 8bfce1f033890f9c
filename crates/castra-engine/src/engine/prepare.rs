//! From a request to a plan. Everything here has an observer at most.

use std::collections::BTreeSet;
use std::time::Duration;

use castra_core::plan::Plan;
use castra_core::resource::Owner;
use castra_core::spec::{Pool, Problem, Problems, Spec};
use castra_core::topology::Topology;
use castra_core::{Address, Catalogue, Context, Error, Event, Graph, Inventory, Observer, Result};
use futures::future::try_join;

use super::clusters::left_behind;
use super::identity::identify;
use super::{Engine, OnFailure, Request, undo};
use crate::journal::History;
use crate::planner::{self, Question};

/// How long to wait for what doesn't show yet.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What was seen.
pub(super) struct Looked {
    pub(super) inventory: Inventory,
    catalogue: Catalogue,
}

impl Looked {
    /// An inventory that was seen, where no machine type matters.
    pub(super) fn without_catalogue(inventory: Inventory) -> Self {
        Self { inventory, catalogue: Catalogue::default() }
    }
}

/// A plan with all that a run of it needs.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) graph: Graph,
    pub(super) inventory: Inventory,
    pub(super) owner: Owner,
    /// What it changes, as that was, when it is to be undone on failure.
    pub(super) before: Option<Graph>,
}

/// Looks at the cloud: the cluster and the machine types at once.
pub(super) async fn look(observer: &dyn Observer, cx: &dyn Context, request: Request<'_>) -> Result<Looked> {
    cx.emit(Event::Surveying { cluster: request.cluster().to_string() });
    let ask = request.ask();
    let catalogue = async {
        match request.spec() {
            // Only a count that follows from the work to carry needs the machines' memory.
            Some(spec) if matches!(spec.secondaries.pool, Pool::ForCapacity(_)) => {
                let types = [spec.primaries.machine_type.clone(), spec.secondaries.machine_type.clone()];
                observer.catalogue(cx, &types).await
            }
            _ => Ok(Catalogue::default()),
        }
    };
    let (inventory, catalogue) = try_join(observer.survey(cx, &ask), catalogue).await?;
    Ok(Looked { inventory, catalogue })
}

/// Looks again until everything shows that the journal knows to have been made of late: a survey within the cloud's
/// visibility window may miss an object and see those that use it, from which no plan can be made. What doesn't show
/// when its window is over is gone.
pub(super) async fn settle(
    engine: &Engine,
    cx: &dyn Context,
    request: Request<'_>,
    history: &History,
    mut looked: Looked,
) -> Result<Looked> {
    loop {
        let now = cx.now();
        let shows = |address: &Address| looked.inventory.items.iter().any(|item| item.address == *address);
        let fresh = history.fresh(now, engine.backend.capabilities().visibility_window);
        let missing: Vec<String> = fresh.filter(|address| !shows(address)).map(Address::to_string).collect();
        if missing.is_empty() {
            return Ok(looked);
        }
        let what = "what was made a moment ago to show".to_owned();
        cx.emit(Event::Waiting { address: None, what, observed: format!("no {} yet", missing.join(", no ")) });
        cx.sleep(LOOK_AGAIN).await?;
        looked = look(engine.backend.observer(), cx, request).await?;
    }
}

/// Makes the plan from what was seen.
pub(super) fn prepare(
    engine: &Engine,
    request: Request<'_>,
    looked: Looked,
    history: &History,
    expected: Option<&Plan>,
    on_failure: OnFailure,
) -> Result<Prepared> {
    let Looked { mut inventory, catalogue } = looked;
    let cluster = request.cluster();
    let anchor = engine.backend.capabilities().anchor;
    let (uid, note) = match request {
        Request::Sweep { uid, .. } => {
            inventory = left_behind(inventory, cluster, uid, anchor)?;
            (uid, None)
        }
        _ => identify(cluster, &inventory, history.uid, expected.map(|plan| plan.uid))?,
    };
    inventory.notes.extend(note);
    inventory.notes.extend(history.notes.iter().cloned());
    let tags = request.spec().map(|spec| spec.tags.clone()).unwrap_or_default();
    let owner = Owner { cluster: cluster.clone(), uid, tags };
    let graph = match request {
        Request::Apply(spec) => expand(engine, spec, &catalogue, &inventory, &owner)?,
        Request::Destroy(_) | Request::Sweep { .. } => Graph::new(),
    };
    let plan = planner::plan(&Question {
        cluster,
        uid,
        purpose: request.purpose(),
        graph: &graph,
        inventory: &inventory,
        made: &BTreeSet::new(),
        anchor,
    })?;
    let before = match on_failure {
        OnFailure::Keep => None,
        OnFailure::Undo => Some(undo::before(&plan, &graph, &inventory)?),
    };
    Ok(Prepared { plan, graph, inventory, owner, before })
}

fn expand(engine: &Engine, spec: &Spec, catalogue: &Catalogue, inventory: &Inventory, owner: &Owner) -> Result<Graph> {
    let mut problems = inventory.problems.clone();
    let size = spec
        .pool_size(|machine| catalogue.memory.get(machine).copied())
        .map_err(|error| problems.push(Problem::from(error)));
    let (Ok(size), true) = (size, problems.is_empty()) else { return Err(Problems(problems).into()) };
    let topology = Topology::expand(spec, size);
    engine.backend.observer().resources(spec, &topology, inventory, owner).map_err(Error::from)
}
