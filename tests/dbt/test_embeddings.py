"""A text is embedded once per encoder: again only what is new, whatever else happens; encoders do not mix."""

import shutil

import pytest
from warehouse import Warehouse


class Builds:
    """Builds one warehouse again and again, and tells what the last build embedded.

    PARTS is as much of the project as that takes, once all of it was built.
    """

    PARTS = ("--select", "+int_text_embeddings", "fct_runs")

    def __init__(self, warehouse):
        self.warehouse = warehouse

    def embedded(self, *options, **variables):
        """(texts embedded, texts reused, fingerprint) of a build."""
        known = {run for (run,) in self._runs()}
        self.warehouse.build(*options, **variables)
        (run,) = {run for (run,) in self._runs()} - known
        return self.of_run(run)

    def of_run(self, run):
        """The same of a build that was made."""
        ((embedded, reused, fingerprint),) = self.warehouse.query(
            "select texts_embedded, texts_reused, fingerprint from recudf.fct_runs where run_id = ?", run
        )
        # beside the prototypes of sentiment, which are nobody's texts
        assert self.warehouse.query(
            """
            select count(*) from recudf_embeddings.int_text_embeddings
            where run_id = ? and text_hash not in (select text_hash from recudf.int_sentiment_prototypes)""",
            run,
        ) == [(embedded,)]
        return embedded, reused, fingerprint

    def first(self):
        """The same of the only build so far."""
        ((run,),) = self._runs()
        return self.of_run(run)

    def _runs(self):
        return self.warehouse.query("select run_id from recudf.fct_runs")


def copied(built, folder):
    return Builds(Warehouse(shutil.copy(built.path, folder / "shop.duckdb")))


@pytest.fixture(scope="module")
def builds(tmp_path_factory, built):
    return copied(built, tmp_path_factory.mktemp("embeddings"))


def test_only_what_is_new_is_embedded(builds, sample):
    texts = {t.strip() for t in sample.inputs["texts"]["text"].to_pylist()} - {""}
    total = sample.inputs["items"].num_rows + len(texts)
    first = builds.first()
    assert first[:2] == (total, 0)
    fingerprint = first[2]
    assert builds.embedded(*builds.PARTS) == (0, total, fingerprint)
    builds.warehouse.run("""
        insert into raw.items by name
        select 'new' || n as item_id, 'New guitar ' || n as title from range(3) as t (n)""")
    assert builds.embedded(*builds.PARTS) == (3, total, fingerprint)
    builds.warehouse.run("update raw.items set description = 'Rewritten.' where item_id = 'new1'")
    assert builds.embedded(*builds.PARTS) == (1, total + 2, fingerprint)
    builds.warehouse.run(
        "update raw.items set title = 'New guitar 0' where item_id = 'new2'", "delete from raw.texts"
    )
    assert builds.embedded(*builds.PARTS, "--full-refresh") == (
        0,
        sample.inputs["items"].num_rows + 2,
        fingerprint,
    )


@pytest.mark.slow
def test_another_encoder_embeds_all_anew_and_vectors_do_not_mix(builds, tiny_encoder, monkeypatch):
    """The same model cut at 8 tokens is another encoder: its vectors are its own."""
    before, reused, fingerprint = builds.embedded(*builds.PARTS)
    assert before == 0
    monkeypatch.setenv("RECUDF_MAX_TOKENS", "8")
    embedded, kept, other = builds.embedded(*builds.PARTS, "+vec_users", "+int_group_fits")
    assert (embedded, kept) == (reused, 0)
    assert other != fingerprint
    for table in ("vec_items", "vec_users", "int_group_fits"):
        assert builds.warehouse.query(f"select distinct fingerprint from recudf.{table}") == [(other,)], table
    monkeypatch.delenv("RECUDF_MAX_TOKENS")
    assert builds.embedded(*builds.PARTS) == (0, reused, fingerprint)


def test_a_build_with_vectors_of_two_encoders_fails(built, tmp_path):
    """Users' vectors made by an encoder, items' by another: the tests of the project stop it."""
    shop = copied(built, tmp_path).warehouse
    shop.run("update recudf.vec_users set fingerprint = 'another'")
    result = shop.try_build("--select", "test_type:singular", tested=True)
    assert not result.ok
    assert "one_fingerprint" in result.output
    shop.build("--select", "vec_users")
    shop.build("--select", "test_type:singular", tested=True)


@pytest.mark.slow
def test_an_encoder_of_another_dimension_shares_the_table(built, tmp_path, tiny_encoders, monkeypatch):
    """16 dimensions, then 8, then 16 again: what is known stays known, and vectors have their encoder's type."""
    builds = copied(built, tmp_path)
    warehouse, (texts, _, first) = builds.warehouse, builds.first()
    monkeypatch.setenv("RECUDF_ENCODER", str(tiny_encoders[2]))
    vectors = ("--select", "+vec_users", "+vec_texts", "fct_runs")
    *embedded, second = builds.embedded(*vectors)
    assert (embedded, second == first) == ([texts, 0], False)
    types = "select distinct data_type from duckdb_columns() where column_name = 'vector' and table_name like 'vec%'"
    assert warehouse.query(types) == [("FLOAT[8]",)]
    monkeypatch.setenv("RECUDF_ENCODER", str(tiny_encoders[0]))
    assert builds.embedded(*vectors) == (0, texts, first)
    assert warehouse.query(types) == [("FLOAT[16]",)]
