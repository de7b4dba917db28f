"""`encoder: lexical` end to end: without torch, kept from build to build, fitted on what a build may see."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from warehouse import UNTESTED, Warehouse, marts

import recudf
from recudf.cli import main
from recudf.cli.evaluate import evaluate_database
from recudf.engines.splits import Split

LEXICAL = json.dumps({"encoder": "lexical"})
PARTS = ("--select", "+int_text_embeddings", "vec_items", "vec_texts", "vec_users", "fct_runs")
MARTS = (
    "dim_groups",
    "dim_items",
    "dim_users",
    "fct_group_members",
    "fct_recommendations",
    "fct_user_interests",
)
FITS = "select distinct fingerprint from recudf_embeddings.int_text_embeddings order by 1"


def build(warehouse, *options, **more):
    return warehouse.build(*options, encoder="lexical", **more)


def last_run(warehouse):
    return warehouse.query("""
        select encoder, fingerprint, texts_embedded, texts_reused, unknown_share
        from recudf.fct_runs order by started_at desc limit 1""")[0]


def copied(shop, folder):
    return Warehouse(shutil.copy(shop.path, folder / "copy.duckdb"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory, sample):
    """The sample, built with all tests of the project."""
    warehouse = Warehouse(tmp_path_factory.mktemp("lexical") / "shop.duckdb").load(**sample.inputs)
    return build(warehouse, tested=True)


@pytest.mark.slow
def test_everything_is_built(shop, sample):
    texts = {text.strip() for text in sample.inputs["texts"]["text"].to_pylist()} - {""}
    encoder, fingerprint, embedded, _, unknown = last_run(shop)
    assert encoder == "lexical"
    assert fingerprint.startswith("lexical-")
    assert embedded == len(texts) + sample.inputs["items"].num_rows
    assert unknown < 0.01
    for mart in MARTS:
        assert shop.rows(mart), mart
    for table in ("vec_items", "vec_texts", "vec_users", "int_group_fits", "int_lexical_terms"):
        assert shop.query(f"select distinct fingerprint from recudf.{table}") == [(fingerprint,)], table
    ((dimension,),) = shop.query("select distinct len(vector) from recudf.int_lexical_terms")
    types = "select distinct data_type from duckdb_columns() where column_name = 'vector' and table_name like 'vec%'"
    assert shop.query(types) == [(f"FLOAT[{dimension}]",)]


@pytest.mark.slow
def test_vectors_tell_departments_apart(shop):
    """Items of one category are nearer each other than others are, by DuckDB's own cosine."""
    near, far = (
        shop.query(f"""
            select avg(array_cosine_similarity(a.vector, b.vector))
            from recudf.vec_items as a inner join recudf.vec_items as b on a.item_id < b.item_id
            inner join recudf.dim_items as x on a.item_id = x.item_id
            inner join recudf.dim_items as y on b.item_id = y.item_id
            where (split_part(x.category, '|', 1) = split_part(y.category, '|', 1)) = {same}""")[0][0]
        for same in (True, False)
    )
    assert near > far + 0.1


@pytest.mark.slow
def test_a_text_is_recommended_for(shop, tmp_path):
    """An item's own text finds the item, by the fit of the database."""
    (text, item), *_ = shop.query(
        "select text, item_id from recudf.int_item_texts where is_described order by length(text) desc, item_id"
    )
    with recudf.connect(shutil.copy(shop.path, tmp_path / "asked.duckdb")) as connection:
        found = connection.execute("select item_id from recudf.recommend_for(?, 3)", [text]).fetchall()
    assert (item,) in found
    assert len(found) == 3


@pytest.mark.slow
def test_a_fit_stays_and_places_later_texts(tmp_path):
    """Later texts are embedded, and nothing else; a full refresh fits anew and lets go of what the old fit made."""
    items = [("1", "红色吉他"), ("2", "蓝色吉他"), ("3", "科幻电影"), ("4", "爱情电影"), ("5", "电影书")]
    shop = Warehouse(tmp_path / "shop.duckdb")
    shop.load(items="select * from (values {}) as t(item_id, title)".format(", ".join(map(str, items))))
    shop.load(interactions="select 'u' as user_id, '1' as item_id, timestamp '2024-01-01' as occurred_at")
    _, first, *counts = last_run(build(shop))
    assert counts == [5, 0, 0]
    # 吉他 is known, 鋼琴 and 曲 are not: 3 of 19 + 5 characters
    shop.run("insert into raw.items values ('6', '吉他鋼琴曲')")
    _, kept, *counts = last_run(build(shop, *PARTS))
    assert (kept, counts) == (first, [1, 5, pytest.approx(3 / 24, abs=1e-6)])
    assert nearest(shop, "6") == {"1", "2"}
    assert shop.query(FITS) == [(first,)]
    assert last_run(build(shop, *PARTS))[2:4] == (0, 6)
    _, second, *counts = last_run(build(shop, *PARTS, "--full-refresh"))
    assert counts == [6, 0, 0]
    assert second != first
    assert shop.query(FITS) == [(second,)]
    _, third, *_ = last_run(build(shop, *PARTS, lexical_dimensions=3))
    assert third != second
    assert shop.query("select distinct len(vector) from recudf.int_lexical_terms") == [(3,)]


def nearest(shop, item):
    """The two items nearest to one."""
    rows = shop.query(
        """select b.item_id from recudf.vec_items as a inner join recudf.vec_items as b on a.item_id != b.item_id
        where a.item_id = ? order by array_cosine_similarity(a.vector, b.vector) desc limit 2""",
        item,
    )
    return {item for (item,) in rows}


@pytest.mark.slow
def test_a_build_on_a_kept_fit_equals_one_from_scratch_on_that_fit(shop, sample, tmp_path):
    """After inserts, updates and deletes: incremental truth, given the fit."""
    changed = copied(shop, tmp_path)
    changed.run(
        "insert into raw.items by name select 'late' as item_id, 'A late drum, in red' as title",
        "update raw.items set description = 'Rewritten.' where item_id = (select min(item_id) from raw.items)",
        "delete from raw.texts where text_id in (select text_id from raw.texts order by text_id limit 20)",
        "create schema again",
        "create table again.int_lexical_terms as from recudf.int_lexical_terms",
        "drop table recudf.int_group_fits",  # clusters start from earlier ones, which the other schema has not
        "drop table if exists recudf.int_topic_fits",
        "drop table if exists recudf.int_field_fits",
        "drop table recudf.fct_recommendation_history",
    )
    build(changed)
    build(changed, schema="again")
    for mart in marts():
        assert changed.rows(mart) == changed.rows(mart, schema="again"), mart


@pytest.mark.slow
def test_a_replay_fits_on_its_past_and_leaves_one_fit(shop, tmp_path):
    """Moments of an evaluation have fits of their own, which do not stay; what the last build embedded does."""
    copy = copied(shop, tmp_path)
    ((own,),) = copy.query(FITS)
    split = Split(kind="cutoffs", cutoffs=2)
    evaluation = evaluate_database(copy.path, split, [5], 50, {"encoder": "lexical"})
    assert len(evaluation.moments) == 2
    assert evaluation.measurements
    found = copy.query(FITS)
    assert (own,) in found
    assert len(found) == 2  # the last replay's goes with the next build
    assert last_run(build(copy, *PARTS))[1:4] == (own, 0, last_run(shop)[2])
    assert copy.query(FITS) == [(own,)]


@pytest.mark.slow
def test_a_look_back_is_no_look_ahead(shop, tmp_path):
    """A schema that was built on everything, built again as of the past: its fit has seen too much and is made anew."""
    copy = copied(shop, tmp_path)
    (moment,), *_ = copy.query("select quantile_disc(occurred_at, 0.5) from raw.interactions")
    build(copy, "--select", "+vec_users", as_of=str(moment))
    build(copy, "--select", "+vec_users", schema="fresh", as_of=str(moment))
    for table in ("vec_items", "vec_texts", "vec_users"):
        assert copy.rows(table) == copy.rows(table, schema="fresh"), table
    assert copy.rows("vec_items") != shop.rows("vec_items")


@pytest.mark.slow
def test_encoders_of_both_kinds_share_a_database(shop, tmp_path, tiny_encoder):
    copy = copied(shop, tmp_path)
    texts = last_run(copy)[2]
    assert last_run(copy.build(*PARTS))[2:4] == (texts, 0)
    assert len(copy.query(FITS)) == 2
    assert last_run(build(copy, *PARTS))[2:4] == (0, texts)
    assert len(copy.query(FITS)) == 2  # the model's vectors are no fit's
    assert not copy.try_build("--select", "vec_users").ok  # they would be of two encoders


@pytest.mark.slow
def test_recudf_build_imports_no_torch_and_an_unchanged_build_stands(sample, tmp_path):
    shop = Warehouse(tmp_path / "shop.duckdb").load(**sample.inputs)
    command = ["build", "--database", str(shop.path), "--quiet", *UNTESTED, "--vars", LEXICAL]
    code = f"""
import sys
from recudf.cli import main
for _ in range(2):
    try:
        main({command!r})
    except SystemExit as done:
        assert not done.code, done
print(sorted(set(sys.modules) & {{"torch", "transformers", "sentence_transformers"}}))"""
    environment = {name: value for name, value in os.environ.items() if name != "RECUDF_ENCODER"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *said, imported = done.stdout.splitlines()
    assert imported == "[]"
    assert said[-1].startswith("nothing has changed since the build of")


@pytest.mark.slow
def test_nothing_to_fit_on_builds(tmp_path):
    """No texts: no vectors, and recommendations by popularity."""
    shop = Warehouse(tmp_path / "shop.duckdb")
    shop.load(
        items="select 'i' || n as item_id from range(7) as t(n)",
        interactions="""select 'u' || n % 3 as user_id, 'i' || n as item_id, timestamp '2024-01-01' as occurred_at
        from range(7) as t(n)""",
    )
    encoder, fingerprint, *counts, unknown = last_run(build(shop))
    assert (encoder, fingerprint, counts, unknown) == ("lexical", None, [0, 0], None)
    assert shop.query("select count(*) > 0 from recudf.fct_recommendations") == [(True,)]


@pytest.fixture
def two_languages(tmp_path):
    shop = Warehouse(tmp_path / "shop.duckdb")
    shop.load(items="select 1 as item_id, 'good' as title union all select 2, '好电影 film'")
    shop.load(interactions="select 'u' as user_id, 1 as item_id, timestamp '2024-01-01' as occurred_at")
    return shop


@pytest.mark.slow
def test_a_build_warns_of_what_the_encoder_does_not_know(two_languages):
    """3 of 11 characters: the tiny encoder has Latin letters alone."""
    command = ["build", "--database", str(two_languages.path), *UNTESTED]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert last_run(two_languages)[-1] == pytest.approx(3 / 11, abs=1e-6)
    assert "the encoder does not know 27 % of the characters of the texts" in done.output
    assert "set RECUDF_ENCODER to a multilingual model" in " ".join(done.output.split())
    quiet = CliRunner().invoke(
        main, [*command, "--select", "fct_runs", "--vars", '{"unknown_share_limit": 0.3}']
    )
    assert quiet.exit_code == 0, quiet.output
    assert "does not know" not in quiet.output


@pytest.mark.slow
def test_a_multilingual_model_is_a_setting_away(two_languages, multilingual_encoder, monkeypatch):
    monkeypatch.setenv("RECUDF_ENCODER", str(multilingual_encoder))
    two_languages.build()
    assert last_run(two_languages)[-1] == 0
    assert two_languages.query("select count(*) from recudf.vec_items") == [(2,)]


@pytest.mark.slow
def test_douban(data, tmp_path):
    """Chinese film reviews, with all tests of the project; films that share a genre are nearer each other."""
    from recudf.engines.loading import load

    shop = Warehouse(tmp_path / "douban.duckdb")
    load(shop.path, [data("douban")])
    build(shop, tested=True)
    assert last_run(shop)[-1] < 0.05
    for mart in MARTS:
        assert shop.rows(mart), mart
    table = shop.table("""
        select vector, string_split(category, '|') as genres from recudf.vec_items
        inner join recudf.dim_items using (item_id) where category is not null order by item_id""")
    vectors = np.stack(table["vector"].to_numpy())
    genres = [set(genres) for genres in table["genres"].to_pylist()]
    cosines = vectors @ vectors.T
    upper = np.triu_indices(len(genres), 1)
    share = np.array([bool(genres[a] & genres[b]) for a, b in zip(*upper, strict=True)])
    assert cosines[upper][share].mean() > cosines[upper][~share].mean() + 0.05
