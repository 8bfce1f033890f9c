//! Running a plan: every step as soon as what it needs is there, as many at once as the limits allow.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use castra_core::context::{Attempt, ContextExt as _, elapsed};
use castra_core::plan::{Plan, Purpose};
use castra_core::resource::{AnyOutput, Settle, StepContext};
use castra_core::{
    Action, Address, Call, Context, Error, ErrorKind, Event, Graph, Inventory, Item, Result, Seen, Step, Wait,
};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::Timestamp;

use crate::cancel::Cancel;
use crate::journal::{Entry, History, Journal};

/// How long a deletion is tried while something still uses the object.
const IN_USE_DEADLINE: Duration = Duration::from_secs(900);
/// How often.
const IN_USE_EVERY: Duration = Duration::from_secs(5);

/// What a run has to work with.
pub(crate) struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) graph: &'a Graph,
    pub(crate) inventory: &'a Inventory,
    pub(crate) history: &'a History,
    pub(crate) journal: &'a Journal,
    pub(crate) step: StepContext<'a>,
    pub(crate) cancel: &'a Cancel,
}

/// What became of the steps.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) done: usize,
    pub(crate) skipped: usize,
    pub(crate) errors: Vec<Error>,
    pub(crate) interrupted: bool,
    /// When a creation last ended, however it did.
    pub(crate) last_creation: Option<Timestamp>,
    states: Vec<State>,
}

impl Tally {
    /// Whether the step with that index was begun.
    pub(crate) fn began(&self, index: usize) -> bool {
        self.states.get(index).is_some_and(|state| *state != State::Waiting)
    }

    /// Whether it was done.
    pub(crate) fn is_done(&self, index: usize) -> bool {
        self.states.get(index) == Some(&State::Done)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    /// The object exists: what refers to it may begin.
    Made,
    /// It is in service, or gone: deletions that wait for it may begin.
    Done,
    Failed,
}

/// What a step's future ends with: first that the object is made, then that it is in service.
enum Progress {
    Made(usize, Timestamp, Result<Option<Arc<dyn AnyOutput>>>),
    Served(usize, Result<()>),
}

/// The run's context in the hands of one step: says whose a wait is.
struct Scoped<'a> {
    inner: &'a dyn Context,
    address: &'a Address,
}

#[async_trait]
impl Context for Scoped<'_> {
    async fn attempt<'a>(&'a self, call: &'a Call, attempt: Attempt<'a>) -> Result<()> {
        self.inner.attempt(call, attempt).await
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    async fn sleep(&self, duration: Duration) -> Result<()> {
        self.inner.sleep(duration).await
    }

    fn emit(&self, event: Event) {
        self.inner.emit(match event {
            Event::Waiting { address: None, what, observed } => {
                Event::Waiting { address: Some(self.address.clone()), what, observed }
            }
            event => event,
        });
    }
}

impl Run<'_> {
    /// Runs the plan to its end, its first failures or the first request to stop.
    ///
    /// After a failure what doesn't depend on the failed step goes on: a run that did what it could leaves less to
    /// the next one. After a request to stop nothing new begins and what is under way is finished.
    pub(crate) async fn execute(&self) -> Tally {
        let steps = &self.plan.steps;
        let mut states = vec![State::Waiting; steps.len()];
        let mut tally = Tally::default();
        let mut running: FuturesUnordered<BoxFuture<'_, Progress>> = FuturesUnordered::new();
        loop {
            if !self.cancel.is_graceful() {
                for index in startable(steps, &states) {
                    states[index] = State::Running;
                    running.push(Box::pin(self.make(index)));
                }
            }
            let Some(progress) = running.next().await else { break };
            if let Progress::Made(index, ..) = &progress
                && steps[*index].action == Action::Create
            {
                tally.last_creation = Some(self.step.cx.now());
            }
            match progress {
                Progress::Made(index, began, Ok(output)) => {
                    if let Some(output) = output
                        && steps[index].action != Action::Delete
                    {
                        states[index] = State::Made;
                        running.push(Box::pin(self.serve(index, began, output)));
                    } else {
                        states[index] = State::Done;
                        tally.done += 1;
                    }
                }
                Progress::Served(index, Ok(())) => {
                    states[index] = State::Done;
                    tally.done += 1;
                }
                Progress::Made(index, _, Err(error)) | Progress::Served(index, Err(error)) => {
                    states[index] = State::Failed;
                    self.failed(&steps[index], error, &mut tally);
                }
            }
        }
        for (step, state) in steps.iter().zip(&states) {
            if *state == State::Waiting {
                tally.skipped += 1;
                self.step.cx.emit(Event::StepSkipped { address: step.address.clone(), action: step.action });
            }
        }
        tally.interrupted |= self.cancel.is_graceful() && tally.skipped > 0;
        tally.states = states;
        tally
    }

    fn failed(&self, step: &Step, error: Error, tally: &mut Tally) {
        if error.kind() == ErrorKind::Interrupted {
            tally.interrupted = true;
            return;
        }
        let error = error.resource(&step.address).step(format!("{} {}", step.action, step.address));
        self.step.cx.emit(Event::StepFailed {
            address: step.address.clone(),
            action: step.action,
            error: error.to_string(),
        });
        tally.errors.push(error);
    }

    /// The first half of a step: until the object exists, is changed, or is gone.
    async fn make(&self, index: usize) -> Progress {
        let step = &self.plan.steps[index];
        let began = self.step.cx.now();
        self.step.cx.emit(Event::StepStarted { address: step.address.clone(), action: step.action });
        let made = self.act(step).await;
        // A step that makes something is done when that serves; a deletion is done now.
        if made.is_ok() && step.action == Action::Delete {
            self.done(step, None, began);
        }
        Progress::Made(index, began, made)
    }

    /// The second half: until the object is in service.
    async fn serve(&self, index: usize, began: Timestamp, output: Arc<dyn AnyOutput>) -> Progress {
        let step = &self.plan.steps[index];
        let Some(resource) = self.graph.get(&step.address) else { return Progress::Served(index, Ok(())) };
        let scoped = Scoped { inner: self.step.cx, address: &step.address };
        let served = resource.ready(&StepContext { cx: &scoped, ..self.step }, output.as_ref()).await;
        if served.is_ok() {
            self.done(step, Some(output.object_id().to_owned()), began);
        }
        Progress::Served(index, served)
    }

    fn done(&self, step: &Step, id: Option<String>, began: Timestamp) {
        let took = elapsed(began, self.step.cx.now());
        self.step.cx.emit(Event::StepDone { address: step.address.clone(), action: step.action, id, took });
    }

    async fn act(&self, step: &Step) -> Result<Option<Arc<dyn AnyOutput>>> {
        let item = step
            .id
            .as_ref()
            .and_then(|id| self.inventory.items.iter().find(|item| item.address == step.address && item.id == *id));
        if step.action == Action::Wait {
            return Ok(item.map(|item| Arc::clone(&item.output)));
        }
        let run = self.plan.hash.clone();
        let at = self.step.cx.now();
        self.journal.append(Entry::intent(&run, &step.address, step.action, intended(step), at)).await?;
        let scoped = Scoped { inner: self.step.cx, address: &step.address };
        let context = StepContext { cx: &scoped, ..self.step };
        let acted = match step.action {
            Action::Delete => self.delete(step, item, &context).await.map(|()| None),
            _ => self.ensure(step, item, &context).await.map(Some),
        };
        match &acted {
            Ok(output) => {
                let output = output.as_ref().map(|output| (output.object_id().to_owned(), output.to_json()));
                self.journal.note(Entry::done(&run, &step.address, step.action, output));
            }
            Err(error) => self.journal.note(Entry::failed(&run, &step.address, step.action, error)),
        }
        acted
    }

    async fn ensure(&self, step: &Step, item: Option<&Item>, context: &StepContext<'_>) -> Result<Arc<dyn AnyOutput>> {
        let resource = self
            .graph
            .get(&step.address)
            .ok_or_else(|| Error::new(ErrorKind::Unexpected, format!("{} is not in the graph", step.address)))?;
        let settle = self.history.intended_since(&step.address).map(|since| Settle { since, window: self.step.window });
        let output = resource.ensure(context, item, settle).await?;
        self.step.outputs.set(step.address.clone(), Arc::clone(&output));
        Ok(output)
    }

    /// Deletes an object, and goes on trying while something that is on its way out still uses it.
    async fn delete(&self, step: &Step, item: Option<&Item>, context: &StepContext<'_>) -> Result<()> {
        let item =
            item.ok_or_else(|| Error::new(ErrorKind::Unexpected, format!("{} is not in the inventory", step.address)))?;
        let wait = Wait::new(format!("{} to be no longer in use", item.id)).every(IN_USE_EVERY);
        context
            .cx
            .wait(&wait.deadline(IN_USE_DEADLINE), || async {
                match item.kind.delete(context, item).await {
                    Err(error) if error.kind() == ErrorKind::InUse => {
                        Ok(Seen::Hindered(error.remedy("remove what still uses it, then run again")))
                    }
                    // The run that is taken back has put the protection on.
                    Err(error) if error.kind() == ErrorKind::Protected && self.plan.purpose == Purpose::Undo => {
                        item.kind.unprotect(context, item).await?;
                        Ok(Seen::Hindered(error))
                    }
                    deleted => deleted.map(Seen::Done),
                }
            })
            .await?;
        // A replaced object's address is about to mean the new one; a duplicate's means the kept one.
        if self.step.outputs.id(&step.address).as_ref() == Some(&item.id) {
            self.step.outputs.remove(&step.address);
        }
        Ok(())
    }
}

/// The steps that can begin: a deletion when all before it is done, another when all before it is made.
fn startable(steps: &[Step], states: &[State]) -> Vec<usize> {
    let ready = |step: &Step| {
        step.after.iter().all(|&before| match states[before] {
            State::Done => true,
            State::Made => step.action != Action::Delete,
            _ => false,
        })
    };
    (0..steps.len()).filter(|&index| states[index] == State::Waiting && ready(&steps[index])).collect()
}

/// What the journal keeps of an intent: the planned fields, which hold no secret and no unresolved value but
/// references by address.
fn intended(step: &Step) -> serde_json::Value {
    serde_json::Value::Object(step.changes.iter().map(|change| (change.field.clone(), change.to.clone())).collect())
}
