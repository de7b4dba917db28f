"""What each build adds to the history of groups: builds on groups written by hand, and ids over full refreshes."""

from datetime import datetime

import pytest
from warehouse import Warehouse

SELECTED = ("stg_as_of", "int_group_centroid_history", "fct_group_member_history", "fct_group_history")
JANUARY, FEBRUARY, MARCH = (datetime(2024, month, 1) for month in (1, 2, 3))
EAST, NORTH, BETWEEN = [1.0, 0.0], [0.0, 1.0], [0.6, 0.8]  # the last has cosine .6 to the first
USERS = ("ann", "bob", "cy", "dot", "eve")


def events(users, until):
    values = ", ".join(f"('{user}', 'i', timestamp '{until}')" for user in users)
    return f"from (values {values}) as t (user_id, item_id, occurred_at)"


class Groups(Warehouse):
    """A warehouse whose groups are given: {name: (centroid, members)}."""

    def group(self, moment, groups, users=USERS, **variables):
        """Build the history, by a full refresh, from the groups as of a moment."""
        as_of = f"timestamp '{moment}'"
        fits = " union all ".join(
            f"select '{g}' as group_id, {centroid}::float[] as centroid, true as is_group, 'f' as fingerprint"
            for g, (centroid, _) in groups.items()
        )
        members = ", ".join(f"('{g}', '{user}')" for g, (_, inside) in groups.items() for user in inside)
        sizes = ", ".join(
            f"('{g}', 'discovered', 'group ' || '{g}', {len(m)}::bigint)" for g, (_, m) in groups.items()
        )
        self.load(interactions=events(users, moment)).run(
            "create schema if not exists recudf",
            f"create or replace table recudf.int_group_fits as {fits}",
            f"""create or replace table recudf.fct_group_members as
                select *, {as_of} as as_of from (values {members}) as t (group_id, user_id)""",
            f"""create or replace table recudf.dim_groups as
                select * from (values {sizes}) as t (group_id, kind, name, size)""",
        )
        # a handful of people stand for many
        return self.build("--full-refresh", "--select", *SELECTED, **{"min_cell_users": 1, **variables})

    def history(self, moment):
        """{group: (size, joined, left, shift)} of a moment."""
        rows = self.query(
            "select group_id, size, users_joined, users_left, centroid_shift from recudf.fct_group_history where as_of = ?",
            moment,
        )
        return {
            group: (size, joined, left, None if shift is None else round(shift, 6))
            for group, size, joined, left, shift in rows
        }


IN_JANUARY = {"a": (EAST, ("ann", "bob", "cy")), "b": (NORTH, ("dot", "eve"))}
# bob goes from a to b, eve to the new c, dot is gone; a moves
IN_FEBRUARY = {"a": (BETWEEN, ("ann", "cy")), "b": (NORTH, ("bob",)), "c": (EAST, ("eve",))}


@pytest.fixture(scope="module")
def groups(tmp_path_factory):
    """Groups of January and, twice, of February."""
    groups = Groups(tmp_path_factory.mktemp("history") / "shop.duckdb")
    groups.group(JANUARY, IN_JANUARY)
    groups.group(FEBRUARY, {"a": (EAST, ("ann",))})
    return groups.group(FEBRUARY, IN_FEBRUARY)


def test_who_joined_and_left_since_the_moment_before(groups):
    """... of which a second build replaces the first one's rows; a full refresh keeps all."""
    assert groups.history(JANUARY) == {"a": (3, None, None, None), "b": (2, None, None, None)}
    assert groups.history(FEBRUARY) == {"a": (2, 0, 1, 0.4), "b": (1, 1, 2, 0), "c": (1, 1, 0, None)}
    assert groups.query("select distinct previous_as_of from recudf.fct_group_history order by 1") == [
        (JANUARY,),
        (None,),
    ]
    assert groups.query("select count(*) from recudf.fct_group_history") == [(5,)]
    assert groups.query("select count(*), count(distinct as_of) from recudf.fct_group_member_history") == [
        (9, 2)
    ]


def test_a_group_that_is_no_more_has_one_last_row(groups):
    groups.group(MARCH, {"a": (BETWEEN, ("ann", "cy")), "c": (EAST, ("eve",))})
    assert groups.history(MARCH) == {"a": (2, 0, 0, 0), "b": (0, 0, 1, None), "c": (1, 0, 0, 0)}
    april = datetime(2024, 4, 1)
    groups.group(april, {"a": (BETWEEN, ("ann", "cy"))})
    assert groups.history(april) == {"a": (2, 0, 0, 0), "c": (0, 0, 1, None)}


@pytest.mark.slow
def test_members_who_are_forgotten_have_left(groups):
    """cy is in no input any more; of the moments only that of April is not older than 40 days."""
    may = datetime(2024, 5, 1)
    groups.group(may, {"a": (BETWEEN, ("ann",))}, users=["ann", "bob"], group_history_days=40)
    assert groups.history(may) == {"a": (1, 0, 1, 0)}
    assert groups.query("select user_id, as_of from recudf.fct_group_member_history order by all") == [
        ("ann", datetime(2024, 4, 1)),
        ("ann", may),
    ]
    assert groups.query("select count(distinct as_of) from recudf.fct_group_history") == [(5,)]
    # a look back finds nobody who remembers January
    back = datetime(2024, 1, 15)
    groups.group(back, {"a": (EAST, ("ann",))}, users=["ann"], as_of="2024-01-15")
    assert groups.history(back) == {"a": (1, None, None, None), "b": (0, None, None, None)}
    assert groups.query("select as_of from recudf.fct_group_history where is_replay") == [(back,), (back,)]


def test_of_too_few_who_joined_or_left_no_number_is_told(tmp_path):
    """... nor of the others, which the sizes would tell; nobody is no person."""
    groups = Groups(tmp_path / "shop.duckdb")
    groups.group(JANUARY, IN_JANUARY, min_cell_users=2)
    now = {"a": (EAST, ("ann",)), "b": (NORTH, ("dot", "eve")), "c": (EAST, ("bob",))}
    groups.group(FEBRUARY, now, min_cell_users=2)
    assert groups.history(FEBRUARY) == {"a": (1, 0, 2, 0), "b": (2, 0, 0, 0), "c": (1, None, None, None)}


def test_wrong_days_are_named(groups):
    result = groups.try_build("--select", "fct_group_member_history", group_history_days="soon")
    assert not result.ok
    assert "group_history_days is 'soon': give a number above 0" in result.output


def test_a_build_writes_its_groups_down(built):
    same = "group_id, kind, name, size, run_id, as_of"
    assert built.query(f"select {same} from recudf.fct_group_history order by all") == built.query(
        f"select {same} from recudf.dim_groups order by all"
    )
    assert built.query(
        "select group_id, user_id from recudf.fct_group_member_history order by all"
    ) == built.query("select group_id, user_id from recudf.fct_group_members order by all")


@pytest.mark.slow
def test_a_full_refresh_gives_no_id_again(warehouse, sample):
    """The same users, grouped from nothing: the same groups, by ids that nobody has had."""
    parts = ("--select", "+int_group_fits")

    def ids():
        return {g for (g,) in warehouse.query("select group_id from recudf.int_group_fits")}

    warehouse.load(**sample.inputs).build(*parts)
    numbered = ("group_id", "cluster_number", "next_number", "first_number")
    first, rows = ids(), warehouse.rows("int_group_fits", without=numbered)
    again = warehouse.build(*parts, "--full-refresh")
    assert again.rows("int_group_fits", without=numbered) == rows
    second = ids()
    assert first
    assert not first & second
    warehouse.build(*parts)
    assert ids() == second
