//! The load balancers.

use anyhow::{Context as _, Result, ensure};
use castra_core::ErrorKind;
use castra_core::inventory::Endpoint;
use serde_json::json;

use castra_tests::gcp::{Lab, REGION};

/// The spec's balancer with an internal address, for the cluster's network or for ranges.
const INTERNAL: (&str, &str) = ("exposure = \"public\"\nallowed_cidrs = [\"0.0.0.0/0\"]", "exposure = \"internal\"");

#[tokio::test]
async fn both_exposures_settle_and_go() -> Result<()> {
    for edits in [&[][..], &[INTERNAL]] {
        let lab = Lab::open().await?;
        let before = lab.objects();
        let spec = lab.spec(edits)?;
        lab.apply(&spec).await?;
        lab.settled(&spec).await?;
        lab.destroy().await?;
        ensure!(lab.objects() == before, "{:?}", lab.objects());
    }
    Ok(())
}

#[tokio::test]
async fn the_balancers_are_told_by_their_addresses() -> Result<()> {
    let lab = Lab::calm().await?;
    lab.apply(&lab.spec(&[])?).await?;
    let endpoints: Vec<Endpoint> = lab.status(None).await?.endpoints;
    let url = |name: &str| endpoints.iter().find(|one| one.name == name).map(|one| one.url.clone());
    let application = lab.live("address/application-public", "address").await?;
    let control = lab.live("address/control", "address").await?;
    ensure!(url("application").as_deref() == Some(&*format!("https://{}", application.as_str().context("text")?)));
    ensure!(
        url("control").as_deref() == control.as_str()
            && control.as_str().is_some_and(|text| text.starts_with("10.20."))
    );
    Ok(())
}

#[tokio::test]
async fn who_gets_through_is_as_the_spec_says() -> Result<()> {
    let lab = Lab::calm().await?;
    let allowed = |ranges: &str| [("allowed_cidrs = [\"0.0.0.0/0\"]", format!("allowed_cidrs = [{ranges}]"))];
    let spec = |ranges: &str| {
        let edits = allowed(ranges);
        lab.spec(&edits.iter().map(|(from, to)| (*from, to.as_str())).collect::<Vec<_>>())
    };
    let many: Vec<String> = (0..12).map(|at| format!("\"192.0.{at}.0/24\"")).collect();
    for ranges in ["\"192.0.2.0/24\"", &many.join(", "), "\"198.51.100.0/24\", \"192.0.2.0/24\""] {
        let spec = spec(ranges)?;
        lab.apply(&spec).await?;
        lab.settled(&spec).await?;
    }
    let rules = lab.live("security_policy/application", "rules").await?;
    let last = json!({ "priority": i32::MAX, "action": "deny(403)", "ranges": ["*"] });
    let first = json!({ "priority": 1000, "action": "allow", "ranges": ["198.51.100.0/24", "192.0.2.0/24"] });
    ensure!(rules == json!([first, last]), "{rules}");
    // An internal balancer that names nobody is for its network.
    let internal = lab.spec(&[INTERNAL])?;
    lab.apply(&internal).await?;
    lab.settled(&internal).await?;
    let rules = lab.live("security_policy/application", "rules").await?;
    ensure!(rules[0]["ranges"] == json!(["10.20.0.0/16"]), "{rules}");
    Ok(())
}

#[tokio::test]
async fn what_others_change_is_mended() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    for (what, field) in change_all(&lab).await? {
        let plan = lab.plan(&spec).await?;
        let text = plan.to_text();
        ensure!(text.contains(what) && text.contains(field), "{what} {field} is not in the plan:\n{text}");
    }
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

/// Changes something of each kind that a balancer is made of. Tells of what, and which field.
async fn change_all(lab: &Lab) -> Result<Vec<(&'static str, &'static str)>> {
    let here = |path: &str| format!("regions/{REGION}/{path}");
    let body = json!({ "timeoutSec": 9, "httpsHealthCheck": { "requestPath": "/elsewhere" } });
    lab.cloud.meddle("PATCH", &here("healthChecks/camp-application"), body).await?;
    let everyone = json!({ "versionedExpr": "SRC_IPS_V1", "config": { "srcIpRanges": ["*"] } });
    let body = json!({ "priority": 7, "action": "allow", "match": everyone });
    lab.cloud.meddle("POST", &here("securityPolicies/camp-application/addRule"), body).await?;
    lab.cloud.meddle("POST", &here("backendServices/camp-application-public/setSecurityPolicy"), json!({})).await?;
    let service = lab.cloud.read(&here("backendServices/camp-control-6443")).await?;
    let body = json!({ "connectionDraining": { "drainingTimeoutSec": 5 }, "fingerprint": service["fingerprint"] });
    lab.cloud.meddle("PATCH", &here("backendServices/camp-control-6443"), body).await?;
    let map = lab.cloud.read(&here("urlMaps/camp-application-public-80")).await?;
    let elsewhere = json!({ "httpsRedirect": true, "hostRedirect": "example.com" });
    let body = json!({ "defaultUrlRedirect": elsewhere, "fingerprint": map["fingerprint"] });
    lab.cloud.meddle("PATCH", &here("urlMaps/camp-application-public-80"), body).await?;
    let body = json!({ "urlMap": here("urlMaps/camp-application-public-80") });
    lab.cloud.meddle("POST", &here("targetHttpsProxies/camp-application-public-443/setUrlMap"), body).await?;
    let rule = lab.cloud.read(&here("forwardingRules/camp-application-public-443")).await?;
    let body = json!({ "labels": { "team": "else" }, "labelFingerprint": rule["labelFingerprint"] });
    lab.cloud.meddle("POST", &here("forwardingRules/camp-application-public-443/setLabels"), body).await?;
    let body = json!({ "allowGlobalAccess": true });
    lab.cloud.meddle("PATCH", &here("forwardingRules/camp-control-6443"), body).await?;
    Ok(vec![
        ("health_check/application", "path"),
        ("health_check/application", "timeout_seconds"),
        ("security_policy/application", "rules"),
        ("backend_service/application-public", "security_policy"),
        ("backend_service/control-6443", "drain_seconds"),
        ("url_map/application-public-80", "action"),
        ("target_https_proxy/application-public-443", "url_map"),
        ("forwarding_rule/application-public-443", "labels"),
        ("forwarding_rule/control-6443", "global_access"),
    ])
}

#[tokio::test]
async fn a_certificate_that_cannot_be_shown_is_a_problem() -> Result<()> {
    let lab = Lab::calm().await?;
    for (edit, word) in [
        ("projects/PROJECT/global/sslCertificates/camp-example-com", "global"),
        ("projects/PROJECT/regions/us-east1/sslCertificates/camp-example-com", "us-east1"),
        ("no-such-certificate", "there is no certificate no-such-certificate"),
    ] {
        let wanted = edit.replace("PROJECT", &lab.project);
        let shown = format!("projects/{}/regions/europe-west1/sslCertificates/camp-example-com", lab.project);
        let error = lab.plan(&lab.spec(&[(&shown, &wanted)])?).await.err().context("it was planned")?;
        ensure!(
            format!("{error:?}").contains(word) && format!("{error:?}").contains("load_balancer.certificate"),
            "{error:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn machines_that_serve_nothing_are_named() -> Result<()> {
    let lab = Lab::calm().await?;
    let mut settings = lab.emulator.project_settings(&lab.project);
    settings.workload.listens.clear();
    lab.emulator.set_project_settings(&lab.project, settings);
    let errors = lab.failing(&lab.spec(&[])?).await?;
    let ill = errors.iter().find(|error| error.kind() == ErrorKind::Unhealthy).context("nothing is unhealthy")?;
    let text = format!("{ill:?}");
    ensure!(text.contains("camp-primary-0 is UNHEALTHY") && text.contains("35.191.0.0/16"), "{text}");
    Ok(())
}
