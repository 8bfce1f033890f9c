//! A store that does what stores do on bad days.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use castra_core::ErrorKind;

use super::*;
use crate::store::Slots;

/// What happens to one creation, and to the reading after it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// It is written and the answer lost.
    AnswerLost,
    /// The request is lost.
    RequestLost,
    /// It is written, the answer lost, and a retry below us says that it exists.
    TakenByOurselves,
    /// A conflict: it is said to exist, and nothing is written.
    TakenByNobody,
    /// A part of it is written, and the answer lost. In a hundredths.
    Torn(usize),
    /// It is written, the answer lost, and so is the answer to the next reading.
    Blind,
    /// The store refuses.
    Denied,
}

pub(super) struct Faulty {
    inner: Store,
    faults: Mutex<VecDeque<Fault>>,
    blind: Mutex<bool>,
}

/// A store that has these faults, one with each creation, and then none.
pub(super) fn faulty(inner: &Store, faults: Vec<Fault>) -> Store {
    Store::new(Faulty { inner: inner.clone(), faults: Mutex::new(faults.into()), blind: Mutex::new(false) }, "faulty:")
}

fn lost() -> Put {
    Put::Unknown(Error::new(ErrorKind::Unavailable, "connection reset").ambiguous())
}

#[async_trait]
impl Slots for Faulty {
    async fn create(&self, seq: u64, bytes: &[u8]) -> Put {
        let fault = self.faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::None => self.inner.create(seq, bytes).await,
            Fault::AnswerLost => {
                self.inner.create(seq, bytes).await;
                lost()
            }
            Fault::RequestLost => lost(),
            Fault::TakenByOurselves => {
                self.inner.create(seq, bytes).await;
                Put::Taken
            }
            Fault::TakenByNobody => Put::Taken,
            Fault::Torn(hundredths) => {
                self.inner.create(seq, &bytes[..bytes.len() * hundredths.min(99) / 100]).await;
                lost()
            }
            Fault::Blind => {
                self.inner.create(seq, bytes).await;
                *self.blind.lock().unwrap() = true;
                lost()
            }
            Fault::Denied => Put::Unknown(Error::new(ErrorKind::Denied, "no")),
        }
    }

    async fn read(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        if std::mem::take(&mut *self.blind.lock().unwrap()) {
            return Err(Error::new(ErrorKind::Unavailable, "connection reset"));
        }
        self.inner.read(seq).await
    }

    async fn list(&self) -> Result<Vec<u64>> {
        self.inner.list().await
    }
}
