"""docs/bi/superset.py: what its charts ask gives the figures of the marts, and a real Superset answers them, where there is one.

RECUDF_SUPERSET_URL: a Superset of this machine to make a dashboard on; RECUDF_SUPERSET_PASSWORD: of its user admin.
"""

import os
import re
import runpy
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from marts_by_hand import MARTS

from recudf.cli import main

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "bi" / "superset.py"))
CHARTS, DATASETS, QUERIES = SCRIPT["CHARTS"], SCRIPT["DATASETS"], SCRIPT["QUERIES"]
URL = os.environ.get("RECUDF_SUPERSET_URL")


def asked(name):
    """The query of a chart as Superset puts it together: around its dataset, from what the chart asks."""
    dataset, form = CHARTS[name]
    query = SCRIPT["query_context"](1, {**form, "row_limit": 1000})["queries"][0]
    source = (QUERIES / DATASETS[dataset]).read_text() if DATASETS[dataset] else f"from recudf.{dataset}"
    by = [c["sqlExpression"] if isinstance(c, dict) else c for c in query["columns"]]
    metrics = [m["sqlExpression"] for m in query["metrics"]]
    where = [f"{f['col']} = '{f['val']}'" for f in query["filters"]]
    return (
        f"select {', '.join([*by, *metrics])} from ({source}) as dataset where {' and '.join(where or ['true'])}"
        + (f" group by {', '.join(by)}" if metrics else "")
    )


def members(connection):
    """Of each discovered group, counted where its members are."""
    found = connection.execute("""
        select groups.name, groups.group_id, count(*)
        from recudf.dim_groups as groups inner join recudf.fct_group_members using (group_id)
        where groups.kind = 'discovered' group by groups.name, groups.group_id""").fetchall()
    return [
        (f"{re.sub(', like .*', '', name)} ({number.removeprefix('discovered-')})", count)
        for name, number, count in found
    ]


def reasons(connection):
    counts = {}
    for (kind,) in connection.execute("select reason_kind from recudf.fct_recommendations").fetchall():
        counts[kind] = counts.get(kind, 0) + 1
    return list(counts.items())


@pytest.mark.parametrize(
    ("name", "figures"), [("Groups by size", members), ("Recommendations by reason", reasons)]
)
def test_a_chart_of_a_build_has_the_figures_of_its_marts(built, name, figures):
    with built.connection() as connection:
        expected = figures(connection)
        assert len(expected) > 1
        assert sorted(connection.execute(asked(name)).fetchall()) == sorted(expected)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "Quality: ndcg@10 and its interval",
            [("blend", 0.2, 0.25, 0.3), ("popular", 0.1, 0.125, 0.15)],
        ),
        (
            "Better than baselines, or luck?",
            [
                ("blend", "content", 0.0625, -0.01, 0.1, 40, "may be luck"),
                ("blend", "popular", 0.125, 0.1, 0.15, 40, "better"),
                ("content", "popular", -0.25, -0.3, -0.2, 40, "worse"),
            ],
        ),
    ],
)
def test_a_chart_of_measurements_has_those_of_the_last_run(name, rows):
    connection = duckdb.connect()
    connection.execute("create schema recudf")
    connection.register("rows", MARTS["fct_metrics"])
    connection.execute("create table recudf.fct_metrics as from rows")
    assert sorted(connection.execute(asked(name)).fetchall()) == rows


def test_every_chart_is_held_against_figures():
    assert len(CHARTS) == 4  # two of a build, two of measurements
    assert {dataset for dataset, _ in CHARTS.values()} == set(DATASETS)


@pytest.mark.skipif(not URL, reason="RECUDF_SUPERSET_URL names no Superset")
def test_superset_draws_what_was_published_last(built, tmp_path):
    path, place = tmp_path / "shop.duckdb", tmp_path / "published"
    shutil.copy(built.path, path)
    superset = SCRIPT["Superset"](URL, "admin", os.environ["RECUDF_SUPERSET_PASSWORD"])
    address = f"duckdb:///{place}/current/marts.duckdb?access_mode=READ_ONLY"

    def publish():
        done = CliRunner().invoke(main, ["publish", str(place), "--database", str(path)])
        assert done.exit_code == 0, done.output
        with duckdb.connect(str(path), read_only=True) as connection:
            return {
                "Groups by size": sorted(members(connection)),
                "Recommendations by reason": sorted(reasons(connection)),
            }

    def drawn(name):
        (chart,) = [c for c in superset.call("GET", "chart/")["result"] if c["slice_name"] == name]
        answer = superset.call("GET", f"chart/{chart['id']}/data/?force=true")["result"][0]
        return sorted(tuple(row.values()) for row in answer["data"])

    expected = publish()
    dashboard = SCRIPT["make_dashboard"](superset, address)
    assert {name: drawn(name) for name in expected} == expected
    assert len(superset.call("GET", f"dashboard/{dashboard}/charts")["result"]) == len(CHARTS)

    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "delete from recudf.fct_recommendations where rank > 3; delete from recudf.fct_group_members where user_id < 'u005'"
        )
        connection.execute(
            "update recudf.dim_groups as g set size = (select count(*) from recudf.fct_group_members as m where m.group_id = g.group_id)"
        )
    changed = publish()
    assert changed != expected
    assert {name: drawn(name) for name in changed} == changed
    assert SCRIPT["make_dashboard"](superset, address) == dashboard
    assert len(superset.call("GET", f"dashboard/{dashboard}/charts")["result"]) == len(CHARTS)
