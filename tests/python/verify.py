"""Looks at a cluster with the cloud's own client and names every way in which it isn't what was asked for.

    verify.py --region R --cluster NAME --expect '{"desired": 5, ...}'
    verify.py --region R --project P --cluster NAME --expect '{"desired": 5, ...}' --status FILE

`--expect` knows these keys; whatever is left out isn't compared:

    desired, min, max    the pool's sizes
    exposure             "public" or "internal"
    certificate          what the HTTPS listener must carry: its ARN, or its path
    machine_type         of the primaries and of the launch template
    addresses            the primaries' private addresses, in any order
    network              the network that everything must be in
    uid                  the cluster's uid

With a project it is looked at on Google Cloud, and what `castra status --json` says, which FILE holds, is compared with
what is listed; `"gcloud": true` has gcloud look too, where it is installed.

The rest always holds. Prints one JSON object; exits 1 if anything deviates.
"""

import json
import sys

from checks import balancers, ownership, pool, primaries
from cloud import CLUSTER, POOL, Cloud, arguments


class View:
    """The cluster's objects by kind, what was asked for, and the deviations found so far."""

    def __init__(self, cloud, cluster, expected):
        self.cloud, self.cluster, self.expected = cloud, cluster, expected
        self.deviations = []
        things = [t for t in cloud.things() if t.state not in ("terminated", "deleted")]
        self.all = things
        self.ours = [t for t in things if t.tags.get(CLUSTER) == cluster]
        pooled = {
            member["InstanceId"]
            for group in self.kind("scaling-group")
            for member in group.raw["Instances"]
        }
        machines = self.kind("instance")
        self.primaries = [t for t in machines if t.id not in pooled and POOL not in t.tags]
        self.members = [t for t in things if t.id in pooled]

    def kind(self, name):
        """The cluster's objects of one kind."""
        return [t for t in self.ours if t.kind == name]

    def find(self, kind, id):
        """One object of the account by its id, or nothing."""
        return next((t for t in self.all if t.kind == kind and t.id == id), None)

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


def main():
    parser = arguments(__doc__)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--expect", default="{}")
    parser.add_argument("--status", help="a file with what castra status --json printed last")
    options = parser.parse_args()
    expected = json.loads(options.expect)
    view, report = on_google(options, expected) if options.project else on_aws(options, expected)
    report |= {"cluster": options.cluster, "deviations": view.deviations}
    json.dump(report, sys.stdout, indent=1)
    for line in view.deviations:
        print(f"deviation: {line}", file=sys.stderr)
    return 1 if view.deviations else 0


def on_aws(options, expected):
    view = View(Cloud(options.endpoint, options.region), options.cluster, expected)
    return view, {
        "uid": ownership(view),
        "primaries": primaries(view),
        "pool": pool(view),
        "balancers": balancers(view),
        "firewalls": sorted(t.name for t in view.kind("security-group")),
    }


def on_google(options, expected):
    import project
    import project_checks

    with open(options.status, encoding="utf-8") as file:
        status = json.load(file)
    cloud = project.Cloud(options.endpoint, options.region, options.project)
    judge = project_checks.Judge(cloud, options.cluster, expected, status)
    return judge, project_checks.whole(judge)


sys.exit(main())
