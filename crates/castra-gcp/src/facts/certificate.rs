//! The application balancer's certificate: which one the spec means, and whether a balancer of the region can show it.

use castra_core::inventory::Findings;
use castra_core::spec::CertificateRef;
use castra_core::{Call, ErrorKind, Result};
use google_cloud_compute_v1::model::SslCertificate;
use jiff::{Timestamp, ToSpan as _};

use crate::call::{maybe, send};
use crate::client::Clients;
use crate::links;
use crate::settings::Settings;
use crate::survey::Look;

const PATH: &str = "load_balancer.certificate";

/// Where certificates of a region's load balancers are, in a resource's path.
const COLLECTION: &str = "sslCertificates";

/// The name of the certificate that is meant.
///
/// # Errors
/// Why a load balancer of the region can't show it, and what to write instead.
fn named<'r>(settings: &Settings, reference: &'r CertificateRef) -> std::result::Result<&'r str, (String, String)> {
    let text = reference.as_str();
    let (project, region) = (settings.project.as_str(), settings.region.as_str());
    let remedy = |name: &str| {
        format!(
            "write the name of a certificate of {region}, or projects/{project}/regions/{region}/{COLLECTION}/{name}"
        )
    };
    if !text.contains('/') {
        return Ok(text);
    }
    let Some(name) = links::after(text, COLLECTION).filter(|name| !name.is_empty()) else {
        return Err((format!("{text} isn't an SSL certificate of Compute Engine"), remedy("NAME")));
    };
    if text.split('/').any(|part| part == "global") {
        let message =
            format!("{text} is a global certificate, and a load balancer of a region shows only those of its region");
        return Err((message, remedy(name)));
    }
    if let Some(other) = links::after(text, "regions").filter(|other| *other != region) {
        return Err((format!("{text} is of {other}, and the load balancer is in {region}"), remedy(name)));
    }
    if let Some(other) = links::after(text, "projects").filter(|other| *other != project) {
        return Err((format!("{text} is of the project {other}, and the load balancer is in {project}"), remedy(name)));
    }
    Ok(name)
}

/// The path of the certificate that is meant.
pub(crate) fn path(settings: &Settings, reference: &CertificateRef) -> String {
    let name = named(settings, reference).unwrap_or(reference.as_str());
    format!("projects/{}/regions/{}/{COLLECTION}/{name}", settings.project, settings.region)
}

/// Looks the certificate up before it is used.
pub(crate) async fn check(
    look: &Look<'_>,
    reference: &CertificateRef,
    settings: &Settings,
    findings: &mut Findings,
) -> Result<()> {
    let name = match named(settings, reference) {
        Ok(name) => name,
        Err((message, remedy)) => {
            findings.problem(PATH, message, remedy);
            return Ok(());
        }
    };
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.region_ssl_certificates.get().set_project(project).set_region(region);
    let request = request.set_ssl_certificate(name);
    match maybe(send!(look, Call::read("compute", "regionSslCertificates.get"), request)) {
        Ok(Some(certificate)) => findings.notes.extend(expires(&certificate, look.cx.now())),
        Ok(None) => missing(look, name, findings).await?,
        Err(error) if error.kind() == ErrorKind::Denied => {
            findings.notes.push(format!("the certificate could not be looked at: {}", error.message()));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Says that there is no such certificate, and whether there is a global one of that name, which is what the console
/// makes.
async fn missing(look: &Look<'_>, name: &str, findings: &mut Findings) -> Result<()> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.ssl_certificates.get().set_project(project).set_ssl_certificate(name);
    let global = maybe(send!(look, Call::read("compute", "sslCertificates.get"), request));
    let message = match global {
        Ok(Some(_)) => {
            format!("{name} is a global certificate, and a load balancer of a region shows only those of its region")
        }
        _ => format!("there is no certificate {name} in {region}"),
    };
    findings.problem(
        PATH,
        message,
        format!("make one with `gcloud compute ssl-certificates create --region={region}`"),
    );
    Ok(())
}

/// What is worth saying about when a certificate expires.
fn expires(certificate: &SslCertificate, now: Timestamp) -> Option<String> {
    let at: Timestamp = certificate.expire_time.as_deref()?.parse().ok()?;
    let soon = now.checked_add((30 * 24).hours()).ok()?;
    let name = certificate.name.as_deref().unwrap_or_default();
    (at < soon).then(|| format!("the certificate {name} expires at {at}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::settings::{FirewallRules, Image};

    fn settings() -> Settings {
        Settings {
            project: "p1".into(),
            region: "europe-west1".into(),
            image: Image::Name { project: "p1".into(), name: "i".into() },
            allow_fewer_zones: false,
            zones: Vec::new(),
            network: None,
            subnetwork: None,
            proxy_subnet_cidr: None,
            firewall_rules: FirewallRules::Create,
        }
    }

    #[test]
    fn a_certificate_of_the_region_is_meant_by_name_or_path() {
        let whole = "projects/p1/regions/europe-west1/sslCertificates/site";
        let url = format!("https://www.googleapis.com/compute/v1/{whole}");
        for text in ["site", "regions/europe-west1/sslCertificates/site", whole, &url] {
            let reference = text.parse().unwrap();
            assert_eq!(named(&settings(), &reference).unwrap(), "site", "{text}");
            assert_eq!(path(&settings(), &reference), whole);
        }
    }

    #[test]
    fn what_the_regions_balancer_cannot_show_is_refused_with_the_reason() {
        for (text, word) in [
            ("projects/p1/global/sslCertificates/site", "global"),
            ("projects/p1/regions/us-east1/sslCertificates/site", "us-east1"),
            ("projects/p2/regions/europe-west1/sslCertificates/site", "p2"),
            ("projects/p1/locations/europe-west1/certificates/site", "isn't an SSL certificate"),
            ("arn:aws:acm:eu-central-1:111122223333:certificate/a1", "isn't an SSL certificate"),
        ] {
            let (message, remedy) = named(&settings(), &text.parse().unwrap()).unwrap_err();
            assert!(message.contains(word), "{message}");
            assert!(remedy.contains("europe-west1"), "{remedy}");
        }
    }

    #[test]
    fn one_that_expires_soon_is_told() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let of = |at: &str| expires(&SslCertificate::new().set_name("site").set_expire_time(at), now);
        assert!(of("2026-12-01T00:00:00.000-08:00").unwrap().starts_with("the certificate site expires at 2026-12-01"));
        assert_eq!(of("2027-06-01T00:00:00Z"), None);
        assert_eq!(expires(&SslCertificate::new(), now), None);
    }
}
