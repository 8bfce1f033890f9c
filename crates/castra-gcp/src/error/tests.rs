#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use castra_core::Retry;
use google_cloud_compute_v1::model::operation;
use google_cloud_gax::error::rpc::Status;
use http::HeaderMap;

use super::*;

const READ: Call = Call::read("compute", "networks.get");
const WRITE: Call = Call::idempotent("compute", "networks.insert");

/// An answer with a code of google.rpc.
fn rpc(status: u16, code: Code, message: &str) -> SdkError {
    let parsed = Status::default().set_code(code).set_message(message);
    SdkError::service_with_http_metadata(parsed, Some(status), Some(HeaderMap::new()))
}

fn ended(status: i32, code: &str, message: &str) -> Operation {
    let error = operation::error::Errors::new().set_code(code).set_message(message);
    Operation::new()
        .set_name("operation-1")
        .set_http_error_status_code(status)
        .set_http_error_message("BAD REQUEST")
        .set_error(operation::Error::new().set_errors([error]))
}

#[test]
fn reasons_and_operations_codes_mean_the_same() {
    use ErrorKind as K;
    for (reason, code, status, wanted) in [
        ("notFound", "RESOURCE_NOT_FOUND", 404, K::NotFound),
        ("alreadyExists", "RESOURCE_ALREADY_EXISTS", 409, K::AlreadyExists),
        ("resourceInUseByAnotherResource", "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", 400, K::InUse),
        ("resourceNotReady", "RESOURCE_NOT_READY", 400, K::NotYetPropagated),
        ("rateLimitExceeded", "RATE_LIMIT_EXCEEDED", 403, K::Throttled),
        ("quotaExceeded", "QUOTA_EXCEEDED", 403, K::Quota),
        ("conditionNotMet", "CONDITION_NOT_MET", 412, K::Stale),
        ("forbidden", "FORBIDDEN", 403, K::Denied),
        ("invalid", "INVALID", 400, K::Invalid),
        ("internalError", "INTERNAL_ERROR", 500, K::Unavailable),
        ("required", "REQUIRED", 400, K::Invalid),
        ("required", "REQUIRED", 401, K::Credentials),
        ("somethingNew", "SOMETHING_NEW", 503, K::Unavailable),
        ("somethingNew", "SOMETHING_NEW", 418, K::Unexpected),
    ] {
        assert_eq!(kind(reason, Some(status), ""), wanted, "{reason} {status}");
        let error = of_operation(&WRITE, &ended(status.into(), code, "Words.")).unwrap();
        assert_eq!(error.kind(), wanted, "{code} {status}");
        assert_eq!((error.message(), error.code()), ("Words", Some(code)));
        assert!(!error.is_ambiguous(), "an operation that ended says what it did");
    }
    for code in ["ZONE_RESOURCE_POOL_EXHAUSTED", "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", "STOCKOUT"] {
        assert_eq!(of_code(code, "The zone does not have enough resources").kind(), K::Capacity, "{code}");
    }
    assert!(REASONS.is_sorted_by_key(|(reason, _)| *reason));
}

#[test]
fn an_operation_without_an_error_did_its_work() {
    assert!(of_operation(&WRITE, &Operation::new().set_name("operation-1")).is_none());
    let unnamed = Operation::new().set_http_error_status_code(403).set_http_error_message("FORBIDDEN");
    let error = of_operation(&WRITE, &unnamed).unwrap();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Denied, "FORBIDDEN"));
}

#[test]
fn other_services_errors_are_known_by_status_and_code() {
    use ErrorKind as K;
    for (status, code, wanted) in [
        (404, Code::NotFound, K::NotFound),
        (409, Code::AlreadyExists, K::AlreadyExists),
        (409, Code::Aborted, K::Stale),
        (403, Code::PermissionDenied, K::Denied),
        (401, Code::Unauthenticated, K::Credentials),
        (429, Code::ResourceExhausted, K::Throttled),
        (503, Code::Unavailable, K::Unavailable),
        (400, Code::InvalidArgument, K::Invalid),
        (400, Code::FailedPrecondition, K::Invalid),
    ] {
        let error = classify(&WRITE, rpc(status, code, "words"));
        assert_eq!(error.kind(), wanted, "{status} {code:?}");
        assert_eq!(error.is_ambiguous(), wanted == K::Unavailable, "{status} {code:?}");
    }
    let unknown = "Service account camp-primary@p1.iam.gserviceaccount.com does not exist.";
    let error = classify(&WRITE, rpc(400, Code::InvalidArgument, unknown));
    assert_eq!(error.kind(), K::NotYetPropagated, "a new account is known later");
}

#[test]
fn what_may_have_happened_all_the_same_is_said_of_changes_alone() {
    for (error, wanted, ambiguous) in [
        (SdkError::io("reset"), ErrorKind::Unavailable, true),
        (SdkError::timeout("late"), ErrorKind::Timeout, true),
        (SdkError::connect("refused"), ErrorKind::Unavailable, false),
        (SdkError::deser("not JSON"), ErrorKind::Unexpected, true),
        (SdkError::binding("no project"), ErrorKind::Invalid, false),
    ] {
        let text = format!("{error:?}");
        let ours = classify(&WRITE, error);
        assert_eq!((ours.kind(), ours.is_ambiguous()), (wanted, ambiguous), "{text}");
    }
    assert!(!classify(&READ, SdkError::io("reset")).is_ambiguous());
    assert_eq!(classify(&READ, SdkError::io("reset")).retryability(), Retry::Temporary);
}

#[test]
fn a_refusal_names_the_permission_and_says_what_helps() {
    let said = "Required 'compute.networks.create' permission for 'projects/p1/global/networks/n'";
    let error = classify(&WRITE, rpc(403, Code::PermissionDenied, said));
    assert!(error.message().contains("compute.networks.create"));
    assert!(error.remedy_text().unwrap().contains("role"));
}
