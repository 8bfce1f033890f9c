"""The rules that every cluster on Google Cloud must meet, and what `castra status` says of it against what is listed."""

import re

from project import AGGREGATED, last, path

MINIMUM_DISK_GB = 100
MARK = "castra"


class Judge:
    """The cluster's objects, what was asked for, and the deviations found so far."""

    def __init__(self, cloud, cluster, expected, status):
        self.cloud, self.cluster, self.expected, self.status = cloud, cluster, expected, status
        self.deviations = []
        self.all = list(cloud.things())
        self.ours = [thing for thing in self.all if thing.name.startswith(f"{cluster}-")]

    def kind(self, name):
        return [thing for thing in self.ours if thing.kind == name]

    def want(self, what, found, wanted):
        """Notes a deviation unless `found` is `wanted`."""
        if found != wanted:
            self.deviations.append(f"{what}: found {found!r}, wanted {wanted!r}")

    def asked(self, key, what, found):
        """As `want`, if the caller asked for `key`."""
        if key in self.expected:
            self.want(what, found, self.expected[key])

    def hold(self, what, holds):
        """Notes a deviation unless `holds`."""
        if not holds:
            self.deviations.append(what)


def whole(judge):
    """Everything; the report."""
    uid = judge.status["record"]["uid"] if judge.status.get("record") else None
    judge.hold("the anchor says the cluster's uid", any(str(uid) in str(t.raw.get("description")) for t in judge.ours))
    return {
        "uid": uid,
        "primaries": machines(judge),
        "pool": pool(judge),
        "balancers": balancers(judge),
        "firewalls": firewalls(judge),
        **shown(judge),
    }


def machines(judge):
    """Three primaries, one a zone, each with its own address and a disk that outlives it; and what all machines are."""
    primaries = []
    for machine in sorted(judge.kind("instances"), key=lambda thing: thing.name):
        raw, who = machine.raw, f"machine {machine.name}"
        judge.want(f"{who} state", machine.state, "RUNNING")
        judge.asked("machine_type", f"{who} type", last(raw["machineType"]))
        [interface] = raw["networkInterfaces"]
        judge.asked("network", f"{who} network", path(interface["network"]))
        judge.want(f"{who} public addresses", interface.get("accessConfigs", []), [])
        judge.want(f"{who} accounts", len(raw.get("serviceAccounts", [])), 1)
        secure = raw.get("shieldedInstanceConfig", {})
        judge.hold(f"{who} is shielded", all(secure.get(each) for each in ("enableSecureBoot", "enableVtpm")))
        kept = [disk for disk in raw["disks"] if not disk.get("boot")]
        if not re.fullmatch(rf"{judge.cluster}-primary-\d", machine.name):
            judge.want(f"{who} data disks", kept, [])
            continue
        judge.want(f"{who} data disks", [disk["autoDelete"] for disk in kept], [False])
        for disk in judge.all:
            if disk.kind == "disks" and kept and path(kept[0]["source"]) == disk.id:
                judge.hold(f"{disk} >= {MINIMUM_DISK_GB} GB", int(disk.raw["sizeGb"]) >= MINIMUM_DISK_GB)
                judge.want(f"{disk} type", last(disk.raw["type"]), "pd-balanced")
        zone, address = last(raw["zone"]), interface["networkIP"]
        reserved = [t.raw["address"] for t in judge.kind("addresses") if t.name == machine.name]
        judge.want(f"{who} address", reserved, [address])
        primaries.append({"id": raw["id"], "zone": zone, "address": address})
    judge.want("primaries", len(primaries), 3)
    judge.want("zones of the primaries", len({each["zone"] for each in primaries}), 3)
    return primaries


def pool(judge):
    """One managed group of the region over three zones, with as many machines as it is to have."""
    groups = judge.kind("instanceGroupManagers")
    judge.want("managed groups", len(groups), 1)
    if not groups:
        return None
    raw = groups[0].raw
    judge.want("zones of the pool", len(raw["distributionPolicy"]["zones"]), 3)
    judge.asked("desired", "the pool's size", raw["targetSize"])
    members = [t for t in judge.kind("instances") if f"-{t.name.split('-')[-2]}-" == "-secondary-"]
    judge.want("machines of the pool", len(members), raw["targetSize"])
    judge.want("templates", [t.id for t in judge.kind("instanceTemplates")], [path(raw["versions"][0]["instanceTemplate"])])
    bounds = [t.raw["autoscalingPolicy"] for t in judge.kind("autoscalers")]
    ranged = [{"min": each["minNumReplicas"], "max": each["maxNumReplicas"]} for each in bounds]
    wanted = {key: judge.expected[key] for key in ("min", "max") if key in judge.expected}
    fixed = wanted.get("min") == wanted.get("max")
    judge.want("autoscalers", ranged, [] if fixed else [wanted])
    return {"size": raw["targetSize"], "members": sorted(member.name for member in members)}


def balancers(judge):
    """Where both balancers listen, and that every node is behind the one, and the primaries behind the other."""
    rules = {}
    for rule in judge.kind("forwardingRules"):
        ports = rule.raw.get("ports") or [rule.raw["portRange"].split("-")[0]]
        rules.update({int(port): rule.raw["loadBalancingScheme"] for port in ports})
    exposed = {"public": "EXTERNAL_MANAGED", "internal": "INTERNAL_MANAGED"}.get(judge.expected.get("exposure"))
    if exposed:
        judge.want("listeners", rules, {443: exposed, 80: exposed, 6443: "INTERNAL", 23010: "INTERNAL"})
    if "certificate" in judge.expected:
        proxies = [t.raw["sslCertificates"] for t in judge.kind("targetHttpsProxies")]
        judge.want("certificates", [[path(each) for each in some] for some in proxies], [[judge.expected["certificate"]]])
    services = judge.kind("backendServices")
    judge.want("backend services", len(services), 3)
    for service in services:
        groups = 4 if "MANAGED" in service.raw["loadBalancingScheme"] else 3
        judge.want(f"groups behind {service.name}", len(service.raw["backends"]), groups)
    return {"listeners": rules}


def firewalls(judge):
    """The rules' names; each is of the network that was asked for."""
    rules = judge.kind("firewalls")
    for rule in rules:
        judge.asked("network", f"{rule} network", path(rule.raw["network"]))
    return sorted(rule.name for rule in rules)


def shown(judge):
    """Whether `castra status` names what is listed, and nothing else."""
    nodes = {node["machine"]: (node["zone"], node["address"], node["state"]) for node in judge.status["nodes"]}
    machines = {
        t.raw["id"]: (last(t.raw["zone"]), t.raw["networkInterfaces"][0]["networkIP"], t.state)
        for t in judge.kind("instances")
    }
    judge.want("the nodes that castra status shows", nodes, machines)
    pooled = {node["machine"] for node in judge.status["nodes"] if node["role"] == "secondary"}
    boots = {path(disk["source"]) for t in judge.kind("instances") for disk in t.raw["disks"] if disk.get("boot")}
    # A managed group is shown as the group that it manages, a machine by its number, and the certificate isn't ours.
    otherwise = {"instanceGroupManagers", "instances", "sslCertificates"}
    kinds = {*AGGREGATED, "networks", "firewalls", "serviceAccounts"} - otherwise
    listed = ({t.id for t in judge.ours if t.kind in kinds} | machines.keys()) - boots - pooled
    ours = [each for each in judge.status["objects"] if not each["address"].startswith("project_iam_member/")]
    shown = {each["id"] for each in ours}
    judge.want("objects that castra status shows and nobody else", sorted(shown - listed), [])
    judge.want("objects that castra status doesn't show", sorted(listed - shown), [])
    told = judge.cloud.gcloud("instances", "list") if judge.expected.get("gcloud") else None
    if told is not None:
        by_gcloud = {t["id"]: (last(t["zone"]), t["networkInterfaces"][0]["networkIP"], t["status"]) for t in told}
        judge.want("the nodes that castra status shows, by gcloud", nodes, by_gcloud)
        [group] = judge.cloud.gcloud("instance-groups", "managed", "list")
        judge.want("the pool's size, by gcloud", group["targetSize"], len(pooled))
        for collection, words in (("instanceTemplates", "instance-templates"), ("forwardingRules", "forwarding-rules")):
            found = sorted(path(each["selfLink"]) for each in judge.cloud.gcloud(words, "list"))
            judge.want(f"{words}, by gcloud", found, sorted(t.id for t in judge.kind(collection)))
    return {"objects": len(shown), "gcloud": told is not None}
