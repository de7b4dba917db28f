"""Every recipe in sql/queries opens with the question it answers, reads marts alone, and runs on a build in a stock
DuckDB; on marts of a few rows both engines give the answers that were worked out by hand."""

import re
from importlib import resources

import duckdb
import pytest
import sqlglot
import yaml
from marts_by_hand import AS_OF, MARTS, day

from recudf.cli.project import project_directory
from recudf.engines.loading import load

QUERIES = {
    path.name.removesuffix(".sql"): path.read_text(encoding="utf-8")
    for path in (resources.files("recudf.sql") / "queries").iterdir()
    if path.name.endswith(".sql")
}
# of what the sample has nothing
NOTHING_IN_THE_SAMPLE = {
    "against_baselines": "empty before `recudf evaluate`",
    "quality": "empty before `recudf evaluate`",
    "groups_that_grew": "empty before a second build",
}

# query: its columns, and the rows of the marts by hand
ANSWERS = {
    "against_baselines": (
        "split model baseline metric k difference ci_low ci_high n_users verdict",
        [
            ("tail", "blend", "content", "ndcg", 10, 0.0625, -0.01, 0.1, 40, "may be luck"),
            ("tail", "blend", "popular", "ndcg", 10, 0.125, 0.1, 0.15, 40, "better"),
            ("tail", "content", "popular", "ndcg", 10, -0.25, -0.3, -0.2, 40, "worse"),
        ],
    ),
    "between_groups": (
        "user_id first_group similarity second_group runner_up_similarity difference events top_interests",
        [("ann", "Hikers", 0.625, "Knitters", 0.59375, 0.03125, 10, "wool")],
    ),
    "builds": (
        "started_at as_of is_unchanged seconds seconds_more_than_before encoder device texts_embedded texts_reused "
        "texts_per_second users items interactions interactions_dropped recommendations",
        [
            (day("2025-01-02"), AS_OF, False, 12.5, 2.5, "bundled", "cpu", 25, 50, 2.0, 9, 5, 41, 3, 10),
            (day("2025-01-01"), AS_OF, False, 10.0, None, "bundled", "cpu", 50, 0, 5.0, 9, 5, 40, 4, 10),
        ],
    ),
    # the tent's 60 likes and 4 recommendations are halved: camping 30 + 20 + 4 and 2 + 5 + 1
    "category_balance": (
        "category items share_of_likes share_of_recommendations difference ratio",
        [
            ("camping", 3, 0.54, 0.8, 0.26, 0.8 / 0.54),
            ("outdoor", 1, 0.3, 0.2, -0.1, 0.2 / 0.3),
            ("knitting", 1, 0.16, 0.0, -0.16, 0.0),
        ],
    ),
    "data_quality": (
        "what number of_all",
        [
            ("bot-like users: left out of fits and metrics", 1, 9),
            ("users without a vector: get what is popular", 3, 9),
            ("users of whom nothing is dated: recency does not count", 1, 9),
            ("items without title", 1, 5),
            ("items without category", 1, 5),
            ("items without a vector: nothing is written of them", 1, 5),
            ("items whose text is longer than the encoder reads", 1, 5),
            ("items that nobody likes", 1, 5),
            ("items that may not be recommended now", 1, 5),
            ("events dropped in cleaning", 3, None),
            ("texts dropped in cleaning", 2, None),
        ],
    ),
    "dislikes": (
        "interest_id interest users_who_feel_about_it users_who_dislike_it mean_polarity lowest_polarity "
        "an_emotion_of_theirs last_seen",
        [("sentiment:knitting", "Knitting", 3, 2, -0.25, -0.75, "sadness", AS_OF)],
    ),
    "done_together": (
        "kind antecedent_event_type antecedent consequent_event_type consequent users support confidence lift share_in_order",
        [
            ("item", "view", "rope", "buy", "stove", 6, 0.25, 0.5, 8.0, None),
            ("topic", "view", "tents", "buy", "kits", 15, 0.5, 1.0, 2.0, 1.0),
        ],
    ),
    "exposure": (
        "popularity_decile items items_recommended share_of_likes share_of_recommendations",
        [(1, 1, 1, 0.6, 0.4), (2, 1, 1, 0.2, 0.5), (3, 1, 0, 0.16, 0.0), (4, 1, 1, 0.04, 0.1)],
    ),
    # ann had three periods and ben three without hiking since; eve has had two; ian did it in two
    "faded_interests": (
        "user_id interest periods share_while_held first_period last_period last_event_at top_interests",
        [
            ("ann", "Hiking", 3, 0.5, day("2024-01-01"), day("2024-03-01"), day("2024-12-30"), "wool"),
            ("ben", "Hiking", 3, 0.25, day("2024-01-01"), day("2024-03-01"), day("2024-06-01"), "hiking"),
        ],
    ),
    # ian did nothing for long, but wrote
    "fans_who_may_leave": (
        "user_id interest share_of_what_they_like lift evidence_count interest_last_seen last_event_at events top_interests",
        [("ben", "Knitting", 0.25, 2.0, 7, day("2024-06-01"), day("2024-06-01"), 8, "hiking")],
    ),
    "groups_that_grew": (
        "group_id name size users_joined users_left growth likes previous_as_of",
        [
            ("g3", "Climbers", 6, 5, 0, 5.0, None, day("2024-12-01")),
            ("g1", "Hikers", 3, 2, 1, 0.5, "tent 2.0 (1.5 to 2.6)", day("2024-12-01")),
        ],
    ),
    "group_recommendations": (
        "group_id kind name strategy rank item reason",
        [
            ("g1", "discovered", "Hikers", "average", 1, "rope", "two of three have it"),
            ("g1", "discovered", "Hikers", "average", 2, "Stove", "all have it"),
            ("g2", "discovered", "Knitters", "average", 1, "Yarn", "one has it"),
        ],
    ),
    "groups": (
        "group_id name size cohesion words",
        [("g1", "Hikers", 3, 0.5, "tent, stove"), ("g2", "Knitters", 1, 0.75, "wool, yarn")],
    ),
    "new_items": (
        "item_id item category published_at users_who_liked_it users_who_get_it best_rank one_of_the_reasons",
        [("rope", "rope", "camping", day("2024-12-24"), 4, 1, 2, "why rope")],
    ),
    "outcomes": (
        "recommended_at source is_replay recommendations users taken_so_far share_taken "
        "share_taken_of_the_first_three share_of_users_who_took_one",
        [
            (day("2024-12-15"), "blend", False, 1, 1, 0, None, None, None),
            (day("2024-11-01"), "blend", False, 4, 2, 1, 0.25, 1 / 3, 0.5),
        ],
    ),
    "profile": (
        "user_id layer granularity rank interest score lift emotion evidence_count first_seen last_seen",
        [
            ("ann", "deep", "topic", 1, "Knitting", 0.5, 2.0, None, 7, day("2024-01-01"), day("2024-12-30")),
            ("ann", "middle", "sentiment", 1, "Knitting", 0.5, None, "joy", 2, AS_OF, AS_OF),
            ("ann", "surface", "sentiment", 1, "Tent", 0.25, None, "joy", 1, AS_OF, AS_OF),
        ],
    ),
    "quality": (
        "split model metric k value ci_low ci_high n_users",
        [
            ("tail", "blend", "ndcg", 10, 0.25, 0.2, 0.3, 40),
            ("tail", "popular", "ndcg", 10, 0.125, 0.1, 0.15, 40),
            ("tail", "blend", "recall", 10, 0.5, 0.4, 0.6, 40),
            ("tail", "blend", "coverage", 10, 0.75, None, None, 40),
        ],
    ),
    "recommendations_with_reasons": (
        "user_id group_name rank item score reason",
        [
            ("ben", "Hikers", 1, "Stove", 1.0, "why stove"),
            ("ben", "Hikers", 2, "Tent", 0.5, "why tent"),
            ("eve", "Knitters", 1, "Stove", 1.0, "why stove"),
            ("eve", "Knitters", 2, "Tent", 0.5, "why tent"),
        ],
    ),
    # July to September against October to December
    "rising_interests": (
        "interest_id interest kind share_now share_before change users_now users_before",
        [
            ("knitting", "Knitting", "topic", 0.25, 0.125, 0.125, 30, 30),
            ("hiking", "Hiking", "topic", 0.25, 0.5, -0.25, 30, 30),
        ],
    ),
    # knitting is deep in ann, ben and ian of the three hikers, and in the only knitter
    "under_exposed_items": (
        "item_id item users recommendations share_of_likes share_of_recommendations for_group users_interested group_size",
        [("yarn", "Yarn", 16, 0, 0.16, 0.0, "Hikers", 3, 3)],
    ),
    "without_recommendations": (
        "user_id events texts last_event_at recommendations why",
        [
            ("bot", 500, 0, day("2024-01-01"), 0, "has met every item that may be recommended"),
            ("ian", 9, 4, day("2024-02-01"), 0, "has met, or the blocklist holds, what may be recommended"),
            ("dan", 5, 0, day("2024-12-01"), 0, "has met every item that may be recommended"),
            ("fay", 3, 0, None, 1, "what the user likes and dislikes leaves no direction, or has no text: gets what is popular"),
            ("hal", 2, 0, day("2024-12-02"), 0, "has met, or the blocklist holds, what may be recommended"),
            ("cat", 0, 0, None, 2, "did and wrote nothing: gets what is popular"),
        ],
    ),
}  # fmt: skip


def contracts():
    """Columns of every mart."""
    return {
        model["name"]: {column["name"] for column in model["columns"]}
        for path in (project_directory() / "models" / "marts").glob("_*models.yml")
        for model in yaml.safe_load(path.read_text())["models"]
    }


def test_every_query_has_its_answer():
    assert set(QUERIES) == set(ANSWERS)
    assert len(QUERIES) >= 15


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_opens_with_its_question(name):
    first = QUERIES[name].splitlines()[0]
    assert first.startswith("-- ")
    assert first.endswith("?")


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_reads_marts_alone(name):
    tree = sqlglot.parse_one(QUERIES[name], read="duckdb")
    named = {cte.alias for cte in tree.find_all(sqlglot.exp.CTE)}
    read = {(table.db, table.name) for table in tree.find_all(sqlglot.exp.Table)} - {("", n) for n in named}
    assert read
    assert {schema for schema, _ in read} == {"recudf"}
    assert {table for _, table in read} <= set(contracts())


def test_marts_by_hand_are_cut_from_the_contracts():
    columns = contracts()
    assert {name: set(table.column_names) - columns[name] for name, table in MARTS.items()} == {
        name: set() for name in MARTS
    }


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_runs_in_a_stock_duckdb(built, name):
    with built.connection() as connection:
        cursor = connection.execute(QUERIES[name])
        columns = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    assert columns == ANSWERS[name][0].split()
    assert bool(rows) == (name not in NOTHING_IN_THE_SAMPLE)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["movies", "ml-100k", "instruments", "douban", "mafengwo", "goodbooks"])
def test_every_query_runs_on_real_data(name, data, warehouse, record_property):
    """In a stock DuckDB, by marts alone; how many rows each gives is in the report of the run. mafengwo has neither texts nor
    titles nor categories, so nobody there has an interest."""
    load(warehouse.path, [data(name)])
    warehouse.build("--exclude-resource-type", "test", "unit_test")
    counts = {}
    with warehouse.connection() as connection:
        for query, text in sorted(QUERIES.items()):
            cursor = connection.execute(text)
            assert [column[0] for column in cursor.description] == ANSWERS[query][0].split()
            counts[query] = len(cursor.fetchall())
    record_property(name, str(counts))
    answered = {query for query in ("builds", "data_quality", "groups", "profile") if counts[query]}
    assert answered == {"builds", "data_quality", "groups"} | ({"profile"} if name != "mafengwo" else set())


@pytest.fixture(scope="module")
def shop():
    connection = duckdb.connect()
    connection.execute("create schema recudf")
    for name, rows in MARTS.items():
        connection.register("rows", rows)
        connection.execute(f"create table recudf.{name} as from rows")
    yield lambda query: connection.execute(query).fetchall()
    connection.close()


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_answer_is_the_one_worked_out_by_hand(shop, name):
    assert_same(shop(QUERIES[name]), ANSWERS[name][1])


@pytest.fixture(scope="module")
def shop_on_spark(spark):
    """Views of the session, which have no schema."""
    session = spark.newSession()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    for name, rows in MARTS.items():
        session.createDataFrame(rows).createOrReplaceTempView(name)
    return lambda query: [tuple(row) for row in session.sql(re.sub(r"\brecudf\.", "", query)).collect()]


@pytest.mark.spark
@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_spark_answers_the_same(shop_on_spark, name):
    assert_same(shop_on_spark(QUERIES[name]), ANSWERS[name][1])


def assert_same(rows, expected):
    assert [tuple(map(_rounded, row)) for row in rows] == [tuple(map(_rounded, row)) for row in expected]


def _rounded(value):
    return round(float(value), 9) if isinstance(value, float) else value
