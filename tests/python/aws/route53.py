"""Route 53: hosted zones and changes."""

from aws.behaviour import behaviour

API = "https://docs.aws.amazon.com/Route53/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"
CREATE = f"{API}/API_CreateHostedZone.html"


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
