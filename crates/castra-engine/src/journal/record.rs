//! A record: what one slot holds, and reading whatever is there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Entry;

/// The version that is written.
pub(super) const FORMAT: u32 = 1;

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Record {
    pub(super) format: u32,
    pub(super) seq: u64,
    /// The nonce of who wrote it: new with every lease, so that a slot read back is known as one's own.
    pub(super) writer: Uuid,
    pub(super) time: Timestamp,
    pub(super) cluster: String,
    pub(super) entries: Vec<Entry>,
}

/// What a slot was found to hold.
#[derive(Debug)]
pub(super) enum Read {
    /// A record, and notes about what in it isn't understood.
    Known(Record, Vec<String>),
    /// A record of another version, with as much as can be told.
    Foreign { note: String, writer: Option<Uuid>, time: Option<Timestamp> },
    /// Nothing that can be read.
    Garbled(String),
}

#[derive(Deserialize)]
struct Envelope {
    format: u32,
    seq: u64,
    writer: Uuid,
    time: Timestamp,
    cluster: String,
    entries: Vec<Value>,
}

impl Record {
    /// The bytes to store.
    pub(super) fn to_bytes(&self) -> castra_core::Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|error| {
            castra_core::Error::new(castra_core::ErrorKind::Unexpected, "a journal record can't be written as JSON")
                .source(error)
        })
    }
}

impl Read {
    /// Reads what slot `seq` holds. Nothing that can stand there is an error.
    pub(super) fn slot(seq: u64, bytes: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
            return Self::Garbled(format!("record {seq} is torn or garbled and was skipped"));
        };
        match value.get("format").and_then(Value::as_u64) {
            Some(format) if format == u64::from(FORMAT) => {}
            Some(format) => {
                let text = |field| value.get(field).and_then(Value::as_str);
                return Self::Foreign {
                    note: format!(
                        "record {seq} has format {format}, which this version doesn't know, and was skipped; \
                         a newer castra has worked on this cluster"
                    ),
                    writer: text("writer").and_then(|text| text.parse().ok()),
                    time: text("time").and_then(|text| text.parse().ok()),
                };
            }
            None => return Self::Garbled(format!("record {seq} is no journal record and was skipped")),
        }
        let Ok(envelope) = serde_json::from_value::<Envelope>(value) else {
            return Self::Garbled(format!("record {seq} lacks parts of a journal record and was skipped"));
        };
        if envelope.seq != seq {
            return Self::Garbled(format!("record {seq} says that it is record {} and was skipped", envelope.seq));
        }
        let mut notes = Vec::new();
        let mut entries = Vec::new();
        for value in envelope.entries {
            match serde_json::from_value(value) {
                Ok(entry) => entries.push(entry),
                Err(_) => notes.push(format!("an entry of record {seq} is not understood and was skipped")),
            }
        }
        let Envelope { format, seq, writer, time, cluster, .. } = envelope;
        Self::Known(Record { format, seq, writer, time, cluster, entries }, notes)
    }

    /// True when nothing before it needs to be read.
    pub(super) fn is_complete(&self) -> bool {
        match self {
            Self::Known(record, _) => record.entries.iter().any(|entry| matches!(entry, Entry::Acquire { .. })),
            Self::Foreign { .. } | Self::Garbled(_) => false,
        }
    }
}
