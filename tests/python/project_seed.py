"""What `seed.py` makes on Google Cloud."""

from project import Cloud

__all__ = ["Cloud", "firewall", "network", "resize"]


def network(cloud):
    """An ordinary network: a subnetwork that leaves through NAT, and one for the load balancers' proxies."""
    compute, region = cloud.compute, cloud.region
    name = "office"
    cloud.done(compute.networks().insert, body={"name": name, "autoCreateSubnetworks": False})
    made = f"projects/{cloud.project}/global/networks/{name}"
    proxies = {"purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE"}
    for subnetwork, cidr, more in (("desks", "10.90.0.0/20", {}), ("proxies", "10.90.16.0/23", proxies)):
        body = {"name": f"{name}-{subnetwork}", "network": made, "ipCidrRange": cidr, **more}
        cloud.done(compute.subnetworks().insert, region=region, body=body)
    nat = {
        "name": "all",
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
    }
    cloud.done(compute.routers().insert, region=region, body={"name": name, "network": made, "nats": [nat]})
    return {"network": made, "subnetwork": f"projects/{cloud.project}/regions/{region}/subnetworks/{name}-desks"}


def firewall(cloud, network, name):
    """A firewall rule, which lets nobody in who would come."""
    body = {
        "name": name,
        "description": "of somebody else",
        "network": network,
        "allowed": [{"IPProtocol": "tcp", "ports": ["9"]}],
        "sourceRanges": ["192.0.2.0/24"],
    }
    cloud.done(cloud.compute.firewalls().insert, body=body)
    return {"firewall": f"projects/{cloud.project}/global/firewalls/{name}"}


def resize(cloud, cluster, size):
    """What an autoscaler does, or a hurried operator. The size as it is then.

    A group's size is its autoscaler's alone: what has one is resized while that is off, and keeps its new size until
    there is a load to go by.
    """
    found = [thing for thing in cloud.things() if thing.name.startswith(f"{cluster}-")]
    [group] = [thing for thing in found if thing.kind == "instanceGroupManagers"]
    scalers = [thing for thing in found if thing.kind == "autoscalers"]
    _modes(cloud, scalers, "OFF")
    managers = cloud.compute.regionInstanceGroupManagers()
    cloud.done(managers.resize, region=cloud.region, instanceGroupManager=group.name, size=size)
    _modes(cloud, scalers, "ON")
    return {"desired": size}


def _modes(cloud, scalers, mode):
    for scaler in scalers:
        body = {"autoscalingPolicy": {**scaler.raw["autoscalingPolicy"], "mode": mode}}
        cloud.done(cloud.compute.regionAutoscalers().patch, region=cloud.region, autoscaler=scaler.name, body=body)
