"""The macros that rank words, on both engines. Expected values by hand."""

import math

import pytest

import both_engines
import recudf
from recudf.cli.project import _environment, project_directory

COUNTED = """(values ('anna', 'guitar', 3), ('anna', 'film', 1), ('ben', 'film', 4)) as given(owner_id, key, weight)"""


def compiled(macro, target, folder):
    """The SQL of a macro's call for a target."""
    from dbt.cli.main import dbtRunner

    project = str(project_directory())
    with _environment(folder / "x.duckdb", None):
        result = dbtRunner().invoke([
            "compile", "--quiet", "--no-populate-cache", "--inline", macro, "--target", target,
            "--project-dir", project, "--profiles-dir", project, "--target-path", str(folder), "--log-path", str(folder),
        ])  # fmt: skip
    assert result.success, result.exception
    return result.result.results[0].node.compiled_code


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def ranked(request, tmp_path):
    """Runs a macro over a relation `counted`; rows by owner and position."""

    def rank(macro, counted):
        query = f"""with counted as (select owner_id, key, cast(weight as double) as weight from {counted})
            select * from ({compiled(macro, request.param, tmp_path)}) as ranked order by owner_id, position"""
        if request.param == "spark":
            return [tuple(row) for row in both_engines.start_spark().sql(query).collect()]
        return recudf.connect().execute(query).fetchall()

    return rank


def test_class_tf_idf(ranked):
    # all weigh 8 and are two, so an owner weighs 4 on average; guitar weighs 3 in all, film 5
    assert ranked("{{ recudf.class_tf_idf('counted') }}", COUNTED) == [
        ("anna", "guitar", pytest.approx(3 / 4 * math.log(1 + 4 / 3), abs=1e-9), 1),
        ("anna", "film", pytest.approx(1 / 4 * math.log(1 + 4 / 5), abs=1e-9), 2),
        ("ben", "film", pytest.approx(math.log(1 + 4 / 5), abs=1e-9), 1),
    ]


def test_ties_go_by_key(ranked):
    counted = "(values ('anna', 'film', 1), ('anna', 'drum', 1), ('ben', 'guitar', 2)) as given(owner_id, key, weight)"
    rows = ranked("{{ recudf.class_tf_idf('counted') }}", counted)
    assert [row[1] for row in rows] == ["drum", "film", "guitar"]
