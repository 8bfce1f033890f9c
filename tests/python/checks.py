"""The rules that every cluster on AWS must meet, each looking at the account through a `View`."""

import collections

from cloud import RESOURCE, UID

APPLICATION = {443: "HTTPS", 80: "HTTP"}
CONTROL = {6443: "TCP", 23010: "TCP"}
MINIMUM_DISK_GIB = 100


def ownership(view):
    """Everything carries one uid and the name of its resource, and nothing is there twice."""
    uids = {t.tags.get(UID) for t in view.ours}
    view.want("number of uids on the cluster's objects", len(uids), 1)
    uid = next(iter(uids), None)
    view.hold("the objects carry a castra:uid", bool(uid))
    view.asked("uid", "uid", uid)
    for thing in view.ours:
        view.hold(f"{thing} carries {RESOURCE}", bool(thing.tags.get(RESOURCE)))
    singles = [t for t in view.ours if t not in view.members and t.kind != "volume"]
    counts = collections.Counter((t.kind, t.tags.get(RESOURCE)) for t in singles)
    for (kind, resource), count in counts.items():
        view.want(f"number of {kind}s that are {resource}", count, 1)
    view.want("anchors", len(view.kind("parameter")), 1)
    return uid


def primaries(view):
    """Three running machines, one a zone, each on its own interface with its own data disk."""
    view.want("primaries", len(view.primaries), 3)
    shown = []
    for machine in sorted(view.primaries, key=lambda t: t.raw.get("PrivateIpAddress", "")):
        raw, who = machine.raw, f"primary {machine.id}"
        view.want(f"{who} state", machine.state, "running")
        view.want(f"{who} public address", raw.get("PublicIpAddress"), None)
        view.asked("machine_type", f"{who} machine type", raw["InstanceType"])
        view.asked("network", f"{who} network", raw.get("VpcId"))
        options = raw.get("MetadataOptions", {})
        view.want(f"{who} IMDS tokens", options.get("HttpTokens"), "required")
        view.want(f"{who} IMDS hop limit", options.get("HttpPutResponseHopLimit"), 2)
        view.hold(f"{who} has an instance profile", bool(raw.get("IamInstanceProfile")))
        _interface(view, machine, who)
        _disks(view, machine, who)
        shown.append(
            {
                "id": machine.id,
                "zone": raw["Placement"]["AvailabilityZone"],
                "address": raw.get("PrivateIpAddress"),
                "subnet": raw.get("SubnetId"),
            }
        )
    view.want("zones of the primaries", len({s["zone"] for s in shown}), len(shown))
    addresses = sorted(str(s["address"]) for s in shown)
    if "addresses" in view.expected:
        view.want("addresses of the primaries", addresses, sorted(view.expected["addresses"]))
    return shown


def _interface(view, machine, who):
    """The machine sits on an interface that is ours and outlives it."""
    listed = machine.raw.get("NetworkInterfaces", [])
    view.want(f"{who} interfaces", len(listed), 1)
    for entry in listed:
        interface = view.find("interface", entry["NetworkInterfaceId"])
        view.hold(f"{who} has a tagged interface", interface in view.ours)
        if interface:
            address = interface.raw.get("PrivateIpAddress")
            view.want(f"{who} interface address", address, machine.raw.get("PrivateIpAddress"))
            attachment = interface.raw.get("Attachment") or {}
            kept = entry.get("Attachment", attachment).get("DeleteOnTermination")
            view.want(f"{who} interface deleted with the machine", kept, False)


def _disks(view, machine, who):
    """An encrypted root disk, and an encrypted data disk that outlives the machine."""
    root = machine.raw.get("RootDeviceName")
    data = []
    for mapping in machine.raw.get("BlockDeviceMappings", []):
        ebs = mapping["Ebs"]
        volume = view.find("volume", ebs["VolumeId"])
        name = f"{who} disk {mapping['DeviceName']}"
        view.hold(f"{name} exists", volume is not None)
        if volume is None:
            continue
        view.want(f"{name} encrypted", volume.raw.get("Encrypted"), True)
        view.want(f"{name} type", volume.raw.get("VolumeType"), "gp3")
        view.hold(f"{name} >= {MINIMUM_DISK_GIB} GiB", volume.raw["Size"] >= MINIMUM_DISK_GIB)
        view.hold(f"{name} is tagged", volume in view.ours)
        if mapping["DeviceName"] != root:
            data.append(volume)
            view.want(f"{name} deleted with the machine", ebs.get("DeleteOnTermination"), False)
            zone = machine.raw["Placement"]["AvailabilityZone"]
            view.want(f"{name} zone", volume.raw["AvailabilityZone"], zone)
    view.want(f"{who} data disks", len(data), 1)


def pool(view):
    """One scaling group over three subnets in three zones, from a launch template."""
    groups = view.kind("scaling-group")
    view.want("scaling groups", len(groups), 1)
    if not groups:
        return None
    raw = groups[0].raw
    subnets = [s for s in raw.get("VPCZoneIdentifier", "").split(",") if s]
    known = [view.find("subnet", s) for s in subnets]
    view.want("subnets of the pool", len(set(subnets)), 3)
    view.hold("the pool's subnets exist", all(known))
    view.want("zones of the pool", len({s.raw["AvailabilityZone"] for s in known if s}), 3)
    sizes = {"desired": "DesiredCapacity", "min": "MinSize", "max": "MaxSize"}
    for key, field in sizes.items():
        view.asked(key, f"the pool's {key}", raw[field])
    known = {t.id for t in (*view.primaries, *view.members)}
    strays = sorted(t.id for t in view.kind("instance") if t.id not in known)
    view.want("machines that no group knows", strays, [])
    view.want("running members of the pool", len(view.members), raw["DesiredCapacity"])
    for member in view.members:
        view.want(f"member {member.id} state", member.state, "running")
        view.hold(f"member {member.id} is tagged", member in view.ours)
    _template(view, raw)
    return {key: raw[field] for key, field in sizes.items()} | {"subnets": subnets}


def _template(view, group):
    """The pool's template asks for IMDSv2, encrypted disks and no public address."""
    view.want("launch configuration", group.get("LaunchConfigurationName"), None)
    named = group.get("LaunchTemplate") or {}
    view.hold("the pool uses a launch template", bool(named))
    template = view.find("launch-template", named.get("LaunchTemplateId"))
    view.hold("the pool's launch template is ours", template in view.ours)
    if template is None:
        return
    version = named.get("Version") or "$Default"
    data = view.cloud.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=template.id, Versions=[version]
    )["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    options = data.get("MetadataOptions", {})
    view.want("template IMDS tokens", options.get("HttpTokens"), "required")
    view.want("template IMDS hop limit", options.get("HttpPutResponseHopLimit"), 2)
    view.asked("machine_type", "template machine type", data.get("InstanceType"))
    disks = [m["Ebs"] for m in data.get("BlockDeviceMappings", []) if "Ebs" in m]
    view.hold("the template has disks", bool(disks))
    for disk in disks:
        view.want("template disk encrypted", disk.get("Encrypted"), True)
        view.hold("template disk size", disk.get("VolumeSize", 0) >= MINIMUM_DISK_GIB)
    for interface in data.get("NetworkInterfaces", []):
        public = interface.get("AssociatePublicIpAddress", False)
        view.want("template public address", public, False)


def balancers(view):
    """The application balancer in front of every node, the control balancer before the primaries."""
    found = {}
    client = view.cloud.client("elbv2")
    for balancer in view.kind("load-balancer"):
        view.hold(f"one {balancer.raw['Type']} balancer", balancer.raw["Type"] not in found)
        listeners = client.describe_listeners(LoadBalancerArn=balancer.id)["Listeners"]
        view.want(f"{balancer} listeners", len(listeners), 2)
        found[balancer.raw["Type"]] = (balancer, {int(x["Port"]): x for x in listeners})
    view.want("load balancers", sorted(found), ["application", "network"])
    report = {}
    if "application" in found:
        report["application"] = _application(view, client, *found["application"])
    if "network" in found:
        report["control"] = _control(view, client, *found["network"])
    return report


def _members(client, listener):
    """The targets behind a listener's forward action."""
    arns = {a["TargetGroupArn"] for a in listener["DefaultActions"] if "TargetGroupArn" in a}
    found = set()
    for arn in arns:
        for health in client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]:
            found.add(health["Target"]["Id"])
    return found


def _application(view, client, balancer, listeners):
    scheme = {"public": "internet-facing", "internal": "internal"}
    exposure = view.expected.get("exposure")
    if exposure:
        view.want("application exposure", balancer.raw["Scheme"], scheme[exposure])
    view.asked("network", "application network", balancer.raw["VpcId"])
    protocols = {port: x["Protocol"] for port, x in listeners.items()}
    view.want("application listeners", protocols, APPLICATION)
    view.want("application zones", len(balancer.raw["AvailabilityZones"]), 3)
    view.hold("application has a security group", bool(balancer.raw.get("SecurityGroups")))
    if 80 in listeners:
        kinds = [a["Type"] for a in listeners[80]["DefaultActions"]]
        view.want("application port 80 action", kinds, ["redirect"])
    if 443 not in listeners:
        return {"listeners": protocols}
    listener = listeners[443]
    carried = [c["CertificateArn"] for c in listener.get("Certificates", [])]
    view.hold("the HTTPS listener has a certificate", bool(carried))
    if "certificate" in view.expected:
        view.want("certificate", carried, [view.expected["certificate"]])
    members = _members(client, listener)
    nodes = [*view.primaries, *view.members]
    for node in nodes:
        names = {node.id, node.raw.get("PrivateIpAddress")}
        view.hold(f"{node} is behind the application balancer", bool(names & members))
    return {"listeners": protocols, "dns": balancer.raw["DNSName"], "nodes": len(nodes)}


def _control(view, client, balancer, listeners):
    view.want("control exposure", balancer.raw["Scheme"], "internal")
    protocols = {port: x["Protocol"] for port, x in listeners.items()}
    view.want("control listeners", protocols, CONTROL)
    view.want("control zones", len(balancer.raw["AvailabilityZones"]), 3)
    view.hold("control has a security group", bool(balancer.raw.get("SecurityGroups")))
    addresses = {t.raw.get("PrivateIpAddress") for t in view.primaries}
    for port, listener in listeners.items():
        view.want(f"members behind control port {port}", sorted(_members(client, listener)), sorted(addresses))
    return {"listeners": protocols, "dns": balancer.raw["DNSName"]}
