"""Runs AWS's documented behaviours against the emulator, and against moto where it agrees.

    suite.py --emulator URL ... [--moto URL ...] [--only PART] [--json]

Emulators are used one behaviour at a time, for a behaviour may move the clock: give several to go
faster. So it goes with several motos, each of which knows but one core. An emulator's time stands
still but for what the behaviours let pass. The suite fails when the emulator fails any behaviour or
lacks an operation that one asked for, when moto fails one that it is said to have, and when it
passes one that it is said to lack.
"""

import pathlib
import sys

# As a script this folder comes first in the path, where `secrets` would hide Python's own.
if __name__ == "__main__":
    sys.path[0] = str(pathlib.Path(__file__).resolve().parent.parent)

import argparse
import concurrent.futures
import contextlib
import dataclasses
import importlib
import json
import linecache
import queue
import time
import traceback
import urllib.request

from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from aws.behaviour import ALL
from aws.control import Control
from aws.fixture import Cloud

FRAME = {"__init__", "suite", "behaviour", "fixture", "control", "pages"}
# Behaviours asked of one moto at a time.
MOTO_CALLERS = 4
# These tell nothing of what a behaviour is about: nobody answers, or the behaviour is misspelt.
BROKEN = (NameError, EndpointConnectionError, ConnectTimeoutError, ReadTimeoutError)


@dataclasses.dataclass
class Outcome:
    """How a behaviour went somewhere; `failure` is empty if it held."""

    failure: str
    seconds: float
    # It failed for another reason than what it checks.
    broken: bool = False

    def __str__(self):
        return "differs" if self.failure else "ok"


def load():
    """Imports every module beside this one that declares behaviours."""
    for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
        if path.stem not in FRAME:
            importlib.import_module(f"aws.{path.stem}")


def explain(error, check):
    """What went wrong, where, and what the function knew then."""
    told = [f"{type(error).__name__}: {error}"[:1500]]
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code is check.__code__:
            source = linecache.getline(frame.f_code.co_filename, line).strip()
            told.append(f"line {line}: {source}")
            known = {k: v for k, v in frame.f_locals.items() if k not in ("aws", "ec2")}
            told += [f"  {name} = {value!r}"[:300] for name, value in known.items()]
    return "\n".join(told)


def run(behaviour, endpoint, account, emulated):
    """Checks one behaviour in one account."""
    aws = Cloud(endpoint, account, emulated)
    began = time.monotonic()
    failure, broken = "", False
    try:
        if emulated:
            aws.control.consistency(account, behaviour.consistency)
        behaviour.check(aws)
        if emulated and not behaviour.unknown:
            asked = {entry["operation"] for entry in aws.control.log(account, unknown=True)}
            assert not asked, f"the emulator doesn't know {', '.join(sorted(asked))}"
    except Exception as error:
        failure, broken = explain(error, behaviour.check), isinstance(error, BROKEN)
    if not emulated:
        forget(endpoint, account)
    return Outcome(failure, time.monotonic() - began, broken)


def forget(moto, account):
    """Lets moto (as serve_moto.py serves it) drop an account, which is some megabytes."""
    request = urllib.request.Request(f"{moto}/accounts/{account}", method="DELETE")
    with contextlib.suppress(OSError):
        urllib.request.urlopen(request, timeout=60).close()


def run_all(behaviours, endpoints, emulated):
    """Checks all, each in an account of its own; at most one at a time on each endpoint given."""
    free = queue.SimpleQueue()
    for endpoint in endpoints:
        free.put(endpoint)
    # A stand-in may have served earlier runs: their accounts are not to be met again.
    first = 100_000_000_000 + int(time.time() * 10) % 800_000_000 * 1000

    def one(numbered):
        number, behaviour = numbered
        endpoint = free.get()
        try:
            return behaviour.name, run(behaviour, endpoint, str(first + number), emulated)
        finally:
            free.put(endpoint)

    with concurrent.futures.ThreadPoolExecutor(len(endpoints)) as pool:
        return dict(pool.map(one, enumerate(behaviours)))


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

    rows = [("behaviour", "emulator", "moto", "page")]
    rows += [(b.name, cell(emulator, b.name), cell(moto, b.name), b.page) for b in behaviours]
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
    print(
        f"\n{len(behaviours)} behaviours; emulator {passed} of {len(emulator)}; "
        f"moto {agrees} of {len(moto)} asked, {len(differs)} said to differ; "
        f"{len(wrong)} failures"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--emulator", action="append", default=[], help="its address; repeatable")
    parser.add_argument("--moto", action="append", default=[], help="its address; repeatable")
    parser.add_argument("--only", default="", help="a part of the names of those to run")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    if not options.emulator and not options.moto:
        parser.error("--emulator or --moto is needed")

    load()
    chosen = [b for name, b in ALL.items() if options.only in name]
    emulator, moto = {}, {}
    if options.emulator:
        for endpoint in options.emulator:
            Control(endpoint).stop_clock()
        emulator = run_all(chosen, options.emulator, True)
    if options.moto:
        asked = [b for b in chosen if b.moto is not False]
        moto = run_all(asked, options.moto * MOTO_CALLERS, False)

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
