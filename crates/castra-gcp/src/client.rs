//! The SDK's clients, set up the one way that Castra uses them.
//!
//! An observer's are told apart from an actuator's twice: they [refuse](crate::read_only) whatever isn't a read, and
//! their credentials are asked for with scopes that only read, which Google enforces whatever roles the caller has. That
//! leaves out two: service accounts can't be read with a scope that only reads, and a user's own credentials keep the
//! scopes that the user signed in with.

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use castra_core::{Error, ErrorKind, Result};
use google_cloud_auth::credentials::{self, CacheableResource, Credentials, CredentialsProvider, EntityTag};
use google_cloud_auth::errors::CredentialsError;
use google_cloud_compute_v1::client as compute;
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_iam_admin_v1::client as iam;
use google_cloud_resourcemanager_v3::client as resource_manager;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

/// The environment variable with the address of an emulator of all Google Cloud services. Google has one of its own for
/// each of some services, and none for Compute Engine.
const ENDPOINT: &str = "CASTRA_GCP_ENDPOINT";

/// What credentials may do that only look (<https://developers.google.com/identity/protocols/oauth2/scopes>). IAM takes
/// none of them, not even to read a service account
/// (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/get>).
const READING: [&str; 2] =
    ["https://www.googleapis.com/auth/compute.readonly", "https://www.googleapis.com/auth/cloud-platform.read-only"];
/// What credentials may do that write: all that the caller's roles allow.
const WRITING: [&str; 1] = ["https://www.googleapis.com/auth/cloud-platform"];

/// How long a call may take. Only a dead connection reaches it: the engine's own limit is shorter.
const ATTEMPT: Duration = Duration::from_secs(60);

/// Builds a client. The SDK's retries are off because the engine has them.
macro_rules! build {
    ($client:ty, $connection:expr, $credentials:expr) => {{
        let builder = <$client>::builder()
            .with_credentials($credentials.clone())
            .with_retry_policy(NeverRetry)
            .with_attempt_timeout(ATTEMPT);
        let builder = match &$connection.endpoint {
            Some(endpoint) => builder.with_endpoint(endpoint),
            None => builder,
        };
        builder.build().await.map_err(unbuilt)?
    }};
}

/// How Google Cloud is reached: a project and a region, and where asked for another endpoint or given a token than the
/// application's default credentials.
///
/// ```
/// use castra_gcp::Connection;
///
/// let connection = Connection::new("p1", "europe-west1").endpoint("http://127.0.0.1:5000").token("canary");
/// assert!(!format!("{connection:?}").contains("canary"));
/// ```
#[derive(Clone)]
pub struct Connection {
    project: String,
    region: String,
    endpoint: Option<String>,
    token: Option<String>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("project", &self.project)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// A project and a region, with the application's default credentials, at the endpoint that `CASTRA_GCP_ENDPOINT`
    /// names if it is set.
    pub fn new(project: impl Into<String>, region: impl Into<String>) -> Self {
        let endpoint = env::var(ENDPOINT).ok().filter(|endpoint| !endpoint.is_empty());
        Self { project: project.into(), region: region.into(), endpoint, token: None }
    }

    /// Calls this endpoint for every service. On this machine itself, calls carry no credentials unless a token is given.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Uses this access token instead of the application's default credentials. It isn't renewed.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Whether another address than Google's is called, and it is this machine's.
    fn is_loopback(&self) -> bool {
        let host = self.endpoint.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| rest);
        host.is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].iter().any(|own| host.starts_with(own)))
    }

    fn credentials(&self, scopes: &[&str]) -> Result<Credentials> {
        if let Some(token) = &self.token {
            return Ok(Credentials::from(Token::new(token)?));
        }
        if self.is_loopback() {
            return Ok(credentials::anonymous::Builder::new().build());
        }
        let builder = credentials::Builder::default();
        // A refresh token gives no other scopes than those that its user granted (RFC 6749, section 6).
        let builder = if are_a_users() { builder } else { builder.with_scopes(scopes.iter().copied()) };
        builder.build().map_err(|error| {
            Error::new(ErrorKind::Credentials, "there are no credentials for Google Cloud")
                .remedy("run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS")
                .source(error)
        })
    }

    /// Clients that may all write, or with `read_only` none of them. Nothing is called yet.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`] when there are none; [`ErrorKind::Invalid`] when the endpoint is no address.
    pub(crate) async fn clients(&self, read_only: bool) -> Result<Clients> {
        let writing = self.credentials(&WRITING)?;
        if !read_only {
            return Clients::new(self, &writing, false).await;
        }
        let mut clients = Clients::new(self, &self.credentials(&READING)?, true).await?;
        clients.iam = build!(iam::Iam, self, &writing);
        Ok(clients)
    }
}

/// Whether the application's default credentials are a user's own, as `gcloud auth application-default login` leaves them
/// (<https://google.aip.dev/auth/4110>, <https://google.aip.dev/auth/4113>).
fn are_a_users() -> bool {
    let named = env::var_os("GOOGLE_APPLICATION_CREDENTIALS").map(PathBuf::from);
    let usual = || {
        let folder = match cfg!(windows) {
            true => PathBuf::from(env::var_os("APPDATA")?),
            false => PathBuf::from(env::var_os("HOME")?).join(".config"),
        };
        Some(folder.join("gcloud").join("application_default_credentials.json"))
    };
    let text = named.or_else(usual).and_then(|path| fs::read_to_string(path).ok());
    let file: Option<serde_json::Value> = text.and_then(|text| serde_json::from_str(&text).ok());
    file.is_some_and(|file| file["type"] == "authorized_user")
}

/// An access token that was given, with every call.
struct Token {
    headers: HeaderMap,
    tag: EntityTag,
}

impl Token {
    fn new(token: &str) -> Result<Self> {
        let value = HeaderValue::from_str(&format!("Bearer {token}"));
        let mut value =
            value.map_err(|_| Error::new(ErrorKind::Credentials, "the access token has characters that none has"))?;
        value.set_sensitive(true);
        Ok(Self { headers: HeaderMap::from_iter([(AUTHORIZATION, value)]), tag: EntityTag::new() })
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl CredentialsProvider for Token {
    async fn headers(
        &self,
        known: http::Extensions,
    ) -> std::result::Result<CacheableResource<HeaderMap>, CredentialsError> {
        Ok(match known.get::<EntityTag>() {
            Some(tag) if *tag == self.tag => CacheableResource::NotModified,
            _ => CacheableResource::New { entity_tag: self.tag.clone(), data: self.headers.clone() },
        })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}

/// Declares the clients.
macro_rules! clients {
    ($($field:ident: $client:ty,)*) => {
        /// One client for each kind of resource. Either all of them may write, or none.
        #[derive(Debug, Clone)]
        pub(crate) struct Clients {
            $(pub(crate) $field: $client,)*
            /// The project's id.
            pub(crate) project: String,
            /// The region's name.
            pub(crate) region: String,
            /// Whether whatever isn't a read is refused.
            pub(crate) read_only: bool,
        }

        impl Clients {
            async fn new(connection: &Connection, credentials: &Credentials, read_only: bool) -> Result<Self> {
                Ok(Self {
                    $($field: build!($client, connection, credentials),)*
                    project: connection.project.clone(),
                    region: connection.region.clone(),
                    read_only,
                })
            }
        }
    };
}

fn unbuilt(error: google_cloud_gax::client_builder::Error) -> Error {
    if error.is_default_credentials() {
        return Error::new(ErrorKind::Credentials, error.to_string());
    }
    Error::new(ErrorKind::Invalid, format!("Google Cloud's client can't be set up: {error}"))
        .remedy(format!("check {ENDPOINT}"))
        .source(error)
}

clients! {
    addresses: compute::Addresses,
    disks: compute::Disks,
    firewalls: compute::Firewalls,
    forwarding_rules: compute::ForwardingRules,
    global_operations: compute::GlobalOperations,
    images: compute::Images,
    instance_groups: compute::InstanceGroups,
    instances: compute::Instances,
    machine_types: compute::MachineTypes,
    networks: compute::Networks,
    region_autoscalers: compute::RegionAutoscalers,
    region_backend_services: compute::RegionBackendServices,
    region_health_checks: compute::RegionHealthChecks,
    region_instance_group_managers: compute::RegionInstanceGroupManagers,
    region_instance_groups: compute::RegionInstanceGroups,
    region_instance_templates: compute::RegionInstanceTemplates,
    region_security_policies: compute::RegionSecurityPolicies,
    region_ssl_certificates: compute::RegionSslCertificates,
    region_target_http_proxies: compute::RegionTargetHttpProxies,
    region_target_https_proxies: compute::RegionTargetHttpsProxies,
    region_url_maps: compute::RegionUrlMaps,
    regions: compute::Regions,
    routers: compute::Routers,
    ssl_certificates: compute::SslCertificates,
    subnetworks: compute::Subnetworks,
    zones: compute::Zones,
    iam: iam::Iam,
    resource_manager: resource_manager::Projects,
}
