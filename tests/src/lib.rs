//! Integration tests that run the whole of Castra against an emulated cloud.
