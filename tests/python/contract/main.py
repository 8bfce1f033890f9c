"""Writes the emulator's contracts: what clouds publish of their interfaces, reduced to what the emulator serves.

`--check` writes nothing and fails when the committed files differ from what would be written.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path

import aws
import gcp

FOLDER = Path(__file__).parents[3] / "crates/castra-emulator/contract"


def written(contract):
    """As JSON with an operation, a shape or a name a line: small, and a difference shows where it is."""

    def line(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def lines(value):
        if isinstance(value, list):
            return "[\n" + ",\n".join(map(line, value)) + "\n]"
        if isinstance(value, dict) and all(isinstance(entry, dict) for entry in value.values()):
            return "{\n" + ",\n".join(f"{line(name)}:{line(entry)}" for name, entry in value.items()) + "\n}"
        return line(value)

    return "{\n" + ",\n".join(f"{line(name)}:{lines(value)}" for name, value in contract.items()) + "\n}\n"


def served(folder):
    """What `served.toml` lists: by service, names, or names under names; none of them twice."""

    def check(at, names):
        if isinstance(names, dict):
            for name, below in names.items():
                check(f"{at}.{name}", below)
        elif len(set(names)) != len(names):
            sys.exit(f"served.toml: {at} lists an operation twice")

    services = tomllib.loads((folder / "served.toml").read_text())
    check(folder.name, services)
    return services


def generate(cloud, name, check):
    """Writes one cloud's contracts, or only looks whether they are as they should be."""
    folder = FOLDER / name
    wanted = {file: written(contract) for file, contract in cloud.contracts(served(folder)).items()}
    committed = {path.name: path.read_text() for path in folder.glob("*.json")}
    stale = sorted(file for file in wanted.keys() | committed.keys() if wanted.get(file) != committed.get(file))
    if check and stale:
        sys.exit(f"{name}: not as {cloud.SOURCE} and served.toml say: {', '.join(stale)}; run cargo xtask contract")
    for file in stale:
        if file in wanted:
            (folder / file).write_text(wanted[file])
        else:
            (folder / file).unlink()
    print(f"contract: {cloud.SOURCE}, {len(wanted)} services, {len(stale)} files written")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    generate(aws, "aws", check)
    generate(gcp, "gcp", check)


if __name__ == "__main__":
    main()
