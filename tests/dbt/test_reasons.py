"""Every reason and every score, recomputed from the tables with stock DuckDB."""

import csv
import math

import pytest

from recudf.cli.project import project_directory

SHRINKAGE, POPULARITY_WEIGHT, K = 2.0, 0.8, 10  # of dbt_project.yml

PARTS = f"""
with popular as (
    select item_id, (popularity + recent_popularity) / 2 as value,
        (select (popularity + recent_popularity) / 2 from recudf.int_item_popularity order by 1 desc offset {K - 1} limit 1) as base
    from recudf.int_item_popularity
),

evidence as (
    select e.*, i.vector from recudf.int_user_evidence as e join recudf.vec_items as i on e.ref_id = i.item_id where e.kind = 'item'
    union all
    select e.*, v.vector from recudf.int_user_evidence as e
    join recudf.stg_texts as t on e.ref_id = t.text_id join recudf.vec_texts as v on t.text_hash = v.text_hash where e.kind = 'text'
)

select r.user_id, r.item_id, e.kind, e.ref_id, e.weight < 0,
    e.weight * list_inner_product(e.vector::double[], i.vector::double[]) / (u.strength + {SHRINKAGE})
from recudf.fct_recommendations as r
join recudf.vec_users as u on r.user_id = u.user_id
join recudf.vec_items as i on r.item_id = i.item_id
join evidence as e on r.user_id = e.user_id

union all

select r.user_id, r.item_id, 'popular', null, false,
    {POPULARITY_WEIGHT} * (value - base)
from recudf.fct_recommendations as r
join popular using (item_id)
"""


@pytest.fixture(scope="module")
def parts(built):
    """(user, item) -> {(kind, ref): (value, is_unlike)}."""
    found = {}
    for user, item, kind, ref, is_unlike, value in built.query(PARTS):
        found.setdefault((user, item), {})[kind, ref] = (value, is_unlike)
    return found


@pytest.fixture(scope="module")
def recommended(built):
    rows = built.query(
        "select user_id, item_id, score, reason_kind, reason_ref_id, reason, source from recudf.fct_recommendations"
    )
    assert len(rows) > 500
    return {(user, item): rest for user, item, *rest in rows}


def test_parts_and_the_constant_sum_to_the_score(built, parts, recommended):
    ((base,),) = built.query(
        f"select (popularity + recent_popularity) / 2 from recudf.int_item_popularity order by 1 desc offset {K - 1} limit 1"
    )
    recent = dict(built.query("select item_id, recent_popularity from recudf.int_item_popularity"))
    assert parts.keys() == recommended.keys()
    for pair, (score, _, _, _, source) in recommended.items():
        total = math.fsum(value for value, _ in parts[pair].values()) + base * POPULARITY_WEIGHT
        if source == "popular":
            total = recent[pair[1]]
        assert score == pytest.approx(total, rel=1e-5, abs=1e-6), pair


def test_the_reason_is_the_largest_part(parts, recommended):
    ties = 0
    for pair, (_, kind, ref, _, _) in recommended.items():
        largest = max(value for value, _ in parts[pair].values())
        best = {key for key, (value, _) in parts[pair].items() if value == largest}
        if (kind, ref) not in best:
            assert parts[pair][kind, ref][0] == pytest.approx(largest, abs=1e-6), pair
            ties += 1
    assert ties < len(recommended) / 100


def test_most_kinds_of_reason_are_met(parts, recommended):
    """Else the tests here say little: items that attract and that push away, texts, popularity."""
    met = {(kind, parts[pair][kind, ref][1]) for pair, (_, kind, ref, _, _) in recommended.items()}
    assert met >= {("item", False), ("item", True), ("text", False), ("popular", False)}


@pytest.fixture(scope="module")
def phrases():
    """What the user did, by event type, as the seed says it."""
    with (project_directory() / "seeds" / "event_types.csv").open() as file:
        return {row["event_type"]: row["phrase"] for row in csv.DictReader(file)}


def test_sentences_name_the_right_thing(built, parts, recommended, phrases):
    titles = dict(built.query("select item_id, title from recudf.stg_items"))
    texts = {i: rest for i, *rest in built.query("select text_id, item_id, kind from recudf.stg_texts")}
    history = {
        (user, item): rest
        for user, item, *rest in built.query(
            "select user_id, item_id, event_type, rated_value from recudf.int_user_items"
        )
    }
    for pair, (_, kind, ref, sentence, _) in recommended.items():
        is_unlike = parts[pair][kind, ref][1]
        if kind == "popular":
            expected = "popular with other users"
        elif kind == "item":
            event_type, rated = history[pair[0], ref]
            rating = "" if rated is None else f" {rated:g} of 5"
            if is_unlike:
                expected = f"unlike {titles[ref]} (you {phrases[event_type].format(title='it')}{rating})"
            else:
                expected = f"because you {phrases[event_type].format(title=titles[ref])}{rating}"
        elif texts[ref][0] is not None:
            start = "unlike what you wrote about" if is_unlike else "because of what you wrote about"
            expected = f"{start} {titles[texts[ref][0]]}"
        else:
            assert sentence.startswith(f"because of your {texts[ref][1]} of ")
            continue
        assert sentence == expected


def test_ratings_said_are_the_users_own(built, sample):
    rated = {
        (r["user_id"].strip(), r["item_id"], r["value"])
        for r in sample.inputs["interactions"].to_pylist()
        if r["event_type"] == "rating"
    }
    said = built.query(
        "select user_id, item_id, rated_value from recudf.int_user_items where rated_value is not null"
    )
    assert len(said) > 20
    assert set(said) <= rated


@pytest.mark.slow
def test_a_text_about_a_disliked_item_pushes_away(warehouse):
    """Ann writes about an item that she hides: the item of the same name comes last, and the first is unlike it."""
    titles = """['blue dog', 'blue dog', 'seven robot strings', 'old cat', 'new sound', 'love story', 'alien war',
        'slow guitar', 'red book', 'good film', 'fast space']"""
    warehouse.load(
        items=f"select 'i' || n as item_id, {titles}[n + 1] as title from range(11) as t (n)",
        interactions="select 'ann' as user_id, 'i0' as item_id, 'hide' as event_type",
        texts=f"""
            select 'ann' as user_id, 'i0' as item_id, 'blue dog' as text, 'no' as text_id
            union all by name select 'bob' as user_id, unnest({titles}) as text""",
    ).build(popularity_weight=0, event_weights={"hide": -0.001})
    rows = warehouse.query(
        "select item_id, reason_kind, reason_ref_id, reason from recudf.fct_recommendations where user_id = 'ann' order by rank"
    )
    assert [item for item, *_ in rows][-1] == "i1"
    assert rows[0][1:] == ("text", "no", "unlike what you wrote about blue dog")
