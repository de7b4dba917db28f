"""Marts of a handful of rows, from which the answers to sql/queries can be worked out by hand."""

import datetime

import pyarrow as pa

RUN = "20250101-000000-00000000"


def day(text):
    return datetime.datetime.fromisoformat(text)


AS_OF = day("2024-12-31")


def table(columns, *rows):
    """Columns as 'name:type', separated by spaces; without a type it is text."""
    types = {"": pa.string(), "n": pa.int64(), "x": pa.float64(), "t": pa.timestamp("us"), "b": pa.bool_()}
    named = [column.partition(":")[::2] for column in columns.split()]
    return pa.table(
        [
            pa.array([row[i] for row in rows], type=types[type_])
            for i, (_, type_) in enumerate(named)
        ],
        names=[name for name, _ in named],
    )  # fmt: skip


def recommendations(source, user, *items):
    return [
        (user, item, rank, 1.0 / rank, f"why {item}", item.title(), source)
        for rank, item in enumerate(items, 1)
    ]


def periods(user, interest, *months, share=0.5):
    return [(user, interest, interest.title(), day(f"2024-{month:02d}-01"), share) for month in months]


def trend(interest, granularity, users, shares):
    """From June to December."""
    return [
        (interest, interest.title(), granularity, granularity, day(f"2024-{month:02d}-01"), users, share)
        for month, share in zip(range(6, 13), shares, strict=True)
    ]


def feeling(user, score, emotion):
    return (
        user,
        "sentiment:knitting",
        "middle",
        "sentiment",
        "Knitting",
        1,
        score,
        None,
        emotion,
        2,
        AS_OF,
        AS_OF,
    )


def deep(user, interest, rank, score, last_seen):
    return (
        user,
        interest,
        "deep",
        "topic",
        interest.title(),
        rank,
        score,
        2.0,
        None,
        7,
        day("2024-01-01"),
        last_seen,
    )


def measured(model, baseline, value, low, high, metric="ndcg", run_id=RUN):
    return (run_id, model, baseline, "tail", "all", metric, 10, value, 40, low, high)


MARTS = {
    "dim_users": table(
        "user_id events:n items:n texts:n last_event_at:t top_interests is_bot:b has_vector:b as_of:t",
        ("ann", 10, 3, 1, day("2024-12-30"), "wool", False, True, AS_OF),
        ("ben", 8, 2, 0, day("2024-06-01"), "hiking", False, True, AS_OF),
        ("bot", 500, 4, 0, day("2024-01-01"), None, True, False, AS_OF),
        ("cat", 0, 0, 0, None, None, False, False, AS_OF),
        ("dan", 5, 4, 0, day("2024-12-01"), None, False, True, AS_OF),
        ("eve", 7, 2, 0, day("2024-12-01"), "wool", False, True, AS_OF),
        ("fay", 3, 1, 0, None, None, False, False, AS_OF),
        ("hal", 2, 1, 0, day("2024-12-02"), None, False, True, AS_OF),
        ("ian", 9, 3, 4, day("2024-02-01"), "wool", False, True, AS_OF),
    ),
    "dim_items": table(
        "item_id title category published_at:t users:n vector_source is_text_cut:b is_available:b",
        ("tent", "Tent", "camping|outdoor", None, 60, "own text", False, True),
        ("stove", "Stove", "camping", None, 20, "own text", True, True),
        ("yarn", "Yarn", "knitting", None, 16, "own text", False, True),
        ("rope", None, "camping", day("2024-12-24"), 4, "none", False, True),
        ("kite", "Kite", None, None, 0, "own text", False, False),
    ),
    "dim_groups": table(
        "group_id kind name words size:n cohesion:x",
        ("g1", "discovered", "Hikers", "tent, stove", 3, 0.5),
        ("g2", "discovered", "Knitters", "wool, yarn", 1, 0.75),
    ),
    "fct_group_segments": table(
        "group_id name size:n users_joined:n users_left:n growth:x likes previous_as_of:t",
        ("g1", "Hikers", 3, 2, 1, 0.5, "tent 2.0 (1.5 to 2.6)", day("2024-12-01")),
        ("g2", "Knitters", 1, 0, 1, -0.5, "yarn 3.0 (1.1 to 8.2)", day("2024-12-01")),
        ("g3", "Climbers", 6, 5, 0, 5.0, None, day("2024-12-01")),
        ("g4", "Cooks", 9, None, None, None, None, None),
    ),
    "fct_group_recommendations": table(
        "group_id strategy item_id rank:n is_default:b reason item_title",
        ("g1", "average", "rope", 1, True, "two of three have it", None),
        ("g1", "average", "stove", 2, True, "all have it", "Stove"),
        ("g1", "average", "kite", 6, True, "one has it", "Kite"),
        ("g1", "borda", "tent", 1, False, "all have it", "Tent"),
        ("g2", "average", "yarn", 1, True, "one has it", "Yarn"),
    ),
    "fct_group_members": table(
        "group_id user_id similarity:x runner_up_id runner_up_similarity:x",
        ("g1", "ann", 0.625, "g2", 0.59375),
        ("g1", "ben", 0.875, "g2", 0.125),
        ("g1", "ian", 0.75, "g2", 0.25),
        ("g2", "eve", 0.75, "g1", 0.25),
    ),
    "fct_recommendations": table(
        "user_id item_id rank:n score:x reason item_title source",
        *recommendations("blend", "ann", "stove", "rope", "tent"),
        *recommendations("blend", "ben", "stove", "tent"),
        *recommendations("popular", "cat", "tent", "stove"),
        *recommendations("blend", "eve", "stove", "tent"),
        *recommendations("popular", "fay", "stove"),
        *recommendations("blend", "ian"),
    ),
    "fct_recommendation_outcomes": table(
        "user_id recommended_at:t rank:n source is_replay:b taken_at:t is_taken:b",
        ("ann", day("2024-11-01"), 1, "blend", False, day("2024-11-05"), True),
        ("ann", day("2024-11-01"), 4, "blend", False, None, False),
        ("ben", day("2024-11-01"), 1, "blend", False, None, False),
        ("ben", day("2024-11-01"), 2, "blend", False, None, False),
        ("ann", day("2024-12-15"), 1, "blend", False, None, None),
    ),
    "dim_interests": table(
        "interest_id name granularity kind users_held:n",
        ("knitting", "Knitting", "topic", "topic", 4),
        ("category:camping", "camping", "topic", "category", 2),
        ("category:knitting", "knitting", "topic", "category", 1),
        ("category:outdoor", "outdoor", "topic", "category", 1),
        ("word:wool", "wool", "word", "word", 9),
    ),
    "fct_interest_sources": table(
        "interest_id source_kind source_id",
        ("knitting", "item", "yarn"),
        ("knitting", "text", "stove"),
        ("category:camping", "item", "tent"),
        ("category:outdoor", "item", "tent"),
        ("category:camping", "item", "stove"),
        ("category:camping", "item", "rope"),
        ("category:knitting", "item", "yarn"),
    ),
    "fct_user_interests": table(
        "user_id interest_id layer granularity interest rank:n score:x lift:x emotion evidence_count:n first_seen:t last_seen:t",
        deep("ann", "knitting", 1, 0.5, day("2024-12-30")),
        deep("ben", "knitting", 1, 0.25, day("2024-06-01")),
        deep("bot", "knitting", 1, 0.75, day("2024-01-01")),
        deep("eve", "knitting", 1, 0.75, day("2024-12-01")),
        deep("ian", "knitting", 1, 0.5, day("2024-12-20")),
        deep("ben", "hiking", 2, 0.75, day("2024-06-01")),
        feeling("ann", 0.5, "joy"),
        feeling("ben", -0.5, "anger"),
        feeling("eve", -0.75, "sadness"),
        ("ann", "sentiment:item:tent", "surface", "sentiment", "Tent", 1, 0.25, None, "joy", 1, AS_OF, AS_OF),
    ),
    "fct_interest_trends": table(
        "interest_id interest granularity kind period:t users:n share_of_users:x",
        *trend("knitting", "topic", 10, [0.75, 0.125, 0.125, 0.125, 0.25, 0.25, 0.25]),
        *trend("hiking", "topic", 10, [0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]),
        *trend("rare", "topic", 0, [0, 0, 0, 0, 1, 1, 1]),
        *trend("wool", "word", 10, [0, 0, 0, 0, 1, 1, 1]),
    ),
    "fct_interest_history": table(
        "user_id interest_id interest period:t share:x",
        *periods("ann", "hiking", 1, 2, 3),
        *periods("ann", "knitting", 4, 5, 6, 7),
        *periods("ben", "hiking", 1, 2, 3, share=0.25),
        *periods("ben", "knitting", 4, 5, 6),
        *periods("eve", "hiking", 1, 2, 3),
        *periods("eve", "knitting", 4, 5),
        *periods("ian", "hiking", 1, 2),
        *periods("ian", "knitting", 4, 5, 6, 7),
    ),
    "fct_interest_rules": table(
        "interest_id kind antecedent_event_type antecedent consequent_event_type consequent users:n support:x confidence:x lift:x share_in_order:x",
        ("r1", "topic", "view", "tents", "buy", "kits", 15, 0.5, 1.0, 2.0, 1.0),
        ("r2", "item", "view", "rope", "buy", "stove", 6, 0.25, 0.5, 8.0, None),
    ),
    "fct_metrics": table(
        "run_id model baseline split slice metric k:n value:x n_users:n ci_low:x ci_high:x",
        measured("blend", "none", 0.25, 0.2, 0.3),
        measured("popular", "none", 0.125, 0.1, 0.15),
        measured("blend", "none", 0.75, None, None, metric="coverage"),
        measured("blend", "none", 0.5, 0.4, 0.6, metric="recall"),
        measured("blend", "popular", 0.125, 0.1, 0.15),
        measured("blend", "content", 0.0625, -0.01, 0.1),
        measured("content", "popular", -0.25, -0.3, -0.2),
        measured("blend", "popular", 9.0, 9.0, 9.0, run_id="20240101-000000-00000000"),
        measured("blend", "popular", 9.0, 9.0, 9.0, metric="novelty"),
    ),
    "fct_runs": table(
        "run_id as_of:t started_at:t is_unchanged:b seconds:x encoder device texts_embedded:n texts_reused:n users:n items:n interactions:n interactions_read:n texts:n texts_read:n recommendations:n",
        ("a", AS_OF, day("2025-01-01"), False, 10.0, "bundled", "cpu", 50, 0, 9, 5, 40, 44, 5, 5, 10),
        ("b", AS_OF, day("2025-01-02"), False, 12.5, "bundled", "cpu", 25, 50, 9, 5, 41, 44, 5, 7, 10),
    ),
}  # fmt: skip
