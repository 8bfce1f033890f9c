"""Runs a cloud's documented behaviours against the emulator, and against moto where it agrees.

    suite.py aws|gcp --emulator URL ... [--moto URL ...] [--only PART] [--seed N] [--json]

Emulators are used one behaviour at a time, for a behaviour may move the clock: give several to go
faster. So it goes with several motos, each of which knows but one core. An emulator's time stands
still but for what the behaviours let pass. The suite fails when the emulator fails any behaviour or
lacks an operation that one asked for, when moto fails one that it is said to have, and when it
passes one that it is said to lack. moto plays AWS alone.

An account's name decides what chance does in it, and seed and behaviour decide the account's name:
what fails fails again. Stand-ins that have served a run need another seed for the next one.
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import importlib
import json
import linecache
import pathlib
import queue
import sys
import time
import traceback
import urllib.request

from behaviour import ALL
from control import Control

CLOUDS = ("aws", "gcp")
# Modules of a cloud that declare no behaviours.
FRAME = {"__init__", "behaviour", "fixture", "control", "pages"}
# Behaviours asked of one moto at a time.
MOTO_CALLERS = 4


@dataclasses.dataclass
class Outcome:
    """How a behaviour went somewhere; `failure` is empty if it held."""

    failure: str
    seconds: float
    # It failed for another reason than what it checks.
    broken: bool = False

    def __str__(self):
        return "differs" if self.failure else "ok"


def load(cloud):
    """Imports every module of a cloud that declares behaviours, and returns its fixture."""
    for path in sorted((pathlib.Path(__file__).parent / cloud).glob("*.py")):
        if path.stem not in FRAME:
            importlib.import_module(f"{cloud}.{path.stem}")
    return importlib.import_module(f"{cloud}.fixture")


def explain(error, check):
    """What went wrong, where, and what the function knew then."""
    told = [f"{type(error).__name__}: {error}"[:1500]]
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code is check.__code__:
            source = linecache.getline(frame.f_code.co_filename, line).strip()
            told.append(f"line {line}: {source}")
            known = {k: v for k, v in frame.f_locals.items() if k not in (*CLOUDS, "ec2")}
            told += [f"  {name} = {value!r}"[:300] for name, value in known.items()]
    return "\n".join(told)


def run(fixture, behaviour, endpoint, account, emulated):
    """Checks one behaviour in one account."""
    cloud = fixture.Cloud(endpoint, account, emulated)
    began = time.monotonic()
    failure, broken = "", False
    try:
        if emulated:
            cloud.control.consistency(account, behaviour.consistency)
        behaviour.check(cloud)
        if emulated and not behaviour.unknown:
            asked = {entry["operation"] for entry in cloud.control.log(account, unknown=True)}
            assert not asked, f"the emulator doesn't know {', '.join(sorted(asked))}"
    except Exception as error:
        failure, broken = explain(error, behaviour.check), isinstance(error, (NameError, *fixture.SILENT))
    if not emulated:
        forget(endpoint, account)
    return Outcome(failure, time.monotonic() - began, broken)


def forget(moto, account):
    """Lets moto (as serve_moto.py serves it) drop an account, which is some megabytes."""
    request = urllib.request.Request(f"{moto}/accounts/{account}", method="DELETE")
    with contextlib.suppress(OSError):
        urllib.request.urlopen(request, timeout=60).close()


def run_all(fixture, behaviours, endpoints, emulated, seed):
    """Checks all, each in an account of its own; at most one at a time on each endpoint given."""
    free = queue.SimpleQueue()
    for endpoint in endpoints:
        free.put(endpoint)

    def one(behaviour):
        endpoint = free.get()
        try:
            account = fixture.account(number(seed, behaviour.name))
            return behaviour.name, run(fixture, behaviour, endpoint, account, emulated)
        finally:
            free.put(endpoint)

    with concurrent.futures.ThreadPoolExecutor(len(endpoints)) as pool:
        return dict(pool.map(one, behaviours))


def number(seed, name):
    """A behaviour's number in the run of that seed: below 800,000,000,000, and hardly another's."""
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 800_000_000_000


def judge(behaviour, emulator, moto):
    """Everything that is wrong with how a behaviour went."""
    wrong = []
    if emulator and emulator.failure:
        wrong.append(f"emulator: {emulator.failure}")
    if moto and moto.broken:
        wrong.append(f"moto tells nothing: {moto.failure}")
    elif moto and moto.failure and behaviour.moto is True:
        wrong.append(f"moto: {moto.failure}")
    elif moto and not moto.failure and behaviour.moto is not True:
        wrong.append(f"moto does this, yet it is said that {behaviour.moto}")
    return wrong


def table(rows):
    """Rows of texts in columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        )


def show(behaviours, emulator, moto, wrong):
    """Prints all: each behaviour, where moto differs, what is wrong, the counts."""

    def cell(outcomes, name):
        return str(outcomes[name]) if name in outcomes else "-"

    standins = {"emulator": emulator, "moto": moto}
    asked = {name: outcomes for name, outcomes in standins.items() if outcomes}
    rows = [("behaviour", *asked, "page")]
    rows += [(b.name, *[cell(each, b.name) for each in asked.values()], b.page) for b in behaviours]
    table(rows)
    differs = [(b.name, b.moto) for b in behaviours if isinstance(b.moto, str)]
    if differs:
        print("\nWhere moto differs:")
        table(differs)
    for name, complaints in wrong.items():
        for complaint in complaints:
            print(f"\nFAILED {name}\n  " + complaint.replace("\n", "\n  "))
    passed = sum(not outcome.failure for outcome in emulator.values())
    agrees = sum(not outcome.failure for outcome in moto.values())
    counts = [f"{len(behaviours)} behaviours"]
    if emulator:
        counts.append(f"emulator {passed} of {len(emulator)}")
    if moto:
        counts.append(f"moto {agrees} of {len(moto)} asked, {len(differs)} said to differ")
    print("\n" + "; ".join([*counts, f"{len(wrong)} failures"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cloud", choices=CLOUDS)
    parser.add_argument("--emulator", action="append", default=[], help="its address; repeatable")
    parser.add_argument("--moto", action="append", default=[], help="its address; repeatable")
    parser.add_argument("--only", default="", help="a part of the names of those to run")
    parser.add_argument("--seed", type=int, default=0, help="which run of chance; 0 unless told")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    if not options.emulator and not options.moto:
        parser.error("--emulator or --moto is needed")
    if options.moto and options.cloud != "aws":
        parser.error("moto plays AWS alone")

    fixture = load(options.cloud)
    chosen = [b for name, b in ALL.items() if options.only in name]
    emulator, moto = {}, {}
    if options.emulator:
        for endpoint in options.emulator:
            Control(endpoint).stop_clock()
        emulator = run_all(fixture, chosen, options.emulator, True, options.seed)
    if options.moto:
        asked = [b for b in chosen if b.moto is not False]
        moto = run_all(fixture, asked, options.moto * MOTO_CALLERS, False, options.seed)

    judged = {b.name: judge(b, emulator.get(b.name), moto.get(b.name)) for b in chosen}
    wrong = {name: complaints for name, complaints in judged.items() if complaints}
    if not chosen:
        wrong["suite"] = [f"no behaviour's name has {options.only!r} in it"]
    if options.json:
        rows = [
            {
                "name": b.name,
                "page": b.page,
                "declared": b.moto,
                "emulator": dataclasses.asdict(emulator[b.name]) if b.name in emulator else None,
                "moto": dataclasses.asdict(moto[b.name]) if b.name in moto else None,
                "wrong": wrong.get(b.name, []),
            }
            for b in chosen
        ]
        print(json.dumps(rows, indent=1))
    else:
        show(chosen, emulator, moto, wrong)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
