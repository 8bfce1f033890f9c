"""A cluster of three zones: how its parts are made, looked at, and taken down, by either client."""

from gcp.fixture import described
from gcp.parts import (
    PROXIES,
    RANGE,
    REGIONAL,
    certificate,
    disk,
    group_body,
    instance_body,
    last,
    rule_body,
    subnet_body,
    template_body,
)

API, WEB = 6443, 8080
# Where Google's health checks come from:
# https://docs.cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
CHECKERS = ["35.191.0.0/16", "130.211.0.0/22"]
SERVICES, RULES = "regionBackendServices", "forwardingRules"


class Cluster:
    """What was made, in order: (collection, name, zone or None)."""

    def __init__(self, gcp, voice):
        self.gcp, self.voice = gcp, voice
        self.made = []

    def make(self, collection, body, zone=None):
        place = {"zone": zone} if zone else {}
        self.voice.done(f"{collection}.insert", body=body, **place)
        self.made.append((collection, body["name"], zone))
        return self.get(collection, body["name"], zone)

    def get(self, collection, name, zone=None):
        return self.voice.ask(f"{collection}.get", **self._which(collection, name, zone))

    def drop(self, collection, name, zone=None):
        self.voice.done(f"{collection}.delete", **self._which(collection, name, zone))
        self.made.remove((collection, name, zone))

    @staticmethod
    def _which(collection, name, zone):
        which = {described(f"{collection}.get")["parameterOrder"][-1]: name}
        return {**which, "zone": zone} if zone else which

    def members(self):
        """The managed instances that run and are left alone: name -> told."""
        listed = self.voice.all(f"{REGIONAL}.listManagedInstances", "managedInstances", instanceGroupManager="pool")
        return {
            last(each["instance"]): each
            for each in listed
            if each.get("instanceStatus") == "RUNNING" and each["currentAction"] == "NONE"
        }

    def spread(self):
        links = [each["instance"] for each in self.members().values()]
        return [sum(f"/zones/{zone}/" in link for link in links) for zone in self.gcp.zones]

    def stable(self):
        def now():
            return self.get(REGIONAL, "pool")["status"]["isStable"]

        self.gcp.until(now, "stable")

    def resize(self, size):
        self.voice.done(f"{REGIONAL}.resize", instanceGroupManager="pool", size=size)
        self.stable()

    def health(self, service, group):
        """The states of a group's instances, as a backend service sees them."""
        told = self.voice.ask(f"{SERVICES}.getHealth", backendService=service, body={"group": group})
        return [each["healthState"] for each in told.get("healthStatus", [])]


def network(cluster):
    """The network: subnetworks, firewall rules, a way out."""
    gcp = cluster.gcp
    cluster.make("networks", {"name": "net", "autoCreateSubnetworks": False})
    cluster.make("subnetworks", subnet_body(privateIpGoogleAccess=True))
    kind = {"purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE"}
    cluster.make("subnetworks", subnet_body("proxies", range=PROXIES, **kind))

    def allow(name, ports, *sources):
        allowed = [{"IPProtocol": "tcp", "ports": [str(port) for port in ports]}]
        body = {"name": name, "network": "global/networks/net", "allowed": allowed, "sourceRanges": list(sources)}
        cluster.make("firewalls", body)

    allow("inside", ["1-65535"], RANGE)
    allow("proxies", [WEB], PROXIES)
    allow("checks", [API, WEB], *CHECKERS)
    nat = {
        "name": "nat",
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
        "subnetworks": [
            {"name": f"regions/{gcp.region}/subnetworks/sub", "sourceIpRangesToNat": ["ALL_IP_RANGES"]}
        ],
    }
    cluster.make("routers", {"name": "router", "network": "global/networks/net", "nats": [nat]})


def primaries(cluster):
    """Three machines with disks of their own, one a zone, each in a group of its zone."""
    gcp = cluster.gcp
    for i, zone in enumerate(gcp.zones):
        cluster.make("disks", {"name": f"data-{i}", "sizeGb": "100", "type": f"zones/{zone}/diskTypes/pd-ssd"}, zone)
        data = {"source": f"zones/{zone}/disks/data-{i}", "autoDelete": False}
        made = cluster.make("instances", instance_body(gcp, f"primary-{i}", zone, disks=[disk(), data]), zone)
        name = f"primaries-{i}"
        cluster.make("instanceGroups", {"name": name, "namedPorts": [{"name": "http", "port": WEB}]}, zone)
        body = {"instances": [{"instance": made["selfLink"]}]}
        cluster.voice.done("instanceGroups.addInstances", zone=zone, instanceGroup=name, body=body)


def pool(cluster, size):
    """A regional managed group of that many."""
    gcp = cluster.gcp
    cluster.make("instanceTemplates", template_body(gcp, "one", labels={"generation": "one"}))
    more = {
        "updatePolicy": {
            "type": "PROACTIVE",
            "minimalAction": "REPLACE",
            "maxSurge": {"fixed": 3},
            "maxUnavailable": {"fixed": 0},
        },
    }
    cluster.make(REGIONAL, group_body("pool", size, "one", gcp.zones, **more))
    cluster.stable()
    # A manager's own list of them is output only.
    body = {"namedPorts": [{"name": "http", "port": WEB}]}
    cluster.voice.done("regionInstanceGroups.setNamedPorts", instanceGroup="pool", body=body)


def balancers(cluster):
    """The application balancer before all, the passthrough one before the primaries."""
    gcp = cluster.gcp
    region = f"regions/{gcp.region}"
    http = {"port": WEB, "requestPath": "/healthz"}
    cluster.make("regionHealthChecks", {"name": "web", "type": "HTTP", "httpHealthCheck": http})
    cluster.make("regionHealthChecks", {"name": "api", "type": "TCP", "tcpHealthCheck": {"port": API}})
    own = [f"zones/{zone}/instanceGroups/primaries-{i}" for i, zone in enumerate(gcp.zones)]
    everyone = [*own, f"{region}/instanceGroups/pool"]
    web = {
        "name": "web",
        "protocol": "HTTP",
        "portName": "http",
        "loadBalancingScheme": "EXTERNAL_MANAGED",
        "healthChecks": [f"{region}/healthChecks/web"],
        "backends": [
            {"group": each, "balancingMode": "RATE", "maxRatePerInstance": 100, "capacityScaler": 1.0}
            for each in everyone
        ],
    }
    api = {
        "name": "api",
        "protocol": "TCP",
        "loadBalancingScheme": "INTERNAL",
        "healthChecks": [f"{region}/healthChecks/api"],
        "backends": [{"group": each, "balancingMode": "CONNECTION"} for each in own],
    }
    cluster.make(SERVICES, web)
    cluster.make(SERVICES, api)
    cluster.make("regionUrlMaps", {"name": "web", "defaultService": f"{region}/backendServices/web"})
    away = {"httpsRedirect": True, "stripQuery": False, "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT"}
    cluster.make("regionUrlMaps", {"name": "away", "defaultUrlRedirect": away})
    public, private = certificate()
    cluster.make("regionSslCertificates", {"name": "cert", "certificate": public, "privateKey": private})
    secure = {"name": "web", "urlMap": f"{region}/urlMaps/web", "sslCertificates": [f"{region}/sslCertificates/cert"]}
    cluster.make("regionTargetHttpsProxies", secure)
    cluster.make("regionTargetHttpProxies", {"name": "away", "urlMap": f"{region}/urlMaps/away"})
    front = cluster.make("addresses", {"name": "front", "networkTier": "STANDARD"})["address"]
    secured = rule_body(gcp, "web", IPAddress=front, portRange="443")
    cluster.make(RULES, {**secured, "target": f"{region}/targetHttpsProxies/web"})
    cluster.make(RULES, rule_body(gcp, "away", "away", IPAddress=front))
    inside = {
        "name": "api",
        "loadBalancingScheme": "INTERNAL",
        "backendService": f"{region}/backendServices/api",
        "IPProtocol": "TCP",
        "ports": [str(API)],
        "network": "global/networks/net",
        "subnetwork": f"{region}/subnetworks/sub",
    }
    cluster.make(RULES, inside)


def whole(gcp, voice, size=6):
    """All of it, with something that answers on every machine."""
    cluster = Cluster(gcp, voice)
    network(cluster)
    primaries(cluster)
    gcp.listen((None, [API, WEB]))
    pool(cluster, size)
    balancers(cluster)
    return cluster


def teardown(cluster):
    """From the last to the first, so that nothing is in use when it goes."""
    for collection, name, zone in reversed(list(cluster.made)):
        cluster.drop(collection, name, zone)


def left(gcp):
    """Everything that the project holds by its own listings."""
    found = []
    wide = ("networks", "firewalls", "instanceTemplates", "globalAddresses")
    for collection in wide:
        found += [each["selfLink"] for each in gcp.do(f"{collection}.list").get("items", [])]
    for collection in (
        "subnetworks",
        "routers",
        "addresses",
        "disks",
        "instances",
        "instanceGroups",
        "instanceGroupManagers",
        "healthChecks",
        "backendServices",
        "urlMaps",
        "targetHttpProxies",
        "targetHttpsProxies",
        "sslCertificates",
        "forwardingRules",
    ):
        for some in gcp.do(f"{collection}.aggregatedList", maxResults=500).get("items", {}).values():
            found += [each["selfLink"] for each in some.get(collection, [])]
    return found
