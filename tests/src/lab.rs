//! One account, one folder for journals, one engine: what a test plays in.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use castra_aws::{Aws, AwsProvider, Connection};
use castra_core::plan::Plan;
use castra_core::spec::{ClusterName, Spec};
use castra_core::{Address, Backend, Error, Inventory};
use castra_emulator::{Emulator, Listens, Options, Pace, Settings};
use castra_engine::clock::{Clock, SystemClock};
use castra_engine::engine::{Applied, Engine, Outcome, Request, Session};
use castra_engine::journal::LeaseOptions;
use castra_engine::store::StateUrl;
use tempfile::TempDir;

use crate::{Cloud, EmulatedClock, Trace, record};

/// The region of every test.
pub const REGION: &str = "eu-central-1";

/// The parameter that names the image.
const IMAGE: &str = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

/// In so much time the emulated cloud finishes whatever it has begun.
pub const SETTLED: Duration = Duration::from_secs(600);

/// The addresses, in a row with spaces between, of motos to play on instead of the emulator.
const MOTO: &str = "CASTRA_TEST_MOTO";

/// How much faster the engine's clock goes than the machine's on moto, which changes state at once: whatever is waited
/// for because AWS takes its time needs not be waited for as long.
const FASTER: f64 = 20.0;

/// What most tests start from: three primaries and five secondaries in a network of their own.
const SPEC: &str = r#"name = "camp"

[provider]
name = "aws"
region = "REGION"
image = { ssm_parameter = "IMAGE" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "m7i.xlarge"

[secondaries]
count = 5
machine_type = "m7i.xlarge"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "CERTIFICATE"

[tags]
team = "platform"
"#;

/// The cloud's id of each resource of a cluster.
pub type Ids = BTreeMap<String, String>;

/// An account of its own: on an emulator of its own in this process, whose clock jumps so that nobody waits, or on a
/// moto that many tests share without seeing one another.
pub struct Lab {
    /// The cloud's address.
    pub endpoint: String,
    /// The account's number.
    pub account: String,
    /// The account by the SDK's own clients.
    pub cloud: Cloud,
    /// What does the work.
    pub engine: Engine,
    /// The ARN of a certificate that the account has.
    pub certificate: String,
    clock: Arc<dyn Clock>,
    emulator: Option<Emulator>,
    state: StateUrl,
    folder: TempDir,
}

impl Lab {
    /// A new account with a certificate in it: on moto where `CASTRA_TEST_MOTO` says where some are, else emulated as
    /// AWS is, eventually consistent, with machines on which everything listens as soon as they run.
    ///
    /// # Errors
    /// When moto doesn't answer, or no emulator can be started.
    pub async fn open() -> Result<Self> {
        Self::behaving(Settings::default()).await
    }

    /// As [`Lab::open`], but what was written can be read at once: for tests that count calls, or that use the cloud
    /// behind Castra's back and would have to wait for it themselves.
    ///
    /// # Errors
    /// As [`Lab::open`].
    pub async fn calm() -> Result<Self> {
        Self::behaving(Settings::calm()).await
    }

    /// A new account on moto, or nothing, with the reason said, where there is none.
    ///
    /// # Errors
    /// When moto doesn't answer.
    #[expect(clippy::print_stderr, reason = "a test that doesn't run says why")]
    pub async fn moto() -> Result<Option<Self>> {
        static TURN: AtomicUsize = AtomicUsize::new(0);
        let Ok(listed) = std::env::var(MOTO) else {
            eprintln!("skipped: {MOTO} is not set; `cargo xtask test` starts moto and sets it");
            return Ok(None);
        };
        let motos: Vec<&str> = listed.split_whitespace().collect();
        ensure!(!motos.is_empty(), "{MOTO} is set, and names no moto");
        let endpoint = motos[TURN.fetch_add(1, Ordering::Relaxed) % motos.len()];
        Self::at(endpoint.to_owned(), Arc::new(SystemClock::scaled(FASTER)), None).await.map(Some)
    }

    async fn behaving(settings: Settings) -> Result<Self> {
        if std::env::var_os(MOTO).is_some()
            && let Some(lab) = Self::moto().await?
        {
            return Ok(lab);
        }
        Self::emulated(settings).await
    }

    /// A new account that behaves so, but for the workload and the certificate, on an emulator of its own.
    ///
    /// # Errors
    /// When no emulator can be started.
    pub async fn emulated(mut settings: Settings) -> Result<Self> {
        settings.workload.listens = vec![Listens::default()];
        settings.issue_unvalidated_certificates = true;
        // Room for a hundred machines, and for a second cluster.
        settings.compute_limits.standard_vcpus = 1000;
        settings.network_limits.addresses = 20;
        let mut options = Options::default();
        options.pace = Pace::Jumping;
        options.settings = settings;
        let emulator = Emulator::start(options)?;
        let clock = EmulatedClock::of(&emulator);
        Self::at(emulator.endpoint(), Arc::new(clock), Some(emulator)).await
    }

    async fn at(endpoint: String, clock: Arc<dyn Clock>, emulator: Option<Emulator>) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let account = format!("2{:07}{:04}", std::process::id() % 10_000_000, NEXT.fetch_add(1, Ordering::Relaxed));
        let cloud = Cloud::emulated(&endpoint, REGION, &account).await;
        let asked = cloud.acm.request_certificate().domain_name("camp.example.com").send().await?;
        let certificate = asked.certificate_arn().context("the certificate has an ARN")?.to_owned();
        if emulator.is_some() {
            // Until it is issued.
            clock.sleep(SETTLED).await;
        }
        let folder = tempfile::Builder::new().prefix("castra-tests-").tempdir()?;
        let connection = Connection::new(REGION).endpoint(&endpoint).credentials(&account, "unused", None);
        // In memory: a disk takes its time, of which a clock that jumps knows nothing.
        let state = StateUrl::memory();
        let aws = Arc::new(Aws::through(&connection).await);
        let engine = engine(aws, &clock, emulator.is_some(), state.clone());
        Ok(Self { endpoint, account, cloud, engine, certificate, clock, emulator, state, folder })
    }

    /// The emulator; none on moto.
    pub fn emulator(&self) -> Option<&Emulator> {
        self.emulator.as_ref()
    }

    /// The time that cloud and engine go by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Whether [`Lab::open`] plays on a moto.
    pub fn is_moto() -> bool {
        std::env::var_os(MOTO).is_some()
    }

    /// The backend of another process, in a region.
    pub async fn aws(&self, region: &str) -> Aws {
        Aws::through(&Connection::new(region).endpoint(&self.endpoint).credentials(&self.account, "unused", None)).await
    }

    /// An engine of another process.
    pub fn engine_with(&self, backend: Arc<dyn Backend>, state: StateUrl) -> Engine {
        engine(backend, &self.clock, self.emulator.is_some(), state)
    }

    /// Another engine on the same account and the same journals, by another address and other credentials.
    pub async fn engine_by(&self, endpoint: &str, secret: &str, token: Option<String>) -> Engine {
        let connection = Connection::new(REGION).endpoint(endpoint).credentials(&self.account, secret, token);
        self.engine_with(Arc::new(Aws::through(&connection).await), self.state.clone())
    }

    /// Another engine on the same account, that keeps its journals there.
    pub async fn engine_at(&self, state: StateUrl) -> Engine {
        self.engine_with(Arc::new(self.aws(REGION).await), state)
    }

    /// From now on what was written can be read at once: for what is done behind Castra's back, by clients that would have
    /// to wait for it themselves.
    pub fn calm_down(&self) {
        if let Some(emulator) = &self.emulator {
            let mut settings = emulator.settings(&self.account);
            settings.consistency = Settings::calm().consistency;
            emulator.set_settings(&self.account, settings);
        }
    }

    /// Lets time pass in which the cloud finishes what takes it long: that a deleted gateway is gone, that a machine is
    /// found healthy. On moto nothing takes time.
    pub async fn settle(&self) {
        if self.emulator.is_some() {
            self.clock.sleep(SETTLED).await;
        }
    }

    /// Where the journals are.
    pub fn state(&self) -> &StateUrl {
        &self.state
    }

    /// Keeps journals elsewhere from now on.
    pub async fn keep_journals(&mut self, state: StateUrl) {
        self.engine = self.engine_at(state.clone()).await;
        self.state = state;
    }

    /// A folder of the test's own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The spec file's text, with passages replaced, each of which must be there.
    ///
    /// # Errors
    /// When one isn't.
    pub fn text(&self, edits: &[(&str, &str)]) -> Result<String> {
        reference(&self.certificate, edits)
    }

    /// The spec, with passages of its text replaced.
    ///
    /// # Errors
    /// When a passage isn't there, or the text isn't a spec.
    pub fn spec(&self, edits: &[(&str, &str)]) -> Result<Spec> {
        let text = self.text(edits)?;
        Spec::parse(&text, &[&AwsProvider]).map_err(|problems| anyhow::anyhow!("{problems}\n{text}"))
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
    pub async fn plan(&self, spec: &Spec) -> Result<(Plan, Trace)> {
        let (plan, trace) = record(async |session| self.engine.plan(Request::Apply(spec), session).await).await;
        Ok((plan?, trace))
    }

    /// Applies, to the end.
    ///
    /// # Errors
    /// As [`Engine::apply`], and when it didn't end well.
    pub async fn apply(&self, spec: &Spec) -> Result<(Applied, Trace)> {
        let (applied, trace) =
            record(async |session| self.engine.apply(Request::Apply(spec), None, session).await).await;
        Ok((complete(applied?)?, trace))
    }

    /// Applies, or destroys, what can't be done, and returns how it failed.
    ///
    /// # Errors
    /// As [`Engine::apply`], and when it ended well.
    pub async fn failing(&self, request: Request<'_>) -> Result<(Vec<Error>, Trace)> {
        let (applied, trace) = record(async |session| self.engine.apply(request, None, session).await).await;
        match applied?.outcome {
            Outcome::Failed(errors) => Ok((errors, trace)),
            other => bail!("the run ended {}", other.name()),
        }
    }

    /// Changes how the emulated account behaves, from now on.
    ///
    /// # Errors
    /// On moto.
    pub fn behave<T>(&self, change: impl FnOnce(&mut Settings) -> T) -> Result<()> {
        let emulator = self.emulator().context("on an emulator")?;
        let mut settings = emulator.settings(&self.account);
        change(&mut settings);
        emulator.set_settings(&self.account, settings);
        Ok(())
    }

    /// Destroys by name, to the end.
    ///
    /// # Errors
    /// As [`Engine::apply`], and when it didn't end well.
    pub async fn destroy(&self) -> Result<(Applied, Trace)> {
        let name = self.name()?;
        let (applied, trace) =
            record(async |session| self.engine.apply(Request::Destroy(&name), None, session).await).await;
        Ok((complete(applied?)?, trace))
    }

    /// Looks.
    ///
    /// # Errors
    /// As [`Engine::status`].
    pub async fn status(&self, spec: Option<&Spec>) -> Result<Inventory> {
        Ok(self.engine.status(&self.name()?, spec, &Session::default()).await?)
    }

    /// The cloud's ids, by address.
    ///
    /// # Errors
    /// As [`Engine::status`].
    pub async fn ids(&self) -> Result<Ids> {
        let inventory = self.status(None).await?;
        Ok(inventory.items.iter().map(|item| (item.address.to_string(), item.id.clone())).collect())
    }

    /// An error that shows the plan unless nothing is to be done.
    ///
    /// # Errors
    /// That one, and as [`Engine::plan`].
    pub async fn settled(&self, spec: &Spec) -> Result<()> {
        let (plan, _) = self.plan(spec).await?;
        ensure!(plan.is_empty(), "something is to be done:\n{}", plan.to_text());
        Ok(())
    }

    /// The live value of a field.
    ///
    /// # Errors
    /// When there is no such object.
    pub async fn live(&self, address: &str, field: &str) -> Result<serde_json::Value> {
        let address: Address = address.parse()?;
        let inventory = self.status(None).await?;
        let item = inventory.get(&address).with_context(|| format!("there is no {address}"))?;
        Ok(item.fields[field].clone())
    }
}

/// The text of the reference cluster's spec, with passages replaced, each of which must be there.
pub(crate) fn reference(certificate: &str, edits: &[(&str, &str)]) -> Result<String> {
    let mut text = SPEC.replace("REGION", REGION).replace("IMAGE", IMAGE).replace("CERTIFICATE", certificate);
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

/// An engine by this clock, which is the cloud's own or else goes faster than the lease's holder can.
fn engine(backend: Arc<dyn Backend>, clock: &Arc<dyn Clock>, emulated: bool, state: StateUrl) -> Engine {
    let engine = Engine::new(backend, state).with_clock(Arc::clone(clock));
    if emulated {
        return engine;
    }
    // On a clock that is only faster, the lease is held for a minute of real time, as usual.
    let mut lease = LeaseOptions::default();
    lease.ttl = Duration::from_secs(60).mul_f64(FASTER);
    lease.call_timeout = Duration::from_secs(30).mul_f64(FASTER);
    engine.with_lease(lease)
}
