"""Instance templates, global and regional."""

from gcp.behaviour import behaviour
from gcp.pages import COMPUTE, provider
from gcp.pages import compute as page
from gcp.fixture import MACHINE
from gcp.parts import REGIONAL, disk, group, group_body, last, place, stable, template, template_body

TEMPLATES = f"{COMPUTE}/instance-templates"


@behaviour("templates/insert", page("instanceTemplates/insert"))
def insert(gcp):
    """Kept as it was given: a machine type's bare name, references in full."""
    place(gcp)
    made = template(gcp, labels={"role": "web"}, tags={"items": ["web"]})
    assert made["selfLink"] == gcp.link("global/instanceTemplates/template")
    properties = made["properties"]
    assert properties["machineType"] == MACHINE and properties["labels"] == {"role": "web"}
    assert properties["tags"]["items"] == ["web"]
    at = properties["networkInterfaces"][0]
    assert at["subnetwork"] == gcp.link(f"regions/{gcp.region}/subnetworks/sub")


@behaviour("templates/immutable", TEMPLATES, unknown=True)
def immutable(gcp):
    """A template can't be changed: there is no method that would."""
    place(gcp)
    before = template(gcp)
    status, _ = gcp.compute("PATCH", "global/instanceTemplates/template", template_body(gcp))
    assert status in (404, 405, 501), status
    assert gcp.get("instanceTemplates", "template")["id"] == before["id"]
    gcp.refused(409, "alreadyExists", "instanceTemplates.insert", body=template_body(gcp))


@behaviour("templates/machine-type-needed", page("instanceTemplates/insert"))
def machine_type_needed(gcp):
    place(gcp)
    body = template_body(gcp)
    del body["properties"]["machineType"]
    gcp.refused(400, ("required", "invalid"), "instanceTemplates.insert", body=body)


@behaviour("templates/in-use", provider(6277))
def in_use(gcp):
    """While a group has it, it is refused at once, with both paths and the kind's name."""
    group(gcp, size=0)
    told = gcp.refused(
        400, "resourceInUseByAnotherResource", "instanceTemplates.delete", instanceTemplate="template"
    )
    path = f"projects/{gcp.project}"
    assert told["message"] == (
        f"The instance_template resource '{path}/global/instanceTemplates/template' is already being used by "
        f"'{path}/regions/{gcp.region}/instanceGroupManagers/group'"
    )
    gcp.drop(REGIONAL, "group")
    gcp.drop("instanceTemplates", "template")


@behaviour("templates/regional", page("regionInstanceTemplates/insert"))
def regional(gcp):
    """A regional one is a resource of its own, and a group of the region may use it."""
    place(gcp)
    made = gcp.make("regionInstanceTemplates", template_body(gcp))
    assert made["selfLink"] == gcp.link(f"regions/{gcp.region}/instanceTemplates/template")
    gcp.gone("instanceTemplates", "template")
    body = group_body(size=1, zones=gcp.zones, versions=[{"instanceTemplate": made["selfLink"]}])
    gcp.make(REGIONAL, body)
    stable(gcp)
    assert gcp.get(REGIONAL, "group")["versions"][0]["instanceTemplate"] == made["selfLink"]
    gcp.in_use("regionInstanceTemplates", "template")


@behaviour("templates/typed", page("instanceTemplates/insert"))
def typed(gcp):
    from google.cloud import compute_v1

    place(gcp)
    client = gcp.typed("InstanceTemplates")
    parameters = compute_v1.AttachedDiskInitializeParams(source_image=disk()["initializeParams"]["sourceImage"])
    properties = compute_v1.InstanceProperties(
        machine_type=MACHINE,
        disks=[compute_v1.AttachedDisk(boot=True, initialize_params=parameters)],
        network_interfaces=[compute_v1.NetworkInterface(subnetwork=f"regions/{gcp.region}/subnetworks/sub")],
        scheduling=compute_v1.Scheduling(automatic_restart=False, preemptible=True),
    )
    body = compute_v1.InstanceTemplate(name="template", properties=properties)
    gcp.settled(client.insert_unary(project=gcp.project, instance_template_resource=body))
    found = client.get(project=gcp.project, instance_template="template")
    assert found.properties.scheduling.preemptible and found.properties.machine_type == MACHINE
    assert last(found.properties.network_interfaces[0].subnetwork) == "sub"


@behaviour("templates/network-absent", page("instanceTemplates/insert"))
def network_absent(gcp):
    """What it refers to must be there, at the latest when an instance is to be made of it."""
    there = [{"network": "global/networks/nobody"}]
    status, answer = gcp.compute("POST", "global/instanceTemplates", template_body(gcp, networkInterfaces=there))
    if status == 200 and "error" not in gcp.finish(answer):
        gcp.make(REGIONAL, group_body(size=1, zones=gcp.zones))
        gcp.step(300)
        errors = gcp.do(f"{REGIONAL}.listErrors", instanceGroupManager="group")
        assert errors["items"], "an instance of it was made"
    elif status != 200:
        assert status in (400, 404), answer
