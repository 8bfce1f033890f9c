//! The one place where an SDK request is sent.

use std::future::Future;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use castra_core::{Call, Context, ContextExt, Error, ErrorKind, Result};
use futures::future::join_all;

use crate::error::classify;

pub(crate) use castra_core::answer::{gone, maybe, there};

/// Sends a request through the engine's seam. `$request` is an SDK request builder; it is cloned for each attempt.
///
/// ```ignore
/// let answer = send!(at.cx, Call::read("ec2", "DescribeVpcs"), at.cloud.ec2.describe_vpcs().filters(owned))?;
/// ```
macro_rules! send {
    ($cx:expr, $call:expr, $request:expr) => {{
        let request = $request;
        $crate::call::through($cx, $call, std::convert::identity, || {
            let request = request.clone();
            async move { request.send().await }
        })
        .await
    }};
}
pub(crate) use send;

/// As [`send!`], for a request that refers to objects which may be seconds old: EC2 and IAM answer "not found" about
/// those until they are known everywhere ("eventual consistency" in the EC2 API's and IAM's guides), so that answer
/// counts as [`NotYetPropagated`](castra_core::ErrorKind::NotYetPropagated) here and the engine tries again.
///
/// ```ignore
/// let answer = send_fresh!(at.cx, Call::mutate("ec2", "CreateSubnet"), at.cloud.ec2.create_subnet().vpc_id(vpc))?;
/// ```
macro_rules! send_fresh {
    ($cx:expr, $call:expr, $request:expr) => {{
        let request = $request;
        $crate::call::through($cx, $call, $crate::call::not_yet, || {
            let request = request.clone();
            async move { request.send().await }
        })
        .await
    }};
}
pub(crate) use send_fresh;

/// The function behind [`send!`] and [`send_fresh!`]; `judge` has the last word about an error.
pub(crate) async fn through<T, E, F, Fut>(
    cx: &dyn Context,
    call: Call,
    judge: fn(Error) -> Error,
    mut request: F,
) -> Result<T>
where
    T: Send,
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>> + Send,
{
    cx.call(&call, || {
        let sent = request();
        let call = &call;
        async move { sent.await.map_err(|error| judge(classify(call, error))) }
    })
    .await
}

/// Turns "not found" into "not yet known".
pub(crate) fn not_yet(error: Error) -> Error {
    if error.kind() != ErrorKind::NotFound {
        return error;
    }
    let message = error.message().to_owned();
    let detail = error.cloud_detail().cloned().unwrap_or_default();
    Error::new(ErrorKind::NotYetPropagated, message).cloud(detail).source(error)
}

/// Makes changes at once, all of them to their ends whichever fails, and gives the first error.
///
/// Giving the others up halfway would leave their outcomes unknown; and a step that fails at the same one each time,
/// for a permission that is missing say, might never get the others done.
pub(crate) async fn each(changes: impl IntoIterator<Item = impl Future<Output = Result<()>>>) -> Result<()> {
    join_all(changes).await.into_iter().collect()
}

/// The id in the answer to a creation. Without one the object may be there all the same, to be found by its tags.
pub(crate) fn assigned(id: Option<&str>, what: &str) -> Result<String> {
    match id {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        _ => Err(Error::new(ErrorKind::Unexpected, format!("the answer names no id for the new {what}")).ambiguous()),
    }
}

/// A context for unit tests: each call is made once, a sleep is a moment, and events go nowhere.
#[cfg(test)]
pub(crate) mod direct {
    use std::time::Duration;

    use async_trait::async_trait;
    use aws_config::retry::RetryConfig;
    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use castra_core::context::Attempt;
    use castra_core::{Call, Context, Event, Result};
    use jiff::Timestamp;

    use crate::client::Clients;

    /// Clients for a loopback port.
    pub(crate) fn clients(port: u16, read_only: bool) -> Clients {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let config = configuration(port).credentials_provider(SharedCredentialsProvider::new(credentials));
        Clients::new(&config.build(), read_only)
    }

    /// The same without credentials.
    pub(crate) fn configuration(port: u16) -> aws_types::sdk_config::Builder {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(format!("http://127.0.0.1:{port}"))
    }

    /// See the module.
    pub(crate) struct Direct;

    #[async_trait]
    impl Context for Direct {
        async fn attempt<'a>(&'a self, _: &'a Call, attempt: Attempt<'a>) -> Result<()> {
            attempt().await
        }

        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        async fn sleep(&self, _: Duration) -> Result<()> {
            Ok(())
        }

        fn emit(&self, _: Event) {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use castra_core::Retry;

    use super::*;

    #[test]
    fn not_found_about_a_fresh_reference_is_tried_again() {
        let error = not_yet(Error::new(ErrorKind::NotFound, "The vpc ID 'vpc-1' does not exist"));
        assert_eq!(error.kind(), ErrorKind::NotYetPropagated);
        assert_eq!(error.retryability(), Retry::Temporary);
        assert_eq!(error.message(), "The vpc ID 'vpc-1' does not exist");
        assert!(!error.is_ambiguous());
        assert_eq!(not_yet(Error::new(ErrorKind::Denied, "no")).kind(), ErrorKind::Denied);
    }

    #[tokio::test]
    async fn a_change_that_fails_doesnt_give_the_others_up() {
        let done = std::sync::Mutex::new(vec![]);
        let done = &done;
        let changes = (0..3).map(|number| async move {
            for _ in 0..number {
                tokio::task::yield_now().await;
            }
            done.lock().unwrap().push(number);
            if number == 2 { Ok(()) } else { Err(Error::new(ErrorKind::Denied, format!("change {number}"))) }
        });
        assert_eq!(each(changes).await.unwrap_err().message(), "change 0");
        assert_eq!(*done.lock().unwrap(), [0, 1, 2]);
    }

    #[test]
    fn an_answer_without_an_id_may_have_made_something() {
        assert_eq!(assigned(Some("vpc-1"), "VPC").unwrap(), "vpc-1");
        assert!(assigned(None, "VPC").unwrap_err().is_ambiguous());
        assert!(assigned(Some(""), "VPC").unwrap_err().is_ambiguous());
    }
}
