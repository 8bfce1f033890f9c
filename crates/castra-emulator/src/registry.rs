//! All accounts or projects of a cloud, each of which comes to be by being asked for.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::Clock;

/// What a cloud keeps for one customer, apart from all others: an account, a project. Cloning one is a snapshot.
pub(crate) trait Holding: Clone {
    /// What can be set for it.
    type Settings: Clone + Debug + Serialize + DeserializeOwned;

    /// A new one; the same seed and id give the same chance.
    fn new(id: &str, settings: Self::Settings, seed: u64, now: Timestamp) -> Self;

    /// Lets everything happen that is due by the clock's `now`, each thing at its own moment.
    fn advance(&mut self, now: Timestamp);

    /// When the next thing is due, on the clock.
    fn due(&self) -> Option<Timestamp>;

    /// How it behaves.
    fn settings(&self) -> &Self::Settings;

    /// Changes how it behaves, from now on.
    fn set(&mut self, settings: Self::Settings);
}

/// All that a cloud holds, by id.
#[derive(Debug)]
pub(crate) struct Registry<H: Holding> {
    clock: Clock,
    seed: u64,
    most: usize,
    /// What new ones start with.
    settings: H::Settings,
    holdings: RwLock<HashMap<String, Arc<Mutex<H>>>>,
}

impl<H: Holding> Registry<H> {
    /// One that takes as many as `most`.
    pub(crate) fn new(clock: Clock, seed: u64, most: usize, settings: H::Settings) -> Self {
        Self { clock, seed, most, settings, holdings: RwLock::default() }
    }

    /// The clock by which things happen in it.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether that id is known, or may come to be; if not, how many there may be.
    pub(crate) fn room_for(&self, id: &str) -> Result<(), usize> {
        let holdings = self.holdings.read().unwrap_or_else(PoisonError::into_inner);
        if holdings.contains_key(id) || holdings.len() < self.most { Ok(()) } else { Err(self.most) }
    }

    /// The ids that have been asked for, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.holdings.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        ids.sort_unstable();
        ids
    }

    /// Forgets what is of that id; who asks for it next finds it new.
    pub(crate) fn forget(&self, id: &str) {
        self.holdings.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Looks into what is of that id, or changes it, with everything done that is due by now.
    pub(crate) fn with<R>(&self, id: &str, look: impl FnOnce(&mut H) -> R) -> R {
        let holding = self.holding(id);
        let mut holding = lock(&holding);
        holding.advance(self.clock.now());
        look(&mut holding)
    }

    /// When the next thing is due in any of them.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let holdings: Vec<_> = self.holdings.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        holdings.iter().filter_map(|holding| lock(holding).due()).min()
    }

    /// How what is of that id behaves.
    pub(crate) fn settings(&self, id: &str) -> H::Settings {
        self.with(id, |holding| holding.settings().clone())
    }

    /// Changes how what is of that id behaves, from now on.
    pub(crate) fn set(&self, id: &str, settings: H::Settings) {
        self.with(id, |holding| holding.set(settings));
    }

    fn holding(&self, id: &str) -> Arc<Mutex<H>> {
        let known = self.holdings.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        known.unwrap_or_else(|| {
            let mut holdings = self.holdings.write().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(Mutex::new(H::new(id, self.settings.clone(), self.seed, self.clock.now())));
            Arc::clone(holdings.entry(id.to_owned()).or_insert_with(new))
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
