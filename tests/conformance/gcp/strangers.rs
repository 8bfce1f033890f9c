//! Somebody else's objects, with names that ours would have.

use anyhow::Result;
use castra_testkit::Stranger;
use castra_tests::gcp::{Cloud, REGION};
use futures::FutureExt as _;
use serde_json::{Value, json};

/// Makes them.
pub(super) async fn make(cloud: &Cloud) -> Result<Vec<Stranger>> {
    let tcp = json!({ "port": 80 });
    let check = |name: &str| json!({ "name": name, "type": "TCP", "tcpHealthCheck": tcp, "description": "theirs" });
    let (region, network) = (format!("regions/{REGION}"), format!("camp-{REGION}-main"));
    Ok(vec![
        compute(cloud, "anchor/main", &format!("{region}/healthChecks"), check("camp-anchor")).await?,
        compute(cloud, "network/main", "global/networks", json!({ "name": network, "autoCreateSubnetworks": false }))
            .await?,
        compute(cloud, "health_check/application", &format!("{region}/healthChecks"), check("camp-application"))
            .await?,
        account(cloud).await?,
    ])
}

/// An object of Compute Engine's.
async fn compute(cloud: &Cloud, address: &'static str, collection: &str, body: Value) -> Result<Stranger> {
    let path = format!("{collection}/{}", body["name"].as_str().unwrap_or_default());
    cloud.meddle("POST", collection, body).await?;
    let (theirs, id) = (cloud.clone(), format!("projects/{}/{path}", cloud.project));
    let remove = async move { theirs.meddle("DELETE", &path, Value::Null).await };
    Ok(Stranger { address, id, remove: remove.boxed_local() })
}

async fn account(cloud: &Cloud) -> Result<Stranger> {
    let id = cloud.account("primary");
    let accounts = format!("/v1/projects/{}/serviceAccounts", cloud.project);
    let body = json!({ "accountId": id.split('@').next(), "serviceAccount": { "displayName": "theirs" } });
    cloud.request("POST", &accounts, &body).await?;
    let (theirs, path) = (cloud.clone(), format!("{accounts}/{id}"));
    let remove = async move { theirs.request("DELETE", &path, &Value::Null).await.map(drop) };
    Ok(Stranger { address: "service_account/primary", id, remove: remove.boxed_local() })
}
