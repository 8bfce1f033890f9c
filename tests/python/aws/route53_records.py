"""Route 53: records."""

from aws.behaviour import behaviour
from aws.route53 import API, GUIDE, change, names, record, refused, zone

CREATE = f"{API}/API_CreateHostedZone.html"
CHANGE = f"{API}/API_ChangeResourceRecordSets.html"
LIST = f"{API}/API_ListResourceRecordSets.html"
FORMAT = f"{GUIDE}/DomainNameFormat.html"
TYPES = f"{GUIDE}/ResourceRecordTypes.html"


@behaviour("route53/record/create-twice", CHANGE, moto="it is accepted")
def create_twice(aws):
    client, id = zone(aws)
    change(client, id, record("CREATE", "a.example.org", "192.0.2.1"))
    said = refused(aws, client, id, record("CREATE", "a.example.org", "192.0.2.2"))
    assert "a.example.org" in said and "it already exists" in said


@behaviour("route53/record/upsert", CHANGE)
def upsert(aws):
    client, id = zone(aws)
    change(client, id, record("UPSERT", "a.example.org", "192.0.2.1"))
    change(client, id, record("UPSERT", "a.example.org.", "192.0.2.2", "192.0.2.3", ttl=30))
    [found] = [
        entry
        for entry in client.list_resource_record_sets(HostedZoneId=id)["ResourceRecordSets"]
        if entry["Type"] == "A"
    ]
    values = [value["Value"] for value in found["ResourceRecords"]]
    assert (found["TTL"], values) == (30, ["192.0.2.2", "192.0.2.3"])


@behaviour("route53/record/delete-unknown", CHANGE, moto="the code is InvalidInput")
def delete_unknown(aws):
    client, id = zone(aws)
    said = refused(aws, client, id, record("DELETE", "a.example.org", "192.0.2.1"))
    assert "was not found" in said


@behaviour("route53/record/delete-other-value", CHANGE, moto="the code is InvalidInput")
def delete_other_value(aws):
    client, id = zone(aws)
    change(client, id, record("CREATE", "a.example.org", "192.0.2.1"))
    said = refused(aws, client, id, record("DELETE", "a.example.org", "192.0.2.9"))
    assert "do not match the current values" in said


@behaviour("route53/record/all-or-nothing", CHANGE, moto="the code is InvalidInput")
def all_or_nothing(aws):
    client, id = zone(aws)
    refused(
        aws,
        client,
        id,
        record("CREATE", "a.example.org", "192.0.2.1"),
        record("DELETE", "b.example.org", "192.0.2.1"),
    )
    assert len(names(client, id)) == 2


@behaviour("route53/record/other-zone", CHANGE)
def other_zone(aws):
    client, id = zone(aws)
    said = refused(aws, client, id, record("CREATE", "a.example.com", "192.0.2.1"))
    assert "a.example.com" in said and "is not permitted in zone" in said


@behaviour("route53/record/cname-at-apex", TYPES, moto="it is accepted")
def cname_at_apex(aws):
    client, id = zone(aws)
    refused(aws, client, id, record("CREATE", "example.org", "a.example.com", kind="CNAME"))


@behaviour("route53/record/cname-beside", TYPES, moto="it is accepted")
def cname_beside(aws):
    client, id = zone(aws)
    change(client, id, record("CREATE", "a.example.org", "192.0.2.1"))
    refused(aws, client, id, record("CREATE", "a.example.org", "b.example.com", kind="CNAME"))


@behaviour("route53/record/bad-address", TYPES, moto="it is accepted")
def bad_address(aws):
    client, id = zone(aws)
    refused(aws, client, id, record("CREATE", "a.example.org", "192.0.2.256"))


@behaviour(
    "route53/record/apex-name-servers",
    f"{GUIDE}/SOA-NSrecords.html",
    moto="the code is InvalidInput",
)
def apex_name_servers(aws):
    client, id = zone(aws)
    own = client.list_resource_record_sets(HostedZoneId=id)["ResourceRecordSets"]
    for entry in own:
        refused(aws, client, id, {"Action": "DELETE", "ResourceRecordSet": entry})


@behaviour("route53/record/wildcard", FORMAT, moto="the asterisk is shown as such")
def wildcard(aws):
    client, id = zone(aws)
    change(client, id, record("CREATE", "*.example.org", "192.0.2.1"))
    assert ("\\052.example.org.", "A") in names(client, id)


@behaviour("route53/record/order", LIST)
def order(aws):
    client, id = zone(aws)
    for name in ("z.a.example.org", "b.example.org", "a.example.org"):
        change(client, id, record("CREATE", name, "192.0.2.1"))
    listed = [name for name, kind in names(client, id) if kind == "A"]
    # By the labels from the right.
    assert listed == ["a.example.org.", "z.a.example.org.", "b.example.org."]


@behaviour("route53/record/pages", LIST)
def pages(aws):
    client, id = zone(aws)
    change(client, id, record("CREATE", "a.example.org", "192.0.2.1"))
    first = client.list_resource_record_sets(HostedZoneId=id, MaxItems="2")
    assert first["IsTruncated"] is True
    assert (first["NextRecordName"], first["NextRecordType"]) == ("a.example.org.", "A")
    rest = names(client, id, StartRecordName="a.example.org.", StartRecordType="A")
    assert rest == [("a.example.org.", "A")]


@behaviour("route53/record/alias", f"{API}/API_AliasTarget.html")
def alias(aws):
    client, id = zone(aws)
    network, elb = aws.network(), aws.client("elbv2")
    [balancer] = elb.create_load_balancer(
        Name="front", Type="network", Scheme="internal", Subnets=network.subnets
    )["LoadBalancers"]
    target = {
        "HostedZoneId": balancer["CanonicalHostedZoneId"],
        "DNSName": balancer["DNSName"],
        "EvaluateTargetHealth": True,
    }
    entry = {"Name": "www.example.org", "Type": "A", "AliasTarget": target}
    change(client, id, {"Action": "CREATE", "ResourceRecordSet": entry})
    [found] = [
        entry
        for entry in client.list_resource_record_sets(HostedZoneId=id)["ResourceRecordSets"]
        if entry["Type"] == "A"
    ]
    shown = found["AliasTarget"]
    assert shown["HostedZoneId"] == target["HostedZoneId"]
    assert shown["DNSName"].rstrip(".").endswith(target["DNSName"].lower().rstrip("."))
    assert "TTL" not in found and not found.get("ResourceRecords")


@behaviour("route53/record/alias-with-ttl", f"{API}/API_AliasTarget.html", moto="it is accepted")
def alias_with_ttl(aws):
    client, id = zone(aws)
    change(client, id, record("CREATE", "a.example.org", "192.0.2.1"))
    entry = {
        "Name": "b.example.org",
        "Type": "A",
        "TTL": 60,
        "AliasTarget": {
            "HostedZoneId": id.split("/")[-1],
            "DNSName": "a.example.org",
            "EvaluateTargetHealth": False,
        },
    }
    aws.refused(
        ("InvalidInput", "InvalidChangeBatch"),
        client.change_resource_record_sets,
        HostedZoneId=id,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": entry}]},
    )


@behaviour("route53/record/ttl-missing", f"{API}/API_ResourceRecordSet.html", moto="it is accepted")
def ttl_missing(aws):
    client, id = zone(aws)
    entry = record("CREATE", "a.example.org", "192.0.2.1")
    del entry["ResourceRecordSet"]["TTL"]
    aws.refused(
        ("InvalidInput", "InvalidChangeBatch"),
        client.change_resource_record_sets,
        HostedZoneId=id,
        ChangeBatch={"Changes": [entry]},
    )
