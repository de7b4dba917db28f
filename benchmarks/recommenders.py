"""Recommendations of the project beside well-known models: the same splits, one run, paired intervals.

    python benchmarks/recommenders.py ../shared/data/ml-100k --split random --seeds given 1 2 3
    python benchmarks/recommenders.py ../shared/data/movies --split tail --output FILE.md

A split is drawn by seed: `random` hides a quarter of the events of each item, `tail` the last fifth of each
user's, and `given` takes train.parquet and test.parquet of the folder. Every hidden event is relevant; texts
about a hidden pair are left out. The peers are tuned on a split of the same kind inside the visible part
(recommender_peers.py), the project chooses for itself inside its build. `fixed` is what `learned` would be
without learning, `weights` its source of that name alone. Intervals: 95 % bootstrap over users, the splits of
a user drawn together.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

import recommender_peers as peers
from recudf.evaluation.bootstrap import bootstrap_means
from recudf.evaluation.metrics import average_precision, ndcg, recall

K = 10
MEASURES = {"ndcg@10": (ndcg, 10), "map@10": (average_precision, 10), "recall@20": (recall, 20)}


def hidden(events, split, seed):
    """events: (user, item, seconds or None). The set of pairs that a split hides."""
    draw = np.random.default_rng(seed)
    key = 1 if split == "random" else 0
    by = {}
    for event in sorted(events, key=lambda e: (e[key], e[2] or 0, e[1 - key])):
        by.setdefault(event[key], []).append(event[:2])
    found = set()
    for pairs in by.values():
        if split == "random":
            shuffled = [pairs[row] for row in draw.permutation(len(pairs))]
            found.update(shuffled[round(0.75 * len(pairs)) :])
        else:
            found.update(pairs[len(pairs) - len(pairs) // 5 :])
    return found


def read(folder, given=False):
    at = "epoch(max(occurred_at))"
    names = ("train", "test") if given else ("interactions",)
    return [
        duckdb.sql(f"select user_id, item_id, {at} from '{folder}/{name}.parquet' group by 1, 2").fetchall()
        for name in names
    ]


def first(scores, k=20):
    """Columns of the k best of each row, ties by column."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


def measured(top, test, users):
    """{measure: float64 [users]}. top: columns, best first, -1 for none."""
    hits = np.zeros(top.shape, bool)
    for row, user in enumerate(users):
        relevant = test.indices[test.indptr[user] : test.indptr[user + 1]]
        hits[row] = np.isin(top[row], relevant)
    relevant = np.diff(test.indptr)[users]
    return {name: function(hits, relevant, k) for name, (function, k) in MEASURES.items()}


def quality(scores, test, users):
    return measured(first(scores), test, users)["ndcg@10"].mean()


def built(folder, hides, variables, scratch):
    """{model: {user: [items, best first]}}: what a build without the hidden pairs recommends."""
    data, database = scratch / "data", scratch / "shop.duckdb"
    data.mkdir()
    c = duckdb.connect()
    c.execute("create table hides (user_id varchar, item_id varchar)")
    c.executemany("insert into hides values (?, ?)", sorted(hides))
    for name in ("items", "interactions", "texts"):
        if (folder / f"{name}.parquet").exists():
            kept = "" if name == "items" else "anti join hides using (user_id, item_id)"
            c.execute(f"copy (from '{folder}/{name}.parquet' {kept}) to '{data}/{name}.parquet'")
    recudf = [sys.executable, "-m", "recudf"]
    subprocess.run([*recudf, "load", data, "--database", database], check=True, stdout=subprocess.DEVNULL)
    found = {}
    for ranking in ("blend", "learned"):
        begun = time.time()
        chosen = {"recommendations_per_user": 20} | variables | {"ranking": ranking}
        command = [*recudf, "build", "--database", database, "--vars", json.dumps(chosen)]
        select = ["--select", "+fct_recommendations", "--exclude-resource-type", "test"]
        subprocess.run([*command, *select], check=True, stdout=subprocess.DEVNULL)
        print(f"{ranking} built in {time.time() - begun:.0f} s", file=sys.stderr)
        read_lists(database, "fct_recommendations", "rank", found.setdefault(f"recudf {ranking}", {}))
    fixed = found.setdefault("recudf fixed", {})
    read_lists(database, "int_ranking_features", "position", fixed, "where fold = 0 and position <= 20")
    best = "row_number() over (partition by user_id order by score desc, item_id) <= 20"
    where = f"where fold = 0 and source = 'weights' qualify {best}"
    weights = found.setdefault("recudf weights", {})
    read_lists(database, "int_candidates_by_history", "score desc, item_id", weights, where)
    with duckdb.connect(str(database), read_only=True) as c:
        ridges = c.execute("select distinct fold, ridge from recudf.int_item_weights order by all").fetchall()
        print("ridge of each fold:", ridges, file=sys.stderr)
        ranker = c.execute(
            "select method, is_learned, learned_ndcg, fixed_ndcg from recudf.int_ranker_choice"
        ).fetchall()
    print("scorer (method, is learned, inner ndcg, of fixed weights):", ranker, file=sys.stderr)
    return found


def read_lists(database, table, rank, lists, where=""):
    """Into {user: [items, best first]}."""
    with duckdb.connect(str(database), read_only=True) as c:
        query = f"select user_id, item_id from recudf.{table} {where} order by user_id, {rank}"
        for user, item in c.execute(query).fetchall():
            lists.setdefault(user, []).append(item)


def one_split(folder, split, seed, variables, most_users, peer_names):
    """[(model, user names, {measure: values})] and what was chosen."""
    if seed == "given":
        visible, test_rows = read(folder, given=True)
    else:
        (events,) = read(folder)
        hides = hidden(events, split, int(seed))
        visible = [e for e in events if e[:2] not in hides]
        test_rows = [e for e in events if e[:2] in hides]
    users = sorted({e[0] for e in visible} | {e[0] for e in test_rows})
    items = sorted({e[1] for e in visible} | {e[1] for e in test_rows})
    inner = hidden(visible, split, 1000)
    train, test, inner_train, inner_test = (
        peers.matrix(rows, users, items)
        for rows in (
            [e[:2] for e in visible],
            [e[:2] for e in test_rows],
            [e[:2] for e in visible if e[:2] not in inner],
            sorted(inner),
        )
    )
    judged = np.flatnonzero(np.diff(test.indptr) * np.diff(train.indptr))
    judged = np.sort(np.random.default_rng(0).permutation(judged)[:most_users])
    names = [users[user] for user in judged]
    chosen = peers.tuned(inner_train, inner_test, quality, peer_names)
    scores = {
        name: peers.unseen(function(train, judged, **options), train, judged)
        for name, (function, options) in chosen.items()
    }
    if {"EASE", "ALS (implicit)"} <= scores.keys():
        both = peers.standardised(scores["EASE"]) + peers.standardised(scores["ALS (implicit)"])
        scores["EASE + ALS"] = both
    results = [(name, names, measured(first(each), test, judged)) for name, each in scores.items()]
    place = {item: column for column, item in enumerate(items)}
    with tempfile.TemporaryDirectory() as scratch:
        lists = built(folder, {e[:2] for e in test_rows}, variables, Path(scratch))
    for name, of_user in lists.items():
        top = np.full((len(judged), 20), -1)
        for row, user in enumerate(names):
            found = [place.get(item, -1) for item in of_user.get(user, [])[:20]]
            top[row, : len(found)] = found
        results.append((name, names, measured(top, test, judged)))
    return results, {name: options for name, (_, options) in chosen.items()}


def pooled(splits):
    """Per model its values of all splits, and the user of each."""
    found = {}
    for results in splits:
        for name, users, values in results:
            of_model = found.setdefault(name, ([], {measure: [] for measure in MEASURES}))
            of_model[0].extend(users)
            for measure in MEASURES:
                of_model[1][measure].extend(values[measure])
    return found


def table(splits, subject="recudf learned"):
    found = pooled(splits)
    users = np.array(found[subject][0])
    lines = [
        f"| model | {' | '.join(MEASURES)} | ndcg of each split | {subject} minus it, ndcg@10 | recall@20 |",
        "|---|" + "---|" * (len(MEASURES) + 3),
    ]
    for name, (_, values) in sorted(found.items(), key=lambda each: np.mean(each[1][1]["ndcg@10"])):
        each = [np.mean(v["ndcg@10"]) for results in splits for model, _, v in results if model == name]
        cells = [f"{np.mean(values[measure]):.4f}" for measure in MEASURES]
        cells.append(", ".join(f"{value:.4f}" for value in each))
        for measure in ("ndcg@10", "recall@20"):
            minus = np.array(found[subject][1][measure]) - np.array(values[measure])
            of = bootstrap_means(minus[:, None], users)
            cells.append(
                "" if name == subject else f"{of.mean[0]:+.4f} [{of.low[0]:+.4f}, {of.high[0]:+.4f}]"
            )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=["random", "tail"], default="random")
    parser.add_argument("--seeds", nargs="+", default=["1", "2", "3"])
    parser.add_argument("--users", type=int, default=2000, help="judge so many, chosen at random")
    parser.add_argument("--peers", nargs="+", choices=peers.GRIDS, default=list(peers.GRIDS))
    parser.add_argument("--vars", type=json.loads, default={}, help="vars of the build, as JSON")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    splits, chosen = [], {}
    for seed in given.seeds:
        results, chosen[seed] = one_split(
            given.folder, given.split, seed, given.vars, given.users, given.peers
        )
        splits.append(results)
        print("\n".join(table(splits)), flush=True)
    text = [f"## {given.folder.name}: {given.split}, seeds {', '.join(given.seeds)}", "", *table(splits), ""]
    text.append("Peers, as tuned: " + json.dumps(chosen))
    print("\n".join(text))
    if given.output:
        given.output.write_text("\n".join(text) + "\n")
