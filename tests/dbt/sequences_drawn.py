"""Sequences over messy warehouses, drawn by hypothesis.

`draw(seed)` gives the same sequence again as long as neither the code nor hypothesis changes: hypothesis draws on constants
that it finds in modules.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import hypothesis
from hypothesis import strategies as st
from sequences import (
    COLUMNS,
    FIRST_DAY,
    ArriveLate,
    BuildSome,
    Clear,
    Delete,
    DeliverAgain,
    Insert,
    MergeUsers,
    Sequence,
    SetEncoder,
    SetVariable,
    Step,
    Update,
)

WORDS = [
    "good", "bad", "film", "book", "guitar", "string", "sound", "story", "love", "war", "space", "alien", "robot", "cat",
    "dog", "red", "blue", "slow", "fast",
]  # fmt: skip
USERS = [f"u{n}" for n in range(8)]
ITEMS = [f"i{n}" for n in range(10)]


def often(usual, *odd):
    """Mostly what is usual; now and then something odd."""
    return st.sampled_from([usual] * 6 + [st.sampled_from(odd)]).flatmap(lambda strategy: strategy)


words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
text = often(words, None, "", "  ")
user_id = often(st.sampled_from(USERS), " u1 ", "u2\u00a0", "U3", "", " ", None)
item_id = often(st.sampled_from(ITEMS), " i1", "i2\t", "unlisted", "", None)
usual_time = st.integers(0, 400 * 24).map(lambda hours: FIRST_DAY + timedelta(hours=hours))
time = often(usual_time, None, None, datetime(1970, 1, 1), datetime(2999, 1, 1), FIRST_DAY)
value = often(
    st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 5.0]), None, 0.5, float("nan"), float("inf"), -1.0, 10.0
)
event_type = often(
    st.sampled_from(["rating", "rating", "review", "purchase", "view", "hide"]), "Purchase", "odd", "", None
)
source = st.sampled_from([None, None, "shop", "app"])
category = often(st.sampled_from(["music", "music|strings", "film", "film|space"]), "|", "", None)
branch = often(st.sampled_from(["music", "strings", "film", "space", "art"]), " film ", "", None)

COLUMN = {
    "items": {
        "item_id": item_id, "title": text, "description": text, "category": category, "published_at": time,
        "available_from": st.none() | st.none() | time, "available_until": st.none() | st.none() | time,
    },
    "interactions": {
        "user_id": user_id, "item_id": item_id, "event_type": event_type, "value": value, "occurred_at": time,
        "source": source,
    },
    "texts": {
        "user_id": user_id, "text": text, "text_id": st.sampled_from([None, None, "t1", "t2", "t3", ""]),
        "item_id": st.none() | item_id, "kind": st.sampled_from([None, "review", "Post", ""]), "created_at": time,
        "source": source,
    },
    "users": {"user_id": user_id, "created_at": time},
    "taxonomy": {"category": branch, "parent": branch},
    "hidden": {"user_id": user_id, "item_id": item_id},
}  # fmt: skip


def any_of(*strategies):
    """One of them, each as often: hypothesis' own one_of would count the parts of a nested one."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


def rows_of(table, least, most):
    return st.lists(st.tuples(*COLUMN[table].values()), min_size=least, max_size=most).map(tuple)


def on_table(name):
    numbers = st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True).map(tuple)
    return any_of(
        st.builds(Insert, st.just(name), rows_of(name, 1, 5)),
        st.builds(Delete, st.just(name), numbers),
        st.builds(DeliverAgain, st.just(name), st.integers(0, 99), st.integers(1, 6)),
        st.sampled_from(list(COLUMNS[name])).flatmap(
            lambda column: st.builds(Update, st.just(name), st.just(column), numbers, COLUMN[name][column])
        ),
    )


def variable(name, *values):
    return st.sampled_from(values).map(lambda value: SetVariable(name, value))


inputs = st.fixed_dictionaries(
    {
        "items": rows_of("items", 6, 14),
        "interactions": rows_of("interactions", 12, 50),
        "texts": rows_of("texts", 0, 10),
        "users": rows_of("users", 0, 4),
        "taxonomy": rows_of("taxonomy", 0, 4),
        "hidden": rows_of("hidden", 0, 5),
    }
)
operations = any_of(
    *(
        on_table(name)
        for name in ("interactions", "interactions", "items", "texts", "users", "taxonomy", "hidden")
    ),
    st.builds(ArriveLate, rows_of("interactions", 1, 3)),
    st.builds(MergeUsers, st.sampled_from(USERS), st.sampled_from(USERS)),
    st.builds(Update, st.just("items"), st.just("title"), st.tuples(st.integers(0, 99)), words),
    st.builds(Update, st.just("texts"), st.just("text"), st.tuples(st.integers(0, 99)), words),
    variable("as_of", None, *(str(FIRST_DAY + timedelta(days=days)) for days in (20, 90, 300))),
    variable("holdout", None, "raw.hidden"),
    variable("rating_threshold", 2, 3, 4),
    any_of(
        variable("bot_events_per_day", 1, 250),
        variable("seen_event_types", None, ["rating", "view"]),
        variable("event_weights", {}, {"view": -0.5, "odd": 0}),
        variable("group_count", 2, 5, "auto"),
    ),
    any_of(
        variable("topic_method", "graph", "spherical", "kmeans"),
        variable("topic_count", 2, "auto"),
        variable("interest_period", "week", "year"),
        variable("sentiment_min_labels", 2, 300),
        variable("interest_shrinkage", 0, 5),
    ),
    st.builds(SetEncoder, st.integers(0, 2)),
    variable("encoder", "default", "lexical", "lexical"),
    st.builds(
        BuildSome,
        st.sampled_from(
            [
                ("+vec_users",),
                ("dim_users",),
                ("+int_user_items",),
                ("int_group_fits", "dim_groups"),
                ("int_topic_fits", "int_field_fits"),
                ("+int_sentiment_weights", "int_text_sentiments"),
            ]
        ),
        st.just("half_life_days"),
        st.sampled_from([30, 3000]),
    ),
    st.builds(Clear, st.sampled_from(["items", "interactions", "texts", "taxonomy"])),
)
sequences = st.builds(
    Sequence,
    inputs=inputs,
    steps=st.lists(st.builds(Step, operations, st.booleans()), min_size=2, max_size=8).map(tuple),
    fresh=st.booleans(),
    group_count=st.sampled_from([3, 3, "auto"]),
    ranking=st.sampled_from(["blend", "learned"]),
)


def draw(seed: int) -> Sequence:
    """The sequence of a seed: hypothesis starts with what is simplest, so it is not the first that it draws."""
    drawn = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=6,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        deadline=None,
    )
    @hypothesis.given(sequences)
    def collect(sequence):
        drawn.append(sequence)

    collect()
    return drawn[-1]
