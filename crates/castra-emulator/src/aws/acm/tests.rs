//! Certificates, as a client sees them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::aws::Settings;
use crate::aws::testing::Lab;
use crate::x509::tests::{EXPIRED, GOOD, key};

fn request(lab: &mut Lab, input: Value) -> String {
    Lab::text(&lab.ok("acm", "RequestCertificate", input), "/CertificateArn")
}

fn import(certificate: &str, key: &str) -> Value {
    json!({ "Certificate": BASE64_STANDARD.encode(certificate), "PrivateKey": BASE64_STANDARD.encode(key) })
}

fn described(lab: &mut Lab, arn: &str) -> Value {
    lab.ok("acm", "DescribeCertificate", json!({ "CertificateArn": arn }))["Certificate"].clone()
}

#[test]
fn a_request_waits_for_its_record() {
    let mut lab = Lab::new();
    let names = json!(["*.example.com", "www.example.com"]);
    let input = json!({ "DomainName": "example.com", "SubjectAlternativeNames": names, "ValidationMethod": "DNS" });
    let arn = request(&mut lab, input);
    let certificate = described(&mut lab, &arn);
    assert_eq!(certificate["Status"], "PENDING_VALIDATION");
    assert_eq!(certificate["SubjectAlternativeNames"], json!(["example.com", "*.example.com", "www.example.com"]));
    assert!(certificate.pointer("/DomainValidationOptions/0/ResourceRecord").is_none());
    lab.step(10.0);
    let certificate = described(&mut lab, &arn);
    let record = |at: usize| certificate["DomainValidationOptions"][at]["ResourceRecord"].clone();
    let name = Lab::text(&record(0), "/Name");
    assert!(name.starts_with('_') && name.ends_with(".example.com."), "{name}");
    assert!(Lab::text(&record(0), "/Value").ends_with(".acm-validations.aws."));
    // The domain and its wildcard are validated by one record.
    assert_eq!(record(0), record(1));
    assert_ne!(record(0), record(2));
    let get = json!({ "CertificateArn": arn });
    lab.refused("acm", "GetCertificate", get, "RequestInProgressException");
    lab.step(72.0 * 3600.0);
    assert_eq!(described(&mut lab, &arn)["Status"], "VALIDATION_TIMED_OUT");
}

#[test]
fn it_can_be_issued_without() {
    let mut settings = Settings::calm();
    settings.issue_unvalidated_certificates = true;
    let mut lab = Lab::with(settings);
    let arn = request(&mut lab, json!({ "DomainName": "example.com", "ValidationMethod": "DNS" }));
    lab.step(119.0);
    assert_eq!(described(&mut lab, &arn)["Status"], "PENDING_VALIDATION");
    lab.step(2.0);
    let certificate = described(&mut lab, &arn);
    assert_eq!(certificate["Status"], "ISSUED");
    assert_eq!(certificate["Issuer"], "Amazon");
    assert_eq!(certificate["RenewalEligibility"], "INELIGIBLE");
    lab.ok("acm", "GetCertificate", json!({ "CertificateArn": arn }));
    lab.step(396.0 * 24.0 * 3600.0);
    assert_eq!(described(&mut lab, &arn)["Status"], "EXPIRED");
}

#[test]
fn a_token_stands_for_one_certificate_for_an_hour() {
    let mut lab = Lab::new();
    let input = json!({ "DomainName": "example.com", "IdempotencyToken": "one" });
    let first = request(&mut lab, input.clone());
    assert_eq!(request(&mut lab, input.clone()), first);
    lab.step(3601.0);
    assert_ne!(request(&mut lab, input), first);
}

#[test]
fn imported_ones_are_there_at_once() {
    let mut lab = Lab::new();
    let arn = Lab::text(&lab.ok("acm", "ImportCertificate", import(GOOD, &key())), "/CertificateArn");
    let certificate = described(&mut lab, &arn);
    assert_eq!(certificate["Status"], "ISSUED");
    assert_eq!(certificate["Type"], "IMPORTED");
    assert_eq!(certificate["DomainName"], "www.example.com");
    assert_eq!(certificate["KeyAlgorithm"], "EC_prime256v1");
    assert!(certificate.get("DomainValidationOptions").is_none());
    let got = lab.ok("acm", "GetCertificate", json!({ "CertificateArn": arn }));
    assert_eq!(got["Certificate"], GOOD);
    // By default only those with RSA keys are listed.
    assert_eq!(lab.ok("acm", "ListCertificates", json!({}))["CertificateSummaryList"], json!([]));
    let input = json!({ "Includes": { "keyTypes": ["EC_prime256v1"] } });
    let listed = lab.ok("acm", "ListCertificates", input);
    assert_eq!(listed["CertificateSummaryList"][0]["CertificateArn"], json!(arn));
    let mut again = import(GOOD, &key());
    again["CertificateArn"] = json!(arn);
    assert_eq!(lab.ok("acm", "ImportCertificate", again.clone())["CertificateArn"], json!(arn));
    again["Tags"] = json!([{ "Key": "a", "Value": "b" }]);
    let message = lab.refused("acm", "ImportCertificate", again, "ValidationException");
    assert_eq!(message, "Tagging is not permitted on re-import.");
}

#[test]
fn what_can_not_be_imported() {
    let mut lab = Lab::new();
    let mut refused = |certificate: &str, key: &str, message: &str| {
        let input = import(certificate, key);
        assert_eq!(lab.refused("acm", "ImportCertificate", input, "ValidationException"), message);
    };
    let good = key();
    refused("none", &good, "The certificate is not PEM-encoded or is not valid.");
    refused(GOOD, "none", "The private key is not PEM-encoded or is not valid.");
    let other = good.replace("SHH/b", "SHH/c");
    refused(GOOD, &other, "The private key does not match the certificate.");
    refused(EXPIRED, &good, "The certificate has expired, is not valid.");
    refused(
        &format!("{GOOD}{GOOD}"),
        &good,
        "The certificate field contains more than one certificate. You can specify only one certificate in this field.",
    );
}

#[test]
fn in_use_it_stays() {
    let mut lab = Lab::new();
    let arn = Lab::text(&lab.ok("acm", "ImportCertificate", import(GOOD, &key())), "/CertificateArn");
    let subnets = lab.ok("ec2", "DescribeSubnets", json!({}));
    let subnets: Vec<_> = subnets["Subnets"].as_array().unwrap().iter().map(|it| Lab::text(it, "/SubnetId")).collect();
    let elb = "elasticloadbalancing";
    let web = lab.ok(elb, "CreateLoadBalancer", json!({ "Name": "web", "Subnets": subnets }));
    let web = Lab::text(&web, "/LoadBalancers/0/LoadBalancerArn");
    let input = json!({
        "LoadBalancerArn": web, "Protocol": "HTTPS", "Port": 443, "Certificates": [{ "CertificateArn": arn }],
        "DefaultActions": [{ "Type": "fixed-response", "FixedResponseConfig": { "StatusCode": "404" } }],
    });
    let listener = lab.ok(elb, "CreateListener", input);
    assert_eq!(listener["Listeners"][0]["SslPolicy"], "ELBSecurityPolicy-2016-08");
    let listener = Lab::text(&listener, "/Listeners/0/ListenerArn");
    assert_eq!(described(&mut lab, &arn)["InUseBy"], json!([web]));
    let delete = json!({ "CertificateArn": arn });
    let message = lab.refused("acm", "DeleteCertificate", delete.clone(), "ResourceInUseException");
    assert_eq!(message, format!("Certificate {arn} is in use."));
    let certificates = lab.ok(elb, "DescribeListenerCertificates", json!({ "ListenerArn": listener }));
    assert_eq!(certificates["Certificates"], json!([{ "CertificateArn": arn, "IsDefault": true }]));
    // One that is still to be issued can't serve.
    let pending = request(&mut lab, json!({ "DomainName": "example.com" }));
    let input = json!({ "ListenerArn": listener, "Certificates": [{ "CertificateArn": pending }] });
    let message = lab.refused(elb, "AddListenerCertificates", input, "UnsupportedCertificate");
    assert!(message.contains("must have a fully-qualified domain name"), "{message}");
    lab.ok(elb, "DeleteListener", json!({ "ListenerArn": listener }));
    lab.ok("acm", "DeleteCertificate", delete.clone());
    lab.refused("acm", "DeleteCertificate", delete, "ResourceNotFoundException");
}

#[test]
fn tags_and_mail() {
    let mut lab = Lab::new();
    let arn = request(&mut lab, json!({ "DomainName": "www.example.com", "ValidationMethod": "EMAIL" }));
    let tags = json!([{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }]);
    lab.ok("acm", "AddTagsToCertificate", json!({ "CertificateArn": arn, "Tags": tags }));
    let removed = json!([{ "Key": "a", "Value": "2" }, { "Key": "b" }]);
    lab.ok("acm", "RemoveTagsFromCertificate", json!({ "CertificateArn": arn, "Tags": removed }));
    let answer = lab.ok("acm", "ListTagsForCertificate", json!({ "CertificateArn": arn }));
    assert_eq!(answer["Tags"], json!([{ "Key": "a", "Value": "1" }]));
    let own = json!({ "CertificateArn": arn, "Tags": [{ "Key": "aws:a", "Value": "1" }] });
    lab.refused("acm", "AddTagsToCertificate", own, "InvalidTagException");
    let resend =
        |domain: &str| json!({ "CertificateArn": arn, "Domain": "www.example.com", "ValidationDomain": domain });
    lab.ok("acm", "ResendValidationEmail", resend("example.com"));
    let emails = described(&mut lab, &arn)["DomainValidationOptions"][0]["ValidationEmails"].clone();
    assert!(emails.as_array().unwrap().contains(&json!("admin@example.com")), "{emails}");
    let code = "InvalidDomainValidationOptionsException";
    lab.refused("acm", "ResendValidationEmail", resend("ample.com"), code);
    let listed = lab.ok("acm", "ListCertificates", json!({ "CertificateStatuses": ["PENDING_VALIDATION"] }));
    assert_eq!(listed["CertificateSummaryList"].as_array().unwrap().len(), 1);
}

#[test]
fn a_record_in_route_53_has_it_issued() {
    let mut lab = Lab::new();
    let arn = request(&mut lab, json!({ "DomainName": "api.example.com", "ValidationMethod": "DNS" }));
    lab.step(10.0);
    let record = described(&mut lab, &arn)["DomainValidationOptions"][0]["ResourceRecord"].clone();
    let input = json!({ "Name": "example.com", "CallerReference": "one" });
    let zone = Lab::text(&lab.ok("route53", "CreateHostedZone", input), "/HostedZone/Id");
    let set = json!({
        "Name": record["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": [{ "Value": record["Value"] }],
    });
    let batch = json!({ "Changes": [{ "Action": "CREATE", "ResourceRecordSet": set }] });
    let id = zone.trim_start_matches("/hostedzone/");
    lab.ok("route53", "ChangeResourceRecordSets", json!({ "HostedZoneId": id, "ChangeBatch": batch }));
    lab.step(121.0);
    let certificate = described(&mut lab, &arn);
    assert_eq!(certificate["Status"], "ISSUED");
    assert_eq!(certificate["DomainValidationOptions"][0]["ValidationStatus"], "SUCCESS");
}
