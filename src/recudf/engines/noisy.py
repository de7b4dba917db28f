"""Counts of groups and interests with noise: a release that says little of any one person.

One person changes no size of a discovered group but one, by 1; and no more counts of interests than the cap,
by 1 each, since of everybody so many interests are counted, those that weigh most. Half of epsilon is spent
on either table. What groups and topics there are, and their names, are taken as given.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import duckdb

from recudf.engines.files import literal, quoted
from recudf.errors import InputError
from recudf.privacy.noise import noisy_counts

KINDS = ("topic", "field", "category")


@dataclass(frozen=True)
class Privacy:
    """epsilon: of all counts together. interests_per_user: the most that are counted of one person."""

    epsilon: float
    interests_per_user: int = 20

    def scales(self) -> tuple[Fraction, Fraction]:
        """Of the noise of groups and of interests: what one person can change, over half of epsilon."""
        half = Fraction(str(self.epsilon)) / 2
        return 1 / half, self.interests_per_user / half


def write_noisy(
    connection: duckdb.DuckDBPyConnection, schema: str, target: str, privacy: Privacy
) -> list[str]:
    """Write dim_groups (discovered ones) and dim_interests (topics, fields, categories) into a schema, with
    noisy numbers alone; gives their names. Raises InputError where the build lacks what is counted."""
    for_groups, for_interests = privacy.scales()
    written = []
    for table, counted, scale, number in (
        ("dim_groups", _groups(schema), for_groups, "size"),
        ("dim_interests", _interests(schema, privacy.interests_per_user), for_interests, "users"),
    ):
        try:
            rows = connection.execute(f"select * from ({counted}) order by all").fetchall()
        except duckdb.CatalogException:
            raise InputError(
                f"the build in the schema {schema} has not all that is counted for {table}: build without "
                "--select"
            ) from None
        noisy = noisy_counts([row[1] for row in rows], scale)
        connection.execute("create or replace temp table noisy (id varchar, number bigint)")
        if rows:
            connection.executemany(
                "insert into noisy values (?, ?)",
                [(row[0], number) for row, number in zip(rows, noisy, strict=True)],
            )
        connection.execute(f"create table {target}.{table} as {_told(schema, table, number)} order by all")
        connection.execute("drop table noisy")
        written.append(table)
    return written


def _groups(schema: str) -> str:
    """(group_id, members), of discovered groups."""
    return (
        f"select group_id, count(members.user_id) as people from {quoted(schema)}.dim_groups as groups "
        f"left join {quoted(schema)}.fct_group_members as members using (group_id) "
        "where groups.kind = 'discovered' group by group_id"
    )


def _interests(schema: str, cap: int) -> str:
    """(interest_id, users), of everybody the cap's largest interests."""
    kinds = ", ".join(map(literal, KINDS))
    return (
        f"with interests as (select interest_id from {quoted(schema)}.dim_interests "
        f"where kind in ({kinds})), "
        "ranked as (select user_id, interest_id, row_number() over (partition by user_id "
        "order by weight desc, interest_id) as position "
        f"from {quoted(schema)}.int_user_interest_weights join interests using (interest_id)) "
        "select interest_id, count(user_id) as people from interests left join "
        f"(select * from ranked where position <= {int(cap)}) as counted using (interest_id) "
        "group by interest_id"
    )


def _told(schema: str, table: str, number: str) -> str:
    kept = {
        "dim_groups": "group_id, kind, name",
        "dim_interests": "interest_id, granularity, kind, name, parent_id, parent_name",
    }[table]
    key = kept.partition(",")[0]
    return (
        f"select {kept}, noisy.number as {number}, run_id, as_of from {quoted(schema)}.{table} as told "
        f"join noisy on told.{key} = noisy.id"
    )
