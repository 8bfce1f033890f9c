//! What the spec refers to beside the network: the certificate and the alias's hosted zone.

use castra_core::ErrorKind;
use castra_core::Result;
#[cfg(feature = "acm")]
use castra_core::inventory::Findings;
use castra_core::spec::Spec;
#[cfg(feature = "acm")]
use jiff::ToSpan as _;

use crate::kinds::load_balancing::Balancing;
use crate::settings::Settings;
use crate::survey::Look;

/// Looks the balancer's certificate up before it is used. One that a listener of the cluster's balancers shows already
/// has been accepted, and one that is in IAM isn't looked at.
#[cfg(feature = "acm")]
pub(crate) async fn certificate(
    look: &Look<'_>,
    spec: &Spec,
    settings: &Settings,
    balancing: &Balancing,
    findings: &mut Findings,
) -> Result<()> {
    const PATH: &str = "load_balancer.certificate";
    let arn = spec.load_balancer.certificate.as_str();
    if !arn.contains(":acm:") || balancing.shows(arn) {
        return Ok(());
    }
    let certificate = match crate::certificate::look(look, arn).await {
        Ok(Some(certificate)) => certificate,
        Ok(None) => {
            let message = format!("there is no certificate {arn} in this account");
            findings.problem(PATH, message, "write the ARN of a certificate of the same account and region");
            return Ok(());
        }
        Err(error) if error.kind() == ErrorKind::Denied => {
            findings.note(format!("the certificate could not be looked at: {}", error.message()));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    if !certificate.issued() {
        findings.note(format!(
            "the certificate for {} is {}: a balancer takes one only once it is issued",
            certificate.domain, certificate.status
        ));
    }
    let soon = look.cx.now().checked_add((30 * 24).hours()).ok();
    if let (Some(expires), Some(soon)) = (certificate.expires, soon)
        && expires < soon
    {
        findings.note(format!("the certificate for {} expires at {expires}", certificate.domain));
    }
    if let Some(host) = settings.record_name.as_deref().filter(|host| !certificate.covers(host)) {
        findings.note(format!("the certificate for {} isn't for {host}", certificate.domain));
    }
    Ok(())
}

/// Without the feature `acm` nothing is looked up: a balancer's listener refuses a certificate that isn't there.
#[cfg(not(feature = "acm"))]
pub(crate) async fn certificate(_: &Look<'_>, _: &Spec, _: &Settings, _: &Balancing, _: &mut Findings) -> Result<()> {
    Ok(())
}

/// Looks whether the alias's hosted zone is there and is the zone of its name.
#[cfg(feature = "route53")]
pub(crate) async fn alias_zone(look: &Look<'_>, zone: &str, name: &str, findings: &mut Findings) -> Result<()> {
    use crate::call::{maybe, send};
    let request = look.clients.route53.get_hosted_zone().id(zone);
    let answer = send!(look.cx, castra_core::Call::read("route53", "GetHostedZone"), request);
    let Some(answer) = maybe(answer)? else {
        let message = format!("there is no hosted zone {zone} in this account");
        findings.problem("provider.hosted_zone_id", message, "write the id of the name's hosted zone");
        return Ok(());
    };
    let domain = answer.hosted_zone().map(|zone| zone.name().trim_end_matches('.').to_owned()).unwrap_or_default();
    if name != domain && !name.ends_with(&format!(".{domain}")) {
        let message = format!("\"{name}\" isn't in the hosted zone {zone}, which is for {domain}");
        findings.problem("provider.record_name", message, format!("write a name that ends in .{domain}"));
    }
    Ok(())
}
