//! Google's own Rust client, `google-cloud-compute-v1`, on the emulated Google Cloud: that it works as it is, and that
//! the traps it sets for its users are there.

mod cluster;
mod group;
mod operations;
mod traps;

use std::time::Duration;

use castra_emulator::{Emulator, Options, Pace, gcp};
use google_cloud_auth::credentials::{Credentials, anonymous};
use google_cloud_compute_v1::model::{Network, Operation, Subnetwork};
use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::StatusDetails;
use google_cloud_gax::exponential_backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
use google_cloud_lro::Poller;

const PROJECT: &str = "castra-tests";
const REGION: &str = "europe-west1";

/// Minutes pass in a second, while a client polls; what is over stays for all of a test.
const FAST: Pace = Pace::Scaled(200.0);

fn emulator(pace: Pace) -> Emulator {
    let mut options = Options::default();
    options.pace = pace;
    options.project_settings = gcp::Settings::calm();
    options.project_settings.timings.operation_listed = castra_emulator::Seconds(86_400.0);
    Emulator::start(options).unwrap()
}

/// What must end: one of the client's traps is that it may not.
async fn bounded<T>(work: impl Future<Output = T>) -> T {
    #[expect(clippy::disallowed_methods, reason = "bounds the tests")]
    let ended = tokio::time::timeout(Duration::from_secs(120), work).await;
    ended.expect("the test ends")
}

/// An operation's end, which must be a good one.
async fn done(poller: impl Poller<Operation, Operation>) -> Operation {
    bounded(poller.until_done()).await.unwrap().to_result().unwrap()
}

/// The reason that an error's details give.
fn reason(error: &Error) -> Option<&str> {
    error.status()?.details.iter().find_map(|detail| match detail {
        StatusDetails::ErrorInfo(info) => Some(info.reason.as_str()),
        _ => None,
    })
}

/// The network that tests make.
fn network() -> Network {
    Network::new().set_name("camp").set_auto_create_subnetworks(false)
}

/// A subnetwork in [`network`].
fn subnetwork() -> Subnetwork {
    let network = format!("projects/{PROJECT}/global/networks/camp");
    Subnetwork::new().set_name("camp").set_network(network).set_ip_cidr_range("10.0.0.0/24")
}

/// Whoever calls without credentials is the project's owner.
fn nobody() -> Credentials {
    anonymous::Builder::new().build()
}

/// How long the client waits between looks at an operation, of its own time: by itself it is seconds.
fn backoff() -> ExponentialBackoff {
    let (first, most) = (Duration::from_millis(2), Duration::from_millis(10));
    ExponentialBackoffBuilder::new().with_initial_delay(first).with_maximum_delay(most).build().unwrap()
}

/// A client of one resource.
macro_rules! client {
    ($client:ident, $emulator:expr) => {
        google_cloud_compute_v1::client::$client::builder()
            .with_endpoint($emulator.endpoint())
            .with_credentials(crate::sdk::nobody())
            .with_backoff_policy(crate::sdk::backoff())
            .with_polling_backoff_policy(crate::sdk::backoff())
            .build()
            .await
            .unwrap()
    };
}
use client;
