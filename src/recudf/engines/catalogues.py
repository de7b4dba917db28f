"""Read what the measures of a replay need to know of its items, and of what users liked before."""

from __future__ import annotations

import duckdb
import numpy as np
from scipy.sparse import csr_array

from recudf.engines.splits import SCRATCH
from recudf.evaluation.replays import Catalogue
from recudf.vectors import read_vectors


def number_items(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the temporary table candidates: what can be recommended, numbered from 0, with its popularity.

    Self-information of an item: -log2((users who did something good with it + 1) / (users + 1)), bots apart.
    decile: 1 for the most popular tenth, by those users, ties by item_id. With n items the first ceil(n / 5)
    are in deciles 1 and 2.
    """
    connection.execute(f"""
        create or replace temp table candidates as
        select
            points.item_id,
            points.is_new,
            row_number() over (order by points.item_id) - 1 as number,
            -log2((popularity.users + 1) / (count_users.users + 1)) as information,
            1 + 10 * (row_number() over (order by popularity.users desc, points.item_id) - 1)
            // count(*) over () as decile
        from {SCRATCH}.int_item_points as points
        inner join {SCRATCH}.int_item_popularity as popularity on points.item_id = popularity.item_id
        cross join (select count(*) as users from {SCRATCH}.int_users_flagged where not is_bot) as count_users
    """)


def read_catalogue(connection: duckdb.DuckDBPyConnection) -> Catalogue:
    """What is known of the candidates; of vectors only those of items that somebody was recommended."""
    _number_categories(connection)
    items = connection.execute(f"""
        select candidates.decile, items.provider
        from candidates
        inner join {SCRATCH}.stg_items as items on candidates.item_id = items.item_id
        order by candidates.number
    """).fetchall()
    categories = _sparse(
        connection,
        """
        select candidates.number, categories.number, categories.share
        from categories
        inner join candidates on categories.item_id = candidates.item_id
        """,
        len(items),
    )
    return Catalogue(
        decile=np.array([decile for decile, _ in items], dtype=np.int64),
        providers=np.array([provider for _, provider in items], dtype=object),
        categories=categories,
        vectors=None if categories.nnz else _read_vectors(connection, len(items)),
    )


def read_tastes(connection: duckdb.DuckDBPyConnection, n_users: int) -> csr_array:
    """The mixture of categories in what each judged user liked: the mean of the items' own mixtures."""
    return _sparse(
        connection,
        f"""
        with liked as (
            select judged.number as user_number, history.item_id
            from {SCRATCH}.int_user_items as history
            inner join judged on history.user_id = judged.user_id
            where history.weight > 0 and history.item_id in (select item_id from categories)
        )

        select
            liked.user_number,
            categories.number,
            sum(categories.share) / any_value(counts.items)
        from liked
        inner join categories on liked.item_id = categories.item_id
        inner join (select user_number, count(*) as items from liked group by user_number) as counts
            on liked.user_number = counts.user_number
        group by liked.user_number, categories.number
        """,
        n_users,
    )


def _number_categories(connection: duckdb.DuckDBPyConnection) -> None:
    """The temporary table categories: item, number of a category, and 1 / how many the item has."""
    connection.execute(f"""
        create or replace temp table categories as
        select
            item_id,
            dense_rank() over (order by category) - 1 as number,
            1 / count(*) over (partition by item_id) as share
        from (
            select distinct item_id, trim(category) as category
            from (
                select item_id, unnest(string_split(category, '|')) as category from {SCRATCH}.stg_items
            )
            where trim(category) != ''
        )
    """)


def _sparse(connection: duckdb.DuckDBPyConnection, query: str, n_rows: int) -> csr_array:
    """A query of (row, category, value) as a matrix; values are added up in a fixed order."""
    ((n_categories,),) = connection.execute("select coalesce(max(number) + 1, 0) from categories").fetchall()
    row, column, value = (
        np.asarray(values) for values in connection.execute(f"{query} order by 1, 2").fetchnumpy().values()
    )
    return csr_array((value, (row, column)), shape=(n_rows, n_categories))


def _read_vectors(connection: duckdb.DuckDBPyConnection, n_items: int) -> np.ndarray:
    table = connection.sql(f"""
        select candidates.number, vectors.vector
        from candidates
        inner join {SCRATCH}.vec_items as vectors on candidates.item_id = vectors.item_id
        where candidates.item_id in (select item_id from {SCRATCH}.int_replay_rankings)
    """).to_arrow_table()
    found = read_vectors(table.column("vector").combine_chunks()).matrix
    vectors = np.full((n_items, found.shape[1]), np.nan, dtype=np.float32)
    vectors[table.column("number").to_numpy()] = found
    return vectors
