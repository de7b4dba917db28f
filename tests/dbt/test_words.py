"""The macros that rank words, on both engines. Expected values by hand."""

import math
from collections import Counter
from pathlib import Path

import pytest

import both_engines
import recudf
from recudf.cli.project import _environment, project_directory
from recudf.interests.phrases import candidates

ONE, OTHER, NONE = (
    "{{ recudf.array(['cast(1 as float)', 'cast(0 as float)']) }}",
    "{{ recudf.array(['cast(0.6 as float)', 'cast(0.8 as float)']) }}",
    "cast(null as {{ recudf.array_of('float') }})",
)
MACROS = {
    "class_tf_idf": "{{ recudf.class_tf_idf('counted') }}",
    "keyword_score": f"""
        select owner_id, key, {{{{ recudf.keyword_score('weight', 'a', 'b') }}}} as score,
            {{{{ recudf.keyword_score('weight', 'a', 'none') }}}} as position
        from (select *, {ONE} as a, {OTHER} as b, {NONE} as none from counted) as given""",
    "whole_phrases": "{{ recudf.whole_phrases('(select owner_id, key, weight as value from counted)') }}",
    "one_form_each": """
        {%- set ranked %}
            select owner_id, key as word, floor(weight) as lift, weight as value,
                row_number() over (partition by owner_id order by weight desc, key) as position
            from counted
        {%- endset %}
        {{ recudf.one_form_each(ranked) }}""",
}
SEPARATOR = "\n-- next --\n"


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def ranked(request, tmp_path_factory):
    """Runs a macro over rows of (owner_id, key, weight); what it gives by owner and position."""
    from dbt.cli.main import dbtRunner

    project, folder = str(project_directory()), tmp_path_factory.mktemp("compiled")
    with _environment(folder / "x.duckdb", None):
        result = dbtRunner().invoke([
            "compile", "--quiet", "--no-populate-cache", "--inline", SEPARATOR.join(MACROS.values()), "--target", request.param,
            "--project-dir", project, "--profiles-dir", project, "--target-path", str(folder), "--log-path", str(folder),
        ])  # fmt: skip
    assert result.success, result.exception
    texts = dict(zip(MACROS, result.result.results[0].node.compiled_code.split(SEPARATOR), strict=True))

    def rank(macro, rows):
        query = f"""with counted as (
                select owner_id, key, cast(weight as double) as weight from (values {rows}) as given(owner_id, key, weight)
            ) select * from ({texts[macro]}) as ranked order by owner_id, position"""
        if request.param == "spark":
            return [tuple(row) for row in both_engines.start_spark().sql(query).collect()]
        return recudf.connect().execute(query).fetchall()

    return rank


def test_class_tf_idf(ranked):
    # all weigh 8 and are two owners, so an owner weighs 4 on average, and a row of the three 8 / 3; guitar weighs 3
    # in all, film 5, and each 2 x 8 / 3 more by smoothing
    guitar = math.log(1 + 4 / (3 + 16 / 3))
    film = math.log(1 + 4 / (5 + 16 / 3))
    assert ranked("class_tf_idf", "('anna', 'guitar', 3), ('anna', 'film', 1), ('ben', 'film', 4)") == [
        ("anna", "guitar", pytest.approx(3 / 4 * guitar, abs=1e-9), 1),
        ("anna", "film", pytest.approx(1 / 4 * film, abs=1e-9), 2),
        ("ben", "film", pytest.approx(film, abs=1e-9), 1),
    ]


def test_the_example_of_the_documentation(ranked):
    # keyphrases of the texts, whose order of words and plural the keys leave out
    texts = {"anna": ["A red guitar", "Guitars!"], "ben": ["A film about a guitar"]}
    keys = [
        (owner, key) for owner in texts for text in texts[owner] for key, _ in candidates(text, 3).values()
    ]
    rows = ", ".join(f"('{owner}', '{key}', {n})" for (owner, key), n in Counter(keys).items())
    guitar, once = math.log(1 + 3 / (3 + 2.4)), math.log(1 + 3 / (1 + 2.4))
    valued = ranked("class_tf_idf", rows)
    assert valued == [
        ("anna", "guitar", pytest.approx(guitar / 2, abs=1e-9), 1),
        ("anna", "guitar red", pytest.approx(once / 4, abs=1e-9), 2),
        ("anna", "red", pytest.approx(once / 4, abs=1e-9), 3),
        ("ben", "film", pytest.approx(once / 2, abs=1e-9), 1),
        ("ben", "guitar", pytest.approx(guitar / 2, abs=1e-9), 2),
    ]
    whole = ranked("whole_phrases", ", ".join(f"('{o}', '{key}', {value})" for o, key, value, _ in valued))
    assert [row[1] for row in whole] == ["guitar", "guitar red", "film", "guitar"]
    page = (Path(__file__).parents[2] / "docs" / "keywords.md").read_text(encoding="utf-8")
    for owner, key, value, _ in valued:
        [line] = [line for line in page.splitlines() if line.startswith(f"| {owner.title()} | {key} |")]
        assert line.endswith(f" {value:.4f} |")
    assert f"score is {valued[0][2]:.4f} x 0.8 = {valued[0][2] * 0.8:.4f}" in page


def test_ties_go_by_key(ranked):
    rows = ranked("class_tf_idf", "('anna', 'film', 1), ('anna', 'drum', 1), ('ben', 'guitar', 2)")
    assert [row[1] for row in rows] == ["drum", "film", "guitar"]


def test_keyword_score(ranked):
    # the cosine of (1, 0) and (0.6, 0.8) is 0.6; without a vector it is taken as 0
    assert ranked("keyword_score", "('anna', 'film', 0.5)") == [
        ("anna", "film", pytest.approx(0.4, abs=1e-7), 0.25)
    ]


def test_whole_phrases(ranked):
    rows = ranked(
        "whole_phrases",
        """('anna', 'electr guitar', 3), ('anna', 'electr', 3), ('anna', 'guitar', 5), ('anna', 'drum', 1),
        ('anna', 'bass electr guitar', 4), ('anna', 'bass guitar', 4.5),
        ('ben', 'electr', 1), ('ben', 'diamond pattern steel', 1), ('ben', 'diamond steel', 1), ('ben', 'steel', 2)""",
    )
    assert [(row[0], row[1], row[3]) for row in rows] == [
        # `bass electr guitar` says `electr guitar` and `electr`; `guitar` and `bass guitar` say more than it
        ("anna", "guitar", 1), ("anna", "bass guitar", 2), ("anna", "bass electr guitar", 3), ("anna", "drum", 4),
        ("ben", "steel", 1), ("ben", "diamond pattern steel", 2), ("ben", "electr", 3),
    ]  # fmt: skip


def test_nothing_is_said_twice(ranked):
    rows = ranked(
        "one_form_each",
        """('group', 'mic', 5), ('group', 'mics', 4), ('group', 'oil', 3.5), ('group', 'row', 3), ('group', 'linseed', 3),
        ('group', 'paint', 1), ('other', 'row', 3), ('other', 'paint', 3.5)""",
    )
    assert [(row[0], row[1], row[4]) for row in rows] == [
        # `mics` is `mic` in another form; `row` comes only with the longer `linseed`, which `oil`, as special, does not
        ("group", "mic", 1), ("group", "oil", 2), ("group", "linseed", 3), ("group", "paint", 4),
        ("other", "paint", 1), ("other", "row", 2),
    ]  # fmt: skip
