"""Read what a replay recommended, beside what came next, and keep what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import duckdb
import numpy as np
import pyarrow as pa

from recudf.engines.catalogues import number_items, read_catalogue, read_tastes
from recudf.engines.files import quoted
from recudf.engines.splits import SCRATCH, Moment
from recudf.evaluation.measurements import Measurement
from recudf.evaluation.replays import HEAD_DECILES, Pool, Ranking, Replay


def read_replay(connection: duckdb.DuckDBPyConnection, moment: Moment, k: int) -> Replay:
    """The first k of every model in SCRATCH, for users to whom something relevant could be recommended."""
    number_items(connection)
    _number_users(connection, moment)
    users = connection.execute("from judged order by number").fetchnumpy()
    return Replay(
        users=np.asarray(users["user_id"], dtype=object),
        history=np.asarray(users["history"]),
        # the catalogue numbers the categories first
        catalogue=read_catalogue(connection),
        tastes=read_tastes(connection, len(users["user_id"])),
        head_relevant=np.asarray(users["head_relevant"]),
        all=_read_pool(connection, "all", np.asarray(users["relevant"]), k),
        new=_read_pool(connection, "new", np.asarray(users["new_relevant"]), k),
    )


def _number_users(connection: duckdb.DuckDBPyConnection, moment: Moment) -> None:
    connection.execute(
        f"""
        create or replace temp table relevant as
        select hidden.user_id, hidden.item_id, candidates.is_new, candidates.decile
        from {SCRATCH}.split_hidden as hidden
        inner join candidates on hidden.item_id = candidates.item_id
        where hidden.is_relevant and hidden.replay = ?
        """,
        [moment.replay],
    )
    connection.execute(f"""
        create or replace temp table judged as
        select
            relevant.user_id,
            row_number() over (order by relevant.user_id) - 1 as number,
            coalesce(max(past.events), 0) as history,
            count(*) as relevant,
            count(*) filter (where relevant.is_new) as new_relevant,
            count(*) filter (where relevant.decile <= {HEAD_DECILES}) as head_relevant
        from relevant
        left join (
            select user_id, count(*) as events from {SCRATCH}.stg_interactions group by user_id
        ) as past on relevant.user_id = past.user_id
        group by relevant.user_id
    """)


def _read_pool(connection: duckdb.DuckDBPyConnection, pool: str, relevant: np.ndarray, k: int) -> Pool:
    ((available,),) = connection.execute(
        "select count(*) from candidates where is_new or ? = 'all'", [pool]
    ).fetchall()
    models = connection.execute(
        f"select distinct model from {SCRATCH}.int_replay_rankings where pool = ? order by model", [pool]
    ).fetchall()
    rankings = {model: _read_ranking(connection, pool, model, len(relevant), k) for (model,) in models}
    return Pool(relevant, available, rankings)


def _read_ranking(
    connection: duckdb.DuckDBPyConnection, pool: str, model: str, n_users: int, k: int
) -> Ranking:
    rows = connection.execute(
        f"""
        select
            judged.number as user_number,
            rankings.rank - 1 as position,
            candidates.number as item_number,
            candidates.information,
            rankings.probability,
            relevant.item_id is not null as hit
        from {SCRATCH}.int_replay_rankings as rankings
        inner join judged on rankings.user_id = judged.user_id
        inner join candidates on rankings.item_id = candidates.item_id
        left join relevant on rankings.user_id = relevant.user_id and rankings.item_id = relevant.item_id
        where rankings.pool = ? and rankings.model = ? and rankings.rank <= ?
        """,
        [pool, model, k],
    ).fetchnumpy()
    place = rows["user_number"], rows["position"]
    items, hits = np.full((n_users, k), -1), np.zeros((n_users, k), bool)
    information, probability = np.full((n_users, k), np.nan), np.full((n_users, k), np.nan)
    items[place], hits[place], information[place] = rows["item_number"], rows["hit"], rows["information"]
    probability[place] = np.ma.filled(rows["probability"], np.nan)
    return Ranking(items, hits, information, probability)


METRICS_TYPE = pa.schema(
    {
        "run_id": pa.string(),
        "model": pa.string(),
        "baseline": pa.string(),
        "split": pa.string(),
        "slice": pa.string(),
        "metric": pa.string(),
        "k": pa.int32(),
        "value": pa.float64(),
        "n_users": pa.int64(),
        "ci_low": pa.float64(),
        "ci_high": pa.float64(),
        "as_of": pa.timestamp("us"),
    }
)


def append_measurements(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    into: str,
    measurements: Sequence[Measurement],
    run_id: str,
    split: str,
) -> None:
    """Add one evaluation to <into>.metrics, all rows or none; as_of is that of the build in `schema`."""
    ((as_of,),) = connection.execute(f"select as_of from {quoted(schema)}.stg_as_of").fetchall()
    shared = {"run_id": run_id, "split": split, "as_of": as_of}
    rows = pa.Table.from_pylist([{**asdict(m), **shared} for m in measurements], schema=METRICS_TYPE)
    connection.register("measured", rows)
    table = f"{quoted(into)}.metrics"
    connection.execute("begin")
    connection.execute(f"create schema if not exists {quoted(into)}")
    connection.execute(f"create table if not exists {table} as from measured where false")
    connection.execute(f"insert into {table} by name from measured")
    connection.execute("commit")
    connection.unregister("measured")
