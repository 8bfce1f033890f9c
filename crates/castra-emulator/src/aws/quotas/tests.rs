#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use super::catalogue::{QUOTAS, SERVICES};
use crate::aws::testing::Lab;

#[test]
fn the_catalogue_is_in_order() {
    for quotas in QUOTAS.windows(2) {
        assert!((quotas[0].service, quotas[0].code) < (quotas[1].service, quotas[1].code), "{}", quotas[1].code);
    }
    assert!(QUOTAS.iter().all(|quota| SERVICES.iter().any(|(service, ..)| *service == quota.service)));
}

#[test]
fn values_are_the_settings() {
    let mut lab = Lab::new();
    lab.account.settings.network_limits.vpcs = 7;
    let vpcs = json!({ "ServiceCode": "vpc", "QuotaCode": "L-F678F1CE" });
    assert_eq!(lab.ok("servicequotas", "GetServiceQuota", vpcs.clone())["Quota"]["Value"], 7.0);
    assert_eq!(lab.ok("servicequotas", "GetAWSDefaultServiceQuota", vpcs)["Quota"]["Value"], 5.0);
    let mut refused = |service: &str, code: &str| {
        let input = json!({ "ServiceCode": service, "QuotaCode": code });
        lab.refused("servicequotas", "GetServiceQuota", input, "NoSuchResourceException")
    };
    assert!(refused("vpc", "L-00000000").contains("quota"));
    assert!(refused("EC2", "L-1216C47A").contains("service"));
    refused("iam", "L-FE177D64");
    lab.region = "us-east-1".to_owned();
    let roles = json!({ "ServiceCode": "iam", "QuotaCode": "L-FE177D64" });
    assert_eq!(lab.ok("servicequotas", "GetServiceQuota", roles)["Quota"]["GlobalQuota"], true);
}

#[test]
fn lists_come_in_pages() {
    let mut lab = Lab::new();
    let mut codes: Vec<Value> = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({ "ServiceCode": "vpc", "MaxResults": 5 });
        if !token.is_null() {
            input["NextToken"] = token;
        }
        let page = lab.ok("servicequotas", "ListServiceQuotas", input);
        codes.extend(page["Quotas"].as_array().unwrap().iter().map(|quota| quota["QuotaCode"].clone()));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(codes.len(), QUOTAS.iter().filter(|quota| quota.service == "vpc").count());
    assert_eq!(lab.ok("servicequotas", "ListServices", json!({}))["Services"].as_array().unwrap().len(), 4);
}

#[test]
fn increases_are_asked_for_once() {
    let mut lab = Lab::new();
    let ask = |code: &str, value: f64| json!({ "ServiceCode": "ec2", "QuotaCode": code, "DesiredValue": value });
    let made = lab.ok("servicequotas", "RequestServiceQuotaIncrease", ask("L-0263D0A3", 10.0));
    let mut refused =
        |input: Value, code: &str| lab.refused("servicequotas", "RequestServiceQuotaIncrease", input, code);
    refused(ask("L-0263D0A3", 20.0), "ResourceAlreadyExistsException");
    refused(ask("L-1216C47A", 1.0), "IllegalArgumentException");
    refused(ask("L-FB451C26", 10_000.0), "IllegalArgumentException");
    let id = json!({ "RequestId": made["RequestedQuota"]["Id"] });
    assert_eq!(lab.ok("servicequotas", "GetRequestedServiceQuotaChange", id)["RequestedQuota"]["Status"], "PENDING");
}
