//! From a request to a plan. Everything here has an observer at most.

use std::collections::BTreeSet;
use std::time::Duration;

use castra_core::context::elapsed;
use castra_core::plan::Plan;
use castra_core::resource::Owner;
use castra_core::spec::{MachineType, Pool, Problem, Problems, Size, Spec};
use castra_core::topology::Topology;
use castra_core::{Action, Address, Catalogue, Context, Error, Event, Graph, Inventory, Observer, Ownership, Result};
use futures::future::try_join;
use jiff::Timestamp;

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

/// What a plan is made from beside what is seen.
pub(super) struct Preparation<'a> {
    pub(super) engine: &'a Engine,
    pub(super) request: Request<'a>,
    pub(super) history: &'a History,
    pub(super) expected: Option<&'a Plan>,
    pub(super) on_failure: OnFailure,
}

impl Preparation<'_> {
    /// Makes the plan, from later looks as long as what the journal knows to have been made of late shows otherwise
    /// than it is: within the cloud's windows a survey may miss an object and see those that use it, see it without its
    /// tags, or see what a field was before. What is so when the window is over is so.
    pub(super) async fn settled(&self, cx: &dyn Context, mut looked: Looked) -> Result<Prepared> {
        let capabilities = self.engine.backend.capabilities();
        loop {
            let now = cx.now();
            let mut late = looked.late(self.history, now, capabilities.visibility_window);
            if late.is_empty() {
                let prepared = self.plan(looked)?;
                late = differing(&prepared.plan, self.history, now, capabilities.staleness_window);
                if late.is_empty() {
                    return Ok(prepared);
                }
            }
            let what = "what was made a moment ago to show as it is".to_owned();
            cx.emit(Event::Waiting { address: None, what, observed: format!("not yet: {}", late.join(", ")) });
            cx.sleep(LOOK_AGAIN).await?;
            looked = look(self.engine.backend.observer(), cx, self.request).await?;
        }
    }

    /// Makes the plan from what was seen.
    pub(super) fn plan(&self, looked: Looked) -> Result<Prepared> {
        let Self { engine, request, history, expected, on_failure } = *self;
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
        inventory.notes.extend(request.spec().into_iter().flat_map(|spec| sized(spec, &catalogue)));
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
}

impl Looked {
    /// What was made less than `window` ago and doesn't show, or may have been made then and shows as a stranger's.
    fn late(&self, history: &History, now: Timestamp, window: Duration) -> Vec<String> {
        let items = &self.inventory.items;
        let shows = |address: &Address| items.iter().any(|item| item.address == *address);
        let foreign = |address: &Address| {
            let mut foreign = items.iter().filter(|item| matches!(item.ownership, Ownership::Foreign(_)));
            foreign.any(|item| item.address == *address)
        };
        let made = history.fresh(now, window);
        let missing = made.filter(|address| !shows(address) || foreign(address));
        let open = history.open.iter().map(|intent| &intent.address).filter(|address| {
            history.intended_since(address).is_some_and(|since| elapsed(since, now) < window) && foreign(address)
        });
        missing.chain(open).map(Address::to_string).collect()
    }
}

/// What was made less than `window` ago and would be made again or changed.
fn differing(plan: &Plan, history: &History, now: Timestamp, window: Duration) -> Vec<String> {
    let changed = |address: &&Address| {
        let mut steps = plan.steps.iter().filter(|step| step.address == **address);
        steps.any(|step| matches!(step.action, Action::Create | Action::Update))
    };
    history.fresh(now, window).filter(changed).map(Address::to_string).collect()
}

/// By which memory of its machines the pool is sized, where that follows from the work to carry: the cloud's catalogue
/// counts, whatever the spec says.
fn sized(spec: &Spec, catalogue: &Catalogue) -> Vec<String> {
    if !matches!(spec.secondaries.pool, Pool::ForCapacity(_)) {
        return Vec::new();
    }
    let (primaries, secondaries) = (&spec.primaries, &spec.secondaries);
    let machines = [
        ("primaries", &primaries.machine_type, primaries.memory),
        ("secondaries", &secondaries.machine_type, secondaries.memory),
    ];
    let note = |(path, machine, stated): (&str, &MachineType, Option<Size>)| {
        let memory = catalogue.memory.get(machine)?;
        let counts = format!("{path}: sized by the {memory} of memory that the cloud says {machine} has");
        Some(match stated.filter(|stated| stated != memory) {
            Some(stated) => format!("{counts}, and not by the {stated} of {path}.memory"),
            None => counts,
        })
    };
    machines.into_iter().filter_map(note).collect()
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
