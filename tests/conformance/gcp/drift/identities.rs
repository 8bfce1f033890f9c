//! The anchor, and what machines are to Google Cloud.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::world::{Case, World, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("anchor/main", "protected", |w| async move {
            let now = w.cloud.read(&w.me).await?;
            let described = now["description"].as_str().context("a description")?;
            let protected = described.replace("castra:protected=false", "castra:protected=true");
            w.patch(&w.me, json!({ "description": protected })).await
        }),
        case("service_account/primary", "display_name", |w| async move {
            let body = json!({ "serviceAccount": { "displayName": "mine" }, "updateMask": "displayName" });
            w.cloud.request("PATCH", &path(&w), &body).await?;
            Ok(())
        }),
        case("service_account/primary", "disabled", |w| async move {
            w.cloud.request("POST", &format!("{}:disable", path(&w)), &json!({})).await?;
            Ok(())
        }),
        case("project_iam_member/nodes", "bindings", more),
    ]
}

fn path(w: &World) -> String {
    format!("/v1/projects/{}/serviceAccounts/{}", w.cloud.project, w.me)
}

/// A role too much.
async fn more(w: World) -> Result<()> {
    let mut policy: Value = w.cloud.policy().await?;
    let member = format!("serviceAccount:{}", w.cloud.account("primary"));
    let bindings = policy["bindings"].as_array_mut().context("bindings")?;
    bindings.push(json!({ "role": "roles/editor", "members": [member] }));
    w.cloud.set_policy(&policy).await?;
    Ok(())
}
