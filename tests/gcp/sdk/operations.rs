//! Operations by their names: after a crash nothing else is left of what was asked for.

use std::time::Duration;

use google_cloud_compute_v1::model::{Operation, operation};
use google_cloud_gax::options::RequestOptionsBuilder as _;
use google_cloud_lro::{Poller as _, PollingResult};

use super::{FAST, PROJECT, bounded, client, emulator, network};

#[tokio::test]
async fn an_operation_is_followed_by_its_name_when_its_poller_is_gone() {
    let emulator = emulator(FAST);
    let networks = client!(Networks, emulator);
    let mut poller = networks.insert().set_project(PROJECT).set_body(network()).poller();
    let Some(PollingResult::InProgress(Some(begun))) = poller.poll().await else { panic!("it takes its time") };
    drop(poller);
    let name = begun.name.unwrap();
    let get = || networks.get_operation().set_project(PROJECT).set_operation(&name);
    let ended = async {
        loop {
            let operation: Operation = get().send().await.unwrap();
            if operation.status == Some(operation::Status::Done) {
                return operation;
            }
        }
    };
    bounded(ended).await.to_result().unwrap();
    networks.get().set_project(PROJECT).set_network("camp").send().await.unwrap();

    // What was over long ago is forgotten: a client that comes back late must look at the resource instead.
    emulator.clock().advance(Duration::from_secs(2 * 86_400));
    let gone = get().send().await.unwrap_err();
    assert_eq!(gone.http_status_code(), Some(404), "{gone:?}");
}

#[tokio::test]
async fn a_request_id_stands_for_one_operation() {
    let emulator = emulator(FAST);
    let networks = client!(Networks, emulator);
    let insert = || {
        let insert = networks.insert().set_project(PROJECT).set_body(network()).with_idempotency(true);
        insert.set_request_id("8d8a3f0c-5d43-4d0e-9d6e-6b6e8d9c0a11").send()
    };
    let (first, again) = (insert().await.unwrap(), insert().await.unwrap());
    assert_eq!(first.name, again.name);
    let refused = networks.insert().set_project(PROJECT).set_body(network()).send().await.unwrap_err();
    assert_eq!(refused.http_status_code(), Some(409), "{refused:?}");
}
