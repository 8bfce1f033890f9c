//! One emulated project and one engine: what a test plays in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use castra_core::plan::Plan;
use castra_core::spec::{ClusterName, Spec};
use castra_core::{Address, Error, Inventory};
use castra_emulator::{Emulator, Listens, Options, Pace, gcp};
use castra_engine::clock::Clock;
use castra_engine::engine::{Applied, Engine, Outcome, Request, Session};
use castra_engine::store::StateUrl;
use castra_gcp::{Connection, Gcp, GcpProvider};
use serde_json::Value;

use super::{Cloud, certificate};
use crate::EmulatedClock;

/// The region of every test.
pub const REGION: &str = "europe-west1";

/// What tests start from.
const SPEC: &str = r#"name = "camp"

[provider]
name = "gcp"
project = "PROJECT"
region = "REGION"
image = { project = "ubuntu-os-cloud", family = "ubuntu-2404-lts-amd64" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "n2-standard-4"

[secondaries]
count = 5
machine_type = "n2-standard-4"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "projects/PROJECT/regions/REGION/sslCertificates/camp-example-com"

[tags]
team = "platform"
"#;

/// A project of its own on an emulator of its own.
pub struct Lab {
    /// The project's id.
    pub project: String,
    /// The emulator.
    pub emulator: Emulator,
    /// What does the work.
    pub engine: Engine,
    /// The project by requests of one's own.
    pub cloud: Cloud,
    /// The time that cloud and engine go by.
    pub clock: Arc<dyn Clock>,
    state: StateUrl,
}

impl Lab {
    /// A project that behaves as Google's do: things take their time, and lists come late.
    ///
    /// # Errors
    /// When no emulator can be started.
    pub async fn open() -> Result<Self> {
        Self::behaving(gcp::Settings::default()).await
    }

    /// As [`Lab::open`], but what was written can be read at once: for tests that use the cloud behind Castra's back.
    ///
    /// # Errors
    /// As [`Lab::open`].
    pub async fn calm() -> Result<Self> {
        Self::behaving(gcp::Settings::calm()).await
    }

    /// A project that behaves so, with whatever runs on its machines listening on every port.
    ///
    /// # Errors
    /// As [`Lab::open`].
    pub async fn behaving(mut settings: gcp::Settings) -> Result<Self> {
        settings.workload.listens = vec![Listens::default()];
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let project = format!("camp-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut options = Options::default();
        options.pace = Pace::Jumping;
        options.project_settings = settings;
        let emulator = Emulator::start(options)?;
        let clock: Arc<dyn Clock> = Arc::new(EmulatedClock::of(&emulator));
        let cloud = Cloud { project: project.clone(), address: emulator.address(), clock: Arc::clone(&clock) };
        cloud.bring_certificate(certificate::NAME).await?;
        let connection = Connection::new(&project, REGION).endpoint(emulator.endpoint());
        let gcp = Arc::new(Gcp::through(&connection).await?);
        // In memory: a disk takes its time, of which a clock that jumps knows nothing.
        let state = StateUrl::memory();
        let engine = Engine::new(gcp, state.clone()).with_clock(Arc::clone(&clock));
        Ok(Self { project, emulator, engine, cloud, clock, state })
    }

    /// The same project, as it is for someone who calls by that name.
    ///
    /// # Errors
    /// When there can be no client.
    pub async fn by(mut self, caller: &str) -> Result<Self> {
        let connection = Connection::new(&self.project, REGION).endpoint(self.emulator.endpoint()).token(caller);
        let gcp = Arc::new(Gcp::through(&connection).await?);
        self.engine = Engine::new(gcp, self.state.clone()).with_clock(Arc::clone(&self.clock));
        Ok(self)
    }

    /// The backend of another process, in a region.
    ///
    /// # Errors
    /// When there can be no client.
    pub async fn gcp(&self, region: &str) -> Result<Gcp> {
        Ok(Gcp::through(&Connection::new(&self.project, region).endpoint(self.emulator.endpoint())).await?)
    }

    /// Where the journals are.
    pub fn state(&self) -> &StateUrl {
        &self.state
    }

    /// The spec, with passages of its text replaced, each of which must be there.
    ///
    /// # Errors
    /// When a passage isn't there, or the text isn't a spec.
    pub fn spec(&self, edits: &[(&str, &str)]) -> Result<Spec> {
        let text = reference(&self.project, edits)?;
        Spec::parse(&text, &[&GcpProvider]).map_err(|problems| anyhow::anyhow!("{problems}\n{text}"))
    }

    /// The cluster's name.
    ///
    /// # Errors
    /// Never: it is a name.
    pub fn name(&self) -> Result<ClusterName> {
        Ok("camp".parse()?)
    }

    /// Plans.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    pub async fn plan(&self, spec: &Spec) -> Result<Plan> {
        Ok(self.engine.plan(Request::Apply(spec), &Session::default()).await?)
    }

    /// Applies, to the end.
    ///
    /// # Errors
    /// As [`Engine::apply`], and when it didn't end well.
    pub async fn apply(&self, spec: &Spec) -> Result<Applied> {
        complete(self.engine.apply(Request::Apply(spec), None, &Session::default()).await?)
    }

    /// Destroys by name, to the end.
    ///
    /// # Errors
    /// As [`Engine::apply`], and when it didn't end well.
    pub async fn destroy(&self) -> Result<Applied> {
        let name = self.name()?;
        complete(self.engine.apply(Request::Destroy(&name), None, &Session::default()).await?)
    }

    /// Applies what can't be done, and returns how it failed.
    ///
    /// # Errors
    /// As [`Engine::apply`], and when it ended well.
    pub async fn failing(&self, spec: &Spec) -> Result<Vec<Error>> {
        match self.engine.apply(Request::Apply(spec), None, &Session::default()).await?.outcome {
            Outcome::Failed(errors) => Ok(errors),
            other => bail!("the run ended {}", other.name()),
        }
    }

    /// An error that shows the plan unless nothing is to be done.
    ///
    /// # Errors
    /// That one, and as [`Engine::plan`].
    pub async fn settled(&self, spec: &Spec) -> Result<()> {
        let plan = self.plan(spec).await?;
        ensure!(plan.is_empty(), "something is to be done:\n{}", plan.to_text());
        Ok(())
    }

    /// A cluster that is applied, and its spec.
    ///
    /// # Errors
    /// As [`Lab::apply`] and [`Lab::settled`].
    pub async fn settled_cluster(&self) -> Result<Spec> {
        let spec = self.spec(&[])?;
        self.apply(&spec).await?;
        self.settled(&spec).await?;
        Ok(spec)
    }

    /// Looks.
    ///
    /// # Errors
    /// As [`Engine::status`].
    pub async fn status(&self, spec: Option<&Spec>) -> Result<Inventory> {
        Ok(self.engine.status(&self.name()?, spec, &Session::default()).await?)
    }

    /// The live value of a field.
    ///
    /// # Errors
    /// When there is no such object.
    pub async fn live(&self, address: &str, field: &str) -> Result<Value> {
        let address: Address = address.parse()?;
        let inventory = self.status(None).await?;
        let item = inventory.get(&address).with_context(|| format!("there is no {address}"))?;
        Ok(item.fields[field].clone())
    }

    /// From now on what was written can be read at once: for what is done behind Castra's back, which would have to wait
    /// for it itself.
    pub fn calm_down(&self) {
        let mut settings = self.emulator.project_settings(&self.project);
        settings.consistency = gcp::Settings::calm().consistency;
        self.emulator.set_project_settings(&self.project, settings);
    }

    /// The operations since the log was cleared that were for something that changes the project.
    pub fn changes(&self) -> Vec<String> {
        let changes = self.emulator.log(|entry| entry.subject.changing);
        changes.into_iter().map(|entry| entry.subject.operation).collect()
    }

    /// What the project has, by path, as the emulator tells: with nobody's client in between.
    pub fn objects(&self) -> Vec<String> {
        let mut objects: Vec<String> =
            self.emulator.objects(&self.project).iter().map(|object| format!("{object:?}")).collect();
        objects.sort();
        objects
    }
}

/// The text of the spec that tests start from, with passages replaced, each of which must be there.
pub(crate) fn reference(project: &str, edits: &[(&str, &str)]) -> Result<String> {
    let mut text = SPEC.replace("PROJECT", project).replace("REGION", REGION);
    for (from, to) in edits {
        ensure!(text.contains(from), "the spec has no {from:?} to replace");
        text = text.replacen(from, to, 1);
    }
    Ok(text)
}

/// An error unless a run did all it was asked for.
fn complete(applied: Applied) -> Result<Applied> {
    match &applied.outcome {
        Outcome::Complete => Ok(applied),
        Outcome::Failed(errors) => {
            let errors: Vec<String> = errors.iter().map(|error| format!("{error}\n{error:?}")).collect();
            bail!("{} steps failed:\n{}", errors.len(), errors.join("\n"))
        }
        other => bail!("the run ended {}", other.name()),
    }
}
