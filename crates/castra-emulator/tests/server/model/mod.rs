//! Ten thousand calls with every fault on at once, against a model: what took effect is there, what didn't isn't, and
//! what the client was told agrees with both.

mod aws;
mod gcp;
mod storm;
