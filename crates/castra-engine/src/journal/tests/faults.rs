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
    /// The store refuses, and the answer to the next reading is lost.
    DeniedBlind,
    /// It is written, the answer lost, and the next reading refused.
    Unreadable,
}

pub(super) struct Faulty {
    inner: Store,
    faults: Mutex<VecDeque<Fault>>,
    /// What the next reading fails with.
    unread: Mutex<Option<Error>>,
}

/// A store that has these faults, one with each creation, and then none.
pub(super) fn faulty(inner: &Store, faults: Vec<Fault>) -> Store {
    Store::new(Faulty { inner: inner.clone(), faults: Mutex::new(faults.into()), unread: Mutex::default() }, "faulty:")
}

fn lost() -> Put {
    Put::Unknown(Error::new(ErrorKind::Unavailable, "connection reset").ambiguous())
}

fn unseen() -> Option<Error> {
    Some(Error::new(ErrorKind::Unavailable, "connection reset"))
}

fn denied() -> Error {
    Error::new(ErrorKind::Denied, "no")
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
                *self.unread.lock().unwrap() = unseen();
                lost()
            }
            Fault::Denied => Put::Unknown(denied()),
            Fault::DeniedBlind => {
                *self.unread.lock().unwrap() = unseen();
                Put::Unknown(denied())
            }
            Fault::Unreadable => {
                self.inner.create(seq, bytes).await;
                *self.unread.lock().unwrap() = Some(denied());
                lost()
            }
        }
    }

    async fn read(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        if let Some(error) = self.unread.lock().unwrap().take() {
            return Err(error);
        }
        self.inner.read(seq).await
    }

    async fn list(&self) -> Result<Vec<u64>> {
        self.inner.list().await
    }
}
