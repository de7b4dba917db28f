"""Nearest neighbours against brute force in float64, by both ways: the scan and the proven candidates."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recudf import Settings
from recudf.search import candidates, exact
from recudf.search.index import build, handle_of
from recudf.search.scan import scan
from recudf.search.scoring import Excluded, Queries, rank_keys, split_keys

SETTINGS = Settings()


def index_of(matrix):
    ids = pa.array([f"{i:07d}" for i in range(len(matrix))])
    matrix = np.ascontiguousarray(matrix, np.float32)
    return build(handle_of(ids, matrix), ids, matrix)


def brute_force(matrix, query, k, excluded=()):
    """Positions and float32 scores: every cosine in float64, sorted by (score descending, position)."""
    wide, q = matrix.astype(np.float64), query.astype(np.float64)
    scores = np.array([np.dot(x, q) / np.sqrt(np.dot(x, x)) / np.sqrt(np.dot(q, q)) for x in wide])
    scores = scores.astype(np.float32)
    order = [p for p in np.lexsort((np.arange(len(wide)), -scores)) if p not in set(excluded)]
    return order[:k], scores


def excluded_of(lists):
    offsets = np.concatenate(([0], np.cumsum([len(part) for part in lists]))).astype(np.int64)
    return Excluded(offsets, np.array([p for part in lists for p in part], np.int64))


def check(matrix, queries, k, excluded=None):
    """Both ways give exactly the same, and what brute force gives up to a rounding of the last bit."""
    index = index_of(matrix)
    excluded = excluded or [[] for _ in queries]
    k = np.asarray(k, np.int64)
    rows, keys = scan(index, Queries.of(queries), k, excluded_of(excluded), None)
    m = min(2 * int(k.max()) + 3, len(index))
    other = exact._from_candidates(index, Queries.of(queries), k, m, excluded_of(excluded), SETTINGS)
    assert np.array_equal(rows, other[0])
    assert np.array_equal(keys, other[1])
    scores, positions = split_keys(keys)
    for i, query in enumerate(queries):
        expected, expected_scores = brute_force(matrix, query, k[i], excluded[i])
        found = positions[rows == i]
        np.testing.assert_allclose(scores[rows == i], expected_scores[expected], atol=1e-6)
        assert len(found) == len(expected)
        assert not set(found) & set(excluded[i])
        # two cosines that differ in the last bit of float64 may round apart: only such neighbours may swap
        for a, b in zip(found, expected, strict=True):
            assert a == b or abs(expected_scores[a] - expected_scores[b]) <= 6e-8


@st.composite
def problems(draw):
    # few distinct small integers: many exact ties, duplicates and opposite vectors
    n, d, q = draw(st.integers(1, 150)), draw(st.integers(1, 6)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    matrix = rng.integers(-2, 3, (n, d)).astype(np.float32)
    queries = rng.integers(-2, 3, (q, d)).astype(np.float32)
    matrix[~matrix.any(axis=1), 0] = 1
    queries[~queries.any(axis=1), 0] = 1
    k = rng.integers(1, n + 3, q)
    excluded = [rng.choice(n, rng.integers(0, n + 1), replace=False).tolist() for _ in range(q)]
    return matrix * draw(st.sampled_from([1, 1e-3, 1e-20, 1e20])), queries, k, excluded


@settings(deadline=None)
@given(problems())
def test_ties_duplicates_and_exclusion(problem):
    check(*problem)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.sampled_from([(40, 3), (1000, 16), (3000, 48)]))
def test_random_vectors(seed, shape):
    rng = np.random.default_rng(seed)
    matrix, queries = rng.standard_normal(shape), rng.standard_normal((3, shape[1]))
    check(matrix.astype(np.float32), queries.astype(np.float32), [1, 5, 12])


def test_several_blocks_of_rows_and_long_exclusions(monkeypatch):
    monkeypatch.setattr(candidates, "_ROWS", 1100)
    rng = np.random.default_rng(11)
    matrix, queries = (rng.standard_normal((n, 24)).astype(np.float32) for n in (3210, 5))
    excluded = [rng.choice(3210, n, replace=False).tolist() for n in (0, 1, 100, 2000, 3205)]
    check(matrix, queries, [5, 1, 5, 10, 10], excluded)


def near_ties(rng, n=4000, d=64, spread=1e-4):
    """Vectors around one direction that differ by less than bfloat16 resolves, in random order."""
    centre = rng.standard_normal(d)
    return (centre + spread * rng.standard_normal((n, d))).astype(np.float32), centre.astype(np.float32)[
        None, :
    ]


@pytest.mark.parametrize("spread", [1e-2, 1e-4, 1e-6, 0])
def test_near_ties_that_bfloat16_cannot_tell_apart(spread):
    matrix, queries = near_ties(np.random.default_rng(7), spread=spread)
    check(matrix, queries, [10])


@pytest.mark.parametrize("spread", [0.02, 0.1, 0.5])
def test_the_bound_covers_what_rounding_to_bfloat16_hides(spread):
    """Many queries and few candidates: with a quarter of the bound some answers would be wrong."""
    rng = np.random.default_rng(9)
    matrix = (rng.standard_normal(24) + spread * rng.standard_normal((3000, 24))).astype(np.float32)
    queries = rng.standard_normal((1500, 24)).astype(np.float32)
    index, k = index_of(matrix), np.full(1500, 10)
    nothing = Excluded.nothing(1500)
    rows, keys = exact._from_candidates(index, Queries.of(queries), k, 13, nothing, SETTINGS)
    expected = scan(index, Queries.of(queries), k, nothing, None)
    assert np.array_equal(rows, expected[0])
    assert np.array_equal(keys, expected[1])


def test_a_query_whose_candidates_are_not_proven_is_scanned(monkeypatch):
    """Without the scan the near ties would be answered wrongly, so this test can fail."""
    scanned = []
    real = exact.scan

    def counting(index, queries, *rest):
        scanned.append(len(queries))
        return real(index, queries, *rest)

    monkeypatch.setattr(exact, "scan", counting)
    rng = np.random.default_rng(1)
    ties, query = near_ties(rng, d=64)
    queries = np.concatenate([query, rng.standard_normal((4, 64)).astype(np.float32)])
    # four queries are close to vectors of their own, one is in the middle of the near ties
    matrix = np.concatenate([ties, np.repeat(queries[1:], 10, axis=0) * np.linspace(1, 2, 40)[:, None]])
    noisy = matrix.astype(np.float32)
    exact._from_candidates(
        index_of(noisy), Queries.of(queries), np.full(5, 10), 32, Excluded.nothing(5), SETTINGS
    )
    assert scanned == [1]


def test_result_does_not_depend_on_the_batch():
    rng = np.random.default_rng(3)
    index = index_of(rng.standard_normal((5000, 33)).astype(np.float32))
    queries = rng.standard_normal((300, 33)).astype(np.float32)
    k, m = np.full(300, 7), 29
    rows, keys = exact._from_candidates(index, Queries.of(queries), k, m, Excluded.nothing(300), SETTINGS)
    for start, stop in ((0, 1), (1, 18), (255, 300)):
        part = Queries.of(queries[start:stop])
        alone = exact._from_candidates(
            index, part, k[start:stop], m, Excluded.nothing(stop - start), SETTINGS
        )
        inside = (rows >= start) & (rows < stop)
        assert np.array_equal(alone[1], keys[inside])
        assert np.array_equal(
            scan(index, part, k[start:stop], Excluded.nothing(stop - start), None)[1], keys[inside]
        )


def test_extreme_lengths_neither_overflow_nor_vanish():
    rng = np.random.default_rng(5)
    matrix = rng.standard_normal((200, 8)).astype(np.float32)
    matrix[:100] *= np.float32(1e37)
    matrix[100:] *= np.float32(1e-36)
    check(matrix, rng.standard_normal((3, 8)).astype(np.float32) * np.float32(1e30), [10, 10, 200])


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=30))
def test_rank_keys_order_by_score_then_position(scores):
    scores = np.array(scores, np.float32)
    keys = rank_keys(scores, np.arange(len(scores)))
    expected = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    back, positions = split_keys(np.sort(keys))
    assert positions.tolist() == expected
    assert np.array_equal(back, scores[expected])
