//! Castra's Google Cloud backend.
