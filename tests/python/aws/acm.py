"""ACM: certificates."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from aws.behaviour import behaviour
from aws.pages import ROOT
from aws.pages import acm as page

# Not example.com: AWS keeps that to itself.
ZONE = "our-cluster.net"
DOMAIN = f"api.{ZONE}"


def self_signed(domain=DOMAIN):
    """A certificate and its key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, domain)])
    begin = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate.public_bytes(serialization.Encoding.PEM), text


def imported(aws, **arguments):
    certificate, key = self_signed()
    answer = aws.client("acm").import_certificate(
        Certificate=certificate, PrivateKey=key, **arguments
    )
    return answer["CertificateArn"]


def requested(aws, domain=DOMAIN, **arguments):
    arguments = {"ValidationMethod": "DNS", **arguments}
    return aws.client("acm").request_certificate(DomainName=domain, **arguments)["CertificateArn"]


def described(aws, arn):
    return aws.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]


def records(aws, arn):
    """The record that each domain name asks for, once they are known."""

    def known():
        options = described(aws, arn).get("DomainValidationOptions", [])
        found = {each["DomainName"]: each.get("ResourceRecord") for each in options}
        return found if found and all(found.values()) else None

    return aws.until(known, "told its validation records")


@behaviour("acm/request", page("RequestCertificate"))
def request(aws):
    arn = requested(aws, SubjectAlternativeNames=[f"www.{DOMAIN}"])
    assert arn.startswith(f"arn:aws:acm:eu-central-1:{aws.account}:certificate/")
    shown = described(aws, arn)
    assert (shown["DomainName"], shown["Type"]) == (DOMAIN, "AMAZON_ISSUED")
    assert set(shown["SubjectAlternativeNames"]) == {DOMAIN, f"www.{DOMAIN}"}
    assert shown["KeyAlgorithm"] in ("RSA_2048", "RSA-2048") and shown["InUseBy"] == []


@behaviour("acm/pending", page("DescribeCertificate"), emulator_only=True)
def pending(aws):
    """It stays pending while its record isn't in DNS."""
    arn = requested(aws)
    records(aws, arn)
    assert described(aws, arn)["Status"] == "PENDING_VALIDATION"
    aws.step(3600)
    shown = described(aws, arn)
    assert shown["Status"] == "PENDING_VALIDATION" and "IssuedAt" not in shown
    assert shown["DomainValidationOptions"][0]["ValidationStatus"] == "PENDING_VALIDATION"


@behaviour("acm/validation-record", f"{ROOT}/acm/latest/userguide/dns-validation.html")
def validation_record(aws):
    """A wildcard and its base share a record."""
    arn = requested(aws, SubjectAlternativeNames=[f"*.{DOMAIN}", f"www.{DOMAIN}"])
    asked = records(aws, arn)
    assert set(asked) == {DOMAIN, f"*.{DOMAIN}", f"www.{DOMAIN}"}
    base = asked[DOMAIN]
    assert base["Type"] == "CNAME" and base["Name"].startswith("_")
    assert base["Name"].endswith(f".{DOMAIN}.")
    assert base["Value"].endswith(".acm-validations.aws.")
    assert asked[f"*.{DOMAIN}"] == base and asked[f"www.{DOMAIN}"] != base


@behaviour("acm/issued", f"{ROOT}/acm/latest/userguide/dns-validation.html", emulator_only=True)
def issued(aws):
    """Once the record is in the domain's zone."""
    arn = requested(aws)
    record = records(aws, arn)[DOMAIN]
    dns = aws.client("route53")
    zone = dns.create_hosted_zone(Name=ZONE, CallerReference="once")["HostedZone"]["Id"]
    values = [{"Value": record["Value"]}]
    new = {"Name": record["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": values}
    change = [{"Action": "UPSERT", "ResourceRecordSet": new}]
    dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": change})
    aws.until(lambda: described(aws, arn)["Status"] == "ISSUED", "issued", every=30)
    shown = described(aws, arn)
    assert shown["DomainValidationOptions"][0]["ValidationStatus"] == "SUCCESS"
    assert shown["NotAfter"] > shown["NotBefore"] and shown["IssuedAt"]
    text = aws.client("acm").get_certificate(CertificateArn=arn)["Certificate"]
    assert text.startswith("-----BEGIN CERTIFICATE-----")


@behaviour(
    "acm/times-out",
    f"{ROOT}/acm/latest/userguide/troubleshooting-timed-out.html",
    emulator_only=True,
)
def times_out(aws):
    """After 72 hours without validation."""
    arn = requested(aws)
    aws.step(71 * 3600)
    assert described(aws, arn)["Status"] == "PENDING_VALIDATION"
    aws.step(2 * 3600)
    assert described(aws, arn)["Status"] == "VALIDATION_TIMED_OUT"


@behaviour("acm/idempotent", page("RequestCertificate"))
def idempotent(aws):
    """The same token within an hour is the same request."""
    first = requested(aws, IdempotencyToken="once")
    assert requested(aws, IdempotencyToken="once") == first
    assert requested(aws, IdempotencyToken="twice") != first
    assert len(aws.client("acm").list_certificates()["CertificateSummaryList"]) == 2


@behaviour("acm/idempotent-for-an-hour", page("RequestCertificate"), emulator_only=True)
def idempotent_hour(aws):
    first = requested(aws, IdempotencyToken="once")
    aws.step(2 * 3600)
    assert requested(aws, IdempotencyToken="once") != first


@behaviour("acm/not-found", page("DescribeCertificate"))
def absent(aws):
    acm = aws.client("acm")
    arn = requested(aws)
    acm.delete_certificate(CertificateArn=arn)
    for call in (acm.describe_certificate, acm.delete_certificate, acm.get_certificate):
        error = aws.refused("ResourceNotFoundException", call, CertificateArn=arn)
        assert error["status"] == 400
    assert not acm.list_certificates()["CertificateSummaryList"]


@behaviour("acm/malformed-arn", page("DescribeCertificate"), moto="a malformed ARN isn't found")
def malformed(aws):
    call = aws.client("acm").describe_certificate
    codes = ("ValidationException", "InvalidArnException")
    aws.refused(codes, call, CertificateArn="arn:aws:nothing-of-the-kind")


@behaviour(
    "acm/not-yet-issued", page("GetCertificate"), moto="there is a certificate before it is issued"
)
def not_yet(aws):
    arn = requested(aws)
    call = aws.client("acm").get_certificate
    aws.refused("RequestInProgressException", call, CertificateArn=arn)


@behaviour("acm/import", page("ImportCertificate"))
def import_certificate(aws):
    arn = imported(aws, Tags=[{"Key": "owner", "Value": "us"}])
    shown = described(aws, arn)
    assert (shown["Type"], shown["Status"], shown["DomainName"]) == ("IMPORTED", "ISSUED", DOMAIN)
    assert shown["KeyAlgorithm"] in ("RSA_2048", "RSA-2048")
    tags = aws.client("acm").list_tags_for_certificate(CertificateArn=arn)["Tags"]
    assert tags == [{"Key": "owner", "Value": "us"}]


@behaviour(
    "acm/import/again",
    page("ImportCertificate"),
    moto="tags are accepted with a certificate imported over another",
)
def import_again(aws):
    """Over the one that its ARN names; and tags can't be given then."""
    arn = imported(aws)
    serial = described(aws, arn)["Serial"]
    assert imported(aws, CertificateArn=arn) == arn
    assert described(aws, arn)["Serial"] != serial
    certificate, key = self_signed()
    arguments = {"Certificate": certificate, "PrivateKey": key, "CertificateArn": arn}
    call = aws.client("acm").import_certificate
    aws.refused("ValidationException", call, Tags=[{"Key": "a", "Value": "b"}], **arguments)


@behaviour(
    "acm/import/invalid",
    page("ImportCertificate"),
    moto="a certificate and another's key are accepted",
)
def import_invalid(aws):
    call = aws.client("acm").import_certificate
    certificate, key = self_signed()
    _, other = self_signed()
    for wrong in ((certificate, other), (b"nonsense", key), (certificate, b"nonsense")):
        arguments = {"Certificate": wrong[0], "PrivateKey": wrong[1]}
        aws.refused("ValidationException", call, **arguments)
    assert not aws.client("acm").list_certificates()["CertificateSummaryList"]


@behaviour(
    "acm/names-quota", f"{ROOT}/acm/latest/userguide/acm-limits.html", moto="names are not limited"
)
def names_quota(aws):
    """Ten names a certificate."""
    names = [f"n{i}.{DOMAIN}" for i in range(10)]
    assert requested(aws, SubjectAlternativeNames=names[:9])
    call = aws.client("acm").request_certificate
    arguments = {"DomainName": DOMAIN, "ValidationMethod": "DNS"}
    aws.refused("LimitExceededException", call, SubjectAlternativeNames=names, **arguments)


@behaviour("acm/tags", page("AddTagsToCertificate"))
def tags(aws):
    acm = aws.client("acm")
    arn = requested(aws)
    new = [{"Key": "owner", "Value": "us"}, {"Key": "stage", "Value": "test"}]
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=new)
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "owner", "Value": "them"}])
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "stage", "Value": "no"}])
    shown = acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    assert {t["Key"]: t["Value"] for t in shown} == {"owner": "them", "stage": "test"}
    reserved = [{"Key": "aws:owner", "Value": "us"}]
    codes = ("InvalidTagException", "ValidationException")
    aws.refused(codes, acm.add_tags_to_certificate, CertificateArn=arn, Tags=reserved)


@behaviour("acm/tags/limit", page("AddTagsToCertificate"))
def tags_limit(aws):
    """Fifty a certificate."""
    acm = aws.client("acm")
    arn = requested(aws, Tags=[{"Key": f"t{i}", "Value": ""} for i in range(50)])
    more = [{"Key": "more", "Value": ""}]
    call = acm.add_tags_to_certificate
    aws.refused("TooManyTagsException", call, CertificateArn=arn, Tags=more)


@behaviour("acm/list", page("ListCertificates"), moto="MaxItems is ignored")
def listed(aws):
    acm = aws.client("acm")
    ours = imported(aws)
    for i in range(4):
        requested(aws, f"n{i}.{ZONE}")
    answer = acm.list_certificates(CertificateStatuses=["ISSUED"], MaxItems=50)
    arns = [each["CertificateArn"] for each in answer["CertificateSummaryList"]]
    assert ours in arns
    first = acm.list_certificates(MaxItems=2)
    assert len(first["CertificateSummaryList"]) == 2 and first["NextToken"]
    found = acm.get_paginator("list_certificates").paginate(PaginationConfig={"PageSize": 2})
    seen = [c["CertificateArn"] for one in found for c in one["CertificateSummaryList"]]
    assert len(seen) == len(set(seen)) == 5


@behaviour("acm/resend-for-dns", page("ResendValidationEmail"), moto="accepted")
def resend(aws):
    """There is no mail to send again when DNS is to prove it."""
    arguments = {"CertificateArn": requested(aws), "Domain": DOMAIN, "ValidationDomain": DOMAIN}
    call = aws.client("acm").resend_validation_email
    aws.refused("InvalidStateException", call, **arguments)
