"""Route 53: hosted zones and their records."""

from aws.behaviour import behaviour

API = "https://docs.aws.amazon.com/Route53/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"
CREATE = f"{API}/API_CreateHostedZone.html"
CHANGE = f"{API}/API_ChangeResourceRecordSets.html"
LIST = f"{API}/API_ListResourceRecordSets.html"
FORMAT = f"{GUIDE}/DomainNameFormat.html"
TYPES = f"{GUIDE}/ResourceRecordTypes.html"


def zone(aws, name="example.org", reference="one", **changes):
    """Makes a hosted zone; the client, and its id."""
    client = aws.client("route53")
    made = client.create_hosted_zone(Name=name, CallerReference=reference, **changes)
    return client, made["HostedZone"]["Id"]


def record(action, name, *values, kind="A", ttl=60):
    """A change of a record of the given values."""
    return {
        "Action": action,
        "ResourceRecordSet": {
            "Name": name,
            "Type": kind,
            "TTL": ttl,
            "ResourceRecords": [{"Value": value} for value in values],
        },
    }


def change(client, id, *changes):
    return client.change_resource_record_sets(
        HostedZoneId=id, ChangeBatch={"Changes": list(changes)}
    )


def refused(aws, client, id, *changes):
    """Expects a batch of changes to be refused, and returns what is said."""
    call = client.change_resource_record_sets
    batch = {"Changes": list(changes)}
    error = aws.refused("InvalidChangeBatch", call, HostedZoneId=id, ChangeBatch=batch)
    assert error["status"] == 400
    return error["Message"]


def names(client, id, **arguments):
    """(name, type) of the records, as they are listed."""
    found = client.list_resource_record_sets(HostedZoneId=id, **arguments)
    return [(record["Name"], record["Type"]) for record in found["ResourceRecordSets"]]


@behaviour("route53/zone/create", CREATE, moto="the name keeps its capitals")
def create(aws):
    client = aws.client("route53")
    made = client.create_hosted_zone(Name="Example.ORG", CallerReference="one")
    assert made["HostedZone"]["Name"] == "example.org."
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert made["HostedZone"]["Config"]["PrivateZone"] is False
    assert len(made["DelegationSet"]["NameServers"]) == 4


@behaviour("route53/zone/own-records", f"{GUIDE}/SOA-NSrecords.html")
def own_records(aws):
    client, id = zone(aws)
    assert names(client, id) == [("example.org.", "NS"), ("example.org.", "SOA")]
    found = client.list_resource_record_sets(HostedZoneId=id)["ResourceRecordSets"]
    servers = client.get_hosted_zone(Id=id)["DelegationSet"]["NameServers"]
    listed = [value["Value"].rstrip(".") for value in found[0]["ResourceRecords"]]
    assert sorted(listed) == sorted(server.rstrip(".") for server in servers)


@behaviour("route53/zone/caller-reference", CREATE, moto="it is accepted")
def caller_reference(aws):
    client, _ = zone(aws)
    error = aws.refused(
        "HostedZoneAlreadyExists",
        client.create_hosted_zone,
        Name="example.org",
        CallerReference="one",
    )
    assert error["status"] == 409


@behaviour("route53/zone/same-name", CREATE)
def same_name(aws):
    client, first = zone(aws)
    _, second = zone(aws, reference="two")
    assert first != second
    found = client.list_hosted_zones_by_name(DNSName="example.org")["HostedZones"]
    assert sorted(entry["Id"] for entry in found) == sorted([first, second])


@behaviour("route53/zone/unknown", f"{API}/API_GetHostedZone.html")
def unknown(aws):
    error = aws.refused(
        "NoSuchHostedZone", aws.client("route53").get_hosted_zone, Id="Z0123456789ABCDEFGHIJ"
    )
    assert error["status"] == 404


@behaviour("route53/zone/bad-name", CREATE, moto="it is accepted")
def bad_name(aws):
    error = aws.refused(
        "InvalidDomainName",
        aws.client("route53").create_hosted_zone,
        Name="bad..name",
        CallerReference="one",
    )
    assert error["status"] == 400


@behaviour("route53/zone/not-empty", f"{API}/API_DeleteHostedZone.html")
def not_empty(aws):
    client, id = zone(aws)
    change(client, id, record("CREATE", "a.example.org", "192.0.2.1"))
    error = aws.refused("HostedZoneNotEmpty", client.delete_hosted_zone, Id=id)
    assert error["status"] == 400
    change(client, id, record("DELETE", "a.example.org", "192.0.2.1"))
    client.delete_hosted_zone(Id=id)
    aws.refused("NoSuchHostedZone", client.get_hosted_zone, Id=id)


@behaviour(
    "route53/zone/private", f"{GUIDE}/hosted-zones-private.html", moto="it is shown as public"
)
def private(aws):
    vpc = aws.network().vpc
    client, id = zone(aws, VPC={"VPCRegion": aws.region, "VPCId": vpc})
    shown = client.get_hosted_zone(Id=id)
    assert shown["HostedZone"]["Config"]["PrivateZone"] is True
    assert shown["VPCs"] == [{"VPCRegion": aws.region, "VPCId": vpc}]


@behaviour("route53/zone/tags", f"{API}/API_ChangeTagsForResource.html")
def tags(aws):
    client, id = zone(aws)
    short = id.split("/")[-1]
    arguments = {"ResourceType": "hostedzone", "ResourceId": short}
    added = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    client.change_tags_for_resource(AddTags=added, **arguments)
    client.change_tags_for_resource(RemoveTagKeys=["a"], **arguments)
    shown = client.list_tags_for_resource(**arguments)["ResourceTagSet"]
    assert shown["Tags"] == [{"Key": "b", "Value": "2"}]


@behaviour("route53/change/pending", f"{API}/API_GetChange.html", emulator_only=True)
def pending(aws):
    client, id = zone(aws)
    made = change(client, id, record("CREATE", "a.example.org", "192.0.2.1"))["ChangeInfo"]
    assert made["Status"] == "PENDING" and made["Id"].startswith("/change/C")
    aws.until(
        lambda: client.get_change(Id=made["Id"])["ChangeInfo"]["Status"] == "INSYNC",
        "the change in sync",
        limit=180,
    )


@behaviour("route53/change/unknown", f"{API}/API_GetChange.html", moto="every change is in sync")
def unknown_change(aws):
    error = aws.refused("NoSuchChange", aws.client("route53").get_change, Id="C0123456789ABCDEF")
    assert error["status"] == 404


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
