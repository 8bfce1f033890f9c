//! Server certificates
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html>).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::entity::{Entities, Entity, Kind, Named, find, shows};
use super::tag;
use super::{State, page, quotas, uses};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;
use crate::x509;

/// A certificate. Its private key isn't kept: nothing is served with it.
#[derive(Debug, Clone)]
pub(crate) struct ServerCertificate {
    pub(crate) entity: Entity,
    pub(crate) body: String,
    pub(crate) chain: Option<String>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[
    ("DeleteServerCertificate", delete),
    ("GetServerCertificate", get),
    ("ListServerCertificates", list),
    ("UploadServerCertificate", upload),
];

impl Named for ServerCertificate {
    const KIND: Kind = Kind::ServerCertificate;

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn all(state: &State) -> &Entities<Self> {
        &state.certificates
    }

    fn all_mut(state: &mut State) -> &mut Entities<Self> {
        &mut state.certificates
    }
}

impl ServerCertificate {
    fn metadata(&self) -> Map<String, Value> {
        let Entity { name, path, id, arn, created } = &self.entity;
        let mut shown = Map::new();
        shown.insert("Path".to_owned(), path.as_str().into());
        shown.insert("ServerCertificateName".to_owned(), name.as_str().into());
        shown.insert("ServerCertificateId".to_owned(), id.as_str().into());
        shown.insert("Arn".to_owned(), arn.as_str().into());
        shown.insert("UploadDate".to_owned(), epoch(*created));
        if let Some(expires) = self.expires {
            shown.insert("Expiration".to_owned(), epoch(expires));
        }
        shown
    }
}

fn upload(call: &mut Call<'_>) -> Answer {
    let (name, path) = (call.required("ServerCertificateName"), call.text("Path").unwrap_or("/"));
    let malformed = |what: &str| {
        let message = format!("Unable to parse {what}. Please ensure the {what} is in PEM format.");
        ApiError::new("MalformedCertificate", message)
    };
    let body = call.required("CertificateBody");
    let blocks = x509::pem(body, "CERTIFICATE").unwrap_or_default();
    let read = blocks.first().and_then(|der| x509::read(der)).ok_or_else(|| malformed("certificate"))?;
    let private = call.required("PrivateKey");
    let has = |text: &str, label: &str| x509::pem(text, label).is_some_and(|blocks| !blocks.is_empty());
    if !x509::KEYS.iter().any(|label| has(private, label)) {
        return Err(malformed("key"));
    }
    let chain = call.text("CertificateChain");
    if chain.is_some_and(|chain| !has(chain, "CERTIFICATE")) {
        return Err(malformed("certificate chain"));
    }
    let tags = tag::given(call)?;
    let certificates = &call.account.iam.certificates;
    if certificates.taken(name) {
        return Err(Kind::ServerCertificate.exists(name));
    }
    let most = call.account.settings.iam_limits.server_certificates;
    if certificates.len() >= most {
        return Err(quotas::exceeded("ServerCertificatesPerAccount", most));
    }
    let certificate = ServerCertificate {
        entity: Entity::new(call.account, Kind::ServerCertificate, path, name),
        body: body.to_owned(),
        chain: chain.map(str::to_owned),
        expires: Some(read.not_after),
        tags,
    };
    let mut output = json!({ "ServerCertificateMetadata": certificate.metadata() });
    if let (false, Some(output)) = (certificate.tags.is_empty(), output.as_object_mut()) {
        output.insert("Tags".to_owned(), certificate.tags.shown());
    }
    call.account.iam.certificates.insert(certificate);
    Ok(output)
}

fn get(call: &mut Call<'_>) -> Answer {
    let certificate = find::<ServerCertificate>(call, call.required("ServerCertificateName"))?;
    let mut shown = Map::new();
    shown.insert("ServerCertificateMetadata".to_owned(), certificate.metadata().into());
    shown.insert("CertificateBody".to_owned(), certificate.body.as_str().into());
    if let Some(chain) = &certificate.chain {
        shown.insert("CertificateChain".to_owned(), chain.as_str().into());
    }
    if !certificate.tags.is_empty() {
        shown.insert("Tags".to_owned(), certificate.tags.shown());
    }
    Ok(json!({ "ServerCertificate": shown }))
}

fn list(call: &mut Call<'_>) -> Answer {
    let prefix = call.text("PathPrefix").unwrap_or("/");
    let account = &*call.account;
    let certificates = account.iam.certificates.iter();
    let shown = certificates
        .filter(|certificate| certificate.entity.path.starts_with(prefix) && shows(account, &certificate.entity))
        .map(|certificate| (certificate.entity.name.clone(), certificate.metadata().into()));
    page::of(call, "ServerCertificateMetadataList", shown.collect())
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServerCertificate.html>: what is in use stays.
fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("ServerCertificateName");
    let entity = find::<ServerCertificate>(call, name)?.entity.clone();
    if let Some(user) = uses::of_certificate(call.account, &entity.arn) {
        let message = format!("Certificate: {} is currently in use by {user}. Please remove it first.", entity.id);
        return Err(ApiError::new("DeleteConflict", message));
    }
    call.account.iam.certificates.remove(name);
    Ok(json!({}))
}
