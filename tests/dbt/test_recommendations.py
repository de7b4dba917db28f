"""Exactly k, nothing seen, nothing that is not offered, ranks without gaps, ties by id, popular items for newcomers.
What was seen is recomputed from the raw rows and the seed."""

import csv
from collections import defaultdict
from datetime import datetime

import pytest

from recudf.cli.project import project_directory

K = 10


@pytest.fixture(scope="module")
def seen(sample):
    """Items seen, by user, from the raw rows: possible times, trimmed ids, event types of the seed."""
    with (project_directory() / "seeds" / "event_types.csv").open() as file:
        kinds = {row["event_type"] for row in csv.DictReader(file) if row["is_seen"] == "true"}
    found = defaultdict(set)
    for row in sample.inputs["interactions"].to_pylist():
        if row["event_type"] in kinds and row["occurred_at"] > datetime(1980, 1, 1):
            found[row["user_id"].strip()].add(row["item_id"])
    assert sum(map(len, found.values())) > 100
    return found


@pytest.fixture(scope="module")
def offered(sample, built):
    """Items offered at as_of."""
    ((as_of,),) = built.query("select as_of from recudf.stg_as_of")
    rows = sample.inputs["items"].to_pylist()
    found = {
        r["item_id"] for r in rows
        if (r["available_from"] or as_of) <= as_of <= (r["available_until"] or as_of)
    }  # fmt: skip
    assert K < len(found) < len(rows)
    return found


@pytest.fixture(scope="module")
def recommended(built):
    """(rank, item, score, source) by user."""
    found = defaultdict(list)
    for user, *row in built.query(
        "select user_id, rank, item_id, score, source from recudf.fct_recommendations order by 1, 2"
    ):
        found[user].append(tuple(row))
    return found


def test_every_user_gets_k_items_that_are_unseen_and_offered(recommended, built, seen, offered):
    users = [user for (user,) in built.query("select user_id from recudf.dim_users")]
    assert sorted(recommended) == sorted(users)
    for user in users:
        items = [item for _, item, _, _ in recommended[user]]
        assert [rank for rank, *_ in recommended[user]] == list(range(1, K + 1))
        assert len(set(items)) == K
        assert set(items) <= offered - seen[user]


def test_scores_fall_and_ties_go_by_id(recommended):
    for rows in recommended.values():
        order = [(-score, item) for _, item, score, _ in rows]
        assert order == sorted(order)


def test_newcomers_get_what_is_popular_in_order(recommended, built):
    popular = built.query(f"""
        select item_id from recudf.dim_items where is_available
        order by recent_popularity desc, item_id limit {K}""")
    newcomers = [u for (u,) in built.query("select user_id from recudf.dim_users where not has_vector")]
    assert len(newcomers) >= 2
    for user in newcomers:
        assert [(item,) for _, item, _, _ in recommended[user]] == popular
    sources = {user: {source for *_, source in rows} for user, rows in recommended.items()}
    assert all(sources[user] == ({"popular"} if user in newcomers else {"blend"}) for user in sources)


def test_a_user_who_has_seen_nearly_everything_gets_what_is_left(built, sample, warehouse, offered):
    """Three unseen items are left of those offered: exactly these, and nobody else gets less than ten."""
    left = sorted(offered)[:3]
    items = ", ".join(f"'{item}'" for item in left)
    warehouse.load(**sample.inputs).run(
        f"""insert into raw.interactions by name
        select 'reader' as user_id, item_id, 'read' as event_type from raw.items where item_id not in ({items})""",
        "insert into raw.interactions by name select 'has all' as user_id, item_id, 'read' as event_type from raw.items",
    ).build("--select", "+fct_recommendations")
    rows = warehouse.query(
        "select item_id from recudf.fct_recommendations where user_id = 'reader' order by 1"
    )
    assert rows == [(item,) for item in left]
    counts = dict(warehouse.query("select user_id, count(*) from recudf.fct_recommendations group by 1"))
    assert "has all" not in counts
    assert {n for user, n in counts.items() if user != "reader"} == {K}
