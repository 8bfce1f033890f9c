//! Loopback clouds for tests and demos, written from the clouds' public documentation.

mod aws;
mod http;
