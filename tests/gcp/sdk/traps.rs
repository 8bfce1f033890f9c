//! What the client does that its users must know, each as it happens.

use std::time::Duration;

use castra_emulator::{Effect, Emulator, Fault, Matching, Pace, Refusal};
use google_cloud_compute_v1::client::Networks;
use google_cloud_compute_v1::model::SslCertificate;
use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::options::RequestOptionsBuilder as _;
use google_cloud_gax::polling_error_policy::{Aip194Strict, PollingErrorPolicyExt as _};
use google_cloud_lro::Poller as _;

use super::{FAST, PROJECT, REGION, bounded, client, done, emulator, network, reason, subnetwork};

/// How often an operation was called.
fn calls(emulator: &Emulator, operation: &str) -> usize {
    emulator.log(|entry| entry.subject.operation == operation).len()
}

async fn made(networks: &Networks) {
    done(networks.insert().set_project(PROJECT).set_body(network()).poller()).await;
}

/// A poller that ends well says that the operation has ended; how, only the operation itself says.
#[tokio::test]
async fn an_operation_that_failed_is_done_all_the_same() {
    let emulator = emulator(FAST);
    let (networks, subnetworks) = (client!(Networks, emulator), client!(Subnetworks, emulator));
    made(&networks).await;
    let insert = subnetworks.insert().set_project(PROJECT).set_region(REGION).set_body(subnetwork());
    done(insert.poller()).await;

    let delete = networks.delete().set_project(PROJECT).set_network("camp");
    let operation = bounded(delete.poller().until_done()).await.expect("the poller finds nothing wrong");
    let failed = operation.to_result().expect_err("the network is in use");
    assert!(format!("{failed:?}").contains("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE"), "{failed:?}");
    networks.get().set_project(PROJECT).set_network("camp").send().await.expect("it is still there");
}

/// Compute Engine's errors have no `status`, so that what is missing and what is wrong look alike by their code.
#[tokio::test]
async fn an_error_is_known_by_its_http_status_alone() {
    let emulator = emulator(FAST);
    let networks = client!(Networks, emulator);
    let missing = networks.get().set_project(PROJECT).set_network("camp").send().await.unwrap_err();
    made(&networks).await;
    let exists = networks.insert().set_project(PROJECT).set_body(network()).send().await.unwrap_err();
    for (error, status, why) in [(missing, 404, "notFound"), (exists, 409, "alreadyExists")] {
        assert_eq!(error.http_status_code(), Some(status), "{error:?}");
        assert_eq!(error.status().map(|status| status.code), Some(Code::Unknown), "{error:?}");
        assert_eq!(reason(&error), Some(why), "{error:?}");
    }
}

/// The limits of a polling policy count for errors only: while an operation runs, the poller goes on for ever.
#[tokio::test]
async fn a_poller_has_no_deadline() {
    // On a clock that stands still no operation ends.
    let emulator = emulator(Pace::Scaled(0.0));
    let networks = client!(Networks, emulator);
    let policy = Aip194Strict.with_attempt_limit(3).with_time_limit(Duration::from_millis(1));
    let insert = networks.insert().set_project(PROJECT).set_body(network()).with_polling_error_policy(policy);
    let polled = async {
        while calls(&emulator, "globalOperations.get") < 30 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        ended = insert.poller().until_done() => panic!("it ends: {ended:?}"),
        () = bounded(polled) => {}
    }
}

/// One 503 while an operation is polled, and the poller gives up, whatever becomes of the operation.
#[tokio::test]
async fn a_poller_gives_up_at_one_503() {
    let emulator = emulator(FAST);
    let networks = client!(Networks, emulator);
    let polls = Matching::operation("compute", "globalOperations.get");
    emulator.faults().inject(Fault::new(polls, Effect::Unavailable).times(1));
    let insert = networks.insert().set_project(PROJECT).set_body(network());
    let error = bounded(insert.poller().until_done()).await.expect_err("it is not tried again");
    assert_eq!(error.http_status_code(), Some(503), "{error:?}");
    emulator.clock().advance(Duration::from_secs(60));
    networks.get().set_project(PROJECT).set_network("camp").send().await.expect("the operation went on");
}

/// What comes too fast is refused with 403 or 429, and what goes wrong with 500; the client tries none of them again, and
/// a 503 it does.
#[tokio::test]
async fn only_a_503_is_tried_again() {
    let emulator = emulator(FAST);
    let networks = client!(Networks, emulator);
    let lists = |effect| Fault::new(Matching::operation("compute", "networks.list"), effect).times(1);
    let limited = |status| {
        Effect::Refuse(Refusal { code: "rateLimitExceeded".into(), message: "slower".into(), status: Some(status) })
    };
    for (effect, status, why) in [
        (Effect::Throttle, 403, "rateLimitExceeded"),
        (limited(429), 429, "rateLimitExceeded"),
        (Effect::InternalError, 500, "backendError"),
    ] {
        emulator.clear_log();
        emulator.faults().inject(lists(effect));
        let error = networks.list().set_project(PROJECT).send().await.expect_err("one refusal is enough");
        assert_eq!((error.http_status_code(), reason(&error)), (Some(status), Some(why)), "{error:?}");
        assert_eq!(calls(&emulator, "networks.list"), 1);
    }
    emulator.clear_log();
    emulator.faults().inject(lists(Effect::Unavailable));
    networks.list().set_project(PROJECT).send().await.expect("it is tried again");
    assert_eq!(calls(&emulator, "networks.list"), 2);
}

/// Who writes a certificate into a log writes its key.
#[test]
fn a_certificate_shows_its_private_key() {
    let certificate = SslCertificate::new().set_private_key("the key itself");
    assert!(format!("{certificate:?}").contains("the key itself"));
}
