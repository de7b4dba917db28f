"""Do the layers of interests find what was planted?

    python benchmarks/planted_interests.py [--output benchmarks/results/planted_interests.md]

Two samples whose truth is known, without drift and with it: users come from groups that like some
departments, and in the second three of ten move to another group. Departments found in a layer against those
planted: all of a user's groups for the deep layer, the last group for the surface.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from recudf.sample import SampleParameters, make_sample, write_sample


def build(data: Path, database: Path) -> None:
    """Load a folder and build the interests of its users, without tests."""
    load = [sys.executable, "-m", "recudf", "load", str(data), "--database", str(database)]
    subprocess.run(load, check=True, stdout=subprocess.DEVNULL)
    command = [
        "build",
        "--in-place",
        "--quiet",
        "--database",
        str(database),
        "--select",
        "+fct_user_interests",
    ]
    left_out = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    subprocess.run([sys.executable, "-m", "recudf", *command, *left_out], check=True)


def planted(folder: Path) -> list[str]:
    """Departments found by layer against those planted, in samples with drift."""
    lines = ["| sample | layer | against | precision | recall | users |", "|---|---|---|---|---|---|"]
    for drift in (0.0, 0.3):
        sample = make_sample(SampleParameters(users=600, interactions=15_000, texts=1_500, drift=drift))
        here = folder / f"sample-{drift}"
        here.mkdir()
        write_sample(here, sample)
        database = folder / f"sample-{drift}.duckdb"
        build(here, database)
        groups = {g: set(d) for g, d in sample.parameters["planted"]["groups"].items()}
        memberships: dict[str, list[str]] = {}
        for row in sorted(sample.truth["users_groups"].to_pylist(), key=lambda r: r["from"]):
            memberships.setdefault(row["user_id"], []).append(row["group_id"])
        departments = set().union(*groups.values())
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute(
                "select user_id, layer, interest from recudf.fct_user_interests where kind = 'category'"
            ).fetchall()
        found: dict[str, dict[str, set[str]]] = {"deep": {}, "surface": {}}
        for user, layer, interest in rows:
            if interest in departments and layer in found:
                found[layer].setdefault(user, set()).add(interest)
        ever = {u: set().union(*(groups[g] for g in gs)) for u, gs in memberships.items()}
        now = {u: groups[gs[-1]] for u, gs in memberships.items()}
        for layer, name, truth in (
            ("deep", "all that were ever planted", ever),
            ("surface", "those of the last group", now),
        ):
            pairs = [(found[layer][u], truth[u]) for u in found[layer] if u in truth]
            hits = sum(len(a & b) for a, b in pairs)
            lines.append(
                f"| drift {drift} | {layer} | {name} | {hits / sum(len(a) for a, _ in pairs):.3f} "
                f"| {hits / sum(len(b) for _, b in pairs):.3f} | {len(pairs)} |"
            )
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/planted_interests.md"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = "\n".join(planted(Path(folder)))
    options.output.write_text(
        "# Planted interests\n\nWritten by `python benchmarks/planted_interests.py`; "
        f"its docstring says how.\n\n{found}"
    )
    print(found)


if __name__ == "__main__":
    main()
