//! What makes an observer unable to write: its clients refuse every request that isn't on a list of reads.
//!
//! A request is known by its SDK type, which the caller can't get wrong, and not by the name that it is sent under. What
//! isn't on the list is refused before anything connects, so that a mistake fails closed. Besides, an observer asks for
//! credentials whose [scopes](crate::client) read only.

use std::any::type_name;

use castra_core::error::CloudDetail;
use castra_core::{Access, Call, Error, ErrorKind, Result};

/// The last part of the type of every request that an observer may send.
pub(crate) const READS: &[&str] = &[
    "AggregatedList",
    "Get",
    "GetFromFamily",
    "GetHealth",
    "GetIamPolicy",
    "GetOperation",
    "GetServiceAccount",
    "List",
    "ListErrors",
    "ListInstances",
    "ListManagedInstances",
    "ListServiceAccounts",
    "ListUsable",
    "TestIamPermissions",
];

/// Refuses a request of type `B` that isn't a read where only reads may be sent, or that is called one.
///
/// # Errors
/// [`ErrorKind::ReadOnly`].
pub(crate) fn check<B>(read_only: bool, call: &Call) -> Result<()> {
    let request = type_name::<B>().rsplit("::").next().unwrap_or_default();
    if READS.contains(&request) || !(read_only || call.access == Access::Read) {
        return Ok(());
    }
    let message = format!("{} is not on the list of requests that may be sent while planning", call.operation);
    let cloud = CloudDetail {
        service: call.service.to_owned(),
        operation: call.operation.to_owned(),
        ..CloudDetail::default()
    };
    Err(Error::new(ErrorKind::ReadOnly, message).cloud(cloud))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use std::io::ErrorKind::WouldBlock;
    use std::net::TcpListener;

    use super::*;
    use crate::call::direct::Direct;
    use crate::call::send;

    /// One mutation of each service and of each kind of place, sent as what they are.
    async fn mutations(direct: &Direct) -> Vec<Error> {
        let (call, clients) = (|operation| Call::mutate("test", operation), &direct.0);
        let name = "projects/p1/serviceAccounts/a@p1.iam.gserviceaccount.com";
        vec![
            send!(direct, call("networks.insert"), clients.networks.insert().set_project("p1")).unwrap_err(),
            send!(
                direct,
                call("addresses.delete"),
                clients.addresses.delete().set_project("p1").set_region("r").set_address("a")
            )
            .unwrap_err(),
            send!(
                direct,
                call("instances.setLabels"),
                clients.instances.set_labels().set_project("p1").set_zone("z").set_instance("i")
            )
            .unwrap_err(),
            send!(direct, call("serviceAccounts.delete"), clients.iam.delete_service_account().set_name(name))
                .unwrap_err(),
            send!(
                direct,
                call("projects.setIamPolicy"),
                clients.resource_manager.set_iam_policy().set_resource("projects/p1")
            )
            .unwrap_err(),
        ]
    }

    #[tokio::test]
    async fn a_mutation_is_refused_before_anything_connects() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let direct = Direct::to(listener.local_addr().unwrap().port(), true).await;
        for error in mutations(&direct).await {
            assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error:?}");
            let operation = error.cloud_detail().unwrap().operation.clone();
            assert!(error.message().starts_with(&operation), "{error} should name {operation}");
            assert!(!error.is_ambiguous());
        }
        let lied = send!(&direct, Call::read("compute", "networks.get"), direct.0.networks.insert().set_project("p1"));
        assert_eq!(lied.unwrap_err().kind(), ErrorKind::ReadOnly, "it is known by its type");
        assert_eq!(listener.accept().unwrap_err().kind(), WouldBlock, "something connected");
    }

    #[tokio::test]
    async fn a_read_goes_out_and_so_does_a_mutation_of_a_writing_client() {
        // The port is closed again by the time that it is called.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let reading = Direct::to(port, true).await;
        let read = reading.0.networks.list().set_project("p1");
        let error = send!(&reading, Call::read("compute", "networks.list"), read).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        let writing = Direct::to(port, false).await;
        for error in mutations(&writing).await {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        }
        let lied =
            send!(&writing, Call::read("compute", "networks.get"), writing.0.networks.insert().set_project("p1"));
        assert_eq!(lied.unwrap_err().kind(), ErrorKind::ReadOnly, "what changes something is never called a read");
    }

    #[test]
    fn the_list_is_sorted_and_holds_only_requests_named_as_reads() {
        assert!(READS.is_sorted());
        assert!(
            READS
                .iter()
                .all(|read| ["AggregatedList", "Get", "List", "Test"].iter().any(|verb| read.starts_with(verb)))
        );
    }
}
