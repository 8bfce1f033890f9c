"""Lists: filters, order, pages, parts of answers, and aggregated ones."""

from gcp.behaviour import behaviour
from gcp.fixture import ELSEWHERE
from gcp.pages import ROOT
from gcp.pages import compute as page
from gcp.parts import names, network

AGGREGATED = page("addresses/aggregatedList")
FIELDS = f"{ROOT}/compute/docs/api/how-tos/performance"


def addresses(gcp, count=5):
    """Addresses a, b, c ...: the even ones of environment "prod", the odd of "test"; each a little younger."""
    for i in range(count):
        labels = {"env": "test" if i % 2 else "prod"}
        gcp.make("addresses", {"name": "abcdefgh"[i], "labels": labels, "description": f"number {i}"})
        gcp.step(1)


def listed(gcp, **arguments):
    return names(gcp.do("addresses.list", **arguments))


@behaviour("lists/empty", page("addresses/list"))
def empty(gcp):
    found = gcp.do("addresses.list")
    assert found["kind"] == "compute#addressList" and "items" not in found and "nextPageToken" not in found
    assert found["selfLink"].endswith(f"regions/{gcp.region}/addresses")


@behaviour("lists/by-name", page("addresses/list"))
def by_name(gcp):
    """In the order of names unless asked otherwise."""
    for name in ("b", "c", "a"):
        gcp.make("addresses", {"name": name})
    assert listed(gcp) == ["a", "b", "c"] == listed(gcp, orderBy="name")


@behaviour("lists/newest-first", page("addresses/list"))
def newest(gcp):
    for name in ("b", "c", "a"):
        gcp.make("addresses", {"name": name})
        gcp.step(1)
    assert listed(gcp, orderBy="creationTimestamp desc") == ["a", "c", "b"]


@behaviour("lists/other-order", page("addresses/list"))
def other_order(gcp):
    """Only by name or newest first."""
    gcp.refused(400, ("invalid", "invalidParameter", "badRequest"), "addresses.list", orderBy="description")


@behaviour("lists/pages", page("addresses/list"))
def pages(gcp):
    addresses(gcp)
    first = gcp.do("addresses.list", maxResults=2)
    second = gcp.do("addresses.list", maxResults=2, pageToken=first["nextPageToken"])
    third = gcp.do("addresses.list", maxResults=2, pageToken=second["nextPageToken"])
    assert [names(each) for each in (first, second, third)] == [["a", "b"], ["c", "d"], ["e"]]
    assert "nextPageToken" not in third


@behaviour("lists/typed-pages", "https://docs.cloud.google.com/python/docs/reference/compute/latest")
def typed_pages(gcp):
    """google-cloud-compute turns the pages by itself."""
    from google.cloud import compute_v1

    addresses(gcp)
    request = compute_v1.ListAddressesRequest(project=gcp.project, region=gcp.region, max_results=2)
    pager = gcp.typed("Addresses").list(request)
    assert [[each.name for each in page.items] for page in pager.pages] == [["a", "b"], ["c", "d"], ["e"]]


@behaviour("lists/client-pages", "https://github.com/googleapis/google-api-python-client/blob/main/docs/pagination.md")
def client_pages(gcp):
    """So does google-api-python-client with `list_next`."""
    addresses(gcp)
    request = gcp.request("addresses.list", maxResults=2)
    found = []
    while request is not None:
        answer = request.execute()
        found += names(answer)
        request = gcp.next_page("addresses.list", request, answer)
    assert found == ["a", "b", "c", "d", "e"]


@behaviour("lists/page-token-malformed", page("addresses/list"))
def bad_token(gcp):
    gcp.refused(400, ("invalid", "invalidParameter", "badRequest"), "addresses.list", pageToken="nonsense!")


@behaviour("lists/filter-equals", page("addresses/list"))
def equals(gcp):
    addresses(gcp)
    for filter in ("name = b", 'name="b"', "name=b"):
        assert listed(gcp, filter=filter) == ["b"], filter
    assert listed(gcp, filter="name != b") == ["a", "c", "d", "e"]
    assert listed(gcp, filter="name = nobody") == []


@behaviour("lists/filter-and-or", page("addresses/list"))
def and_or(gcp):
    addresses(gcp)
    assert listed(gcp, filter='(labels.env = "prod") (name != "a")') == ["c", "e"]
    assert listed(gcp, filter='(labels.env = "prod") AND (name = "c")') == ["c"]
    assert listed(gcp, filter='(name = "a") OR (name = "b")') == ["a", "b"]


@behaviour("lists/filter-labels", f"{ROOT}/compute/docs/labeling-resources")
def labels(gcp):
    addresses(gcp)
    assert listed(gcp, filter="labels.env=test") == ["b", "d"]
    assert listed(gcp, filter="labels.env:*") == ["a", "b", "c", "d", "e"]
    assert listed(gcp, filter="labels.owner:*") == []


@behaviour("lists/filter-regular-expression", page("addresses/list"))
def regular(gcp):
    """The older form: `eq` and `ne` with a regular expression that the whole value matches."""
    addresses(gcp)
    assert listed(gcp, filter="name eq [ab]") == ["a", "b"]
    assert listed(gcp, filter="name ne [ab]") == ["c", "d", "e"]
    assert listed(gcp, filter='description eq ".*[12]"') == ["b", "c"]
    assert listed(gcp, filter="description eq number") == []


@behaviour("lists/filter-link", page("zones/list"))
def link(gcp):
    """The example of many scripts: the zones of a region."""
    region = gcp.link(f"regions/{gcp.region}")
    found = names(gcp.do("zones.list", filter=f'region eq "{region}"'))
    assert found == gcp.zones


@behaviour("lists/filter-malformed", page("addresses/list"))
def bad_filter(gcp):
    addresses(gcp, 1)
    for filter in ("name =", "(name = a", "= a"):
        told = gcp.refused(400, ("invalid", "invalidParameter", "badRequest"), "addresses.list", filter=filter)
        assert "filter" in told["message"].lower(), told


@behaviour("lists/filtered-pages", page("addresses/list"))
def filtered_pages(gcp):
    """Filter and pages go together, and no item gets lost between."""
    addresses(gcp)
    found, token = [], None
    for _ in range(10):
        answer = gcp.do("addresses.list", filter="labels.env=prod", maxResults=1, pageToken=token)
        found += names(answer)
        token = answer.get("nextPageToken")
        if token is None:
            break
    assert found == ["a", "c", "e"] and token is None


@behaviour("lists/aggregated", AGGREGATED)
def aggregated(gcp):
    """By scope, global ones too; where there is nothing a warning says so."""
    gcp.make("addresses", {"name": "here"})
    gcp.make("addresses", {"name": "there"}, region=ELSEWHERE)
    gcp.make("globalAddresses", {"name": "everywhere"})
    found = gcp.do("addresses.aggregatedList", maxResults=500)["items"]
    held = {scope: [each["name"] for each in some["addresses"]] for scope, some in found.items() if "addresses" in some}
    expected = {f"regions/{gcp.region}": ["here"], f"regions/{ELSEWHERE}": ["there"], "global": ["everywhere"]}
    assert held == expected
    bare = [some for some in found.values() if "addresses" not in some]
    assert all(some["warning"]["code"] == "NO_RESULTS_ON_PAGE" for some in bare)


@behaviour("lists/fields", FIELDS)
def fields(gcp):
    """A partial answer has what was asked for and nothing else."""
    made = network(gcp)
    assert gcp.do("networks.get", network="net", fields="name,id") == {"name": "net", "id": made["id"]}
    found = gcp.do("networks.list", fields="items(name,routingConfig/routingMode),nextPageToken")
    assert found == {"items": [{"name": "net", "routingConfig": {"routingMode": "REGIONAL"}}]}
    assert gcp.do("networks.list", fields="items/name") == {"items": [{"name": "net"}]}


@behaviour("lists/fields-malformed", FIELDS)
def bad_fields(gcp):
    network(gcp)
    status, told = gcp.compute("GET", "global/networks/net?fields=name(")
    assert status == 400, told


@behaviour("lists/typed-filter", page("addresses/list"))
def typed_filter(gcp):
    from google.cloud import compute_v1

    addresses(gcp)
    request = compute_v1.AggregatedListAddressesRequest(project=gcp.project, filter="labels.env=test")
    found = [each.name for _, some in gcp.typed("Addresses").aggregated_list(request) for each in some.addresses]
    assert found == ["b", "d"]
