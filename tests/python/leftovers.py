"""Names everything that a cluster left behind, by tag, by name, and by comparison with before.

    leftovers.py --region R --snapshot                     prints what the account holds, as JSON
    leftovers.py --region R --cluster NAME [--baseline F]  exits 1 if anything is left

With --project P it looks at that project on Google Cloud.

Without a baseline a leftover is whatever carries the cluster's tag or its name. With one it is
whatever the account holds that it didn't hold then, tagged or not; and whatever it held then must
still be there, unchanged.
"""

import json
import sys

from cloud import CLUSTER, Cloud, arguments

GONE = {"terminated", "deleted"}
MOVES_BY_ITSELF = {"AvailableIpAddressCount", "RoleLastUsed", "etag"}


def belongs(thing, cluster):
    """True if the tags or the name say that this is the cluster's."""
    names = (thing.name, thing.tags.get("Name", ""))
    named = any(
        name == cluster or name.startswith(f"{cluster}-") or f"/{cluster}/" in f"{name}/"
        for name in names
    )
    return thing.tags.get(CLUSTER) == cluster or named


def described(thing):
    """The object as the cloud tells it, less what changes without anyone changing it."""
    raw = {key: value for key, value in thing.raw.items() if key not in MOVES_BY_ITSELF}
    return json.dumps({"tags": thing.tags, **raw}, sort_keys=True, default=str)


def account(options):
    """What is looked at: an account of AWS, or a project."""
    if options.project:
        import project

        return project.Cloud(options.endpoint, options.region, options.project)
    return Cloud(options.endpoint, options.region)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--cluster")
    parser.add_argument("--snapshot", action="store_true")
    parser.add_argument("--baseline", help="a file that --snapshot wrote")
    options = parser.parse_args()
    things = list(account(options).things())

    if options.snapshot:
        json.dump({f"{t.kind} {t.id}": described(t) for t in things}, sys.stdout, indent=1)
        return 0

    before = None
    if options.baseline:
        with open(options.baseline, encoding="utf-8") as file:
            before = json.load(file)
    left = []
    for thing in things:
        if before is None:
            suspect = belongs(thing, options.cluster)
        else:
            suspect = f"{thing.kind} {thing.id}" not in before
        if suspect and thing.state not in GONE:
            left.append(str(thing))
    now = {f"{t.kind} {t.id}": described(t) for t in things}
    touched = [key for key, was in (before or {}).items() if now.get(key) != was]
    report = {"cluster": options.cluster, "looked_at": len(things), "left": left, "touched": touched}
    json.dump(report, sys.stdout, indent=1)
    for line in left:
        print(f"left behind: {line}", file=sys.stderr)
    for line in touched:
        print(f"changed or gone, but not ours: {line}", file=sys.stderr)
    return 1 if left or touched else 0


sys.exit(main())
