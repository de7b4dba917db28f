"""What benchmarks/group_structure.py measures of a build from which the later half of what people did is hidden."""

import json
from pathlib import Path

import duckdb
import numpy as np

from recudf.cli.project import run_dbt

SEED = 0
DISCOUNTS = 1 / np.log2(np.arange(2, 12))


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


def interval(values: np.ndarray) -> str:
    """The mean with a 95 % bootstrap interval over users."""
    random = np.random.default_rng(SEED)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(2000)]
    return f"{values.mean():+.4f} [{np.quantile(means, 0.025):+.4f}, {np.quantile(means, 0.975):+.4f}]"


def hide_later_half(database: Path) -> None:
    """main.hidden (user_id, item_id): the later half of each user's items."""
    query(database, """
        create or replace table main.hidden as
        select user_id, item_id
        from (
            select
                user_id, item_id,
                percent_rank() over (
                    partition by user_id order by min(occurred_at), md5(user_id || item_id)
                ) as place
            from (
                select trim(user_id) as user_id, trim(item_id) as item_id, occurred_at from raw.interactions
            )
            group by user_id, item_id
        ) where place >= 0.5""")  # fmt: skip


LATER = """
    with hidden_likes as (
        select events.user_id, events.item_id, sum(events.weight) as weight
        from everything.liked as events
        inner join main.hidden using (user_id, item_id)
        group by all
        having sum(events.weight) > 0
    ),
    totals as (select user_id, sum(weight) as weight from hidden_likes group by user_id)
    select user_id, interest_id, sum(hidden_likes.weight) / any_value(totals.weight)
    from hidden_likes
    inner join totals using (user_id)
    inner join recudf.int_interest_sources as s
        on s.source_kind = 'item' and s.source_id = hidden_likes.item_id
    where s.kind in ('topic', 'category') group by all"""


def claims(database: Path, name: str) -> list[str]:
    inside: dict[str, set[str]] = {}
    for user, group in members(database).items():
        inside.setdefault(group, set()).add(user)
    shares: dict[str, dict[str, float]] = {}
    for user, interest, share in query(database, LATER):
        shares.setdefault(user, {})[interest] = share
    lines = []
    for what, claimed in (("more than others", "ci_low > 1"), ("less than others", "ci_high < 1")):
        rows = query(database, f"""
            select group_id, interest_id, lift from recudf.fct_group_interests
            where attitude = 'likes' and n_users >= 5 and {claimed}""")  # fmt: skip
        held = known = 0
        ratios = []
        for group, interest, lift in rows:
            own = np.mean([s.get(interest, 0) for u, s in shares.items() if u in inside[group]] or [0])
            others = np.mean([s.get(interest, 0) for u, s in shares.items() if u not in inside[group]] or [0])
            if own + others == 0:
                continue
            known += 1
            held += (own > others) == (lift > 1)
            if own and others:
                ratios.append((np.log(lift), np.log(own / others)))
        shrunk = np.sum([b for _, b in ratios]) / np.sum([a for a, _ in ratios])
        lines.append(f"| {name} | {what} | {len(rows)} | {held / known:.3f} | {shrunk:.2f} |")
    return lines


def gains(ranked: list[np.ndarray], truth: list[set[int]]) -> np.ndarray:
    return np.array([
        sum(DISCOUNTS[n] for n, item in enumerate(top) if item in wanted) / DISCOUNTS[: len(wanted)].sum()
        for top, wanted in zip(ranked, truth, strict=True)
    ])  # fmt: skip


def rankings(database: Path, name: str) -> list[str]:
    train = query(database, "select user_id, item_id, weight from recudf.int_user_items")
    later = query(
        database,
        """select distinct user_id, item_id
        from everything.liked inner join main.hidden using (user_id, item_id) where weight > 0""",
    )
    people = sorted({user for user, *_ in train})
    place = {user: n for n, user in enumerate(people)}
    items = {item: n for n, item in enumerate(sorted({i for _, i, _ in train}))}
    seen, liked = np.zeros((len(people), len(items)), bool), np.zeros((len(people), len(items)))
    for user, item, weight in train:
        seen[place[user], items[item]] = True
        liked[place[user], items[item]] = weight > 0
    wanted: dict[str, set[int]] = {}
    for user, item in later:
        if user in place and item in items:
            wanted.setdefault(user, set()).add(items[item])
    groups = members(database)
    users = sorted(wanted.keys() & groups.keys())
    of_group = {
        g: liked[[place[u] for u in groups if groups[u] == g and u in place]].sum(axis=0)
        for g in set(groups.values())
    }
    unit = liked / np.maximum(np.sqrt(liked.sum(axis=1, keepdims=True)), 1)
    near: dict[str, list[tuple[str, float]]] = {}
    for user, other, similarity in query(
        database, "select user_id, neighbor_id, similarity from recudf.fct_user_neighbors"
    ):
        near.setdefault(user, []).append((other, similarity))

    def by_cosine(user: str) -> np.ndarray:
        cosines = unit @ unit[place[user]]
        cosines[place[user]] = -1
        best = np.argsort(-cosines, kind="stable")[:10]
        return np.maximum(cosines[best], 0) @ liked[best]

    def by_neighbors(user: str) -> np.ndarray:
        return sum((s * liked[place[o]] for o, s in near.get(user, []) if o in place), np.zeros(len(items)))

    models = {
        "popularity": lambda _: liked.sum(axis=0),
        "the group alone": lambda user: of_group[groups[user]],
        "ten nearest by plain likes": by_cosine,
        "fct_user_neighbors": by_neighbors,
    }
    truth = [wanted[user] for user in users]
    found = {}
    for model, score in models.items():
        tops = [np.argsort(-np.where(seen[place[u]], -np.inf, score(u)), kind="stable")[:10] for u in users]
        found[model] = gains(tops, truth)
    pairs = {"the group alone": "popularity", "fct_user_neighbors": "ten nearest by plain likes"}
    return [
        f"| {name} | {model} | {values.mean():.4f} | "
        + (f"{interval(values - found[pairs[model]])} over {pairs[model]}" if model in pairs else "")
        + f" | {len(users)} |"
        for model, values in found.items()
    ]
