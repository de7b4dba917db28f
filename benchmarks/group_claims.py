"""Is it true later what is said of the groups of users, and do they help to recommend?

    python benchmarks/group_claims.py WAREHOUSE [...] [--output benchmarks/results/group_claims.md]

WAREHOUSE: a DuckDB file that `recudf build` built; it is copied. The later half of what each user did is
hidden from a build (the var holdout), as of one moment for everybody few people would be left on both sides.

Claims: those of fct_group_interests (an interval above or below 1, at least five members) are compared with
what was hidden: does the group's mean share of likes lie on the same side of everybody else's? By chance: the
same with the groups shuffled among users, 200 times. "ln lift": of what was
hidden, as a part of what was claimed.

Recommended: to each user what most members of the user's group liked, or most people, or both in equal parts
(each as a share of its largest); what the user has seen is left out. ndcg@10 of the hidden likes; differences
with 95 % bootstrap intervals over users. Shuffled: the groups, once.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import duckdb
import numpy as np

from recudf.cli.project import run_dbt

SEED = 0
DISCOUNTS = 1 / np.log2(np.arange(2, 12))
HIDE = """
    create or replace table main.hidden as
    select user_id, item_id from (
        select
            user_id, item_id,
            percent_rank() over (partition by user_id order by last_at, md5(user_id || item_id)) as place
        from recudf.int_user_items
    ) where place >= 0.5"""
LATER = """
    with totals as (select user_id, sum(weight) as weight from main.later group by user_id)
    select user_id, interest_id, sum(later.weight) / any_value(totals.weight)
    from main.later
    inner join totals using (user_id)
    inner join recudf.int_interest_sources as s on s.source_kind = 'item' and s.source_id = later.item_id
    where s.kind in ('topic', 'category') group by all"""
CLAIMS = {"more than others": "ci_low > 1", "less than others": "ci_high < 1"}


def query(database: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(database)) as connection:
        return connection.execute(sql).fetchall()


def rebuilt(database: Path) -> None:
    """Hide the later half of each user's items, keep its likes as main.later, and build without them."""
    query(database, HIDE)
    query(
        database,
        """create or replace table main.later as
        select user_id, item_id, weight from recudf.int_user_items
        inner join main.hidden using (user_id, item_id) where weight > 0""",
    )
    options = ["--quiet", "--log-level-file", "none", "--exclude-resource-type", "test", "unit_test"]
    options += ["--vars", json.dumps({"holdout": "main.hidden"}), "--full-refresh"]
    if not run_dbt(["build", *options, "--select", "+fct_group_interests"], database):
        raise SystemExit(f"{database}: the build failed")


def sides(rows: list[tuple], shares: np.ndarray, columns: dict[str, int], inside: dict) -> np.ndarray:
    """Of each claim (group, interest, lift): ln of the later lift, NaN where either side has none."""
    found = np.full(len(rows), np.nan)
    for place, (group, interest, _) in enumerate(rows):
        if interest in columns:
            values, members = shares[:, columns[interest]], inside[group]
            own, others = values[members].mean(), values[~members].mean()
            if own > 0 and others > 0:
                found[place] = np.log(own / others)
    return found


def claims(database: Path, name: str, groups: dict[str, str]) -> list[str]:
    later = query(database, LATER)
    users = {user: n for n, user in enumerate(sorted({u for u, *_ in later} & groups.keys()))}
    columns = {interest: n for n, interest in enumerate(sorted({i for _, i, _ in later}))}
    shares = np.zeros((len(users), len(columns)))
    for user, interest, share in later:
        if user in users:
            shares[users[user], columns[interest]] = share
    of_user = np.array([groups[user] for user in users])
    random = np.random.default_rng(SEED)
    lines = []
    for what, claimed in CLAIMS.items():
        rows = query(
            database,
            f"""select group_id, interest_id, lift from recudf.fct_group_interests
            where attitude = 'likes' and n_users >= 5 and {claimed} order by all""",
        )

        def held(labels: np.ndarray, rows: list[tuple] = rows) -> tuple[float, float, int]:
            inside = {group: labels == group for group in set(of_user)}
            found = sides(rows, shares, columns, inside)
            told = np.array([np.log(lift) for *_, lift in rows])
            known = np.isfinite(found)
            return (found * told > 0)[known].mean(), found[known].sum() / told[known].sum(), known.sum()

        share, part, known = held(of_user)
        chance = [held(random.permutation(of_user))[0] for _ in range(200)]
        low, high = np.quantile(chance, [0.025, 0.975])
        lines.append(
            f"| {name} | {what} | {len(rows)} | {known} | {share:.3f} | "
            f"{np.mean(chance):.3f} [{low:.3f}, {high:.3f}] | {part:.2f} |"
        )
    return lines


def interval(values: np.ndarray) -> str:
    """The mean with a 95 % bootstrap interval over users."""
    random = np.random.default_rng(SEED)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(2000)]
    return f"{values.mean():+.4f} [{np.quantile(means, 0.025):+.4f}, {np.quantile(means, 0.975):+.4f}]"


def rankings(database: Path, name: str, groups: dict[str, str]) -> list[str]:
    train = query(database, "select user_id, item_id, weight from recudf.int_user_items order by all")
    later = query(database, "select user_id, item_id from main.later")
    people = {user: n for n, user in enumerate(sorted({user for user, *_ in train}))}
    items = {item: n for n, item in enumerate(sorted({item for _, item, _ in train}))}
    seen = np.zeros((len(people), len(items)), bool)
    liked = np.zeros((len(people), len(items)))
    for user, item, weight in train:
        seen[people[user], items[item]] = True
        liked[people[user], items[item]] = weight > 0
    wanted: dict[str, set[int]] = {}
    for user, item in later:
        if item in items:
            wanted.setdefault(user, set()).add(items[item])
    users = sorted(wanted.keys() & groups.keys() & people.keys())
    labels = np.array([groups.get(user, "") for user in people])
    shuffled = labels.copy()
    grouped = labels != ""
    shuffled[grouped] = np.random.default_rng(SEED).permutation(labels[grouped])

    def of(names: np.ndarray) -> dict[str, np.ndarray]:
        counts = {group: liked[names == group].sum(axis=0) for group in set(groups.values())}
        return {group: count / max(count.max(), 1) for group, count in counts.items()}

    popular = liked.sum(axis=0) / liked.sum(axis=0).max()
    found_groups, shuffled_groups = of(labels), of(shuffled)
    models = {
        "popularity": lambda _: popular,
        "the group alone": lambda at: found_groups[labels[at]],
        "the group and popularity": lambda at: found_groups[labels[at]] + popular,
        "a shuffled group alone": lambda at: shuffled_groups[shuffled[at]],
    }
    found = {}
    for model, score in models.items():
        gains = []
        for user in users:
            at, hidden = people[user], wanted[user]
            top = np.argsort(np.where(seen[at], np.inf, -score(at)), kind="stable")[:10]
            gain = sum(DISCOUNTS[n] for n, item in enumerate(top.tolist()) if item in hidden)
            gains.append(gain / DISCOUNTS[: len(hidden)].sum())
        found[model] = np.array(gains)
    return [
        f"| {name} | {model} | {values.mean():.4f} | "
        f"{interval(values - found['popularity']) if model != 'popularity' else ''} | {len(users)} |"
        for model, values in found.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("warehouses", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/group_claims.md"))
    options = parser.parse_args()
    told, ranked = [], []
    with tempfile.TemporaryDirectory() as folder:
        for warehouse in options.warehouses:
            database = Path(folder) / warehouse.name
            shutil.copy(warehouse, database)
            rebuilt(database)
            groups = dict(query(database, "select user_id, group_id from recudf.int_group_members"))
            told += claims(database, warehouse.stem, groups)
            ranked += rankings(database, warehouse.stem, groups)
    lines = [
        "# What is said of groups, and what they are good for",
        "",
        "Written by `python benchmarks/group_claims.py`; its docstring says how.",
        "",
        "## Claims of the earlier half, in the later half",
        "",
        "| data | the group likes it | claims | to be judged | hold | by chance | ln lift later / claimed |",
        "|---|---|---|---|---|---|---|",
        *told,
        "",
        "## Recommended from the group alone",
        "",
        "| data | ranking | ndcg@10 | over popularity | users |",
        "|---|---|---|---|---|",
        *ranked,
        "",
    ]
    options.output.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
