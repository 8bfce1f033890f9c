//! The trials as a test suite.

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use futures::future::LocalBoxFuture;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::play::Play;
use crate::stage::Subject;
use crate::trials;

/// A promise and the trial that checks it.
pub struct Promise {
    /// The trial's name, which is that of its function.
    pub name: &'static str,
    /// The *Behaviour* bullets that it checks, in their own words.
    pub bullets: &'static [&'static str],
    pub(crate) run: for<'a> fn(&'a Play) -> LocalBoxFuture<'a, Result<()>>,
}

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The promise is kept.
    Kept,
    /// It is not, or can't be told; with what was seen.
    Broken(String),
    /// It wasn't tried, and why.
    Ignored(String),
}

/// What a stage can't do and a trial needs.
#[derive(Debug)]
pub(crate) struct Lacks(pub(crate) &'static str);

impl fmt::Display for Lacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the stage has no {}", self.0)
    }
}

impl std::error::Error for Lacks {}

/// Every promise, in the order of the traits.
pub fn promises() -> &'static [Promise] {
    trials::PROMISES
}

/// Tries one promise on a subject, on a runtime of its own.
pub fn run(subject: &dyn Subject, promise: &Promise) -> Verdict {
    if let Some((_, reason)) = subject.lacks().iter().find(|(name, _)| *name == promise.name) {
        return Verdict::Ignored((*reason).to_owned());
    }
    match tried(subject, promise) {
        Ok(()) => Verdict::Kept,
        Err(error) => match error.downcast_ref::<Lacks>() {
            Some(lacks) => Verdict::Ignored(lacks.to_string()),
            None => Verdict::Broken(format!("{error:#}")),
        },
    }
}

/// The stack of a trial's thread: unoptimised futures of whole runs, one in the other, are large.
const STACK: usize = 16 << 20;

fn tried(subject: &dyn Subject, promise: &Promise) -> Result<()> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || played(subject, promise))?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn played(subject: &dyn Subject, promise: &Promise) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let play = Play::on(subject.stage().await.context("setting the stage")?);
        let tried = (promise.run)(&play).await;
        let cleared = play.clear().await.context("destroying what the trial left");
        tried.and(cleared)
    })
}

/// Runs the suite as a test binary: one trial for each promise, with the arguments of `libtest`.
pub fn main(subject: impl Subject) -> ExitCode {
    let subject: Arc<dyn Subject> = Arc::new(subject);
    let trials = promises().iter().map(|promise| {
        let subject = Arc::clone(&subject);
        Trial::ignorable_test(promise.name, move || match run(subject.as_ref(), promise) {
            Verdict::Kept => Ok(Completion::Completed),
            Verdict::Ignored(reason) => Ok(Completion::ignored_with(reason)),
            Verdict::Broken(what) => Err(Failed::from(what)),
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
