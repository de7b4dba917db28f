"""Compares the marts of two engines: a full outer join on each key, every cell.

Texts, counts, times and flags must be equal, floats within 2e-4. Where two scores lie within that, their order may
differ: then ids, and what describes them, are no difference but a tie. Reads the tables of Spark as the files of
Parquet that they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

TOLERANCE = 2e-4
FLOATS = ("FLOAT", "DOUBLE")
KEYS = {
    "dim_users": ["user_id"],
    "dim_items": ["item_id"],
    "dim_groups": ["group_id"],
    "fct_group_members": ["user_id"],
    "fct_group_member_history": ["user_id"],  # of one build
    "fct_group_history": ["group_id"],
    "fct_group_interests": ["group_id", "interest_id", "attitude"],
    "fct_group_segments": ["group_id"],
    "fct_group_similarities": ["group_id", "rank"],
    "fct_user_neighbors": ["user_id", "rank"],
    "fct_people_to_follow": ["user_id", "rank"],
    "dim_interests": ["interest_id"],
    "fct_user_interests": ["user_id", "layer", "interest_id"],
    "fct_interest_sources": ["interest_id", "source_kind", "source_id"],
    "fct_interest_rules": ["interest_id"],
    "fct_interest_trends": ["interest_id", "period"],
    "fct_interest_history": ["user_id", "interest_id", "period"],
    "fct_recommendations": ["user_id", "rank"],
    "fct_group_recommendations": ["group_id", "strategy", "rank"],
    "fct_recommendation_history": ["user_id", "rank"],  # of one build
    "fct_recommendation_outcomes": ["user_id", "rank"],
    "fct_recommendation_parts": ["user_id", "item_id", "part"],  # empty but with ranking: learned
}
# What marts do not show in full, where a build has it.
PARTS = {
    "int_text_sentiments": ["text_hash"],
    "int_lexical_terms": ["term"],
    "int_llm_questions": ["kind", "subject_id"],
    "int_llm_names": ["kind", "subject_id", "part"],
    "int_proposed_interests": ["user_id", "layer", "interest_id"],
}
OF_THE_RUN = {"run_id"}


def _score_in(other: str, side: str) -> str:
    """The score that the other engine gives to the item of one side, or its last one, below which the item fell."""
    of_user = f"from {other}.fct_recommendations as o where o.user_id = {side}.user_id"
    return f"coalesce((select o.score {of_user} and o.item_id = {side}.item_id), (select min(o.score) {of_user}))"


# Where a condition holds two scores are so near that either may win, and these columns follow from who did.
TIES = {
    "fct_group_members": {
        ("group_id", "runner_up_id"): f"abs(a.similarity - a.runner_up_similarity) <= {TOLERANCE}",
        ("runner_up_id",): f"abs(a.runner_up_similarity - b.runner_up_similarity) <= {TOLERANCE}",
    },
    "dim_users": {("group_id",): "a.user_id in (select user_id from near)"},
    "fct_recommendations": {
        ("item_id", "item_title", "item_category", "reason", "reason_kind", "reason_ref_id"): (
            f"a.item_id != b.item_id and abs(a.score - b.score) <= {TOLERANCE}"
            f" and abs(a.score - {_score_in('spark', 'a')}) <= {TOLERANCE}"
            f" and abs(b.score - {_score_in('duckdb', 'b')}) <= {TOLERANCE}"
        ),
        ("reason", "reason_kind", "reason_ref_id"): f"""exists (
            select 1
            from duckdb.int_recommendation_reasons as c, spark.int_recommendation_reasons as d
            where c.user_id = a.user_id and c.item_id = a.item_id and d.user_id = a.user_id and d.item_id = a.item_id
                and abs(c.reason.value - d.reason.value) <= {TOLERANCE}
        )""",
    },
}
TIES["fct_group_recommendations"] = {
    ("item_id", "item_title", "item_category", "reason", "reason_kind", "reason_ref_id", "supporters"): (
        f"a.item_id != b.item_id and abs(a.score - b.score) <= {TOLERANCE}"
    )
}
# they copy these columns of fct_recommendations, where their ties are judged
for _copy in ("fct_recommendation_history", "fct_recommendation_outcomes"):
    TIES[_copy] = {
        ("item_id", "reason_kind"): """exists (
            select 1
            from duckdb.fct_recommendations as c
            inner join spark.fct_recommendations as d on c.user_id = d.user_id and c.rank = d.rank
            where c.user_id = a.user_id and c.rank = a.rank
                and c.item_id is not distinct from a.item_id and d.item_id is not distinct from b.item_id
                and c.reason_kind = a.reason_kind and d.reason_kind = b.reason_kind
        )"""
    }


@dataclass(frozen=True)
class Compared:
    """What was found of one mart. only: rows that one engine alone has, per engine."""

    mart: str
    rows: int
    only: tuple[int, int]
    cells: int
    ties: int
    different: int
    largest: float
    examples: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether nothing differs but ties."""
        return self.different == 0 and self.only == (0, 0)


def compare(database: Path, warehouse: Path, schema: str = "recudf") -> list[Compared]:
    """One entry per mart. database: DuckDB's file; warehouse: the folder of `recudf.connect_spark`."""
    connection = duckdb.connect()
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{database}' as built (read_only)")
        connection.execute("create schema duckdb; create schema spark")
        keys = tables(connection, "built", schema)
        for table in [*keys, "int_recommendation_reasons"]:
            connection.execute(f'create view duckdb."{table}" as select * from built."{schema}"."{table}"')
            files = warehouse / "tables" / f"{schema}.db" / table / "*.parquet"
            connection.execute(f"create view spark.\"{table}\" as select * from read_parquet('{files}')")
        connection.execute(f"""
            create table near as select user_id from duckdb.fct_group_members
            where abs(similarity - runner_up_similarity) <= {TOLERANCE}""")
        return [_compare(connection, table, key) for table, key in keys.items()]
    finally:
        connection.close()


def tables(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str = "recudf"
) -> dict[str, list[str]]:
    """What is compared of a build, with its keys: the marts, and of PARTS what is there."""
    there = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = ?",
        [database, schema],
    )
    names = {name for (name,) in there.fetchall()}
    return KEYS | {name: key for name, key in PARTS.items() if name in names}


def _compare(connection: duckdb.DuckDBPyConnection, mart: str, keys: list[str]) -> Compared:
    described = connection.execute(f"describe duckdb.{mart}").fetchall()
    types = {name: kind for name, kind, *_ in described if name not in {*OF_THE_RUN, *keys}}
    on = " and ".join(f"a.{key} = b.{key}" for key in keys)
    measures = [
        f"count(*) filter (where a.{keys[0]} is not null and b.{keys[0]} is not null)",
        f"count(*) filter (where b.{keys[0]} is null)",
        f"count(*) filter (where a.{keys[0]} is null)",
    ]
    for column, kind in types.items():
        differs, tied = _differs(column, kind), _tied(mart, column)
        both = f"a.{keys[0]} is not null and b.{keys[0]} is not null and {differs}"
        measures += [
            f"count(*) filter (where {both} and {tied})",
            f"count(*) filter (where {both} and not {tied})",
        ]
    floats = [column for column, kind in types.items() if kind in FLOATS]
    largest = ", ".join(f"coalesce(max(abs(a.{column} - b.{column})), 0)" for column in floats)
    measures.append(f"greatest({largest}, 0)" if floats else "0")
    joined = f"from duckdb.{mart} as a full outer join spark.{mart} as b on {on}"
    found = connection.execute(f"select {', '.join(measures)} {joined}").fetchone()
    counts = found[3:-1]
    examples = []
    for column, wrong in zip(types, counts[1::2], strict=True):
        if wrong:
            differs, tied = _differs(column, types[column]), _tied(mart, column)
            shown = f"select {', '.join('a.' + key for key in keys)}, a.{column}, b.{column}"
            row = connection.execute(f"{shown} {joined} where {differs} and not {tied} limit 1").fetchone()
            examples.append(f"{column} ({wrong}): {row}")
    return Compared(
        mart, found[0], (found[1], found[2]), found[0] * len(types), sum(counts[0::2]), sum(counts[1::2]),
        found[-1], tuple(examples),
    )  # fmt: skip


def _differs(column: str, kind: str) -> str:
    if kind == "FLOAT[]":
        pairs = f"list_zip(a.{column}, b.{column})"  # what one of them lacks is NULL
        near = f"list_bool_and(list_transform({pairs}, lambda p: coalesce(abs(p[1] - p[2]) <= {TOLERANCE}, false)))"
        return f"not coalesce({near}, a.{column} is null and b.{column} is null)"
    if kind in FLOATS:
        near = f"abs(a.{column} - b.{column}) <= {TOLERANCE}"
        return f"not coalesce({near}, a.{column} is null and b.{column} is null)"
    theirs = f"timezone('UTC', b.{column})" if kind == "TIMESTAMP" else f"b.{column}"  # Spark's are instants
    return f"a.{column} is distinct from {theirs}"


def _tied(mart: str, column: str) -> str:
    conditions = [f"({test})" for columns, test in TIES.get(mart, {}).items() if column in columns]
    return f"coalesce({' or '.join(conditions) or 'false'}, false)"
