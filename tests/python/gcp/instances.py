"""Single instances."""

from gcp.behaviour import behaviour
from gcp.fixture import MACHINE
from gcp.pages import COMPUTE
from gcp.pages import compute as page
from gcp.parts import disk, instance, instance_body, interface, last, place, subnet

LIFE = f"{COMPUTE}/instances/instance-life-cycle"
STARTED = {"RUNNING"}


@behaviour("instances/insert", page("instances/insert"))
def insert(gcp):
    place(gcp)
    labels, tags = {"role": "db"}, {"items": ["db", "ssh"]}
    made = instance(gcp, labels=labels, tags=tags, metadata={"items": [{"key": "k", "value": "v"}]})
    assert made["status"] == "RUNNING" and made["zone"] == gcp.link(f"zones/{gcp.zone}")
    assert made["machineType"] == gcp.link(f"zones/{gcp.zone}/machineTypes/{MACHINE}")
    assert made["labels"] == labels and made["tags"]["items"] == ["db", "ssh"] and made["tags"]["fingerprint"]
    assert made["metadata"]["items"] == [{"key": "k", "value": "v"}]
    [at] = made["networkInterfaces"]
    assert at["name"] == "nic0" and at["network"] == gcp.link("global/networks/net")
    assert at["subnetwork"] == gcp.link(f"regions/{gcp.region}/subnetworks/sub")
    assert at["networkIP"].startswith("10.10.") and not at.get("accessConfigs")
    [boot] = made["disks"]
    assert boot["boot"] is True and boot["autoDelete"] is True and boot["index"] == 0
    assert last(boot["source"]) == "vm" and boot["diskSizeGb"] == "20"


@behaviour("instances/life", LIFE)
def life(gcp):
    """PROVISIONING, STAGING, RUNNING, and never back."""
    place(gcp)
    operation = gcp.do("instances.insert", body=instance_body(gcp, "vm"))
    order = ["PROVISIONING", "STAGING", "RUNNING"]
    seen = []

    def running():
        status, found = gcp.compute("GET", f"zones/{gcp.zone}/instances/vm")
        if status == 200:
            seen.append(found["status"])
        return seen and seen[-1] == "RUNNING"

    gcp.until(running, "running", every=1)
    assert seen == sorted(seen, key=order.index) and seen[0] != "RUNNING", seen
    gcp.finish(operation)


@behaviour("instances/stop-start", LIFE)
def stop_start(gcp):
    """STOPPING, TERMINATED with disks and address kept, and RUNNING again."""
    place(gcp)
    before = instance(gcp)
    operation = gcp.do("instances.stop", instance="vm")
    assert gcp.get("instances", "vm")["status"] in ("STOPPING", "RUNNING")
    gcp.finish(operation)
    stopped = gcp.get("instances", "vm")
    assert stopped["status"] == "TERMINATED" and stopped["disks"] == before["disks"]
    gcp.done("instances.start", instance="vm")
    again = gcp.get("instances", "vm")
    assert again["status"] == "RUNNING" and again["id"] == before["id"]
    assert again["networkInterfaces"][0]["networkIP"] == before["networkInterfaces"][0]["networkIP"]


@behaviour("instances/machine-type-while-running", f"{COMPUTE}/instances/changing-machine-type-of-stopped-instance")
def machine_type_running(gcp):
    """A machine type is changed while the instance is stopped."""
    place(gcp)
    instance(gcp)
    body = {"machineType": f"zones/{gcp.zone}/machineTypes/e2-medium"}
    gcp.impossible("POST", f"zones/{gcp.zone}/instances/vm/setMachineType", body)
    gcp.done("instances.stop", instance="vm")
    gcp.done("instances.setMachineType", instance="vm", body=body)
    gcp.done("instances.start", instance="vm")
    assert last(gcp.get("instances", "vm")["machineType"]) == "e2-medium"


@behaviour("instances/machine-type-absent", "https://github.com/gruntwork-io/terratest/issues/1132")
def machine_type_absent(gcp):
    place(gcp)
    link = f"zones/{gcp.zone}/machineTypes/e2-enormous"
    told = gcp.refused(400, "invalid", "instances.insert", body={**instance_body(gcp, "vm"), "machineType": link})
    assert "Invalid value for field 'resource.machineType'" in told["message"], told
    assert f"Machine type with name 'e2-enormous' does not exist in zone '{gcp.zone}'" in told["message"], told


@behaviour("instances/image-absent", page("instances/insert"))
def image_absent(gcp):
    place(gcp)
    boot = disk(initializeParams={"sourceImage": "projects/debian-cloud/global/images/debian-nonsense"})
    body = instance_body(gcp, "vm", disks=[boot])
    status, answer = gcp.compute("POST", f"zones/{gcp.zone}/instances", body)
    assert status in (400, 404) and "debian-nonsense" in answer["error"]["message"], answer


@behaviour("instances/subnetwork-elsewhere", page("instances/insert"))
def elsewhere(gcp):
    """The subnetwork must be of the instance's own region."""
    place(gcp)
    subnet(gcp, "far", range="10.50.0.0/24", region="europe-west1")
    there = interface(gcp, subnetwork="regions/europe-west1/subnetworks/far")
    gcp.impossible("POST", f"zones/{gcp.zone}/instances", instance_body(gcp, "vm", networkInterfaces=[there]))


@behaviour("instances/custom-network-needs-subnetwork", "https://github.com/datastax-archive/google-compute-engine-dse/issues/27")
def needs_subnetwork(gcp):
    """On a custom mode network the subnetwork must be named."""
    place(gcp)
    body = instance_body(gcp, "vm", networkInterfaces=[{"network": "global/networks/net"}])
    told = gcp.refused(400, "invalid", "instances.insert", body=body)
    assert "networkInterfaces[0]" in told["message"] and "ubnetwork" in told["message"], told


@behaviour("instances/exists", page("instances/insert"))
def exists(gcp):
    place(gcp)
    instance(gcp)
    told = gcp.refused(409, "alreadyExists", "instances.insert", body=instance_body(gcp, "vm"))
    path = f"projects/{gcp.project}/zones/{gcp.zone}/instances/vm"
    assert told["message"] == f"The resource '{path}' already exists"
    # In another zone the name is free.
    assert instance(gcp, zone=gcp.zones[1])["name"] == "vm"


@behaviour("instances/delete", page("instances/delete"))
def delete(gcp):
    """It stops first; then it is gone, and with it the disks that are to go with it."""
    place(gcp)
    gcp.make("disks", {"name": "data", "sizeGb": "10"})
    kept = {"source": f"zones/{gcp.zone}/disks/data", "autoDelete": False}
    instance(gcp, disks=[disk(), kept])
    operation = gcp.do("instances.delete", instance="vm")
    assert gcp.get("instances", "vm")["status"] in ("STOPPING", "RUNNING", "TERMINATED")
    gcp.finish(operation)
    gcp.gone("instances", "vm")
    gcp.gone("disks", "vm")
    assert not gcp.get("disks", "data").get("users")


@behaviour("instances/attach-detach", page("instances/attachDisk"))
def attach(gcp):
    place(gcp)
    instance(gcp)
    gcp.make("disks", {"name": "data", "sizeGb": "10"})
    body = {"source": f"zones/{gcp.zone}/disks/data", "deviceName": "extra"}
    gcp.done("instances.attachDisk", instance="vm", body=body)
    found = gcp.get("instances", "vm")
    assert [each["deviceName"] for each in found["disks"]][1] == "extra"
    assert gcp.get("disks", "data")["users"] == [found["selfLink"]]
    gcp.in_use("disks", "data")
    gcp.done("instances.detachDisk", instance="vm", deviceName="extra")
    assert len(gcp.get("instances", "vm")["disks"]) == 1
    gcp.drop("disks", "data")


@behaviour("instances/attached-elsewhere", "https://github.com/hashicorp/terraform/issues/23698")
def attached_elsewhere(gcp):
    """A disk that an instance writes to isn't given to another."""
    place(gcp)
    gcp.make("disks", {"name": "data", "sizeGb": "10"})
    extra = {"source": f"zones/{gcp.zone}/disks/data"}
    instance(gcp, disks=[disk(), extra])
    body = instance_body(gcp, "other", disks=[disk(), extra])
    told = gcp.denied("resourceInUseByAnotherResource", "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", "instances.insert", body=body)
    assert "disks/data' is already being used by" in told


@behaviour("instances/auto-delete-changed", page("instances/setDiskAutoDelete"))
def auto_delete(gcp):
    place(gcp)
    device = instance(gcp)["disks"][0]["deviceName"]
    gcp.done("instances.setDiskAutoDelete", instance="vm", autoDelete=False, deviceName=device)
    gcp.drop("instances", "vm")
    assert gcp.get("disks", "vm")["status"] == "READY"


@behaviour("instances/labels", "https://github.com/skypilot-org/skypilot/issues/4571")
def labels(gcp):
    place(gcp)
    before = instance(gcp, labels={"a": "1"})
    body = {"labels": {"a": "2"}, "labelFingerprint": before["labelFingerprint"]}
    gcp.done("instances.setLabels", instance="vm", body=body)
    assert gcp.get("instances", "vm")["labels"] == {"a": "2"}
    gcp.refused(412, "conditionNotMet", "instances.setLabels", instance="vm", body=body)


@behaviour("instances/metadata", page("instances/setMetadata"))
def metadata(gcp):
    """Metadata has a fingerprint of its own, which must be the newest."""
    place(gcp)
    before = instance(gcp, metadata={"items": [{"key": "a", "value": "1"}]})["metadata"]
    body = {"items": [{"key": "b", "value": "2"}], "fingerprint": before["fingerprint"]}
    gcp.done("instances.setMetadata", instance="vm", body=body)
    assert gcp.get("instances", "vm")["metadata"]["items"] == [{"key": "b", "value": "2"}]
    gcp.refused(412, "conditionNotMet", "instances.setMetadata", instance="vm", body=body)


@behaviour("instances/tags", page("instances/setTags"))
def tags(gcp):
    place(gcp)
    before = instance(gcp, tags={"items": ["a"]})["tags"]
    gcp.done("instances.setTags", instance="vm", body={"items": ["b"], "fingerprint": before["fingerprint"]})
    found = gcp.get("instances", "vm")["tags"]
    assert found["items"] == ["b"] and found["fingerprint"] != before["fingerprint"]


@behaviour("instances/deletion-protection", f"{COMPUTE}/instances/preventing-accidental-vm-deletion")
def protection(gcp):
    place(gcp)
    instance(gcp, deletionProtection=True)
    message = gcp.impossible("DELETE", f"zones/{gcp.zone}/instances/vm")
    assert "delet" in message
    gcp.done("instances.setDeletionProtection", resource="vm", deletionProtection=False)
    gcp.drop("instances", "vm")


@behaviour("instances/typed", page("instances/insert"))
def typed(gcp):
    """google-cloud-compute makes one, lists it in all zones, stops and deletes it."""
    from google.cloud import compute_v1

    place(gcp)
    client = gcp.typed("Instances")
    parameters = compute_v1.AttachedDiskInitializeParams(source_image=disk()["initializeParams"]["sourceImage"])
    body = compute_v1.Instance(
        name="vm",
        machine_type=f"zones/{gcp.zone}/machineTypes/{MACHINE}",
        disks=[compute_v1.AttachedDisk(boot=True, auto_delete=True, initialize_params=parameters)],
        network_interfaces=[compute_v1.NetworkInterface(subnetwork=f"regions/{gcp.region}/subnetworks/sub")],
    )
    there = {"project": gcp.project, "zone": gcp.zone}
    gcp.settled(client.insert_unary(**there, instance_resource=body))
    listed = client.aggregated_list(project=gcp.project)
    assert [(last(scope), [each.name for each in some.instances]) for scope, some in listed if some.instances] == [
        (gcp.zone, ["vm"])
    ]
    gcp.settled(client.stop_unary(**there, instance="vm"))
    assert client.get(**there, instance="vm").status == "TERMINATED"
    gcp.settled(client.delete_unary(**there, instance="vm"))
    assert not list(client.list(**there))


@behaviour("instances/external-address", page("instances/insert"))
def external(gcp):
    """An access configuration gives it an external address; without one it has none."""
    place(gcp)
    access = [{"name": "External NAT", "type": "ONE_TO_ONE_NAT"}]
    made = instance(gcp, networkInterfaces=[interface(gcp, accessConfigs=access)])
    [found] = made["networkInterfaces"][0]["accessConfigs"]
    assert found["natIP"] and not found["natIP"].startswith("10.")


@behaviour("instances/network-address", page("instances/insert"))
def network_address(gcp):
    """The internal address that is asked for, once."""
    place(gcp)
    here = interface(gcp, networkIP="10.10.0.50")
    made = instance(gcp, networkInterfaces=[here])
    assert made["networkInterfaces"][0]["networkIP"] == "10.10.0.50"
    body = instance_body(gcp, "twin", networkInterfaces=[here])
    assert "10.10.0.50" in gcp.impossible("POST", f"zones/{gcp.zone}/instances", body)
