"""What a project has without asking: itself, regions, zones, machine types, images."""

from gcp.behaviour import behaviour
from gcp.fixture import MACHINE, REGION, ZONES
from gcp.pages import COMPUTE
from gcp.pages import compute as page
from gcp.parts import last, names


@behaviour("catalogue/project", page("projects/get"))
def project(gcp):
    """A project tells its name, its number, its quotas and its default service account."""
    found = gcp.do("projects.get")
    assert found["name"] == gcp.project and found["kind"] == "compute#project"
    assert found["id"].isdigit()
    assert {"NETWORKS", "FIREWALLS"} <= {quota["metric"] for quota in found["quotas"]}
    assert found["defaultServiceAccount"].endswith("-compute@developer.gserviceaccount.com")


@behaviour("catalogue/region", page("regions/get"))
def region(gcp):
    """A region is up and has three zones at least."""
    found = gcp.do("regions.get")
    assert (found["name"], found["status"]) == (REGION, "UP")
    assert [last(zone) for zone in found["zones"]] == ZONES
    assert "INSTANCES" in {quota["metric"] for quota in found["quotas"]} or "CPUS" in {
        quota["metric"] for quota in found["quotas"]
    }


@behaviour("catalogue/zones", page("zones/list"))
def zones(gcp):
    """Zones tell their region; a filter on the link finds a region's own."""
    found = gcp.do("zones.list", maxResults=500)["items"]
    assert set(ZONES) <= {zone["name"] for zone in found}
    assert all(zone["status"] == "UP" and zone["name"].startswith(last(zone["region"])) for zone in found)


@behaviour("catalogue/typed-regions", f"{COMPUTE}/regions-zones")
def typed_regions(gcp):
    """google-cloud-compute reads regions and zones through protobuf."""
    found = {region.name for region in gcp.typed("Regions").list(project=gcp.project)}
    assert REGION in found
    zone = gcp.typed("Zones").get(project=gcp.project, zone=ZONES[0])
    assert zone.name == ZONES[0] and zone.id > 0 and last(zone.region) == REGION


@behaviour("catalogue/unknown-region", page("regions/get"))
def unknown_region(gcp):
    gcp.refused((400, 404), ("invalid", "notFound"), "regions.get", region="europe-nowhere9")


@behaviour("catalogue/machine-type", page("machineTypes/get"))
def machine_type(gcp):
    found = gcp.do("machineTypes.get", machineType=MACHINE)
    assert found["name"] == MACHINE and found["zone"] == gcp.zone
    assert found["guestCpus"] == 2 and found["memoryMb"] == 2048
    assert MACHINE in names(gcp.do("machineTypes.list", maxResults=500))


@behaviour("catalogue/machine-type-absent", page("machineTypes/get"))
def machine_type_absent(gcp):
    told = gcp.refused(404, "notFound", "machineTypes.get", machineType="e2-enormous")
    path = f"projects/{gcp.project}/zones/{gcp.zone}/machineTypes/e2-enormous"
    assert told["message"] == f"The resource '{path}' was not found"


@behaviour("catalogue/image-family", page("images/getFromFamily"))
def image_family(gcp):
    """A family is its newest image, which another project owns."""
    found = gcp.do("images.getFromFamily", project="debian-cloud", family="debian-12")
    assert found["family"] == "debian-12" and found["status"] == "READY"
    assert int(found["diskSizeGb"]) >= 10
    same = gcp.do("images.get", project="debian-cloud", image=found["name"])
    assert same["id"] == found["id"] and "/projects/debian-cloud/" in same["selfLink"]
