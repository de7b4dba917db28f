"""`recudf evaluate` on a shop of five users and six items where every figure was worked out by hand."""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from warehouse import Warehouse

from recudf.cli import main
from recudf.cli.errors import Failed
from recudf.cli.evaluate import build_replay
from recudf.engines.beside import only_run
from recudf.engines.duckdb import open_database
from recudf.engines.splits import SCRATCH, Split, make_split

ITEMS = """
    select 'i' || n as item_id, title, category, provider
    from (values
        (1, 'red guitar', 'music', 'north'), (2, 'blue guitar', 'music', 'north'), (3, 'robot film', 'film| video', 'north'),
        (4, 'love film', 'video|film', null), (5, 'dog book', 'book', null), (6, 'cat book', 'book', null)
    ) as t(n, title, category, provider)"""
# Until the 8th (half of the 16 events) i1 has 4 users, i2 3, i3 1 and the others none. Afterwards relevant are
# u1: i3 (i1 was seen); u2: i2, i5; u3: i6 (i3 was hidden). u4 only saw something, u5 has no past.
EVENTS = """
    select 'u' || u as user_id, 'i' || i as item_id, event_type, timestamp '2024-01-01' + to_days(day - 1) as occurred_at
    from (values
        (1, 1, 'purchase', 1), (1, 2, 'purchase', 2), (2, 1, 'purchase', 3), (2, 3, 'purchase', 4),
        (3, 1, 'purchase', 5), (3, 2, 'purchase', 6), (4, 2, 'purchase', 7), (4, 1, 'purchase', 8),
        (1, 3, 'purchase', 9), (1, 1, 'purchase', 10), (2, 2, 'purchase', 11), (2, 5, 'purchase', 12),
        (3, 3, 'hide', 13), (3, 6, 'purchase', 14), (5, 1, 'purchase', 15), (4, 3, 'impression', 16)
    ) as t(u, i, event_type, day)"""
TEXTS = """
    select 'u1' as user_id, 'i1' as item_id, 'good sound' as text, timestamp '2024-01-01' as created_at
    union all select 'u1', 'i3', 'slow film', timestamp '2024-01-09'"""
# three users are many enough here
OPTIONS = [
    "--split",
    "cutoffs",
    "--cutoffs",
    "1",
    "--k",
    "2",
    "--k",
    "4",
    "--bootstrap",
    "200",
    "--vars",
    "{min_cell_users: 1}",
    "--json",
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("evaluate") / "shop.duckdb")
    warehouse.load(items=ITEMS, interactions=EVENTS, texts=TEXTS)
    return warehouse.build(
        "--select", "+int_users_flagged", "+int_interactions_weighted", "stg_items", "fct_metrics"
    )


def evaluate(shop, *options):
    return CliRunner().invoke(main, ["evaluate", "--database", str(shop.path), *options])


@pytest.fixture(scope="module")
def said(shop):
    result = evaluate(shop, *OPTIONS)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def values(said):
    return {
        (m["model"], m["slice"], m["metric"], m["k"]): m["value"]
        for m in said["measurements"]
        if m["baseline"] == "none"
    }


def gain(*ranks):
    return sum(1 / math.log2(rank + 1) for rank in ranks)


FIRST = 1 / gain(1, 2)  # what the first of two places gets of the exposure


@pytest.mark.parametrize(
    ("metric", "k", "expected"),
    # popular shows u1 i3 i4 i5 i6 (a hit at 1 of 1), u2 i2 i4 i5 i6 (at 1 and 3 of 2), u3 i3 i4 i5 i6 (at 4 of 1)
    [
        ("precision", 2, (1 / 2 + 1 / 2 + 0) / 3),
        ("precision", 4, (1 / 4 + 2 / 4 + 1 / 4) / 3),
        ("recall", 2, (1 + 1 / 2 + 0) / 3),
        ("recall", 4, 1),
        ("hit_rate", 2, 2 / 3),
        ("map", 2, (1 + 1 / 2 + 0) / 3),
        ("map", 4, (1 + (1 + 2 / 3) / 2 + 1 / 4) / 3),
        ("ndcg", 2, (1 + 1 / gain(1, 2) + 0) / 3),
        ("ndcg", 4, (1 + gain(1, 3) / gain(1, 2) + gain(4)) / 3),
        ("mrr", 2, (1 + 1 + 0) / 3),
        ("mrr", 4, (1 + 1 + 1 / 4) / 3),
        ("serendipity", 4, 0),
        ("diversity", 2, (0 + 1 + 0) / 3),  # two films; a guitar and a film; two films
        # u1 and u3 liked music alone and get films; u2 liked music and a film and gets both
        ("miscalibration", 2, (math.log(100) + 0 + math.log(100)) / 3),
        ("coverage", 2, 3 / 6),  # i2, i3, i4
        ("coverage", 4, 5 / 6),
        # of four users one has i3, three i2, nobody i4: (1 + 1) / (4 + 1), (3 + 1) / (4 + 1), 1 / (4 + 1)
        ("novelty", 2, (2 * math.log2(5 / 2) + math.log2(5 / 4) + 3 * math.log2(5)) / 6),
    ],
)
def test_popularity_is_measured_as_by_hand(values, metric, k, expected):
    assert values["popular", "all", metric, k] == pytest.approx(expected)


def test_new_items_are_those_nobody_had_liked(said, values):
    """i4, i5 and i6: one is relevant to u2 and one to u3, and all are shown to everybody."""
    for model in ("blend", "content", "random"):
        assert values[model, "new items", "recall", 4] == 1
        assert values[model, "new items", "coverage", 4] == 1
    assert ("popular", "new items", "recall", 4) not in values
    assert {m["n_users"] for m in said["measurements"] if m["slice"] == "new items"} == {2}


@pytest.mark.parametrize(
    ("slice_name", "metric", "k", "expected"),
    # i1 and i2 are the head of six items (deciles 1 and 2), i3 is in decile 4, i4 in 6
    [
        ("head items", "recall", 2, 1),  # of u2 alone, who gets i2 first
        ("head items", "precision", 2, 1 / 2),
        ("tail items", "recall", 2, (1 + 0 + 0) / 3),
        ("tail items", "recall", 4, 1),
        ("head items", "hit_share", 4, 1 / 4),
        ("tail items", "hit_share", 4, 3 / 4),
        ("popularity decile 1", "exposure", 2, 0),
        ("popularity decile 2", "exposure", 2, FIRST / 3),
        ("popularity decile 4", "exposure", 2, 2 * FIRST / 3),
        ("popularity decile 6", "exposure", 2, 1 - FIRST),
        ("provider north", "exposure", 2, FIRST),
    ],
)
def test_head_tail_and_exposure_are_measured_as_by_hand(values, slice_name, metric, k, expected):
    assert values["popular", slice_name, metric, k] == pytest.approx(expected)


def test_every_user_has_two_past_events(said):
    deciles = {f"popularity decile {n}" for n in range(1, 11)}
    assert {m["slice"] for m in said["measurements"]} == {
        "all", "history 1-5", "new items", "head items", "tail items", "provider north", *deciles,
    }  # fmt: skip
    assert {m["n_users"] for m in said["measurements"] if m["slice"] == "all"} == {3}


def test_differences_are_those_of_the_values(said, values):
    differences = [m for m in said["measurements"] if m["baseline"] != "none"]
    assert {(m["model"], m["baseline"]) for m in differences if m["slice"] == "all"} == {
        *(("blend", other) for other in ("content", "recent popular", "popular", "random")),
        ("content", "popular"),
        ("content", "random"),
    }
    for m in differences:
        own, other = (values[name, m["slice"], m["metric"], m["k"]] for name in (m["model"], m["baseline"]))
        assert m["value"] == pytest.approx(own - other)


@pytest.fixture(scope="module")
def again(shop, said):
    """A second evaluation, as people see it."""
    result = evaluate(shop, *OPTIONS[:-1])
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.slow
def test_a_second_evaluation_is_appended_and_the_mart_shows_both(shop, said, again):
    runs = shop.query("""
        select run_id, split, min(as_of)::text, list((model, baseline, slice, metric, k, value, ci_low, ci_high))
        from recudf.fct_metrics group by all order by run_id""")
    assert runs[0][0] == said["run_id"] != runs[1][0]
    assert runs[0][1:3] == runs[1][1:3]
    assert sorted(runs[0][3], key=str) == sorted(runs[1][3], key=str)  # same in, same out
    assert runs[0][1:3] == ("cutoffs", "2024-01-16 00:00:00")
    assert len(runs[0][3]) == len(said["measurements"])
    assert shop.query(f"select count(*) from duckdb_schemas() where schema_name = '{SCRATCH}'") == [(0,)]


@pytest.mark.slow
def test_the_table_shows_models_differences_and_slices(again):
    for line in (
        "replay 1 of 1: as of 2024-01-08 00:00:00, 3 users",
        "split cutoffs, 1 replay, 3 users",
        "blend - popular",
        "history 1-5 (3 users)",
    ):
        assert line in again.output
    row = next(line for line in again.stdout.splitlines() if line.startswith("popular "))
    assert row.split()[1] == f"{(1 + 1 / gain(1, 2)) / 3:.4f}"


def test_a_failed_replay_leaves_measurements_and_no_scratch(shop, said):
    before = shop.query("from recudf_evaluation.metrics order by all")
    failed = evaluate(shop, *OPTIONS, "--vars", "{half_life_days: soon}")
    assert failed.exit_code == 1
    assert "a replay failed" in failed.output
    assert shop.query("from recudf_evaluation.metrics order by all") == before
    assert shop.query(f"select count(*) from duckdb_schemas() where schema_name = '{SCRATCH}'") == [(0,)]


@pytest.mark.slow
def test_a_baseline_that_is_no_model_is_named(shop, said):
    before = shop.query("select count(*) from recudf_evaluation.metrics")
    failed = evaluate(shop, *OPTIONS, "--baseline", "popular", "--baseline", "ease")
    assert failed.exit_code == 2
    assert (
        "no model is called 'ease': give one of blend, content, recent popular, popular, random"
        in failed.output
    )
    assert shop.query("select count(*) from recudf_evaluation.metrics") == before
    assert shop.query(f"select count(*) from duckdb_schemas() where schema_name = '{SCRATCH}'") == [(0,)]


def replayed(shop, path, split):
    """A copy of the shop with the first replay of a split left in the scratch schema, and its moment."""
    shutil.copy(shop.path, path)
    with open_database(path) as connection:
        _, (moment,) = make_split(connection, "recudf", split)
    build_replay(path, moment, 4, {})
    return Warehouse(path), moment


@pytest.fixture(scope="module")
def as_of_the_8th(shop, tmp_path_factory):
    return replayed(shop, tmp_path_factory.mktemp("replay") / "shop.duckdb", Split("cutoffs", cutoffs=1))


def test_a_replay_as_of_a_moment_sees_nothing_later(as_of_the_8th):
    shop, moment = as_of_the_8th
    assert moment.as_of == "2024-01-08 00:00:00.000000"
    assert shop.query(f"select count(*), max(occurred_at)::date::text from {SCRATCH}.stg_interactions") == [
        (8, "2024-01-08")
    ]
    assert shop.query(f"select text from {SCRATCH}.stg_texts") == [("good sound",)]


def test_the_scoring_script_of_the_field_agrees(as_of_the_8th, values, tmp_path):
    script = Path(__file__).parents[3] / "shared" / "tools" / "score_topk.py"
    if not script.exists():
        pytest.skip("the scoring script is not at hand")
    shop, _ = as_of_the_8th
    test, recommended = tmp_path / "test.parquet", tmp_path / "recommended.parquet"
    shop.run(f"copy {SCRATCH}.split_hidden to '{test}'")
    for model in ("blend", "content", "recent popular", "popular", "random"):
        shop.run(f"""
            copy (from {SCRATCH}.int_replay_rankings where pool = 'all' and model = '{model}') to '{recommended}'""")
        command = [sys.executable, str(script), str(test), str(recommended), "-k", "4"]
        scored = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for metric in ("precision", "recall", "ndcg", "map", "hit_rate"):  # it knows no mrr
            assert values[model, "all", metric, 4] == pytest.approx(scored[metric], abs=1e-5)


@pytest.mark.slow
def test_a_replay_with_hidden_pairs_sees_none_of_them(shop, tmp_path):
    shop, _ = replayed(shop, tmp_path / "shop.duckdb", Split("tail", fraction=0.4))
    hidden = f"select user_id, item_id from {SCRATCH}.split_hidden"
    # u1 ends with i3; u2 with i2 and i5, round(1.6) of i1, i3, i2, i5; u3 with i3 and i6; u4 only saw i3
    assert shop.query(f"{hidden} order by all") == [
        ("u1", "i3"), ("u2", "i2"), ("u2", "i5"), ("u3", "i3"), ("u3", "i6"),
    ]  # fmt: skip
    for model in ("stg_interactions", "stg_texts"):
        assert shop.query(
            f"select count(*) from {SCRATCH}.{model} where (user_id, item_id) in ({hidden})"
        ) == [(0,)]
    assert shop.query(f"select count(*) from {SCRATCH}.stg_interactions") == [(16 - 5,)]
    assert shop.query(f"select text from {SCRATCH}.stg_texts") == [("good sound",)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--vars", "half"], "--vars is 'half': give a mapping"),
        (["--vars", "{a: [}"], "give a mapping"),
        (["--schema", "other"], "no finished build in schema other"),
        (["--fraction", "1"], "not in the range 0<x<1"),
    ],
)
def test_wrong_options_are_named(shop, options, message):
    result = evaluate(shop, *options)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("options", "learned"),
    [
        (["--split", "random"], {"ranking_split": "random"}),
        (["--split", "random", "--vars", "{ranking_split: tail}"], {"ranking_split": "tail"}),
        (["--split", "tail"], {}),
    ],
)
def test_what_a_replay_learns_is_hidden_as_what_it_is_judged_by(shop, monkeypatch, options, learned):
    given = []

    def note(database, moment, k, variables):
        given.append(variables)
        raise Failed("noted")

    monkeypatch.setattr("recudf.cli.evaluate.build_replay", note)
    assert "noted" in evaluate(shop, *options).output
    assert given == [learned]


def test_one_run_at_a_time(shop):
    """Two evaluations, or one beside a build, would change each other's tables."""
    before = shop.query("select count(*) from recudf_evaluation.metrics")
    with only_run(shop.path):
        ended = subprocess.run(
            [sys.executable, "-m", "recudf", "evaluate", "--database", str(shop.path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert ended.returncode == 1
    assert f"another run of recudf works on {shop.path}" in ended.stderr
    assert shop.query("select count(*) from recudf_evaluation.metrics") == before
