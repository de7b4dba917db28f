"""Are the groups of users those that were planted, and do they stay?

    python benchmarks/group_structure.py [WAREHOUSE ...] [--only planted|stay] [--output FILE]

WAREHOUSE: DuckDB files that `recudf build` built, which are copied; results are named by them.

Planted: the sample shop by noise and drift; adjusted Rand index of the groups found with those planted (with
drift: the group a user is in last), and how many were found of six. Certain: of those whose membership is not
uncertain (docs/groups.md). Events: a user's items and texts. By planted means: of the groups that lie nearest
when each group's centroid is the mean of those who were planted in it, the user left out: what the same
points allow to who knows the answer. By departments: of the groups that are most probable (naive Bayes) by
how often users viewed each department, from the shares of those who were planted in a group, the user left
out: what the events allow to who knows.

Stay: the share of users whose group has the same id after 5 % more users, 10 % more events, another seed.
Each starts from the build on the data without them. Certain, and by events: as they were before. From
nothing: a full refresh on the same inputs (with the other seed, where that is the change), whose groups are
paired one to one with those before as suits them best, as it gives new ids.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import duckdb
import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix

from recudf.cli.project import run_dbt
from recudf.engines.loading import load
from recudf.sample import Sample, SampleParameters, make_sample, write_sample

USERS = "substr(md5(user_id), 1, 3) < '0cd'"  # 5 %
EVENTS = "substr(md5(user_id || item_id), 1, 3) < '19a'"  # 10 %
SEED = 7  # the other one
FEW = 10  # events
PLANTED = (
    *((noise, 0.0) for noise in (0.0, 0.15, 0.3, 0.45, 0.6)),
    *((0.15, drift) for drift in (0.15, 0.3, 0.6)),
    (0.3, 0.3),
)  # noise, drift


def build(database: Path, *options: str, **variables: object) -> None:
    """Build the groups, and what says whether a membership is certain, without tests."""
    quiet = ["--quiet", "--log-level-file", "none", "--exclude-resource-type", "test", "unit_test"]
    given = ["--vars", json.dumps(variables)] if variables else []
    selected = ["--select", "+int_group_members", "+int_user_evidence"]
    if not run_dbt(["build", *quiet, *given, *options, *selected], database):
        raise SystemExit(f"{database}: the build failed")


def query(database: Path, sql: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(database)) as connection:
        return connection.execute(sql, values).fetchall()


def members(database: Path) -> dict[str, tuple[str, int, bool]]:
    """Of each user: group, events, and whether the membership is certain."""
    rows = query(
        database,
        """
        select user_id, group_id, events,
            events >= 5 and coalesce(similarity - runner_up_similarity, 1) >= 0.05
        from recudf.int_group_members
        left join (select user_id, count(*) as events from recudf.int_user_evidence group by user_id)
            using (user_id)""",
    )
    return {user: (group, events or 0, bool(certain)) for user, group, events, certain in rows}


def agreement(truth: dict[str, str], found: dict[str, str]) -> float:
    users = sorted(found.keys() & truth.keys())
    return adjusted_rand_score([truth[u] for u in users], [found[u] for u in users])


def nearest_planted(database: Path, truth: dict[str, str]) -> dict[str, str]:
    """The planted group to whose mean a user's point is nearest, by cosine, the user's own point left out."""
    rows = query(database, "select user_id, vector from recudf.int_user_interest_points order by user_id")
    rows = [(user, vector) for user, vector in rows if user in truth]
    points = np.array([vector for _, vector in rows], dtype=float)
    groups, of = np.unique([truth[user] for user, _ in rows], return_inverse=True)
    own = np.eye(len(groups))[of]
    sums = np.repeat((own.T @ points)[None], len(points), axis=0) - own[:, :, None] * points[:, None]
    cosines = np.einsum("ugd,ud->ug", sums, points) / np.linalg.norm(sums, axis=2)
    return {user: groups[best] for (user, _), best in zip(rows, cosines.argmax(axis=1), strict=True)}


def likeliest_planted(sample: Sample, truth: dict[str, str]) -> dict[str, str]:
    """The planted group in which the departments of a user's views are most probable."""
    department = {
        item["item_id"].strip(): (item["category"] or "").partition("|")[0]
        for item in sample.inputs["items"].to_pylist()
    }
    views = [
        (event["user_id"].strip(), department[event["item_id"].strip()])
        for event in sample.inputs["interactions"].to_pylist()
        if event["event_type"] == "view" and event["user_id"] and event["item_id"].strip() in department
    ]
    users, rows = np.unique([user for user, _ in views if user in truth], return_inverse=True)
    names, columns = np.unique([name for user, name in views if user in truth], return_inverse=True)
    counts = np.zeros((len(users), len(names)))
    np.add.at(counts, (rows, columns), 1)
    groups, of = np.unique([truth[user] for user in users], return_inverse=True)
    shares = counts / counts.sum(axis=1, keepdims=True)
    found = {}
    for row, user in enumerate(users):
        others = np.eye(len(groups))[of] * (np.arange(len(users)) != row)[:, None]
        means = others.T @ shares / others.sum(axis=0)[:, None] + 0.002  # a department may be new to a group
        found[user] = groups[(np.log(means / means.sum(axis=1, keepdims=True)) @ counts[row]).argmax()]
    return found


def planted(folder: Path) -> list[str]:
    lines = [
        f"| noise | drift | adjusted Rand index (users) | certain ones | < {FEW} events | more "
        "| by planted means | by departments | groups found of 6 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for noise, drift in PLANTED:
        sample = make_sample(SampleParameters(noise=noise, drift=drift))
        here = folder / f"sample-{noise}-{drift}"
        here.mkdir()
        write_sample(here, sample)
        database = here / "sample.duckdb"
        load(database, [here])
        build(database)
        rows = sorted(sample.truth["users_groups"].to_pylist(), key=lambda row: row["from"])
        truth = {row["user_id"]: row["group_id"] for row in rows}
        found = members(database)
        some = [
            found,
            {user: of for user, of in found.items() if of[2]},
            {user: of for user, of in found.items() if of[1] < FEW},
            {user: of for user, of in found.items() if of[1] >= FEW},
        ]
        cells = [str(noise), str(drift)]
        for part in some:
            index = agreement(truth, {user: group for user, (group, *_) in part.items()})
            cells.append(f"{index:.3f} ({len(part)})")
        for known in (nearest_planted(database, truth), likeliest_planted(sample, truth)):
            cells.append(f"{agreement(truth, known):.3f}")
        cells.append(str(len({group for group, *_ in found.values()})))
        lines.append(f"| {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    return [*lines, ""]


def kept(before: list[str], after: list[str]) -> str:
    """The share of those in the same group, and how many they are."""
    same = sum(a == b for a, b in zip(before, after, strict=True))
    return f"{same / len(before):.3f} ({len(before)})" if before else ""


def paired(before: list[str], after: list[str]) -> float:
    """The share of those in the same group, if groups are paired one to one so that it is largest."""
    counts = contingency_matrix(before, after)
    return counts[linear_sum_assignment(-counts)].sum() / len(before)


def stay(database: Path, name: str) -> list[str]:
    tables = [
        t for (t,) in query(database, "select table_name from duckdb_tables() where schema_name = 'raw'")
    ]
    limited = [t for t in tables if t in ("interactions", "texts", "users")]
    for table in limited:
        query(database, f"create or replace table main.{table}_kept as from raw.{table}")
    lines = []
    for change, hidden in (("5 % more users", USERS), ("10 % more events", EVENTS), ("another seed", None)):
        for table in limited:
            if hidden and (hidden == USERS or table != "users"):
                seen = f"from main.{table}_kept where coalesce(not ({hidden}), true)"
                query(database, f"create or replace table raw.{table} as {seen}")
        build(database, "--full-refresh")
        before = members(database)
        for table in limited:
            query(database, f"create or replace table raw.{table} as from main.{table}_kept")
        seed = {} if hidden else {"group_seed": SEED}
        build(database, **seed)
        after = members(database)
        build(database, "--full-refresh", **seed)
        anew = members(database)
        both = sorted(before.keys() & after.keys() & anew.keys())
        parts = [
            both,
            [user for user in both if before[user][2]],
            [user for user in both if before[user][1] < FEW],
            [user for user in both if before[user][1] >= FEW],
        ]
        shares = [kept([before[u][0] for u in some], [after[u][0] for u in some]) for some in parts]
        first, second, third = ([of[user][0] for user in both] for of in (before, after, anew))
        shares.append(f"{paired(first, third):.3f}, {adjusted_rand_score(first, third):.3f}")
        groups = ", ".join(str(len(set(groups))) for groups in (first, second, third))
        lines.append(f"| {name} | {change} | {' | '.join(shares)} | {groups} |")
        print(lines[-1], flush=True)
    return lines


STAY = f"""\
| data | change | same id (users) | certain ones | < {FEW} events | more | from nothing: paired, Rand \
| groups: before, after, from nothing |
|---|---|---|---|---|---|---|---|"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("warehouses", type=Path, nargs="*")
    parser.add_argument("--only", choices=("planted", "stay"))
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/group_structure.md"))
    options = parser.parse_args()
    lines = [
        "# Groups of users",
        "",
        "Written by `python benchmarks/group_structure.py`; its docstring says how.",
        "",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.only != "stay":
            lines += ["## Planted", "", *planted(folder)]
            options.output.write_text("\n".join(lines))
        if options.only != "planted" and options.warehouses:
            lines += ["## Stay", "", *STAY.splitlines()]
            for warehouse in options.warehouses:
                database = folder / warehouse.name
                shutil.copy(warehouse, database)
                lines += stay(database, warehouse.stem)
                options.output.write_text("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
