//! The network and who the nodes are: what is changed behind Castra's back shows and is mended, and what is others' stays.

use anyhow::{Context as _, Result, ensure};
use castra_core::ErrorKind;
use castra_core::plan::Plan;
use serde_json::{Value, json};

use castra_tests::gcp::{Lab, REGION};

/// The changes of a plan, each as `resource field`.
fn changes(plan: &Plan) -> Vec<String> {
    let of = |step: &castra_core::plan::Step| {
        let fields = step.changes.iter().map(|change| format!("{} {}", step.address, change.field));
        fields.collect::<Vec<_>>()
    };
    plan.steps.iter().flat_map(of).collect()
}

#[tokio::test]
async fn what_is_changed_in_the_network_shows_and_is_mended() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.settled_cluster().await?;
    let region = format!("regions/{REGION}");
    let firewall = format!("global/firewalls/camp-{REGION}-primary-to-primary");
    lab.cloud
        .meddle(
            "PATCH",
            &firewall,
            json!({ "sourceRanges": ["0.0.0.0/0"], "disabled": true, "logConfig": { "enable": true } }),
        )
        .await?;
    let mut router = lab.cloud.read(&format!("{region}/routers/camp-main")).await?;
    let nat = &mut router["nats"][0];
    nat["subnetworks"][0]["sourceIpRangesToNat"] = json!(["ALL_IP_RANGES"]);
    nat["minPortsPerVm"] = json!(128);
    lab.cloud.meddle("PATCH", &format!("{region}/routers/camp-main"), json!({ "nats": [nat] })).await?;
    let nodes = format!("{region}/subnetworks/camp-nodes");
    lab.cloud
        .meddle("POST", &format!("{nodes}/setPrivateIpGoogleAccess"), json!({ "privateIpGoogleAccess": false }))
        .await?;
    let proxies = format!("{region}/subnetworks/camp-proxies");
    // Another one takes its place; ours is a backup then.
    let network = format!("projects/{}/global/networks/camp-{REGION}-main", lab.project);
    let other = json!({
        "name": "others", "network": network, "ipCidrRange": "10.99.0.0/24", "purpose": "REGIONAL_MANAGED_PROXY", "role": "BACKUP",
    });
    lab.cloud.meddle("POST", &format!("{region}/subnetworks"), other).await?;
    let fingerprint = lab.cloud.read(&format!("{region}/subnetworks/others")).await?["fingerprint"].clone();
    let active = json!({ "role": "ACTIVE", "fingerprint": fingerprint });
    lab.cloud.meddle("PATCH", &format!("{region}/subnetworks/others"), active).await?;
    ensure!(lab.cloud.read(&proxies).await?["role"] == "BACKUP");
    let plan = lab.plan(&spec).await?;
    let expected = [
        "firewall/primary-to-primary disabled",
        "firewall/primary-to-primary source_ranges",
        "router/main nats",
        "subnetwork/nodes private_google_access",
        "subnetwork/proxies role",
    ];
    let mut shown = changes(&plan);
    shown.sort();
    ensure!(shown == expected, "{}", plan.to_text());
    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    let rule = lab.cloud.read(&firewall).await?;
    ensure!(
        rule.get("sourceRanges").is_none() && rule["logConfig"]["enable"] == true,
        "its logging isn't ours: {rule}"
    );
    let router = lab.cloud.read(&format!("{region}/routers/camp-main")).await?;
    ensure!(router["nats"][0]["minPortsPerVm"] == 128, "what isn't ours stays: {router}");
    ensure!(lab.cloud.read(&proxies).await?["role"] == "ACTIVE");
    Ok(())
}

#[tokio::test]
async fn roles_are_exactly_the_wanted_ones_and_others_keep_theirs() -> Result<()> {
    let lab = Lab::calm().await?;
    let others = json!({ "bindings": [
        { "role": "roles/owner", "members": ["user:owner@example.com"] },
        { "role": "roles/logging.logWriter", "members": ["user:alice@example.com"] },
    ]});
    lab.cloud.set_policy(&others).await?;
    let before = lab.cloud.policy().await?["bindings"].clone();
    let spec = lab.settled_cluster().await?;
    let mut policy = lab.cloud.policy().await?;
    let bindings = policy["bindings"].as_array_mut().context("bindings")?;
    ensure!(bindings.iter().any(|one| one["role"] == "roles/monitoring.metricWriter"), "{bindings:?}");
    bindings.retain(|binding| binding["role"] != "roles/monitoring.metricWriter");
    let member = format!("serviceAccount:{}", lab.cloud.account("primary"));
    bindings.push(json!({ "role": "roles/editor", "members": ["user:bob@example.com", member] }));
    lab.cloud.set_policy(&policy).await?;
    let plan = lab.plan(&spec).await?;
    ensure!(changes(&plan) == ["project_iam_member/nodes bindings"], "{}", plan.to_text());
    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    let editors = lab.cloud.policy().await?["bindings"].as_array().context("bindings")?.clone();
    let editors = editors.iter().find(|one| one["role"] == "roles/editor").context("bob keeps his role")?.clone();
    ensure!(editors["members"] == json!(["user:bob@example.com"]), "{editors}");
    lab.destroy().await?;
    let after = lab.cloud.policy().await?["bindings"].clone();
    let left = after.as_array().context("bindings")?.iter().filter(|one| one["role"] != "roles/editor").cloned();
    ensure!(left.collect::<Value>() == before, "{after}");
    Ok(())
}

#[tokio::test]
async fn an_account_that_somebody_deleted_is_made_again_and_what_it_had_goes() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.settled_cluster().await?;
    let path = format!("/v1/projects/{}/serviceAccounts/{}", lab.project, lab.cloud.account("secondary"));
    lab.cloud.request("POST", &format!("{path}:disable"), &json!({})).await?;
    let plan = lab.plan(&spec).await?;
    ensure!(changes(&plan) == ["service_account/secondary disabled"], "{}", plan.to_text());
    lab.apply(&spec).await?;
    lab.cloud.request("DELETE", &path, &Value::Null).await?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    let policy = lab.cloud.policy().await?.to_string();
    ensure!(policy.contains(&lab.cloud.account("secondary")) && !policy.contains("deleted:"), "{policy}");
    Ok(())
}

#[tokio::test]
async fn accounts_that_show_late_are_waited_for() -> Result<()> {
    let lab = Lab::open().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    // The same names again at once: new accounts, which show as late.
    lab.destroy().await?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

#[tokio::test]
async fn a_rule_of_somebody_else_is_left_alone() -> Result<()> {
    let lab = Lab::calm().await?;
    let rule = json!({
        "name": format!("camp-{REGION}-control-to-primary"), "network": "global/networks/default",
        "allowed": [{ "IPProtocol": "icmp" }], "description": "ours for years",
    });
    lab.cloud
        .meddle("POST", "global/networks", json!({ "name": "default", "autoCreateSubnetworks": false }))
        .await
        .ok();
    lab.cloud.meddle("POST", "global/firewalls", rule).await?;
    let spec = lab.spec(&[])?;
    match lab.failing(&spec).await {
        Ok(errors) => ensure!(errors.iter().any(|error| error.kind() == ErrorKind::Conflict), "{errors:?}"),
        Err(error) => {
            let error = error.downcast::<castra_core::Error>()?;
            ensure!(error.kind() == ErrorKind::Conflict, "{error}");
        }
    }
    let kept = lab.cloud.read(&format!("global/firewalls/camp-{REGION}-control-to-primary")).await?;
    ensure!(kept["description"] == "ours for years");
    Ok(())
}

#[tokio::test]
async fn an_existing_network_is_used_and_left_as_it_was() -> Result<()> {
    let lab = Lab::calm().await?;
    lab.cloud.meddle("POST", "global/networks", json!({ "name": "theirs", "autoCreateSubnetworks": false })).await?;
    let theirs = json!({ "name": "nodes", "network": "global/networks/theirs", "ipCidrRange": "10.50.0.0/20" });
    lab.cloud.meddle("POST", &format!("regions/{REGION}/subnetworks"), theirs).await?;
    let before = lab.objects();
    let existing = ("cidr = \"10.20.0.0/16\"", "existing = true");
    let named = |more: &str| format!("network = \"theirs\"\nsubnetwork = \"nodes\"\n{more}\n\n[network]");
    let lacking = lab.spec(&[existing, ("[network]", &named(""))])?;
    let told = lab.plan(&lacking).await.err().context("it has no proxies")?;
    ensure!(format!("{told:?}").contains("proxy_subnet_cidr"), "{told:?}");
    let spec = lab.spec(&[existing, ("[network]", &named("proxy_subnet_cidr = \"10.51.0.0/24\""))])?;
    lab.apply(&spec).await?;
    // What was made because it was missing is there now, and is still wanted.
    lab.settled(&spec).await?;
    let rule = lab.cloud.read(&format!("global/firewalls/camp-{REGION}-application-to-primary")).await?;
    ensure!(rule["network"].as_str().is_some_and(|network| network.ends_with("/networks/theirs")), "{rule}");
    ensure!(rule["sourceRanges"].to_string().contains("10.51.0.0/24"), "{rule}");
    lab.destroy().await?;
    ensure!(lab.objects() == before, "{:?}", lab.objects());
    Ok(())
}

#[tokio::test]
async fn clusters_of_one_name_in_two_regions_keep_out_of_each_others_way() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.settled_cluster().await?;
    let network = format!("global/networks/camp-{REGION}-main");
    let description = lab.cloud.read(&network).await?["description"].clone();
    // What another region's cluster of the same name has: its own name says where it is.
    let other = json!({ "name": "camp-us-east1-main", "autoCreateSubnetworks": false, "description": description });
    lab.cloud.meddle("POST", "global/networks", other).await?;
    lab.settled(&spec).await?;
    lab.destroy().await?;
    ensure!(
        lab.cloud.read("global/networks/camp-us-east1-main").await?["name"] == "camp-us-east1-main",
        "it isn't ours"
    );
    Ok(())
}
