"""What was recommended when, and whether it was taken up: builds on recommendations written by hand."""

from datetime import datetime

import pytest
from warehouse import Warehouse

SELECTED = ("+int_users_flagged", "+int_interactions_weighted", "fct_recommendation_history", "fct_recommendation_outcomes")  # fmt: skip
ITEMS = "select 'i' || n as item_id from range(1, 7) as t (n)"
JANUARY, FEBRUARY = datetime(2024, 1, 10), datetime(2024, 2, 20)


def events(*rows):
    values = ", ".join(
        f"('{user}', '{item}', '{kind}', timestamp '{time}')" for user, item, kind, time in rows
    )
    return f"from (values {values}) as t (user_id, item_id, event_type, occurred_at)"


UNTIL_JANUARY = (
    ("ann", "i1", "purchase", "2024-01-02"), ("bob", "i2", "purchase", "2024-01-03"), ("cy", "i1", "view", "2024-01-10"),
)  # fmt: skip
# ann takes i3 two days later, and once more; bob takes i3 after 30 days and a second, and only hides i4; cy takes i5 after
# 30 days to the second
LATER = (
    ("ann", "i3", "purchase", "2024-01-12"), ("ann", "i3", "purchase", "2024-01-13"), ("bob", "i3", "purchase", "2024-02-09 00:00:01"),
    ("bob", "i4", "hide", "2024-01-11"), ("cy", "i5", "purchase", "2024-02-09"), ("cy", "i6", "purchase", "2024-02-20"),
)  # fmt: skip


class Shop(Warehouse):
    """A warehouse whose recommendations are given: (user, item, rank)."""

    def recommend(self, moment, *rows, **variables):
        """Build the two marts, by a full refresh, from what is recommended as of a moment."""
        values = ", ".join(f"('{user}', '{item}', {rank})" for user, item, rank in rows)
        self.run(
            "create schema if not exists recudf",
            f"""create or replace table recudf.fct_recommendations as
            select
                user_id, item_id, rank, 0.5::float as score, 'popular' as reason_kind, 'blend' as source,
                {f"timestamp '{moment}'" if moment else "null::timestamp"} as as_of
            from (values {values}) as t (user_id, item_id, rank)""",
        )
        return self.build("--full-refresh", "--select", *SELECTED, **variables)

    def history(self):
        """Rows by moment: {as_of: [(user, item, rank)]}."""
        found = {}
        for as_of, *row in self.query(
            "select as_of, user_id, item_id, rank from recudf.fct_recommendation_history order by all"
        ):
            found.setdefault(as_of, []).append(tuple(row))
        return found

    def outcomes(self, recommended_at):
        """{(user, item): (taken_at, is_taken)}"""
        rows = self.query(
            """select user_id, item_id, taken_at, is_taken from recudf.fct_recommendation_outcomes
            where recommended_at = ?""",
            recommended_at,
        )
        return {(user, item): (taken_at, is_taken) for user, item, taken_at, is_taken in rows}


IN_JANUARY = [("ann", "i3", 1), ("bob", "i3", 1), ("bob", "i4", 2), ("cy", "i5", 1)]
IN_FEBRUARY = [("ann", "i4", 1), ("cy", "i2", 1)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Recommendations of January and, twice, of February, each by a build of its day."""
    shop = Shop(tmp_path_factory.mktemp("history") / "shop.duckdb")
    shop.load(items=ITEMS, interactions=events(*UNTIL_JANUARY)).recommend(JANUARY, *IN_JANUARY)
    shop.load(interactions=events(*UNTIL_JANUARY, *LATER)).recommend(FEBRUARY, ("ann", "i5", 1))
    return shop.recommend(FEBRUARY, *IN_FEBRUARY)


def test_what_was_recommended_stays_over_a_full_refresh(shop):
    """... but for an earlier build of the same moment."""
    assert shop.history() == {JANUARY: IN_JANUARY, FEBRUARY: IN_FEBRUARY}
    assert shop.query("select distinct is_replay from recudf.fct_recommendation_history") == [(False,)]
    assert shop.query("""
        select count(distinct run_id) from recudf.fct_recommendation_history group by as_of""") == [
        (1,),
        (1,),
    ]


def test_it_worked_where_the_item_was_taken_within_thirty_days(shop):
    assert shop.outcomes(JANUARY) == {
        ("ann", "i3"): (datetime(2024, 1, 12), True),
        ("bob", "i3"): (None, False),
        ("bob", "i4"): (None, False),
        ("cy", "i5"): (datetime(2024, 2, 9), True),
    }
    assert shop.outcomes(FEBRUARY) == {
        ("ann", "i4"): (None, None),
        ("cy", "i2"): (None, None),
    }  # too early to tell


@pytest.mark.slow
def test_a_build_that_looks_back_adds_its_moment_and_forgets_nothing(shop):
    """As of 15 January ann has taken her item, and it is too early for a share; February has not come."""
    moment = datetime(2024, 1, 15)
    shop.recommend(moment, ("bob", "i3", 1), as_of="2024-01-15", recommendation_history_days=2)
    assert shop.history() == {JANUARY: IN_JANUARY, moment: [("bob", "i3", 1)], FEBRUARY: IN_FEBRUARY}
    assert shop.query("select as_of from recudf.fct_recommendation_history where is_replay") == [(moment,)]
    assert shop.outcomes(JANUARY) == {
        ("ann", "i3"): (datetime(2024, 1, 12), None),
        ("bob", "i3"): (None, None),
        ("bob", "i4"): (None, None),
        ("cy", "i5"): (None, None),
    }
    assert shop.outcomes(FEBRUARY) == {}


@pytest.mark.slow
def test_old_rows_and_users_who_are_gone_are_forgotten(shop):
    """From 20 February to 15 January there are 36 days, to the 10th 41; ann is in no input any more."""
    kept = [row for row in (*UNTIL_JANUARY, *LATER) if row[0] != "ann"]
    shop.load(interactions=events(*kept))
    shop.recommend(FEBRUARY, ("cy", "i2", 1), recommendation_history_days=36)
    moment = datetime(2024, 1, 15)
    assert shop.history() == {moment: [("bob", "i3", 1)], FEBRUARY: [("cy", "i2", 1)]}
    assert shop.outcomes(moment) == {("bob", "i3"): (datetime(2024, 2, 9, 0, 0, 1), True)}
    empty = "select null::varchar as user_id, null::varchar as item_id where false"
    shop.load(interactions=empty).recommend(None, ("nobody", "i1", 1))  # no moment, nobody to compare with
    assert shop.history() == {moment: [("bob", "i3", 1)], FEBRUARY: [("cy", "i2", 1)]}


def test_wrong_numbers_of_days_are_named(shop):
    for name in ("outcome_days", "recommendation_history_days"):
        result = shop.try_build(
            "--select", "fct_recommendation_history", "fct_recommendation_outcomes", **{name: "soon"}
        )
        assert not result.ok
        assert f"{name} is 'soon': give a number above 0" in result.output


def test_a_build_writes_its_recommendations_down(built):
    same = "user_id, item_id, rank, score, reason_kind, source, run_id, as_of"
    assert (
        built.query(f"""
        (select {same} from recudf.fct_recommendations except select {same} from recudf.fct_recommendation_history)
        union all
        (select {same} from recudf.fct_recommendation_history except select {same} from recudf.fct_recommendations)
    """)
        == []
    )
    ((rows, open_),) = built.query("""
        select count(*), count(*) filter (where is_taken is null) from recudf.fct_recommendation_outcomes""")
    bots = "(select user_id from recudf.dim_users where is_bot)"
    assert [(rows,)] == built.query(
        f"select count(*) from recudf.fct_recommendations where user_id not in {bots}"
    )
    assert rows == open_ > 100
