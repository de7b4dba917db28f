"""What item weights find by their ridge and by what the items' vectors weigh, and which ridge `auto` takes.

    python benchmarks/item_ridge.py ../shared/data/movies BUILT.duckdb --outer tail --inner tail --least 3

BUILT.duckdb was built of the folder, for the vectors in its vec_items. What `--outer` hides, as
recommenders.py hides it, is left out first and never looked at; of the rest `--inner` hides a part by each
seed, which all weights, none left out, look for. Intervals: of the difference to ridge 500, 95 %
bootstrap over users. Below it what `auto` goes by, on all that is visible, and in brackets by how many
standard errors a ridge differs from 500.
"""

import argparse
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from scipy.linalg import cholesky, solve_triangular

import recommender_peers as peers
from recommenders import hidden, measured, read
from recudf.evaluation.bootstrap import bootstrap_means
from recudf.preference.events import Pairs
from recudf.preference.gram import Behaviour, gram, invert
from recudf.preference.item_ridge import RIDGE, chosen_ridge, ndcg_by_ridge
from recudf.vectors import unit

SHOWN = ("ndcg@10", "recall@20")


def visible(folder, outer, least):
    """(user, item, seconds) of what the outer split leaves, where a value is at least so much."""
    if outer == "given":
        events = read(folder, given=True)[0]
    else:
        (events,) = read(folder)
        hides = hidden(events, outer, 1)
        events = [event for event in events if event[:2] not in hides]
    if least is not None:
        query = f"select user_id, item_id from '{folder}/interactions.parquet' where value >= ?"
        liked = set(duckdb.execute(query, [least]).fetchall())
        events = [event for event in events if event[:2] in liked]
    return events


def vectors(database):
    with duckdb.connect(str(database), read_only=True) as c:
        return dict(c.execute("select item_id, vector from recudf.vec_items").fetchall())


def behaviour(pairs, users, items, of_item):
    width = len(next(v for v in of_item.values() if v is not None))
    rows = [of_item.get(item) for item in items]
    units = np.array([row if row is not None else [0] * width for row in rows], np.float32)
    place_u, place_i = ({name: at for at, name in enumerate(names)} for names in (users, items))
    rows, columns = np.array([(place_u[u], place_i[i]) for u, i in pairs]).T
    return Behaviour(Pairs.summed(rows, columns, np.ones(len(rows))), len(users), unit(units))


def scorers(given, train, text_weight):
    """ridge -> scores of some users: by the smaller of the two inverses (item_weights.py)."""
    if given.n_users + given.units.shape[1] < len(given.units):
        sides = [train.toarray(), np.sqrt(text_weight) * given.units.T]
        stacked = np.concatenate(sides[: 2 if text_weight else 1]).astype(np.float32)
        square = (stacked @ stacked.T).astype(np.float64)

        def by_users(ridge, users):
            lower = cholesky(square + ridge * np.eye(len(square)), lower=True)
            half = solve_triangular(lower, stacked, lower=True).astype(np.float32)
            return (train[users].toarray() @ half.T) @ half / (1 - np.einsum("ij,ij->j", half, half))

        return by_users
    base = gram(given, text_weight)

    def by_items(ridge, users):
        inverse = base.copy()
        inverse[np.diag_indices(len(inverse))] += ridge
        invert(inverse)
        diagonal = inverse.diagonal().copy()
        inverse = np.triu(inverse) + np.triu(inverse, 1).T
        return -(train[users] @ inverse) / diagonal

    return by_items


def first(scores, k=20):
    """Columns of the k best of each row, ties by column among twice as many."""
    near = np.sort(np.argpartition(-scores, 2 * k, axis=1)[:, : 2 * k], axis=1)
    order = np.argsort(-np.take_along_axis(scores, near, axis=1), axis=1, kind="stable")[:, :k]
    return np.take_along_axis(near, order, axis=1)


def curve(events, of_item, given):
    """{(text_weight, ridge): {measure: values}, the seeds together} and whose values they are."""
    users = sorted({event[0] for event in events})
    items = sorted({event[1] for event in events} | set(of_item))
    found, names = {}, []
    for seed in given.seeds:
        hides = hidden(events, given.inner, seed)
        rest = [event[:2] for event in events if event[:2] not in hides]
        train, test = peers.matrix(rest, users, items), peers.matrix(sorted(hides), users, items)
        judged = np.flatnonzero(np.diff(test.indptr) * np.diff(train.indptr))
        judged = np.sort(np.random.default_rng(0).permutation(judged)[: given.users])
        names.extend(judged)
        fitted = behaviour(rest, users, items, of_item)
        for text_weight in given.texts:
            scored = scorers(fitted, train, text_weight)
            for ridge in given.ridges:
                tops = []
                for part in np.array_split(judged, max(1, len(judged) // 1000)):
                    tops.append(first(peers.unseen(scored(ridge, part), train, part)))
                values = measured(np.concatenate(tops), test, judged)
                print(seed, text_weight, ridge, {m: round(values[m].mean(), 4) for m in SHOWN}, flush=True)
                for measure in SHOWN:
                    cell = found.setdefault((text_weight, ridge), {}).setdefault(measure, [])
                    cell.extend(values[measure])
    return found, np.array(names)


def table(found, names, given):
    """A row for each ridge: both measures by text weight, and by how much ndcg@10 differs from RIDGE's."""
    heads = [f"{measure}, text {text:g}" for measure in SHOWN for text in given.texts]
    lines = [
        f"| ridge | {' | '.join(heads)} | ndcg minus ridge {RIDGE:g}, text {given.shown:g} |",
        "|---|" + "---|" * (len(heads) + 1),
    ]
    for ridge in given.ridges:
        cells = [f"{np.mean(found[text, ridge][measure]):.4f}" for measure in SHOWN for text in given.texts]
        ndcgs = [np.array(found[given.shown, each]["ndcg@10"]) for each in (ridge, RIDGE)]
        of = bootstrap_means((ndcgs[0] - ndcgs[1])[:, None], names)
        interval = f"{of.mean[0]:+.4f} [{of.low[0]:+.4f}, {of.high[0]:+.4f}]"
        lines.append(f"| {ridge:g} | {' | '.join(cells)} | {'' if ridge == RIDGE else interval} |")
    return lines


def choice(events, of_item, text_weight):
    """What `auto` chooses by, and by how many standard errors each ridge differs from RIDGE."""
    users = sorted({event[0] for event in events})
    items = sorted({event[1] for event in events} | set(of_item))
    fitted = behaviour([event[:2] for event in events], users, items, of_item)
    arguments = (fitted, pa.array(users), pa.array(items), text_weight)
    found, cells = ndcg_by_ridge(*arguments), []
    for ridge, values in found.items():
        gain = values - found[RIDGE]
        errors = f" ({gain.mean() / (gain.std() / len(gain) ** 0.5):+.1f})" if ridge != RIDGE else ""
        cells.append(f"{values.mean():.4f}{errors}")
    heads = " | ".join(f"{ridge:g}" for ridge in found)
    lines = [f"| auto: {chosen_ridge(*arguments):g} | {heads} |", "|---|" + "---|" * len(found)]
    return [*lines, f"| ndcg@10 | {' | '.join(cells)} |"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("database", type=Path)
    parser.add_argument("--outer", choices=["given", "random", "tail"], default="random")
    parser.add_argument("--inner", choices=["random", "tail"], default="random")
    parser.add_argument("--least", type=float, help="only events with at least this value")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1000])
    parser.add_argument("--ridges", nargs="+", type=float, default=[50, 100, 200, 400, 500, 800, 1600, 3200])
    parser.add_argument("--texts", nargs="+", type=float, default=[0, 10, 30, 100, 300])
    parser.add_argument("--shown", type=float, default=30.0, help="text weight of the differences")
    parser.add_argument("--users", type=int, default=5000, help="judge so many of a seed, chosen at random")
    given = parser.parse_args()
    if RIDGE not in given.ridges or given.shown not in given.texts:
        parser.error(f"--ridges has {RIDGE:g} to compare with, and --texts what --shown says")
    events, of_item = visible(given.folder, given.outer, given.least), vectors(given.database)
    found, names = curve(events, of_item, given)
    print("\n".join(table(found, names, given)))
    print("\n" + "\n".join(choice(events, of_item, given.shown)))


if __name__ == "__main__":
    main()
