"""Every dispatched macro gives the same value in the SQL of both engines."""

import datetime
import re

import pytest

import both_engines
import recudf
from recudf.cli.project import _environment, project_directory

FOLDER = project_directory() / "macros" / "dialect"
ROWS = "(select 'b' as word, 2 as position union all select 'a' as word, 1 as position union all select 'c' as word, 3 as position) as words"
VECTOR = "{{ recudf.array(['cast(3 as float)', 'cast(4 as float)']) }}"

# an expression that gives one value, and the value
CASES = {
    "{{ recudf.array([1, 2]) }}": [1, 2],
    "cast(null as {{ recudf.array_of('float') }})": None,
    "cast(null as {{ recudf.phrases_type() }})": None,
    "{{ recudf.array_length(recudf.array([7, 8, 9])) }}": 3,
    "{{ recudf.array_length('cast(null as ' ~ recudf.array_of('float') ~ ')') }}": None,
    "{{ recudf.array_element(recudf.array([7, 8]), 1) }}": 7,
    "{{ recudf.array_element(recudf.array([7, 8]), 3) }}": None,
    "{{ recudf.array_element(recudf.array([recudf.struct({'id': 5})]), 1) }}.id": 5,
    "{{ recudf.array_map(recudf.array([1, 2]), 'n', 'n * 10') }}": [10, 20],
    "{{ recudf.array_zeros('2') }}": [0.0, 0.0],
    "{{ recudf.array_zeros('0') }}": [],
    f"(select {{{{ recudf.array_in_order('word', ['position']) }}}} from {ROWS})": ["a", "b", "c"],
    f"(select {{{{ recudf.array_in_order('nullif(word, \\'b\\')', ['position']) }}}} from {ROWS})": ["a", None, "c"],
    "{{ recudf.struct({'id': 1, 'name': \"'x'\"}) }}": {"id": 1, "name": "x"},
    "(select sum(n) from (select {{ recudf.unnest(recudf.array([1, 2])) }} as n) as rows)": 3,
    "(select sum(n * m) from (select {{ recudf.unnest_structs(recudf.array([recudf.struct({'n': 2, 'm': 3}), recudf.struct({'n': 4, 'm': 5})])) }}) as rows)": 26,
    "(select sum(n * m) from (select {{ recudf.unnest_together({'n': 'a', 'm': 'b'}) }} from (select {{ recudf.array([1, 2]) }} as a, {{ recudf.array([3, 4]) }} as b) as lists) as rows)": 11,
    f"(select {{{{ recudf.joined_in_order('word', 'position') }}}} from {ROWS})": "a, b, c",
    f"(select {{{{ recudf.joined_in_order('word', 'position') }}}} filter (where position <= 2) from {ROWS})": "a, b",
    f"(select {{{{ recudf.joined_in_order('word', 'position', '; ') }}}} from {ROWS})": "a; b; c",
    "{{ recudf.split(\"'a|b||c'\", '|') }}": ["a", "b", "", "c"],
    "{{ recudf.words(\"'The Tale of 2 TALES, Žofie and 你好吗呀'\") }}": ["and", "tale", "tales", "the", "žofie", "你好吗呀"],
    "{{ recudf.words(recudf.text_literal(\"don't o\u2019clock\")) }}": ["don't", "o\u2019clock"],
    "{{ recudf.words(recudf.text_literal(\"an SN-8 for 30-inch players' clip-on\")) }}": ["clip-on", "for", "inch", "players"],
    "{{ recudf.trimmed(\"'\\t\\u00a0a b\\u3000\\n '\") }}": "a b",
    "(select {{ recudf.quoted('a \"b\" `c`') }} from (select 1 as {{ recudf.quoted('a \"b\" `c`') }}) as rows)": 1,
    "{{ recudf.text_literal('it\\'s \\\\d \"x\"') }}": 'it\'s \\d "x"',
    "{{ recudf.sha256(\"'a'\") }}": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    "{{ recudf.json_array([\"'a'\", 'null', \"'q\\\"ü'\"]) }}": '["a",null,"q\\"ü"]',
    "{{ recudf.microseconds(\"timestamp '1970-01-02 00:00:00.25'\") }}": 86_400_250_000,
    "{{ recudf.microseconds(recudf.now()) }} > {{ recudf.microseconds(\"timestamp '2024-01-01 00:00:00'\") }}": True,
    "{{ recudf.utc(\"'2024-05-01 12:30:00'\", 'string') }}": datetime.datetime(2024, 5, 1, 12, 30),
    "{{ recudf.utc(\"'soon'\", 'string') }}": None,
    "{{ recudf.day_in_words(\"timestamp '2024-05-01 12:30:00'\") }}": "1 May 2024",
    "{{ recudf.array_length(recudf.every_day(\"date '2024-02-28'\", \"date '2024-03-01'\")) }}": 3,
    "{{ recudf.inner_product('" + "v', 'v') }} from (select " + VECTOR + " as v) as rows": 25.0,
    "(with one as {{ recudf.materialized() }} (select 1 as n) select n from one)": 1,
    "{{ recudf.to_json({'words': recudf.array([\"'a'\", \"'q\\\"ü'\"]), 'n': '1'}) }}": '{"words":["a","q\\"ü"],"n":1}',
    "(with given as (select 1 as n union all select 2 as n) select sum(given.n) from {{ recudf.one_task('given', ['n']) }})": 3,
    "(with given as (select 1 as n union all select 2 as n) select sum(given.n) from {{ recudf.spread('given', 'n') }})": 3,
}  # fmt: skip
TESTED_BY_BUILDS = {
    "function_exists": "asks dbt's connection; test_profiles refuses an unknown encoder",
    "earlier_self": "asks dbt's connection; test_spark builds twice",
}
SEPARATOR = "\n-- next --\n"


def compiled(target, tmp_path):
    """The SQL of all cases for a target."""
    from dbt.cli.main import dbtRunner

    project = str(project_directory())
    with _environment(tmp_path / "x.duckdb", None):
        result = dbtRunner().invoke([
            "compile", "--quiet", "--no-populate-cache", "--inline", SEPARATOR.join(CASES), "--target", target,
            "--project-dir", project, "--profiles-dir", project, "--target-path", str(tmp_path), "--log-path", str(tmp_path),
        ])  # fmt: skip
    assert result.success, result.exception
    return result.result.results[0].node.compiled_code.split(SEPARATOR)


def wrong(found):
    """The cases that came out otherwise; the order of words is nobody's promise."""
    values = [sorted(v) if "recudf.words(" in case else v for case, v in zip(CASES, found, strict=True)]
    return {case: v for (case, expected), v in zip(CASES.items(), values, strict=True) if v != expected}


def test_every_form_is_there_and_has_a_case():
    cases = " ".join(CASES)
    for file in FOLDER.glob("*.sql"):
        text = file.read_text(encoding="utf-8")
        assert set(re.findall(r"macro (?:default__|spark__)?(\w+)\(", text)) == {file.stem}
        assert all(f"macro {form}__{file.stem}(" in text for form in ("default", "spark"))
        assert f"recudf.{file.stem}(" in cases or file.stem in TESTED_BY_BUILDS, file.stem


def test_duckdb(tmp_path):
    connection = recudf.connect()
    found = [connection.execute(f"select {sql}").fetchone()[0] for sql in compiled("duckdb", tmp_path)]
    assert wrong(found) == {}


@pytest.mark.spark
def test_spark(tmp_path):
    spark = both_engines.start_spark()
    found = [
        both_engines._plain(spark.sql(f"select {sql}").first()[0]) for sql in compiled("spark", tmp_path)
    ]
    assert wrong(found) == {}
