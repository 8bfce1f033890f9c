"""Persistent disks."""

from gcp.behaviour import behaviour
from gcp.fixture import IMAGE
from gcp.pages import COMPUTE
from gcp.pages import compute as page
from gcp.parts import instance, last, place


@behaviour("disks/insert", page("disks/insert"))
def insert(gcp):
    """Blank ones are ready when the operation is done; numbers of 64 bits are texts."""
    made = gcp.make("disks", {"name": "data", "sizeGb": "50", "type": f"zones/{gcp.zone}/diskTypes/pd-ssd"})
    assert made["sizeGb"] == "50" and made["status"] == "READY"
    assert last(made["type"]) == "pd-ssd" and made["zone"] == gcp.link(f"zones/{gcp.zone}")
    assert not made.get("users")


@behaviour("disks/default-type", f"{COMPUTE}/disks/add-persistent-disk")
def default_type(gcp):
    assert last(gcp.make("disks", {"name": "data", "sizeGb": "10"})["type"]) == "pd-standard"


@behaviour("disks/of-image", page("disks/insert"))
def of_image(gcp):
    """A disk of an image is as large as that, at least."""
    made = gcp.make("disks", {"name": "boot", "sourceImage": IMAGE})
    image = gcp.do("images.getFromFamily", project="debian-cloud", family="debian-12")
    assert made["sizeGb"] == image["diskSizeGb"]
    assert made["sourceImage"].endswith(f"images/{image['name']}")
    body = {"name": "small", "sourceImage": IMAGE, "sizeGb": "1"}
    gcp.impossible("POST", f"zones/{gcp.zone}/disks", body)


@behaviour("disks/resize", page("disks/resize"))
def resize(gcp):
    """Disks grow and never shrink."""
    gcp.make("disks", {"name": "data", "sizeGb": "50"})
    gcp.done("disks.resize", disk="data", body={"sizeGb": "60"})
    assert gcp.get("disks", "data")["sizeGb"] == "60"
    gcp.impossible("POST", f"zones/{gcp.zone}/disks/data/resize", {"sizeGb": "50"})


@behaviour("disks/in-use", "https://github.com/hashicorp/terraform/issues/18898")
def in_use(gcp):
    """An attached disk tells its user and can't be deleted."""
    place(gcp)
    made = instance(gcp)
    boot = last(made["disks"][0]["source"])
    assert gcp.get("disks", boot)["users"] == [made["selfLink"]]
    told = gcp.refused(400, "resourceInUseByAnotherResource", "disks.delete", disk=boot)
    path = f"projects/{gcp.project}/zones/{gcp.zone}"
    assert told["message"] == (
        f"The disk resource '{path}/disks/{boot}' is already being used by '{path}/instances/vm'"
    )


@behaviour("disks/labels", "https://github.com/skypilot-org/skypilot/issues/4571")
def labels(gcp):
    """A stale label fingerprint is a 412, in the service's own words."""
    made = gcp.make("disks", {"name": "data", "sizeGb": "10", "labels": {"a": "1"}})
    body = {"labels": {"a": "2"}, "labelFingerprint": made["labelFingerprint"]}
    gcp.done("disks.setLabels", resource="data", body=body)
    assert gcp.get("disks", "data")["labels"] == {"a": "2"}
    told = gcp.refused(412, "conditionNotMet", "disks.setLabels", resource="data", body=body)
    assert told["message"] == "Labels fingerprint either invalid or resource labels have changed"
    assert (told["errors"][0]["location"], told["errors"][0]["locationType"]) == ("If-Match", "header")


@behaviour("disks/typed", page("disks/insert"))
def typed(gcp):
    from google.cloud import compute_v1

    client = gcp.typed("Disks")
    disk = compute_v1.Disk(name="data", size_gb=25, labels={"a": "1"})
    gcp.settled(client.insert_unary(project=gcp.project, zone=gcp.zone, disk_resource=disk))
    found = client.get(project=gcp.project, zone=gcp.zone, disk="data")
    assert (found.size_gb, found.status, dict(found.labels)) == (25, "READY", {"a": "1"})
    gcp.settled(client.delete_unary(project=gcp.project, zone=gcp.zone, disk="data"))
    assert not list(client.list(project=gcp.project, zone=gcp.zone))
