"""Well-known recommenders on a matrix of events, each tuned on an inner split, for recommenders.py.

EASE is written here (Steck, WWW 2019); item neighbours, implicit ALS and BPR are those of the library
`implicit`, which is in the extra `bench`.
"""

import itertools

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

NEVER = -np.inf


def popular(train, users, **_):
    counts = np.asarray(train.sum(axis=0), np.float32).ravel()
    return np.tile(counts, (len(users), 1))


def ease(train, users, ridge):
    gram = (train.T @ train).toarray().astype(np.float64)
    gram[np.diag_indices(len(gram))] += ridge
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diagonal(inverse)
    np.fill_diagonal(weights, 0)
    return (train[users] @ weights).astype(np.float32)


def item_neighbors(train, users, k):
    from implicit.nearest_neighbours import CosineRecommender

    model = CosineRecommender(K=k, num_threads=1)
    model.fit(train.tocsr(), show_progress=False)
    return np.asarray((train[users] @ model.similarity.T.tocsr()).todense(), np.float32)


def als(train, users, factors, ridge, alpha, seeds=1):
    """Of several seeds the mean score, as the product may average too."""
    from implicit.als import AlternatingLeastSquares

    total = 0
    for seed in range(seeds):
        model = AlternatingLeastSquares(
            factors=factors,
            regularization=ridge,
            alpha=alpha,
            iterations=15,
            num_threads=1,
            random_state=seed,
            use_gpu=False,
        )
        with threadpool_limits(1, "blas"):  # implicit shares the work out itself
            model.fit(train, show_progress=False)
        total = total + model.user_factors[users] @ model.item_factors.T
    return total / seeds


def bpr(train, users, factors, rate, ridge):
    from implicit.bpr import BayesianPersonalizedRanking

    model = BayesianPersonalizedRanking(
        factors=factors,
        learning_rate=rate,
        regularization=ridge,
        iterations=100,
        num_threads=1,
        random_state=0,
        use_gpu=False,
    )
    model.fit(train, show_progress=False)
    return model.user_factors[users] @ model.item_factors.T


GRIDS = {
    "popular": (popular, {}),
    "item-kNN (implicit)": (item_neighbors, {"k": (20, 50, 100, 200)}),
    "BPR (implicit)": (bpr, {"factors": (32, 64), "rate": (0.02, 0.05), "ridge": (0.01, 0.05)}),
    "ALS (implicit)": (als, {"factors": (16, 32, 64), "ridge": (1.0, 10.0, 30.0), "alpha": (1.0, 3.0)}),
    "EASE": (ease, {"ridge": (25.0, 50.0, 100.0, 250.0, 400.0, 600.0, 1000.0)}),
}


def unseen(scores, train, users):
    """The same scores, with -inf for what a user has."""
    scores = scores.copy()
    seen = train[users].tocoo()
    scores[seen.row, seen.col] = NEVER
    return scores


def standardised(scores):
    """By user, over what is not -inf."""
    known = np.isfinite(scores)
    values = np.where(known, scores, 0)
    n = known.sum(axis=1, keepdims=True)
    mean = values.sum(axis=1, keepdims=True) / n
    deviation = np.sqrt((np.where(known, scores - mean, 0) ** 2).sum(axis=1, keepdims=True) / n)
    return np.where(known, (scores - mean) / np.maximum(deviation, 1e-12), NEVER)


def tuned(inner_train, inner_test, quality, names=tuple(GRIDS), most_users=5000):
    """{name: (function, parameters)}: the best of each grid by quality(scores, inner_test, users), which are
    at most so many, chosen at random."""
    users = np.flatnonzero(np.diff(inner_test.indptr) * np.diff(inner_train.indptr))
    users = np.sort(np.random.default_rng(0).permutation(users)[:most_users])
    chosen = {}
    for name in names:
        function, grid = GRIDS[name]
        options = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
        if len(options) > 1:
            found = [
                quality(unseen(function(inner_train, users, **option), inner_train, users), inner_test, users)
                for option in options
            ]
            options = [options[int(np.argmax(found))]]
        chosen[name] = (function, options[0])
    return chosen


def matrix(rows, users, items):
    """Of pairs (user, item), as 0 and 1."""
    place_u = {user: row for row, user in enumerate(users)}
    place_i = {item: column for column, item in enumerate(items)}
    r = [place_u[u] for u, _ in rows]
    c = [place_i[i] for _, i in rows]
    found = sp.csr_matrix((np.ones(len(r), np.float32), (r, c)), (len(users), len(items)))
    found.data[:] = 1
    return found
