//! From a request to its operation and input.
