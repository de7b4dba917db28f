"""Are the groups of users those that were planted, and do they stay?

    python benchmarks/group_structure.py [DATA ...] [--output benchmarks/results/group_structure.md]

DATA: folders in the form that `recudf load` reads; results are named by the folder.

Planted: the sample shop by noise and drift; adjusted Rand index of the groups found with those planted (with
drift: the group a user is in last), and how many were found of six.

Stay: the share of users whose group has the same id after 5 % more users, 10 % more events, another seed.
Each starts from the build on the data without them.
"""

import argparse
import json
import tempfile
from pathlib import Path

import duckdb
from sklearn.metrics import adjusted_rand_score

from recudf.cli.project import run_dbt
from recudf.engines.loading import load
from recudf.sample import SampleParameters, make_sample, write_sample

USERS = "substr(md5(user_id), 1, 3) < '0cd'"  # 5 %
EVENTS = "substr(md5(user_id || item_id), 1, 3) < '19a'"  # 10 %


def build(database: Path, *selected: str, **variables: object) -> None:
    """Build models without tests."""
    options = ["--quiet", "--log-level-file", "none", "--exclude-resource-type", "test", "unit_test"]
    if variables:
        options += ["--vars", json.dumps(variables)]
    if not run_dbt(["build", *options, "--select", *selected], database):
        raise SystemExit(f"{database}: the build failed")


def query(database: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(database)) as connection:
        return connection.execute(sql).fetchall()


def members(database: Path) -> dict[str, str]:
    return dict(query(database, "select user_id, group_id from recudf.int_group_members"))


def planted(folder: Path) -> list[str]:
    lines = ["| noise | drift | adjusted Rand index | groups found of 6 | users |", "|---|---|---|---|---|"]
    for noise, drift in ((0.0, 0.0), (0.15, 0.0), (0.3, 0.0), (0.45, 0.0), (0.6, 0.0), (0.15, 0.3)):
        sample = make_sample(SampleParameters(noise=noise, drift=drift))
        here = folder / f"sample-{noise}-{drift}"
        here.mkdir()
        write_sample(here, sample)
        database = here / "sample.duckdb"
        load(database, [here])
        build(database, "+int_group_members")
        rows = sorted(sample.truth["users_groups"].to_pylist(), key=lambda row: row["from"])
        truth = {row["user_id"]: row["group_id"] for row in rows}
        found = members(database)
        users = sorted(found.keys() & truth.keys())
        index = adjusted_rand_score([truth[u] for u in users], [found[u] for u in users])
        lines.append(f"| {noise} | {drift} | {index:.3f} | {len(set(found.values()))} | {len(users)} |")
    return [*lines, ""]


def stay(database: Path, name: str) -> list[str]:
    parts = ("+int_group_members",)
    tables = [
        t for (t,) in query(database, "select table_name from duckdb_tables() where schema_name = 'raw'")
    ]
    limited = [t for t in tables if t in ("interactions", "texts", "users")]
    lines = []
    for change, hidden in (("5 % more users", USERS), ("10 % more events", EVENTS), ("another seed", None)):
        for table in limited:
            query(database, f"create or replace table main.kept as from raw.{table}")
            if hidden and (hidden == USERS or table != "users"):
                seen = f"from main.kept where coalesce(not ({hidden}), true)"
                query(database, f"create or replace table raw.{table} as {seen}")
            query(database, f"create or replace table main.{table}_kept as from main.kept")
        build(database, *parts, "--full-refresh")
        before = members(database)
        for table in limited:
            query(database, f"create or replace table raw.{table} as from main.{table}_kept")
        build(database, *parts, **({} if hidden else {"group_seed": 7}))
        after = members(database)
        both = before.keys() & after.keys()
        kept = sum(before[user] == after[user] for user in both) / len(both)
        groups = f"{len(set(before.values()))}, {len(set(after.values()))}"
        lines.append(f"| {name} | {change} | {len(both)} | {kept:.3f} | {groups} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="*")
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/group_structure.md"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = ["## Planted", "", *planted(folder)]
        if options.data:
            lines += [
                "## Stay",
                "",
                "| data | change | users | same id | groups before, after |",
                "|---|---|---|---|---|",
            ]
        for data in options.data:
            database = folder / f"{data.name}.duckdb"
            load(database, [data])
            lines += stay(database, data.name)
    head = [
        "# Groups of users",
        "",
        "Written by `python benchmarks/group_structure.py`; its docstring says how.",
        "",
    ]
    options.output.write_text("\n".join([*head, *lines, ""]))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
