"""Which likeness of users is the best?

    python benchmarks/user_neighbors.py WAREHOUSE [...] [--memberships FOLDER] [--output FILE]

WAREHOUSE: a DuckDB file that `recudf build` built. A random quarter of what each user liked is hidden; items
are ranked by the likes of the ten nearest users, weighed by likeness; ndcg@10 of the hidden, differences to
the cosine of plain likes with 95 % bootstrap intervals over users. Hidden with seed 0, by which the formula
was chosen, and with seed 1. Vectors of users are made anew without what is hidden. `candidates` looks at
thirty users only, as the models do.

FOLDER: interactions and memberships in the form that `recudf load` reads. The share of ten nearest users who
are in a group with the user; the groups themselves are not looked at.
"""

import argparse
from pathlib import Path

import duckdb
import numpy as np

DISCOUNTS = 1 / np.log2(np.arange(2, 12))


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def interval(values: np.ndarray) -> str:
    """The mean with a 95 % bootstrap interval."""
    random = np.random.default_rng(5)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(1000)]
    return f"{values.mean():+.4f} [{np.quantile(means, 0.025):+.4f}, {np.quantile(means, 0.975):+.4f}]"


def rare_likes(liked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cosines of likes weighed by inverse popularity, and what they are of: likes that others share."""
    users = liked.sum(axis=0)
    rows = unit(liked * np.log(1 + len(liked) / np.maximum(users, 1)))
    rows = np.where(users > 1, rows, 0)
    return rows @ rows.T, rows


def likenesses(liked: np.ndarray, vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Users x users, by name. vectors: of length 1, or no columns where there are none."""
    plain = unit(liked)
    rare, rows = rare_likes(liked)
    found = {"plain likes": plain @ plain.T, "likes by inverse popularity": rare}
    if vectors.shape[1]:
        meaning = vectors @ vectors.T
        both = (rare + meaning) / 2
        digits = np.random.default_rng(3).integers(0, 16, (liked.shape[1], 256)) - 7.5
        sketch = unit(rows @ digits)
        rough = meaning + sketch @ sketch.T
        np.fill_diagonal(rough, -9)
        least = -np.partition(-rough, 30, axis=1)[:, 29:30]
        found |= {"vectors": meaning, "mean of both": both}
        found |= {"mean of both, candidates": np.where(rough >= least, both, -5)}
    return found


def nearest(likeness: np.ndarray) -> np.ndarray:
    """The ten nearest of each user, ties by place."""
    likeness = likeness.copy()
    np.fill_diagonal(likeness, -9)
    return np.argsort(-np.round(likeness, 9), axis=1, kind="stable")[:, :10]


def by_hidden_likes(warehouse: Path) -> list[str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute("""
            select user_id, item_id, weight from recudf.int_user_items
            inner join recudf.int_users_flagged using (user_id)
            where weight > 0 and not is_bot order by all""").fetchall()
        known = dict(connection.execute("select item_id, vector from recudf.vec_items").fetchall())
    users = {user: n for n, user in enumerate(sorted({row[0] for row in rows}))}
    items = {item: n for n, item in enumerate(sorted({row[1] for row in rows}))}
    size = len(next(iter(known.values())))
    meanings = unit(np.array([known.get(item, np.zeros(size)) for item in items]))
    lines = []
    for seed in (0, 1):
        is_hidden = np.random.default_rng(seed).random(len(rows)) < 0.25
        weights, hidden = np.zeros((len(users), len(items))), np.zeros((len(users), len(items)), bool)
        for (user, item, weight), away in zip(rows, is_hidden, strict=True):
            if away:
                hidden[users[user], items[item]] = True
            else:
                weights[users[user], items[item]] = weight
        liked = (weights > 0).astype(float)
        vectors = unit(weights @ meanings)
        vectors = unit(vectors - vectors.mean(axis=0))
        asked = hidden.any(axis=1)
        ideal = np.cumsum(DISCOUNTS)[np.minimum(hidden.sum(axis=1), 10) - 1]
        plain = None
        for name, likeness in likenesses(liked, vectors).items():
            near = nearest(likeness)
            shares = np.maximum(np.take_along_axis(likeness, near, 1), 1e-6)
            scores = np.stack([s @ liked[n] for s, n in zip(shares, near, strict=True)])
            best = np.argsort(np.where(liked > 0, np.inf, -scores), axis=1, kind="stable")[:, :10]
            gain = np.take_along_axis(hidden, best, 1) @ DISCOUNTS
            value = (gain / ideal)[asked]
            plain = value if plain is None else plain
            lines.append(
                f"| {warehouse.stem} | {seed} | {name} | {value.mean():.4f} | {interval(value - plain)} |"
            )
    return lines


def by_memberships(folder: Path) -> list[str]:
    pairs = duckdb.sql(f"select distinct user_id, item_id from '{folder}/interactions.parquet'").fetchall()
    members = duckdb.sql(f"select distinct group_id, user_id from '{folder}/memberships.parquet'").fetchall()
    users = {user: n for n, user in enumerate(sorted({user for user, _ in pairs}))}
    items = {item: n for n, item in enumerate(sorted({item for _, item in pairs}))}
    groups = {group: n for n, group in enumerate(sorted({group for group, _ in members}))}
    liked, inside = np.zeros((len(users), len(items))), np.zeros((len(users), len(groups)))
    for user, item in pairs:
        liked[users[user], items[item]] = 1
    for group, user in members:
        if user in users:
            inside[users[user], groups[group]] = 1
    mates = inside @ inside.T > 0
    np.fill_diagonal(mates, False)
    asked = mates.any(axis=1)
    lines = [f"| {folder.name} | anybody | {mates[asked].sum() / asked.sum() / (len(users) - 1):.4f} | |"]
    plain = None
    for name, likeness in likenesses(liked, np.zeros((len(users), 0))).items():
        value = np.take_along_axis(mates, nearest(likeness), 1).mean(axis=1)[asked]
        plain = value if plain is None else plain
        lines.append(f"| {folder.name} | {name} | {value.mean():.4f} | {interval(value - plain)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("warehouses", type=Path, nargs="*")
    parser.add_argument("--memberships", type=Path)
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/user_neighbors.md"))
    options = parser.parse_args()
    lines = [
        "# Similar users",
        "",
        "Written by `python benchmarks/user_neighbors.py`; its docstring says how.",
        "",
    ]
    lines += ["| data | seed | likeness | ndcg@10 | over plain likes |", "|---|---|---|---|---|"]
    for warehouse in options.warehouses:
        lines += by_hidden_likes(warehouse)
    if options.memberships:
        lines += [
            "",
            "| data | likeness | of ten in a group with the user | over plain likes |",
            "|---|---|---|---|",
        ]
        lines += by_memberships(options.memberships)
    options.output.write_text("\n".join([*lines, ""]))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
