"""User vectors and their strength, recomputed in numpy from the evidence; single weights are dbt unit tests."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def vectors(built):
    rows = built.query("""
        select 'item', item_id, vector::float[] from recudf.vec_items
        union all select 'text', text_hash, vector::float[] from recudf.vec_texts""")
    return {(kind, key): np.array(vector, dtype=np.float64) for kind, key, vector in rows}


def test_vectors_are_the_weighted_sum_scaled_to_one(built, vectors):
    evidence = {}
    for user, kind, key, weight in built.query(
        "select user_id, kind, vector_id, weight from recudf.int_user_evidence"
    ):
        evidence.setdefault(user, []).append(weight * vectors[kind, key])
    rows = built.query("select user_id, vector::float[], strength from recudf.vec_users")
    assert len(rows) == len(evidence) > 80
    for user, vector, strength in rows:
        total = np.sum(evidence[user], axis=0)
        assert strength == pytest.approx(np.linalg.norm(total), rel=1e-5)
        np.testing.assert_allclose(vector, total / np.linalg.norm(total), atol=2e-6)


def test_evidence_is_the_decayed_history(built, sample):
    """Every item's weight, from the raw rows: weights of the seed, ratings from 3 up, half-life 1500 days."""
    weights = {"view": 0.2, "cart": 0.5, "purchase": 1, "skip": -0.3}
    ratings = {5: 1, 4: 2 / 3, 3: 1 / 3, 2: -1 / 2, 1: -1}
    ((as_of,),) = built.query("select as_of from recudf.stg_as_of")
    rows = {
        (r["user_id"].strip(), r["item_id"], r["event_type"], r["value"], r["occurred_at"], r["source"])
        for r in sample.inputs["interactions"].to_pylist()
        if r["occurred_at"].year > 1980
    }
    expected = {}
    for user, item, kind, value, time, _ in sorted(rows, key=str):
        weight = ratings[value] if kind == "rating" else weights[kind]
        decay = 0.5 ** ((as_of - time).total_seconds() / 86400 / 1500)
        expected[user, item] = expected.get((user, item), 0) + weight * decay
    found = {
        (u, i): w
        for u, i, w in built.query(
            "select user_id, ref_id, weight from recudf.int_user_evidence where kind = 'item'"
        )
    }
    assert found == pytest.approx(
        {pair: w for pair, w in expected.items() if abs(w) > 1e-9}, rel=1e-6, abs=1e-8
    )


def test_item_vectors_are_centred_embeddings(built):
    """unit(embedding - mean x n / (n + 10)), the mean over all items."""
    rows = built.query("""
        select item_id, e.vector::float[], v.vector::float[] from recudf.int_item_texts as t
        join recudf_embeddings.int_text_embeddings as e on t.text_hash = e.text_hash
        join recudf.vec_items as v using (item_id)""")
    assert len(rows) == 80
    raw = np.array([r[1] for r in rows], dtype=np.float64)
    centred = raw - raw.mean(axis=0) * len(raw) / (len(raw) + 10)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(np.array([r[2] for r in rows]), centred, atol=5e-6)
