"""Recommendations for given groups beside item cosine and a graph filter, in one run, on mafengwo.

    recudf load ../shared/data/mafengwo --database mafengwo.duckdb
    recudf build --database mafengwo.duckdb --vars '{ranking: learned}'
    python benchmarks/groups.py mafengwo.duckdb [--test ../shared/data/mafengwo/group_test.parquet]

Each group has one hidden item. It is ranked among 100 given negatives, and among all items; a group's own
items are left out everywhere. hr and ndcg are expectations under random order of equal scores, and what a
method does not score stands last, so that ties earn nothing. Differences with 95 % intervals from 1,000
resamples of groups, paired.

`history` and the strategies over members are scored from the tables of the build, by their formulas
(docs/groups.md). What `history` is made of was chosen on an inner split, the second table: of every group
with two items or more one is hidden (three draws), the test is not looked at. What `learned` is made of was
chosen in the same way. A build of the inner split, to compare the strategies as built:

    python benchmarks/groups.py inner.duckdb --hide 0      # takes the items out of the input of a copy
    recudf build --database inner.duckdb
    python benchmarks/groups.py inner.duckdb --inner       # ranks them, in place of the test
"""

import argparse
from pathlib import Path

import duckdb
import numpy as np
import scipy.sparse as sp

import recudf
from recudf.evaluation.bootstrap import bootstrap_means

RESULTS = Path(__file__).parent / "results"
MEASURES = ("hr@5", "ndcg@5", "hr@10", "ndcg@10")
GAINS = 1 / np.log2(np.arange(2, 12))
HISTORY = """
    select profiles.group_id, weights.item_id, round(sum(profiles.weight * weights.weight), 9)
    from recudf.int_group_profiles as profiles
    inner join recudf.int_group_item_weights as weights on profiles.item_id = weights.source_id
    group by all"""
FAIR = """
    select group_id, id, -rank from (
        select group_id, unnest(fair_topk(list(user_id), list(item_id), list(value), 2000), recursive := true)
        from recudf.int_group_voters inner join recudf.int_voter_candidates using (user_id)
        group by group_id)"""
WEIGHTS = (
    "select feature, weight, is_learned, examples, learned_ndcg, history_ndcg from recudf.int_group_ranker"
)
OURS = {
    "history": HISTORY,
    **{
        name: f"select group_id, item_id, {name} from recudf.int_group_scores"
        for name in ("average", "least_misery", "most_pleasure", "borda", "approval")
    },
    "fairness": FAIR,
}


class Shop:
    """Matrices of a build: groups x items, users x items, groups x users. Items are shuffled, since their
    numbers tell of the test."""

    def __init__(self, connection):
        self.connection = connection
        rows = {
            name: connection.execute(f"select distinct {columns} from recudf.{table} {where}").fetchall()
            for name, columns, table, where in (
                ("groups", "group_id, item_id", "int_group_items", "where weight > 0"),
                ("users", "user_id, item_id", "int_user_items", "where weight > 0"),
                ("members", "group_id, user_id", "stg_memberships", ""),
                ("items", "item_id", "stg_items", ""),
            )
        }
        items = sorted({i for (i,) in rows["items"]} | {i for _, i in rows["groups"] + rows["users"]})
        self.items = numbered(np.random.default_rng(7).permutation(items).tolist())
        self.groups = numbered(sorted({g for g, _ in rows["groups"] + rows["members"]}))
        users = numbered(sorted({u for u, _ in rows["users"]} | {u for _, u in rows["members"]}))
        self.own = matrix(rows["groups"], self.groups, self.items)
        self.of_users = matrix(rows["users"], users, self.items)
        self.members = matrix(rows["members"], self.groups, users)

    def scored(self, sql):
        """Groups x items, -inf where there is no score."""
        scores = np.full((len(self.groups), len(self.items)), -np.inf)
        for group, item, score in self.connection.execute(sql).fetchall():
            if group in self.groups:
                scores[self.groups[group], self.items[item]] = score
        return scores

    def learned(self):
        """Groups x items by the strategy `learned`: the features of the build and what each weighs."""
        weights = {feature: weight for feature, weight, *_ in self.connection.execute(WEIGHTS).fetchall()}
        terms = " + ".join(f"{feature} * cast({weight!r} as double)" for feature, weight in weights.items())
        return self.scored(
            f"select group_id, item_id, round({terms}, 6) from recudf.int_group_features where example = 0"
        )


def numbered(ids):
    return {one: number for number, one in enumerate(ids)}


def matrix(pairs, rows, columns):
    places = ([rows[a] for a, _ in pairs], [columns[b] for _, b in pairs])
    return sp.csr_matrix((np.ones(len(pairs)), places), (len(rows), len(columns)))


def scaled(counts, exponent):
    counts = np.asarray(counts, float).ravel()
    return sp.diags(np.where(counts > 0, np.maximum(counts, 1) ** -exponent, 0))


def smoothed(shop, own, weight=10):
    """weight x own + what groups do that share members, each member worth 1 / (number of its groups)."""
    shared = (shop.members @ scaled(shop.members.sum(0), 1) @ shop.members.T).tolil()
    shared.setdiag(0)
    return weight * own + shared.tocsr() @ own


def item_cosine(shop, own):
    both = sp.vstack([own, shop.of_users])
    norms = scaled(both.power(2).sum(0), 0.5)
    cosines = (norms @ both.T @ both @ norms).toarray()
    np.fill_diagonal(cosines, 0)
    return own @ cosines


def graph_filter(shop, own, profile, exponent, with_users=True):
    """profile x (N'N)^exponent, N: groups and users x items, rows and columns scaled by degree^-.5."""
    both = sp.vstack([own, shop.of_users]) if with_users else own
    n = scaled(both.sum(1), 0.5) @ both @ scaled(both.sum(0), 0.5)
    square = (n.T @ n).toarray()
    if exponent == 1:
        return profile @ square
    values, vectors = np.linalg.eigh(square)
    powers = np.where(values > 1e-10, np.maximum(values, 0) ** exponent, 0)
    return profile @ ((vectors * powers) @ vectors.T)


def measured(scores, own, asked):
    """Per row of asked (group, item, negatives or None): MEASURES, expected under random order of ties."""
    scores = np.where(own.toarray() > 0, -np.inf, np.asarray(scores))
    rows = []
    for group, item, negatives in asked:
        others = scores[group] if negatives is None else scores[group, negatives]
        above = int((others > scores[group, item]).sum())
        equal = int((others == scores[group, item]).sum()) + (negatives is not None)
        row = []
        for k in (5, 10):
            row += [
                min(max((k - above) / equal, 0), 1),
                GAINS[above : min(above + equal, k)].sum() / equal,
            ]
        rows.append(row)
    return np.array(rows)


def hidden(shop, seed):
    """An inner split: what is left, and (group, item, negatives) of one item of each group that has two."""
    rng = np.random.default_rng(seed)
    own, asked = shop.own.tolil(copy=True), []
    left = np.asarray(shop.own.sum(0)).ravel()
    for group in range(shop.own.shape[0]):
        has = shop.own[group].indices
        item = rng.choice(has) if len(has) > 1 else None
        if item is not None and left[item] > 1:
            left[item] -= 1
            own[group, item] = 0
            others = np.setdiff1d(np.arange(len(left)), has)
            asked.append((group, item, rng.choice(others, 100)))
    own = own.tocsr()
    own.eliminate_zeros()
    return own, asked


def inner_table(shop):
    splits = [hidden(shop, seed) for seed in range(3)]
    variants = {
        "weight 10, exponent 1: `history`": (10, 1, True),
        "exponent .7": (10, 0.7, True),
        "own weight 3": (3, 1, True),
        "own weight 30": (30, 1, True),
        "without users' items": (10, 1, False),
    }
    results = {}
    for name, (weight, exponent, with_users) in variants.items():
        found = [
            [measured(scores, own, [(g, i, n if given else None) for g, i, n in asked]) for given in (1, 0)]
            for own, asked in splits
            for scores in [graph_filter(shop, own, smoothed(shop, own, weight), exponent, with_users)]
        ]
        results[name] = np.hstack([np.concatenate([part[at] for part in found]) for at in (0, 1)])
    groups = np.concatenate([[group for group, *_ in asked] for _, asked in splits])
    first = next(iter(results.values()))
    for name, rows in results.items():
        yield row(name, rows, [interval(rows - first, groups)] if rows is not first else [""])


def interval(differences, groups):
    """Of hr@5 on the given negatives and hr@10 among all items."""
    found = bootstrap_means(differences[:, [0, 6]], groups)
    return "; ".join(
        f"{m:+.3f} [{a:+.3f}, {b:+.3f}]" for m, a, b in zip(found.mean, found.low, found.high, strict=True)
    )


def row(name, rows, rest):
    return "| " + " | ".join([name, *(f"{value:.3f}" for value in rows.mean(axis=0)), *rest]) + " |"


def hide(database, seed):
    """Take the hidden items of an inner split out of raw.group_interactions, into main.hidden_items."""
    with recudf.connect(database, read_only=True) as connection:
        shop = Shop(connection)
    groups, items = list(shop.groups), list(shop.items)
    rows = [(groups[g], items[i], [items[n] for n in ns]) for g, i, ns in hidden(shop, seed)[1]]
    with duckdb.connect(database) as connection:
        connection.execute(
            "create table main.hidden_items (group_id varchar, item_id varchar, negatives varchar[])"
        )
        connection.executemany("insert into main.hidden_items values (?, ?, ?)", rows)
        connection.execute("""
            delete from raw.group_interactions as events where exists (
                from main.hidden_items as h
                where h.group_id = events.group_id::varchar and h.item_id = events.item_id::varchar)""")


def test_table(shop, relation):
    pairs = shop.connection.execute(f"select group_id, item_id, negatives from {relation}").fetchall()
    given = [(shop.groups[g], shop.items[i], [shop.items[n] for n in ns]) for g, i, ns in pairs]
    everything = [(group, item, None) for group, item, _ in given]
    own, profile = shop.own, smoothed(shop, shop.own)
    methods = {
        "item cosine": item_cosine(shop, own),
        "graph filter": graph_filter(shop, own, own, 0.7),
        "graph filter, smoothed profile": graph_filter(shop, own, profile, 0.7),
        "`learned`": shop.learned(),
        **{f"`{name}`": shop.scored(sql) for name, sql in OURS.items()},
    }
    results = {
        name: np.hstack([measured(scores, own, asked) for asked in (given, everything)])
        for name, scores in methods.items()
    }
    groups = np.array([group for group, *_ in given])
    for name, rows in results.items():
        rest = [
            interval(rows - results[base], groups) if name != base else ""
            for base in ("item cosine", "graph filter", "`history`")
        ]
        yield row(name, rows, rest)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--test", default="../shared/data/mafengwo/group_test.parquet")
    parser.add_argument("--output", default=RESULTS / "groups.md", type=Path)
    parser.add_argument("--hide", type=int, metavar="SEED")
    parser.add_argument("--inner", action="store_true")
    given = parser.parse_args()
    if given.hide is not None:
        return hide(given.database, given.hide)
    with recudf.connect(given.database, read_only=True) as connection:
        shop = Shop(connection)
        _, _, learned, examples, ndcg, history = connection.execute(WEIGHTS).fetchone()
        names = [*MEASURES, *(f"all: {name}" for name in MEASURES)]
        lines = [
            "# Groups: mafengwo",
            "",
            "Made by `python benchmarks/groups.py`, which says how. 995 groups, 1,513 items; among 100 given",
            "negatives, then among all items.",
            "Differences: hr@5 on the given negatives; hr@10 among all items.",
            f"`learned`: {'learned' if learned else 'history stands in'}, of {examples} examples; ndcg@10 on "
            f"groups that the fit did not see {ndcg:.3f}, of the history alone {history:.3f}.",
            "",
            "| | "
            + " | ".join([*names, "beside item cosine", "beside the graph filter", "beside `history`"])
            + " |",
            "|" + "---|" * 12,
            *test_table(shop, "main.hidden_items" if given.inner else f"'{given.test}'"),
            "",
            "What `history` is made of, on the inner split:",
            "",
            "| | " + " | ".join([*names, "beside the first"]) + " |",
            "|" + "---|" * 10,
            *inner_table(shop),
        ]
    if given.inner:
        return print("\n".join(lines[: lines.index("What `history` is made of, on the inner split:")]))
    given.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return print("\n".join(lines))


if __name__ == "__main__":
    main()
