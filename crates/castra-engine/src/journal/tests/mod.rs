#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod append;
mod faults;
mod gate;
mod lease;
mod property;
mod reading;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use castra_core::{Action, Address, Error, Result};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::record::{FORMAT, Read, Record};
use super::{Entry, History, Holder, Journal, LeaseOptions};
use crate::clock::manual::ManualClock;
use crate::engine::Session;
use crate::store::{Put, Store};

const TTL: Duration = Duration::from_secs(60);
const CLUSTER: &str = "prod";

fn address(name: &str) -> Address {
    Address::new("subnet", name)
}

fn intent(name: &str) -> Entry {
    Entry::intent("run", &address(name), Action::Create, json!({"cidr": "10.0.0.0/24"}), Timestamp::UNIX_EPOCH)
}

fn done(name: &str) -> Entry {
    Entry::done("run", &address(name), Action::Create, Some(("subnet-1".into(), json!("subnet-1"))))
}

fn failed(name: &str, error: &Error) -> Entry {
    Entry::failed("run", &address(name), Action::Create, error)
}

/// The names of the steps that are open.
fn open(history: &History) -> Vec<&str> {
    history.open.iter().map(|intent| intent.address.name()).collect()
}

async fn acquire(store: &Store, clock: &ManualClock) -> Result<(Journal, History)> {
    acquire_with(store, clock, &LeaseOptions::default(), &Session::default()).await
}

async fn acquire_with(
    store: &Store,
    clock: &ManualClock,
    options: &LeaseOptions,
    session: &Session,
) -> Result<(Journal, History)> {
    Journal::acquire(store.clone(), &CLUSTER.parse().unwrap(), Arc::new(clock.clone()), options, session).await
}

/// Writes a record as some other process would.
async fn write(store: &Store, seq: u64, writer: Uuid, time: Timestamp, entries: Vec<Entry>) {
    let record = Record { format: FORMAT, seq, writer, time, cluster: CLUSTER.into(), entries };
    assert!(matches!(store.create(seq, &record.to_bytes().unwrap()).await, Put::Created));
}

/// A process that is not this one and of which nothing can be told from here.
fn stranger() -> Holder {
    Holder { host: "elsewhere".into(), process: Uuid::new_v4(), ..Holder::here(TTL) }
}

fn acquisition(holder: Holder) -> Entry {
    Entry::Acquire { holder, uid: None, open: Vec::new(), made: BTreeMap::new(), settle_from: None }
}

/// Every record that can be read, in order.
async fn records(store: &Store) -> Vec<Record> {
    let mut records = Vec::new();
    for seq in store.list().await.unwrap() {
        if let Read::Known(record, notes) = Read::slot(seq, &store.read(seq).await.unwrap().unwrap()) {
            assert!(notes.is_empty());
            records.push(record);
        }
    }
    records
}

/// The names of the intents in some records.
fn intents(records: &[Record]) -> Vec<String> {
    let entries = records.iter().flat_map(|record| &record.entries);
    entries
        .filter_map(|entry| match entry {
            Entry::Intent(intent) => Some(intent.address.name().to_owned()),
            _ => None,
        })
        .collect()
}
