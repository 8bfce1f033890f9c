//! The network and who may reach whom in it.

use serde_json::json;

use super::world::{Case, World, called, case, deleted, labelled, patched};

const NODES: &str = "firewall/primary-to-primary";

pub(super) fn cases() -> Vec<Case> {
    vec![
        patched("network/main", "routing_mode", json!({ "routingConfig": { "routingMode": "GLOBAL" } })),
        called(
            "subnetwork/nodes",
            "private_google_access",
            "setPrivateIpGoogleAccess",
            json!({ "privateIpGoogleAccess": false }),
        ),
        case("router/main", "nats", |w| async move {
            let mut nat = w.cloud.read(&w.me).await?["nats"][0].clone();
            nat["subnetworks"][0]["sourceIpRangesToNat"] = json!(["ALL_IP_RANGES"]);
            w.patch(&w.me, json!({ "nats": [nat] })).await
        }),
        case(NODES, "source_service_accounts", |w| async move {
            let other = w.id("service_account/secondary");
            w.patch(&w.me, json!({ "sourceServiceAccounts": [other] })).await
        }),
        case(NODES, "target_service_accounts", |w| async move {
            let other = w.id("service_account/secondary");
            w.patch(&w.me, json!({ "targetServiceAccounts": [other] })).await
        }),
        patched(NODES, "allowed", json!({ "allowed": [{ "IPProtocol": "tcp" }] })),
        patched(NODES, "priority", json!({ "priority": 10 })),
        patched(NODES, "disabled", json!({ "disabled": true })),
        patched("firewall/application-to-primary", "source_ranges", json!({ "sourceRanges": ["0.0.0.0/0"] })),
        deleted("firewall/secondary-to-primary"),
        labelled("address/primary-0"),
        labelled("address/application-public"),
    ]
}

/// What leaves another subnetwork behind: one of a network is active, and another that becomes so takes its place.
pub(super) fn last() -> Vec<Case> {
    vec![case("subnetwork/proxies", "role", |w| async move {
        let (network, others) = (w.id("network/main"), World::here("subnetworks/others"));
        let other = json!({
            "name": "others", "network": network, "ipCidrRange": "10.99.0.0/24", "purpose": "REGIONAL_MANAGED_PROXY",
            "role": "BACKUP",
        });
        w.cloud.meddle("POST", &World::here("subnetworks"), other).await?;
        w.patch(&others, json!({ "role": "ACTIVE", "fingerprint": "" })).await
    })]
}
