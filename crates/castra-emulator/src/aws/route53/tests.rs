#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::{Lab, REGION};

fn zone(lab: &mut Lab) -> String {
    let made = lab.ok("route53", "CreateHostedZone", json!({ "Name": "Example.ORG", "CallerReference": "one" }));
    assert_eq!(made["HostedZone"]["Name"], "example.org.");
    Lab::text(&made, "/HostedZone/Id")
}

fn record(action: &str, name: &str, kind: &str, values: &[&str]) -> Value {
    let values: Vec<Value> = values.iter().map(|value| json!({ "Value": value })).collect();
    let set = json!({ "Name": name, "Type": kind, "TTL": 60, "ResourceRecords": values });
    json!({ "Action": action, "ResourceRecordSet": set })
}

fn batch(id: &str, changes: &[Value]) -> Value {
    json!({ "HostedZoneId": id, "ChangeBatch": { "Changes": changes } })
}

fn change(lab: &mut Lab, id: &str, changes: &[Value]) -> Value {
    lab.ok("route53", "ChangeResourceRecordSets", batch(id, changes))
}

fn refused(lab: &mut Lab, id: &str, changes: &[Value]) -> String {
    lab.refused("route53", "ChangeResourceRecordSets", batch(id, changes), "InvalidChangeBatch")
}

fn names(lab: &mut Lab, id: &str) -> Vec<String> {
    let listed = lab.ok("route53", "ListResourceRecordSets", json!({ "HostedZoneId": id }));
    let sets = listed["ResourceRecordSets"].as_array().unwrap();
    sets.iter().map(|set| format!("{} {}", set["Name"].as_str().unwrap(), set["Type"].as_str().unwrap())).collect()
}

#[test]
fn zones_begin_with_their_servers_and_go_when_empty() {
    let mut lab = Lab::new();
    let id = zone(&mut lab);
    assert_eq!(names(&mut lab, &id), ["example.org. NS", "example.org. SOA"]);
    let again = json!({ "Name": "example.com", "CallerReference": "one" });
    lab.refused("route53", "CreateHostedZone", again.clone(), "HostedZoneAlreadyExists");
    for name in ["bad..name", "com"] {
        let bad = json!({ "Name": name, "CallerReference": "two" });
        lab.refused("route53", "CreateHostedZone", bad, "InvalidDomainName");
    }
    change(&mut lab, &id, &[record("CREATE", "a.example.org", "A", &["192.0.2.1"])]);
    lab.refused("route53", "DeleteHostedZone", json!({ "Id": id }), "HostedZoneNotEmpty");
    change(&mut lab, &id, &[record("DELETE", "a.example.org", "A", &["192.0.2.1"])]);
    lab.ok("route53", "DeleteHostedZone", json!({ "Id": id }));
    lab.refused("route53", "GetHostedZone", json!({ "Id": id }), "NoSuchHostedZone");
    lab.refused("route53", "CreateHostedZone", again, "HostedZoneAlreadyExists");
}

#[test]
fn batches_are_all_or_nothing() {
    let mut lab = Lab::new();
    let id = zone(&mut lab);
    change(&mut lab, &id, &[record("CREATE", "a.example.org", "A", &["192.0.2.1"])]);
    let said = refused(
        &mut lab,
        &id,
        &[
            record("CREATE", "A.example.org.", "A", &["192.0.2.2"]),
            record("CREATE", "b.example.org", "A", &["192.0.2.2"]),
            record("DELETE", "c.example.org", "A", &["192.0.2.2"]),
        ],
    );
    assert_eq!(
        said,
        "[Tried to create resource record set [name='a.example.org.', type='A'] but it already exists, Tried to delete \
         resource record set [name='c.example.org.', type='A'] but it was not found]"
    );
    assert_eq!(names(&mut lab, &id).len(), 3);
    let said = refused(&mut lab, &id, &[record("DELETE", "a.example.org", "A", &["192.0.2.9"])]);
    assert!(said.contains("but the values provided do not match the current values"));
    let anew = [
        record("DELETE", "a.example.org", "A", &["192.0.2.1"]),
        record("CREATE", "a.example.org", "CNAME", &["b.example.com"]),
    ];
    change(&mut lab, &id, &anew);
    let twice = [
        record("UPSERT", "b.example.org", "A", &["192.0.2.1"]),
        record("UPSERT", "b.example.org", "A", &["192.0.2.2"]),
    ];
    assert!(refused(&mut lab, &id, &twice).contains("an invalid set of changes"));
}

#[test]
fn records_keep_to_their_zone_and_to_each_other() {
    let mut lab = Lab::new();
    let id = zone(&mut lab);
    change(&mut lab, &id, &[record("CREATE", "a.example.org", "A", &["192.0.2.1"])]);
    change(&mut lab, &id, &[record("CREATE", "c.example.org", "CNAME", &["b.example.com"])]);
    for (wrong, said) in [
        (
            record("CREATE", "a.example.com", "A", &["192.0.2.1"]),
            "a.example.com. is not permitted in zone example.org.",
        ),
        (record("CREATE", "example.org", "CNAME", &["b.example.com"]), "is not permitted at apex"),
        (record("CREATE", "a.example.org", "CNAME", &["b.example.com"]), "conflicts with other records"),
        (record("CREATE", "c.example.org", "TXT", &["\"x\""]), "a conflicting RRSet of type CNAME"),
        (record("CREATE", "b.example.org", "A", &["192.0.2.256"]), "ARRDATAIllegalIPv4Address"),
        (record("CREATE", "b.example.org", "A", &["192.0.2.1", "192.0.2.1"]), "Duplicate Resource Record"),
        (record("CREATE", "b..example.org", "A", &["192.0.2.1"]), "DomainLabelEmpty"),
    ] {
        let problem = refused(&mut lab, &id, &[wrong]);
        assert!(problem.contains(said), "{problem}");
    }
    let own = lab.ok("route53", "ListResourceRecordSets", json!({ "HostedZoneId": id }))["ResourceRecordSets"].clone();
    for set in own.as_array().unwrap().iter().take(2) {
        let said = refused(&mut lab, &id, &[json!({ "Action": "DELETE", "ResourceRecordSet": set })]);
        assert!(said.contains("A HostedZone must contain"), "{said}");
    }
}

#[test]
fn sets_of_one_name_share_a_policy() {
    let mut lab = Lab::new();
    let id = zone(&mut lab);
    let weighted = |action: &str, set: &str, member: &str, value: Value| {
        let mut change = record(action, "w.example.org", "A", &["192.0.2.1"]);
        change["ResourceRecordSet"]["SetIdentifier"] = set.into();
        change["ResourceRecordSet"][member] = value;
        change
    };
    change(&mut lab, &id, &[weighted("CREATE", "a", "Weight", json!(1)), weighted("CREATE", "b", "Weight", json!(2))]);
    let said = refused(&mut lab, &id, &[weighted("CREATE", "c", "Failover", json!("PRIMARY"))]);
    assert!(said.contains("SetIdentifier c cannot be created as a non-failover set exists"), "{said}");
    let said = refused(&mut lab, &id, &[record("CREATE", "w.example.org", "A", &["192.0.2.1"])]);
    assert!(said.contains("cannot be created as other RRSets exist"), "{said}");
    let page = json!({ "HostedZoneId": id, "MaxItems": "3" });
    assert_eq!(lab.ok("route53", "ListResourceRecordSets", page)["NextRecordIdentifier"], "b");
    let mut bare = record("CREATE", "x.example.org", "A", &["192.0.2.1"]);
    bare["ResourceRecordSet"]["Weight"] = json!(1);
    lab.refused("route53", "ChangeResourceRecordSets", batch(&id, &[bare]), "InvalidInput");
}

#[test]
fn aliases_lead_somewhere() {
    let mut lab = Lab::new();
    let id = zone(&mut lab);
    let bare = id.rsplit('/').next().unwrap().to_owned();
    let alias = |zone: &str, target: &str| {
        let target = json!({ "HostedZoneId": zone, "DNSName": target, "EvaluateTargetHealth": false });
        let set = json!({ "Name": "alias.example.org", "Type": "A", "AliasTarget": target });
        json!({ "Action": "UPSERT", "ResourceRecordSet": set })
    };
    assert!(refused(&mut lab, &id, &[alias(&bare, "a.example.org")]).contains("that target was not found"));
    change(&mut lab, &id, &[record("CREATE", "a.example.org", "A", &["192.0.2.1"])]);
    change(&mut lab, &id, &[alias(&bare, "a.example.org")]);
    change(&mut lab, &id, &[record("CREATE", "c.example.org", "CNAME", &["b.example.com."])]);
    assert_eq!(lab.account.route53.cname("c.example.org.").as_deref(), Some("b.example.com."));
    assert_eq!(lab.account.route53.cname("a.example.org."), None);
    assert!(refused(&mut lab, &id, &[alias("Z215JYRZR1TBD5", "web.example.com")]).contains("does not lie within"));
    let missing = alias("Z215JYRZR1TBD5", "web-1.eu-central-1.elb.amazonaws.com");
    assert!(refused(&mut lab, &id, &[missing]).contains("that target was not found"));
    change(&mut lab, &id, &[alias("Z2FDTNDATAQYW2", "d1.cloudfront.net")]);
    let mut with_ttl = alias(&bare, "a.example.org");
    with_ttl["ResourceRecordSet"]["TTL"] = json!(60);
    let said = lab.refused("route53", "ChangeResourceRecordSets", batch(&id, &[with_ttl]), "InvalidInput");
    assert!(said.contains("but found more than one"), "{said}");
}

#[test]
fn changes_take_their_time() {
    let mut lab = Lab::new();
    let id = zone(&mut lab);
    let made = change(&mut lab, &id, &[record("CREATE", "*.example.org", "A", &["192.0.2.1"])]);
    assert_eq!(made["ChangeInfo"]["Status"], "PENDING");
    assert!(names(&mut lab, &id).contains(&"\\052.example.org. A".to_owned()));
    let name = json!({ "Id": made["ChangeInfo"]["Id"] });
    assert_eq!(lab.ok("route53", "GetChange", name.clone())["ChangeInfo"]["Status"], "PENDING");
    lab.step(60.0);
    assert_eq!(lab.ok("route53", "GetChange", name)["ChangeInfo"]["Status"], "INSYNC");
    lab.refused("route53", "GetChange", json!({ "Id": "C0" }), "NoSuchChange");
}

#[test]
fn private_zones_have_vpcs() {
    let mut lab = Lab::new();
    let mut vpc = |cidr: &str| {
        let made = lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": cidr }));
        json!({ "VPCRegion": REGION, "VPCId": made["Vpc"]["VpcId"] })
    };
    let (one, two) = (vpc("10.0.0.0/16"), vpc("10.1.0.0/16"));
    let create = |reference: &str, vpc: &Value| json!({ "Name": "internal", "CallerReference": reference, "VPC": vpc });
    let made = lab.ok("route53", "CreateHostedZone", create("first", &one));
    let id = Lab::text(&made, "/HostedZone/Id");
    lab.refused("route53", "CreateHostedZone", create("two", &one), "ConflictingDomainExists");
    let unknown = json!({ "VPCRegion": REGION, "VPCId": "vpc-0" });
    lab.refused("route53", "CreateHostedZone", create("two", &unknown), "InvalidVPCId");
    let about = |vpc: &Value| json!({ "HostedZoneId": id, "VPC": vpc });
    lab.refused("route53", "DisassociateVPCFromHostedZone", about(&one), "LastVPCAssociation");
    lab.refused("route53", "DisassociateVPCFromHostedZone", about(&two), "VPCAssociationNotFound");
    lab.ok("route53", "AssociateVPCWithHostedZone", about(&two));
    lab.ok("route53", "DisassociateVPCFromHostedZone", about(&one));
    assert_eq!(lab.ok("route53", "GetHostedZone", json!({ "Id": id }))["VPCs"], json!([two]));
    assert_eq!(lab.ok("route53", "ListHostedZonesByVPC", two.clone())["HostedZoneSummaries"][0]["Name"], "internal.");
    let public = zone(&mut lab);
    let about = json!({ "HostedZoneId": public, "VPC": two });
    lab.refused("route53", "AssociateVPCWithHostedZone", about, "PublicZoneVPCAssociation");
}

#[test]
fn zones_are_listed_by_name() {
    let mut lab = Lab::new();
    for name in ["b.org", "a.com", "a.b.org"] {
        lab.ok("route53", "CreateHostedZone", json!({ "Name": name, "CallerReference": name }));
    }
    let first = lab.ok("route53", "ListHostedZonesByName", json!({ "MaxItems": "2" }));
    let names: Vec<_> = first["HostedZones"].as_array().unwrap().iter().map(|zone| zone["Name"].clone()).collect();
    assert_eq!((names, &first["NextDNSName"]), (vec![json!("a.com."), json!("b.org.")], &json!("a.b.org.")));
    let from = json!({ "DNSName": first["NextDNSName"], "HostedZoneId": first["NextHostedZoneId"] });
    assert_eq!(lab.ok("route53", "ListHostedZonesByName", from)["HostedZones"].as_array().unwrap().len(), 1);
    let page = lab.ok("route53", "ListHostedZones", json!({ "MaxItems": "2" }));
    let rest = lab.ok("route53", "ListHostedZones", json!({ "Marker": page["NextMarker"] }));
    assert_eq!(rest["HostedZones"].as_array().unwrap().len(), 1);
    lab.refused("route53", "ListHostedZones", json!({ "MaxItems": "x" }), "InvalidInput");
}

#[test]
fn health_checks_are_idempotent() {
    let mut lab = Lab::new();
    let create = |port: u16| {
        let config = json!({ "Type": "TCP", "IPAddress": "192.0.2.1", "Port": port });
        json!({ "CallerReference": "one", "HealthCheckConfig": config })
    };
    let made = lab.ok("route53", "CreateHealthCheck", create(80));
    assert_eq!(made["HealthCheck"]["HealthCheckConfig"]["RequestInterval"], 30);
    assert_eq!(lab.ok("route53", "CreateHealthCheck", create(80)), made);
    lab.refused("route53", "CreateHealthCheck", create(81), "HealthCheckAlreadyExists");
    let id = json!({ "HealthCheckId": made["HealthCheck"]["Id"] });
    let tags = json!({
        "ResourceType": "healthcheck",
        "ResourceId": made["HealthCheck"]["Id"],
        "AddTags": [{ "Key": "a", "Value": "1" }],
    });
    lab.ok("route53", "ChangeTagsForResource", tags);
    lab.ok("route53", "DeleteHealthCheck", id.clone());
    lab.refused("route53", "GetHealthCheck", id, "NoSuchHealthCheck");
}
