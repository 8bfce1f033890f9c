"""What is in front of the backends: URL maps, target proxies, certificates, forwarding rules."""

from gcp.behaviour import behaviour
from gcp.pages import balancing
from gcp.pages import compute as page
from gcp.parts import (
    certificate,
    front,
    group,
    health_check,
    network,
    place,
    proxies,
    rule_body,
    service,
)

PROXY_ONLY = balancing("proxy-only-subnets")
REGIONAL_HTTPS = balancing("https/setting-up-reg-ext-https-lb")


def map_body(gcp, name="map", service="service"):
    return {"name": name, "defaultService": f"regions/{gcp.region}/backendServices/{service}"}


def certified(gcp, name="cert", kind="regionSslCertificates"):
    public, private = certificate()
    return gcp.make(kind, {"name": name, "certificate": public, "privateKey": private})


@behaviour("url-maps/insert", page("regionUrlMaps/insert"))
def url_map(gcp):
    service(gcp)
    made = gcp.make("regionUrlMaps", map_body(gcp))
    assert made["defaultService"] == gcp.link(f"regions/{gcp.region}/backendServices/service")
    assert made["fingerprint"] and made["region"] == gcp.link(f"regions/{gcp.region}")


@behaviour("url-maps/hosts", page("urlMaps/insert"))
def hosts(gcp):
    """Hosts lead to path matchers, and those to services; all of them must be there."""
    service(gcp)
    link = f"regions/{gcp.region}/backendServices/service"
    matcher = {"name": "api", "defaultService": link, "pathRules": [{"paths": ["/v1/*"], "service": link}]}
    rule = {"hosts": ["api.example.com"], "pathMatcher": "api"}
    made = gcp.make("regionUrlMaps", {**map_body(gcp), "hostRules": [rule], "pathMatchers": [matcher]})
    assert made["pathMatchers"][0]["pathRules"][0]["service"] == gcp.link(link)
    body = {**map_body(gcp, "other"), "hostRules": [rule]}
    gcp.impossible("POST", f"regions/{gcp.region}/urlMaps", body)


@behaviour("url-maps/service-absent", page("regionUrlMaps/insert"))
def service_absent(gcp):
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/urlMaps", map_body(gcp))
    assert status in (400, 404) and "backendServices/service" in answer["error"]["message"], answer


@behaviour("url-maps/scope", REGIONAL_HTTPS)
def scope(gcp):
    """A global map can't lead to a regional service."""
    service(gcp)
    gcp.impossible("POST", "global/urlMaps", map_body(gcp))


@behaviour("url-maps/redirect", page("urlMaps/insert"))
def redirect(gcp):
    """A map may redirect instead of leading anywhere; one that does neither is refused."""
    action = {"httpsRedirect": True, "stripQuery": False, "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT"}
    made = gcp.make("regionUrlMaps", {"name": "map", "defaultUrlRedirect": action})
    assert made["defaultUrlRedirect"]["httpsRedirect"] is True
    gcp.impossible("POST", f"regions/{gcp.region}/urlMaps", {"name": "nothing"})


@behaviour("url-maps/service-in-use", page("regionBackendServices/delete"))
def service_in_use(gcp):
    service(gcp)
    gcp.make("regionUrlMaps", map_body(gcp))
    assert "urlMaps/map" in gcp.in_use("regionBackendServices", "service")


@behaviour("url-maps/stale-fingerprint", page("regionUrlMaps/update"))
def stale(gcp):
    service(gcp)
    before = gcp.make("regionUrlMaps", map_body(gcp))
    body = {**map_body(gcp), "description": "new", "fingerprint": before["fingerprint"]}
    gcp.done("regionUrlMaps.update", urlMap="map", body=body)
    assert gcp.get("regionUrlMaps", "map")["description"] == "new"
    gcp.refused(412, "conditionNotMet", "regionUrlMaps.update", urlMap="map", body=body)


@behaviour("proxies/http", page("regionTargetHttpProxies/insert"))
def http(gcp):
    made = front(gcp)
    assert made["urlMap"] == gcp.link(f"regions/{gcp.region}/urlMaps/map")
    assert "targetHttpProxies/proxy" in gcp.in_use("regionUrlMaps", "map")


@behaviour("proxies/set-url-map", page("regionTargetHttpProxies/setUrlMap"))
def set_url_map(gcp):
    front(gcp)
    other = gcp.make("regionUrlMaps", map_body(gcp, "other"))
    gcp.done("regionTargetHttpProxies.setUrlMap", targetHttpProxy="proxy", body={"urlMap": other["selfLink"]})
    assert gcp.get("regionTargetHttpProxies", "proxy")["urlMap"] == other["selfLink"]
    gcp.drop("regionUrlMaps", "map")


@behaviour("proxies/https", page("regionTargetHttpsProxies/insert"))
def https(gcp):
    """Its certificates are in use."""
    service(gcp)
    gcp.make("regionUrlMaps", map_body(gcp))
    cert = certified(gcp)["selfLink"]
    body = {"name": "tls", "urlMap": f"regions/{gcp.region}/urlMaps/map", "sslCertificates": [cert]}
    made = gcp.make("regionTargetHttpsProxies", body)
    assert made["sslCertificates"] == [cert]
    assert "targetHttpsProxies/tls" in gcp.in_use("regionSslCertificates", "cert")


@behaviour("proxies/https-needs-certificate", page("regionTargetHttpsProxies/insert"))
def needs_certificate(gcp):
    """At least one."""
    service(gcp)
    gcp.make("regionUrlMaps", map_body(gcp))
    body = {"name": "tls", "urlMap": f"regions/{gcp.region}/urlMaps/map"}
    gcp.impossible("POST", f"regions/{gcp.region}/targetHttpsProxies", body)


@behaviour("proxies/set-certificates", page("regionTargetHttpsProxies/setSslCertificates"))
def set_certificates(gcp):
    """A certificate is changed by the next one beside it: the old one is free afterwards."""
    service(gcp)
    gcp.make("regionUrlMaps", map_body(gcp))
    cert = certified(gcp)["selfLink"]
    body = {"name": "tls", "urlMap": f"regions/{gcp.region}/urlMaps/map", "sslCertificates": [cert]}
    gcp.make("regionTargetHttpsProxies", body)
    other = certified(gcp, "other")["selfLink"]
    asked = {"sslCertificates": [other]}
    gcp.done("regionTargetHttpsProxies.setSslCertificates", targetHttpsProxy="tls", body=asked)
    assert gcp.get("regionTargetHttpsProxies", "tls")["sslCertificates"] == [other]
    gcp.drop("regionSslCertificates", "cert")


@behaviour("certificates/insert", page("sslCertificates/insert"))
def certificates(gcp):
    """What is in it is told; its private key never is."""
    public, private = certificate()
    for kind in ("sslCertificates", "regionSslCertificates"):
        body = {"name": "cert", "certificate": public, "privateKey": private}
        made = gcp.make(kind, body)
        assert made["certificate"].strip() == public.strip() and made["type"] == "SELF_MANAGED"
        assert "privateKey" not in made and made["expireTime"].startswith("2045-01-01")
        assert made["subjectAlternativeNames"] == ["www.example.com"]
        [listed] = gcp.do(f"{kind}.list")["items"]
        assert "privateKey" not in listed
    assert "PRIVATE KEY" not in str(gcp.do("sslCertificates.aggregatedList"))


@behaviour("certificates/key-not-in-log", page("sslCertificates/insert"))
def key_not_logged(gcp):
    """The emulator's own request log doesn't have it either."""
    certified(gcp)
    assert "PRIVATE KEY" not in str(gcp.log())


@behaviour("certificates/malformed", page("sslCertificates/insert"))
def malformed(gcp):
    public, private = certificate()
    body = {"name": "cert", "certificate": "nonsense", "privateKey": private}
    gcp.impossible("POST", "global/sslCertificates", body)
    gcp.impossible("POST", "global/sslCertificates", {**body, "certificate": public, "privateKey": "nonsense"})


@behaviour("certificates/key-of-another", page("sslCertificates/insert"))
def mismatched(gcp):
    """Key and certificate belong together."""
    public, _ = certificate()
    _, private = certificate()
    body = {"name": "cert", "certificate": public, "privateKey": private}
    gcp.impossible("POST", "global/sslCertificates", body)


@behaviour("forwarding/external", REGIONAL_HTTPS)
def external(gcp):
    """It gets an address, and its port is a range of one."""
    network(gcp)
    proxies(gcp)
    front(gcp)
    made = gcp.make("forwardingRules", rule_body(gcp))
    assert made["IPAddress"] and made["portRange"] == "80-80" and made["IPProtocol"] == "TCP"
    assert made["target"] == gcp.link(f"regions/{gcp.region}/targetHttpProxies/proxy")
    assert made["loadBalancingScheme"] == "EXTERNAL_MANAGED" and made["labelFingerprint"]
    assert "forwardingRules/rule" in gcp.in_use("regionTargetHttpProxies", "proxy")


@behaviour("forwarding/needs-proxy-only-subnetwork", PROXY_ONLY)
def needs_proxies(gcp):
    """Without the proxies' subnetwork there are no proxies."""
    place(gcp)
    front(gcp)
    message = gcp.impossible("POST", f"regions/{gcp.region}/forwardingRules", rule_body(gcp))
    assert "proxy" in message.lower() and "subnet" in message.lower(), message
    proxies(gcp)
    gcp.make("forwardingRules", rule_body(gcp))


@behaviour("forwarding/proxies-in-use", PROXY_ONLY)
def proxies_in_use(gcp):
    """And the subnetwork stays as long as a balancer needs it."""
    network(gcp)
    proxies(gcp)
    front(gcp)
    gcp.make("forwardingRules", rule_body(gcp))
    gcp.impossible("DELETE", f"regions/{gcp.region}/subnetworks/proxies")
    gcp.drop("forwardingRules", "rule")
    gcp.drop("subnetworks", "proxies")


@behaviour("forwarding/same-address", page("forwardingRules/insert"))
def same_address(gcp):
    """Two rules may share an address, not an address and a port."""
    network(gcp)
    proxies(gcp)
    front(gcp)
    address = gcp.make("addresses", {"name": "front", "networkTier": "STANDARD"})["address"]
    gcp.make("forwardingRules", rule_body(gcp, IPAddress=address))
    gcp.make("forwardingRules", rule_body(gcp, "alternate", IPAddress=address, portRange="8080"))
    gcp.impossible("POST", f"regions/{gcp.region}/forwardingRules", rule_body(gcp, "twin", IPAddress=address))


@behaviour("forwarding/internal", balancing("internal/setting-up-internal"))
def internal(gcp):
    """A passthrough rule has an address of its subnetwork and up to five ports."""
    link = group(gcp, size=1)["instanceGroup"]
    health_check(gcp, kind="regionHealthChecks")
    body = {
        "name": "inside",
        "protocol": "TCP",
        "loadBalancingScheme": "INTERNAL",
        "healthChecks": [f"regions/{gcp.region}/healthChecks/check"],
        "backends": [{"group": link, "balancingMode": "CONNECTION"}],
    }
    target = gcp.make("regionBackendServices", body)["selfLink"]
    rule = {
        "name": "rule",
        "loadBalancingScheme": "INTERNAL",
        "backendService": target,
        "IPProtocol": "TCP",
        "ports": ["6443", "23010"],
        "subnetwork": f"regions/{gcp.region}/subnetworks/sub",
        "network": "global/networks/net",
    }
    made = gcp.make("forwardingRules", rule)
    assert made["IPAddress"].startswith("10.10.") and made["backendService"] == target
    assert sorted(made["ports"]) == ["23010", "6443"] and "target" not in made
    assert "forwardingRules/rule" in gcp.in_use("regionBackendServices", "inside")
    many = {**rule, "name": "many", "ports": [str(port) for port in range(1, 7)]}
    gcp.impossible("POST", f"regions/{gcp.region}/forwardingRules", many)


@behaviour("forwarding/global", balancing("https/setting-up-https"))
def everywhere(gcp):
    """The global one needs no network of the project's and no proxies in it."""
    made = service(gcp, kind="backendServices")
    gcp.make("urlMaps", {"name": "map", "defaultService": made["selfLink"]})
    gcp.make("targetHttpProxies", {"name": "proxy", "urlMap": "global/urlMaps/map"})
    rule = {
        "name": "rule",
        "loadBalancingScheme": "EXTERNAL_MANAGED",
        "IPProtocol": "TCP",
        "portRange": "80",
        "target": "global/targetHttpProxies/proxy",
    }
    made = gcp.make("globalForwardingRules", rule)
    assert made["IPAddress"] and made["selfLink"] == gcp.link("global/forwardingRules/rule")
    assert "forwardingRules/rule" in gcp.in_use("targetHttpProxies", "proxy")


@behaviour("forwarding/target-absent", page("forwardingRules/insert"))
def target_absent(gcp):
    network(gcp)
    proxies(gcp)
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/forwardingRules", rule_body(gcp))
    assert status in (400, 404) and "targetHttpProxies/proxy" in answer["error"]["message"], answer


@behaviour("forwarding/set-target", page("forwardingRules/setTarget"))
def set_target(gcp):
    network(gcp)
    proxies(gcp)
    front(gcp)
    made = gcp.make("forwardingRules", rule_body(gcp))
    body = {"name": "next", "urlMap": f"regions/{gcp.region}/urlMaps/map"}
    link = gcp.make("regionTargetHttpProxies", body)["selfLink"]
    gcp.done("forwardingRules.setTarget", forwardingRule="rule", body={"target": link})
    found = gcp.get("forwardingRules", "rule")
    assert found["target"] == link and found["IPAddress"] == made["IPAddress"]
    gcp.drop("regionTargetHttpProxies", "proxy")


@behaviour("forwarding/labels", "https://github.com/googleapis/google-cloud-go/issues/7802")
def labels(gcp):
    """Rules have labels; the proxies and maps behind them have none."""
    network(gcp)
    proxies(gcp)
    front(gcp)
    made = gcp.make("forwardingRules", rule_body(gcp, labels={"a": "1"}))
    body = {"labels": {"a": "2"}, "labelFingerprint": made["labelFingerprint"]}
    gcp.done("forwardingRules.setLabels", resource="rule", body=body)
    assert gcp.get("forwardingRules", "rule")["labels"] == {"a": "2"}
    status, answer = gcp.compute("POST", f"regions/{gcp.region}/urlMaps", {**map_body(gcp, "x"), "labels": {}})
    assert status == 400 and "labels" in answer["error"]["message"], answer


@behaviour("forwarding/typed", REGIONAL_HTTPS)
def typed(gcp):
    """google-cloud-compute puts map, proxy and rule before a service."""
    from google.cloud import compute_v1

    network(gcp)
    proxies(gcp)
    link = service(gcp)["selfLink"]
    there = {"project": gcp.project, "region": gcp.region}
    body = compute_v1.UrlMap(name="map", default_service=link)
    gcp.settled(gcp.typed("RegionUrlMaps").insert_unary(**there, url_map_resource=body))
    proxy = compute_v1.TargetHttpProxy(name="proxy", url_map=f"regions/{gcp.region}/urlMaps/map")
    gcp.settled(gcp.typed("RegionTargetHttpProxies").insert_unary(**there, target_http_proxy_resource=proxy))
    rule = compute_v1.ForwardingRule(
        name="rule",
        load_balancing_scheme="EXTERNAL_MANAGED",
        I_p_protocol="TCP",
        port_range="80",
        network="global/networks/net",
        network_tier="STANDARD",
        target=f"regions/{gcp.region}/targetHttpProxies/proxy",
    )
    client = gcp.typed("ForwardingRules")
    gcp.settled(client.insert_unary(**there, forwarding_rule_resource=rule))
    found = client.get(**there, forwarding_rule="rule")
    assert found.I_p_address and found.port_range == "80-80"
