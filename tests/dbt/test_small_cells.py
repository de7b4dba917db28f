"""No mart tells a number of fewer people than min_cell_users: people are counted again here, below the marts."""

import pytest
from warehouse import copied, marts

FEWEST = 5  # min_group_size, which min_cell_users follows

# Marts whose rows are of one user, or describe no people: nothing is summed up over users in them.
OF_ONE_USER = {
    "dim_users": "a user",
    "fct_user_interests": "a user",
    "fct_interest_history": "a user",
    "fct_group_members": "a user",
    "fct_group_member_history": "a user",
    "fct_user_neighbors": "two users",
    "fct_people_to_follow": "two users",
    "fct_recommendations": "a user",
    "fct_recommendation_parts": "a user",
    "fct_recommendation_history": "a user",
    "fct_recommendation_outcomes": "a user",
    "fct_interest_sources": "an item or a text",
}

# Of each number that is told: (what it is of, how many people are behind it)
PEOPLE = {
    "dim_groups": """
        select group_id, count(*) from recudf.fct_group_members
        join recudf.dim_groups using (group_id) where kind = 'discovered' group by all""",
    "dim_groups, words": """
        with told as (select group_id, unnest(split(words, ', ')) as word from recudf.dim_groups where kind = 'discovered')
        select group_id || told.word, count(distinct user_id) from told join recudf.int_group_members using (group_id)
        join recudf.int_user_items using (user_id) join recudf.int_item_words as words using (item_id)
        where words.word = told.word and weight > 0 group by all""",
    "dim_items, events": """
        select item_id, count(distinct user_id) from recudf.dim_items join recudf.stg_interactions using (item_id)
        where events is not null or first_event_at is not null or last_event_at is not null group by all""",
    "dim_items, users": """
        select item_id, count(distinct user_id) from recudf.dim_items as items join recudf.int_user_items using (item_id)
        join recudf.int_users_flagged using (user_id) where weight > 0 and not is_bot
        and (items.users is not null or recent_popularity is not null) group by all""",
    "dim_items, texts": """
        select item_id, count(distinct user_id) from recudf.dim_items as items join recudf.stg_texts using (item_id)
        where texts is not null group by all""",
    "dim_interests, users": """
        select interest_id, count(distinct user_id) from recudf.dim_interests as interests
        join recudf.int_user_interest_weights using (interest_id)
        where coalesce(interests.sources, interests.users, population_share) is not null group by all""",
    "dim_interests, feelings": """
        select interest_id, count(distinct user_id) from recudf.dim_interests as interests
        join recudf.int_user_sentiments using (interest_id)
        where coalesce(interests.sources, interests.users, population_share) is not null group by all""",
    "dim_interests, held": """
        select interest_id, count(distinct user_id) from recudf.dim_interests join recudf.fct_user_interests using (interest_id)
        where users_held is not null group by all""",
    "fct_interest_rules": """
        select rules.interest_id, count(distinct a.user_id) from recudf.fct_interest_rules as rules
        join recudf.int_event_tokens as a on a.interest_id = antecedent_id and a.event_type = antecedent_event_type
        join recudf.int_event_tokens as b on b.interest_id = consequent_id and b.event_type = consequent_event_type
        where a.user_id = b.user_id group by all""",
    "fct_interest_rules, order": """
        select rules.interest_id, count(distinct a.user_id) from recudf.fct_interest_rules as rules
        join recudf.int_event_tokens as a on a.interest_id = antecedent_id and a.event_type = antecedent_event_type
        join recudf.int_event_tokens as b on b.interest_id = consequent_id and b.event_type = consequent_event_type
        where a.user_id = b.user_id and a.first_at != b.first_at and share_in_order is not null group by all""",
    "fct_interest_trends": """
        select interest_id || period, count(distinct user_id) from recudf.fct_interest_trends
        join recudf.int_dated_interests using (interest_id, period) group by all""",
    "fct_group_segments": """
        select group_id, count(distinct user_id) from recudf.fct_group_segments as segments
        join recudf.fct_group_members using (group_id) join recudf.stg_interactions using (user_id)
        where segments.kind = 'discovered' and occurred_at is not null and coalesce(active_weekday, active_hour::varchar) is not null
        group by all""",
    "fct_group_interests": """
        select group_id || interest_id || attitude, count(distinct user_id) from recudf.fct_group_interests
        join recudf.dim_groups as groups using (group_id) join recudf.fct_group_members using (group_id)
        join recudf.int_user_attitudes using (user_id, interest_id, attitude) where groups.kind = 'discovered' group by all""",
    "fct_group_similarities": """
        select a.group_id || b.group_id, count(*) from recudf.fct_group_similarities as pairs
        join recudf.fct_group_members as a on pairs.group_id = a.group_id
        join recudf.fct_group_members as b on pairs.other_group_id = b.group_id
        join recudf.dim_groups as own on pairs.group_id = own.group_id
        join recudf.dim_groups as other on pairs.other_group_id = other.group_id
        where a.user_id = b.user_id and shared_users is not null and (own.kind, other.kind) != ('given', 'given') group by all""",
    "fct_group_recommendations": """
        select group_id || strategy || item_id, count(distinct user_id) from recudf.fct_group_recommendations
        join recudf.dim_groups as groups using (group_id) join recudf.int_group_voters using (group_id)
        join recudf.int_voter_candidates using (user_id, item_id)
        where groups.kind = 'discovered' and supporters is not null group by all""",
    "fct_group_history": """
        select group_id, count(*) from recudf.fct_group_history join recudf.fct_group_members using (group_id, as_of)
        where kind = 'discovered' group by all""",
}  # fmt: skip


def test_every_mart_is_of_one_user_or_its_people_are_counted():
    assert set(marts()) == OF_ONE_USER.keys() | {name.partition(",")[0] for name in PEOPLE}


@pytest.mark.parametrize("name", PEOPLE)
def test_enough_people_are_behind_what_is_told(built, name):
    found = built.query(PEOPLE[name])
    assert [row for row in found if row[1] < FEWEST] == []


def test_what_enough_people_did_is_told(built):
    """A number is NULL for no other reason."""
    for name, count in (
        (
            "events",
            "select count(distinct user_id) from recudf.stg_interactions where item_id = items.item_id",
        ),
        ("texts", "select count(distinct user_id) from recudf.stg_texts where item_id = items.item_id"),
    ):
        ((lost, kept),) = built.query(
            f"select count(*) filter ({name} is null), count({name}) from recudf.dim_items as items where ({count}) not between 1 and 4"
        )
        assert lost == 0
        assert kept > 0
        ((told,),) = built.query(
            f"select count({name}) from recudf.dim_items as items where ({count}) between 1 and 4"
        )
        assert told == 0
    ((lost, kept),) = built.query("""
        select count(*) filter (users is null), count(users) from recudf.dim_interests
        where (select count(*) from recudf.int_user_interest_weights as w where w.interest_id = dim_interests.interest_id) >= 5""")
    assert lost == 0
    assert kept > 0


@pytest.fixture(scope="module")
def told_all(built, tmp_path_factory):
    """The marts where nobody is too few to be told of, and groups of ten and more."""
    shop = copied(built, tmp_path_factory, "cells")
    return shop.build("--select", "dim_items", "dim_interests", "fct_group_interests", min_cell_users=1)


def test_min_cell_users_is_a_var_of_its_own(built, told_all):
    """1: everything is told, as in a project whose readers may see it all."""
    for mart in ("dim_items", "dim_interests"):
        assert told_all.query(f"select count(*) from recudf.{mart} where users is null") == [(0,)]
        assert built.query(f"select count(*) from recudf.{mart} where users is null") != [(0,)]
    ((all_rows, few),) = told_all.query(
        "select count(*), count(*) filter (n_users < 5) from recudf.fct_group_interests join recudf.dim_groups as g using (group_id) where g.kind = 'discovered'"
    )
    ((rows,),) = built.query(
        "select count(*) from recudf.fct_group_interests join recudf.dim_groups as g using (group_id) where g.kind = 'discovered'"
    )
    assert few > 0
    assert rows == all_rows - few


def test_measurements_on_few_users_are_not_told(told_all):
    told_all.run(
        "create schema if not exists recudf_evaluation",
        """create or replace table recudf_evaluation.metrics as select 'r' as run_id, 'blend' as model, '' as baseline,
           'tail' as split, slice, 'ndcg' as metric, 10 as k, 0.5 as value, users as n_users, null::double as ci_low,
           null::double as ci_high, null::timestamp as as_of
           from (values ('all', 5), ('new', 4), ('none', 0)) as t (slice, users)""",
    )
    told_all.build("--select", "fct_metrics")
    assert told_all.query("select slice from recudf.fct_metrics order by 1") == [("all",), ("none",)]


def test_a_bad_number_of_people_ends_the_build(told_all):
    done = told_all.try_build("--select", "dim_items", min_cell_users=0)
    assert "min_cell_users is '0': give a whole number from 1 up" in done.output
