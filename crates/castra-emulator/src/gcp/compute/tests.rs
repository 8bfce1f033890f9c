//! Tests of what all kinds share.
