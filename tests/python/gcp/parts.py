"""What behaviours are made of: bodies of resources, and the few steps that many of them begin with."""

import datetime

from gcp.fixture import IMAGE, MACHINE

RANGE = "10.10.0.0/20"
PROXIES = "10.20.0.0/23"


def network(gcp, name="net"):
    """A network without subnetworks."""
    return gcp.make("networks", {"name": name, "autoCreateSubnetworks": False})


def subnet_body(name="sub", network="net", range=RANGE, **more):
    return {"name": name, "network": f"global/networks/{network}", "ipCidrRange": range, **more}


def subnet(gcp, name="sub", network="net", range=RANGE, region=None, **more):
    return gcp.make("subnetworks", subnet_body(name, network, range, **more), region=region or gcp.region)


def place(gcp):
    """A network with a subnetwork in the suite's region."""
    network(gcp)
    return subnet(gcp)


def proxies(gcp, **more):
    """The subnetwork of the load balancers' own proxies."""
    body = {"purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE", **more}
    return subnet(gcp, "proxies", range=PROXIES, **body)


def disk(**more):
    return {"boot": True, "autoDelete": True, "initializeParams": {"sourceImage": IMAGE, "diskSizeGb": "20"}, **more}


def interface(gcp, **more):
    return {"subnetwork": f"regions/{gcp.region}/subnetworks/sub", **more}


def instance_body(gcp, name, zone=None, **more):
    return {
        "name": name,
        "machineType": f"zones/{zone or gcp.zone}/machineTypes/{MACHINE}",
        "disks": [disk()],
        "networkInterfaces": [interface(gcp)],
        **more,
    }


def instance(gcp, name="vm", zone=None, **more):
    """A running instance; `place` must have been called."""
    zone = zone or gcp.zone
    return gcp.make("instances", instance_body(gcp, name, zone, **more), zone=zone)


def template_body(gcp, name="template", **more):
    properties = {"machineType": MACHINE, "disks": [disk()], "networkInterfaces": [interface(gcp)], **more}
    return {"name": name, "properties": properties}


def template(gcp, name="template", **more):
    return gcp.make("instanceTemplates", template_body(gcp, name, **more))


def group_body(name="group", size=3, template="template", zones=None, **more):
    body = {
        "name": name,
        "baseInstanceName": "web",
        "targetSize": size,
        "versions": [{"instanceTemplate": f"global/instanceTemplates/{template}"}],
        **more,
    }
    if zones:
        body["distributionPolicy"] = {"zones": [{"zone": f"zones/{zone}"} for zone in zones]}
    return body


REGIONAL = "regionInstanceGroupManagers"
ZONAL = "instanceGroupManagers"


def group(gcp, name="group", size=3, **more):
    """A regional managed instance group over the suite's zones, stable; with all that it needs."""
    place(gcp)
    template(gcp)
    gcp.make(REGIONAL, group_body(name, size, zones=gcp.zones, **more))
    stable(gcp, name)
    return gcp.get(REGIONAL, name)


def zonal(gcp, name="group", size=3, **more):
    """The same in one zone."""
    place(gcp)
    template(gcp)
    gcp.make(ZONAL, group_body(name, size, **more))
    stable(gcp, name, ZONAL)
    return gcp.get(ZONAL, name)


def is_stable(gcp, name="group", kind=REGIONAL):
    return gcp.get(kind, name)["status"]["isStable"]


def stable(gcp, name="group", kind=REGIONAL):
    """Lets time pass until nothing is to be done in the group."""
    gcp.until(lambda: is_stable(gcp, name, kind), f"{name} stable")


def members(gcp, name="group", kind=REGIONAL):
    """The managed instances: name -> what listManagedInstances tells of it."""
    listed = gcp.do(f"{kind}.listManagedInstances", instanceGroupManager=name)
    return {last(each["instance"]): each for each in listed.get("managedInstances", [])}


def running(gcp, name="group", kind=REGIONAL):
    """Those that run and have nothing done to them."""
    return {
        each: told
        for each, told in members(gcp, name, kind).items()
        if told.get("instanceStatus") == "RUNNING" and told["currentAction"] == "NONE"
    }


def spread(gcp, found):
    """How many of the members each of the suite's zones has."""
    return [sum(f"/zones/{zone}/" in each["instance"] for each in found.values()) for zone in gcp.zones]


def health_check(gcp, name="check", kind="healthChecks", **more):
    body = {"name": name, "type": "HTTP", "httpHealthCheck": {"port": 8080, "requestPath": "/healthz"}, **more}
    return gcp.make(kind, body)


def service_body(gcp, name="service", kind="regionBackendServices", **more):
    where = "global" if kind == "backendServices" else f"regions/{gcp.region}"
    return {
        "name": name,
        "protocol": "HTTP",
        "portName": "http",
        "loadBalancingScheme": "EXTERNAL_MANAGED",
        "healthChecks": [f"{where}/healthChecks/check"],
        **more,
    }


def service(gcp, name="service", kind="regionBackendServices", **more):
    """A backend service with its health check, without backends unless they are given."""
    health_check(gcp, kind="healthChecks" if kind == "backendServices" else "regionHealthChecks")
    return gcp.make(kind, service_body(gcp, name, kind, **more))


def front(gcp):
    """A regional external Application Load Balancer in front of nothing, but for its forwarding rule."""
    made = service(gcp)
    gcp.make("regionUrlMaps", {"name": "map", "defaultService": made["selfLink"]})
    target = {"name": "proxy", "urlMap": f"regions/{gcp.region}/urlMaps/map"}
    return gcp.make("regionTargetHttpProxies", target)


def rule_body(gcp, name="rule", target="proxy", **more):
    return {
        "name": name,
        "loadBalancingScheme": "EXTERNAL_MANAGED",
        "IPProtocol": "TCP",
        "portRange": "80",
        "network": "global/networks/net",
        "networkTier": "STANDARD",
        "target": f"regions/{gcp.region}/targetHttpProxies/{target}",
        **more,
    }


def certificate(name="www.example.com"):
    """A self-signed certificate and its key, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    # Around every time that an emulated clock may show.
    begin, end = datetime.datetime(2020, 1, 1), datetime.datetime(2045, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def last(url):
    """The name at the end of a link."""
    return url.rsplit("/", 1)[-1]


def names(answer):
    """The names in a list."""
    return [item["name"] for item in answer.get("items", [])]
