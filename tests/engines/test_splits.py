"""Past and future of a hand-made build: what is hidden and whom a replay judges, worked out by hand."""

import duckdb
import pytest

from recudf.engines.splits import SCRATCH, Moment, Split, choose_users, drop_scratch, make_split
from recudf.errors import InputError

# user, item, weight, is seen, day of January (None: undated)
EVENTS = [
    ("a", "i1", 1, True, 1),
    ("a", "i2", 1, True, 2),
    ("a", "i3", 1, True, 3),
    ("a", "i4", 1, True, 3),
    ("a", "i1", 1, True, 9),  # again: the pair began on the 1st
    ("b", "i1", 0.2, False, 2),  # only viewed
    ("b", "i2", -1, True, 4),
    ("b", "i1", 1, True, 6),
    ("b", "i5", -1, True, 7),
    ("c", "i6", 1, True, None),
    ("c", "i1", 1, True, 8),
    ("c", "gone", 1, True, 10),  # not among the items
    ("d", "i1", 1, True, 5),
    ("bot", "i1", 1, True, 1),
    ("bot", "i2", 1, True, 9),
]


@pytest.fixture
def build():
    """A function that makes a connection with the tables of a finished build that a split reads."""

    def make(events=EVENTS):
        connection = duckdb.connect()
        connection.execute("create schema recudf")
        connection.execute(
            "create table recudf.int_interactions_weighted"
            " (user_id text, item_id text, weight double, is_seen boolean, occurred_at timestamp)"
        )
        connection.executemany(
            "insert into recudf.int_interactions_weighted"
            " select $1, $2, $3, $4, timestamp '2024-01-01' + to_days(cast($5 as integer) - 1)",
            events,
        )
        connection.execute(
            "create table recudf.int_users_flagged as select distinct user_id, user_id = 'bot' as is_bot"
            " from recudf.int_interactions_weighted"
        )
        connection.execute(
            "create table recudf.stg_items as select 'i' || unnest(range(1, 7)) as item_id, null::timestamp as published_at"
        )
        connection.execute("create table recudf.stg_as_of as select timestamp '2024-01-10' as as_of")
        return connection

    return make


def hidden(connection, only_relevant=False):
    where = "where is_relevant" if only_relevant else ""
    rows = connection.execute(
        f"select replay, user_id, item_id from {SCRATCH}.split_hidden {where} order by all"
    )
    return rows.fetchall()


def test_tail_hides_the_last_items_of_each_user(build):
    connection = build()
    kind, moments = make_split(connection, "recudf", Split("tail", fraction=0.5))
    assert kind == "tail"
    # a: i3 and i4 of four items (i1 began first); b: i5 of i1, i2, i5 is disliked, i2 as well, so b is not judged;
    # round(1.5) = 2 of c's three: i1 and gone, of which i1 exists; d has one item, which stays
    assert hidden(connection) == [(1, "a", "i3"), (1, "a", "i4"), (1, "c", "gone"), (1, "c", "i1")]
    assert hidden(connection, only_relevant=True) == [(1, "a", "i3"), (1, "a", "i4"), (1, "c", "i1")]
    assert moments == [Moment(1, None, 2)]


def test_ties_in_time_go_by_item(build):
    connection = build()
    make_split(connection, "recudf", Split("tail", fraction=0.25))
    assert ("a", "i4") in [row[1:] for row in hidden(connection)]
    assert ("a", "i3") not in [row[1:] for row in hidden(connection)]


def test_random_hides_a_share_of_each_user_by_seed(build):
    events = [(f"u{user}", f"i{item}", 1, True, None) for user in range(40) for item in range(1, 7)]
    connection = build(events)
    chosen = []
    for seed in (1, 1, 2):
        kind, moments = make_split(connection, "recudf", Split(fraction=0.34, seed=seed))
        assert (kind, moments) == ("random", [Moment(1, None, 40)])  # the default where nothing is dated
        chosen.append(hidden(connection))
    assert chosen[0] == chosen[1] != chosen[2]
    assert len(chosen[0]) == 40 * 2  # round(0.34 * 6)
    assert len({item for _, _, item in chosen[0]}) == 6


def test_cutoffs_ask_for_what_happened_in_each_window(build):
    # 12 dated events of people: 1 2 2 3 3 4 5 6 7 8 9 10; the 6th is of the 4th, the 9th (75 %) of the 7th
    connection = build()
    kind, moments = make_split(connection, "recudf", Split("cutoffs", cutoffs=2))
    assert kind == "cutoffs"
    # after the 4th, until the 7th: b's i1 (only viewed before), not i5 (disliked), not d's (no past);
    # after the 7th: c's i1 (an undated past), not gone, not a's i1 (seen)
    assert hidden(connection) == [(1, "b", "i1"), (2, "c", "i1")]
    assert moments == [
        Moment(1, "2024-01-04 00:00:00.000000", 1),
        Moment(2, "2024-01-07 00:00:00.000000", 1),
    ]
    choose_users(connection, moments[1])
    assert connection.execute(f"from {SCRATCH}.split_users").fetchall() == [("c",)]


def test_items_of_later_days_are_not_asked_for(build):
    connection = build()
    connection.execute(
        "update recudf.stg_items set published_at = timestamp '2024-01-06' where item_id = 'i1'"
    )
    make_split(connection, "recudf", Split("cutoffs", cutoffs=2))
    assert hidden(connection) == [(2, "c", "i1")]


def test_a_sample_of_users_is_of_those_who_can_be_judged(build):
    events = [(f"u{user:02}", f"i{item}", 1, True, item) for user in range(50) for item in range(1, 4)]
    connection = build([*events, *((f"x{user}", "i1", 1, True, 1) for user in range(50))])
    chosen = []
    for seed in (1, 1, 2):
        _, moments = make_split(connection, "recudf", Split("tail", users=20, seed=seed))
        assert moments == [Moment(1, None, 20)]
        chosen.append([user for _, user, _ in hidden(connection)])
    assert chosen[0] == chosen[1] != chosen[2]
    assert all(user.startswith("u") for user in chosen[0])


def test_nothing_is_left_behind(build):
    connection = build()
    make_split(connection, "recudf", Split())
    drop_scratch(connection)
    assert connection.execute(
        f"select count(*) from duckdb_tables() where schema_name = '{SCRATCH}'"
    ).fetchall() == [(0,)]


@pytest.mark.parametrize("kind", ["tail", "cutoffs"])
def test_without_times_there_is_no_last_event(build, kind):
    connection = build([(user, item, 1, True, None) for user in "ab" for item in ("i1", "i2")])
    with pytest.raises(
        InputError, match=f"no event has a time, so there is no {kind} of it: use --split random"
    ):
        make_split(connection, "recudf", Split(kind))


def test_nobody_to_judge_is_said(build):
    connection = build([("a", "i1", 1, True, 1), ("b", "i1", -1, True, 2), ("b", "i2", -1, True, 3)])
    with pytest.raises(InputError, match="nothing can be measured"):
        make_split(connection, "recudf", Split())


def test_without_a_build_it_says_what_to_run(build):
    connection = build()
    with pytest.raises(InputError, match=r"no finished build in schema shop .* run `recudf build` first"):
        make_split(connection, "shop", Split())
