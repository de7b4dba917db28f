"""Are the groups of users those that were planted, do they stay, and is it true what is said of them?

    python benchmarks/group_structure.py DATA [DATA ...] [--output benchmarks/results/group_structure.md]

DATA: folders in the form that `recudf load` reads; results are named by the folder.

Planted: the sample shop by noise and drift; adjusted Rand index of the groups found with those planted (with
drift: the group a user is in last), and how many were found of six.

Stay: the share of users whose group has the same id after 5 % more users, 10 % more events, another seed.
Each starts from the build on the data without them.

True: the later half of what each user did is hidden from a build. Claims of fct_group_interests (an interval
above or below 1, at least five members) are compared with the lift in what was hidden.

Recommended is, to each user, what most members of the group liked, or most people, or the ten most similar
users, weighed by similarity: those of fct_user_neighbors, and those with the largest cosine of plain likes.
What the user has seen is left out; ndcg@10 of the hidden likes, differences with bootstrap intervals over users.
"""

import argparse
import tempfile
from pathlib import Path

from group_claims import build, claims, hide_later_half, members, query, rankings
from sklearn.metrics import adjusted_rand_score

from recudf.engines.loading import load
from recudf.sample import SampleParameters, make_sample, write_sample

USERS = "substr(md5(user_id), 1, 3) < '0cd'"  # 5 %
EVENTS = "substr(md5(user_id || item_id), 1, 3) < '19a'"  # 10 %


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
    tables: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables["Planted"] = planted(folder)
        stays, told, ranked = [], [], []
        for data in options.data:
            database = folder / f"{data.name}.duckdb"
            load(database, [data])
            stays += stay(database, data.name)
            build(database, "+int_interactions_weighted")
            query(database, "create schema if not exists everything")
            query(
                database,
                """create table everything.liked as
                select user_id, item_id, weight from recudf.int_interactions_weighted""",
            )
            hide_later_half(database)
            build(
                database,
                "+fct_group_interests",
                "+fct_user_neighbors",
                "--full-refresh",
                holdout="main.hidden",
            )
            told += claims(database, data.name)
            ranked += rankings(database, data.name)
        if options.data:
            head = ["| data | change | users | same id | groups before, after |", "|---|---|---|---|---|"]
            tables["Stay"] = [*head, *stays, ""]
            head = [
                "| data | liked | claims | same direction later | ln lift later / claimed |",
                "|---|---|---|---|---|",
            ]
            tables["True"] = [*head, *told, ""]
            head = ["| data | ranking | ndcg@10 | difference | users |", "|---|---|---|---|---|"]
            tables["Recommended"] = [*head, *ranked, ""]
    text = "\n".join(line for title, lines in tables.items() for line in (f"## {title}", "", *lines))
    options.output.write_text(
        "# Groups of users\n\nWritten by `python benchmarks/group_structure.py`; its docstring says how.\n\n"
        + text
    )
    print(text)


if __name__ == "__main__":
    main()
