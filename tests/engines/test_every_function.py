"""Every function, once, on both engines: `make test-spark` has its answers equal to DuckDB's.

A function that is missing here fails the first test, so none can be added for one engine alone.
"""

import pytest

from both_engines import WORKERS_KEY, OnDuckDB, OnSpark
from recudf import EncoderSettings, Settings
from recudf.engines.macros import sql_macros
from recudf.engines.spark import sql_functions
from recudf.functions import discover

POINTS = "(values ('a', [1, 0]), ('b', [1, 1]), ('c', [0, 2]), ('d', [9, 9])) t(id, vector)"
INDEX = f"with i as materialized (select vector_index(id, vector) as handle from {POINTS})"
TEXTS = "['好书', '房间', '电脑', '好房间', 'GOOD book']"
LEXICAL = f"""with terms as (select unnest(lexical_fit({TEXTS}), recursive := true)),
    fit as materialized (select vector_index(term, vector) as handle from terms)"""
CENTROIDS = "with i as materialized (select vector_index(id, vector) as handle from (values (7, [1, 0]), (8, [0, 1])) t(id, vector))"
CALLS = {
    "adapter_fit": """with f as (select adapter_fit([[1, 0], [0, 2], [2, 1], [3, 1], null], [[2], [1], [5], [6], [7]]) as rows)
        select unnest(rows, recursive := true) from f""",
    "cluster_assign": f"{CENTROIDS} select cluster_assign([5, 1], handle), cluster_assign([0, 3], handle, 1.5) from i",
    "cluster_fit": f"{INDEX} select unnest(cluster_fit(handle, '{{\"k\": 2}}'), recursive := true) from i",
    "cosine_matrix": f"{INDEX} select cosine_matrix(['a', 'nobody'], ['b', 'c'], handle) from i",
    "cosine_similarity": "select cosine_similarity([0.2, 0.3, 0.5], [0.1, 0.4, 0.3])",
    "cosine_topk": f"{INDEX} select unnest(cosine_topk([3, 3], handle, 2, ['b']), recursive := true) from i",
    "embed": "select t, embed(t) from (values ('good film'), (null), (' '), ('guitar sound')) v(t) order by t",
    "embed_all": "select embed_all(['good film', null, 'space war'])",
    "embed_lexical": f"{LEXICAL} select t, embed_lexical(t, handle) from fit, (values ('好书'), ('房间好'), (null), ('?')) v(t) order by t",
    "encoder_info": "select encoder_info().dimension, encoder_info().fingerprint, encoder_info().dtype",
    "factors_fit": """select factors_fit(['u', 'u', 'v', 'v'], ['a', 'b', 'b', 'x'], [1, 2, 1, null], '{"factors": 2, "ridge": 0.1}'),
        factors_fit(['u', 'v'], ['a', 'b'], [1, 1])""",
    "factors_of": f"""{INDEX} select factors_of(['a', 'd', 'nobody'], [1, 2, 3], handle),
        factors_of(['c'], [1], handle, '{{"ridge": 1, "alpha": 2}}'), factors_of(['nobody'], [1], handle) from i""",
    "fair_topk": "select unnest(fair_topk(['u', 'u', 'v', null], ['a', 'b', 'b', 'a'], [1, 0.5, 0.7, 1], 2), recursive := true)",
    "index_union": f"""with s as materialized (select vector_index(id, vector) as handle from {POINTS} group by id)
        select index_union(list(handle)) from s""",
    "item_weights_fit": f"""{INDEX}, w as (
            select item_weights_fit(['u', 'u', 'v', 'v'], ['a', 'b', 'b', 'x'], [1, 2, 1, 1], handle, '{{"ridge": 2, "neighbors": 3}}') as rows from i)
        select unnest(rows, recursive := true) from w""",
    "keyphrases": """select t, keyphrases(t), keyphrases(t, 1) from (values
        ('The sound of Women''s guitars: windows 7'), ('手机屏幕很清晰'), ('Фильмы, гитары'), ('the'), (' '), (null)) v(t) order by t""",
    "lexical_fit": f"select lexical_fit({TEXTS}, '{{\"dimensions\": 2}}'), lexical_fit([null, ' '])",
    "mask_personal": """select t, mask_personal(t) from (values ('my name is anna, anna@example.com'), ('no 4'), (null)) v(t)
        order by t""",
    "mmr": f"""{INDEX} select unnest(mmr(['a', 'b', 'c'], [3, 2, 1], handle, 3, 0.5, [['x'], ['x'], ['y']], 1), recursive := true)
        from i""",
    "ngrams": """select t, ngrams(t), ngrams(t, 1) from (values ('It isn\u2019t bad, is it'), ('不好'), ('...'), (null)) v(t)
        order by t""",
    "pearson_similarity": "select pearson_similarity([1, 2, 3, 5], [2, 4, 7, 1]), pearson_similarity([1, null, 3, 2], [2, 9, 5, 1])",
    "text_coverage": "select text_coverage('a good 好 film'), text_coverage(null)",
    "text_coverage_lexical": f"{LEXICAL} select text_coverage_lexical('好房 天', handle) from fit",
    "pseudonym": """select id, pseudonym(id), pseudonym(pseudonym(id)), user_key_fingerprint()
        from (values ('u1'), (' u1 '), (' '), (null)) v(id) order by id""",
    "ranker_fit": """with f as (select ranker_fit(['g', 'g', 'h', 'h', 'i', 'i'], [[1, 0], [0, 2], [2, 1], [0, 1], [1, 3], [2, 0]],
        [1, 0, 1, 0, 1, 0], '{"features": ["x", "y"], "rounds": 2, "min_leaf": 1}') as rows) select unnest(rows, recursive := true) from f""",
    "sentiment_fit": """with f as (select sentiment_fit(['fine', 'good', 'poor', 'bad'], [[2, 0], [3, 1], [0, 1], [-1, 5]],
        [1, 1, -1, -1], [true, true, true, true], 10) as weights) select unnest(weights, recursive := true) from f""",
    "llm_info": "select llm_info().model, llm_info().prompts",
    "propose": """select kind, propose(kind, content, 'b') from (values
        ('topic', '{"words": ["tent"]}'), ('user', ' '), (null, '{}')) v(kind, content) order by kind""",
    "token_count": "select token_count('a good film'), token_count(null)",
    "topic_fit": f"""{INDEX} select unnest(topic_fit(['a', 'b', 'c', 'd'], [['x', 'y'], ['y', 'x'], ['z', 'z'], null], handle,
        '{{"k": 2, "min_texts": 1}}'), recursive := true) from i""",
    "try_embed": "select try_embed('good film'), try_embed(null)",
    "user_key_fingerprint": "select user_key_fingerprint()",
    "vector_index": f"select id > 'b' as g, vector_index(id, vector) from {POINTS} group by g order by g",
    "vector_mean": "select vector_mean([[1, 0], null, [0, 1]], [3, 1, -1]), vector_mean([[1, 2], [3, 4]])",
    "vector_mean_of": f"{INDEX} select vector_mean_of(['a', 'c', 'nobody'], handle, [1, 3, 5]) from i",
    "vector_unit": "select vector_unit(v) from (values ([3, 4]), ([0, 0]), (null)) t(v) order by v",
}  # fmt: skip


def test_every_function_is_called():
    declared = {function.name for function in discover(Settings())}
    macros = set(sql_macros())
    on_spark = {statement.split("temporary function ")[1].split("(")[0] for statement in sql_functions()}
    assert macros == on_spark
    assert declared | macros == CALLS.keys()


@pytest.fixture(scope="module")
def both(spark, tiny_encoder):
    """Runs a query on both engines."""
    settings = Settings(EncoderSettings(str(tiny_encoder), device="cpu", dtype="fp32"), progress="off")
    engines = [OnDuckDB(settings), OnSpark(spark, settings)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECUDF_USER_KEY", WORKERS_KEY)
        yield lambda query: [[list(row) for row in engine(query)] for engine in engines]
    engines[0].close()


@pytest.mark.spark
@pytest.mark.parametrize("name", CALLS)
def test_answers_are_equal(both, name):
    on_duckdb, on_spark = both(CALLS[name])
    assert on_duckdb
    assert on_spark == _approximately(on_duckdb)


def _approximately(value):
    """The same value, whose numbers may differ by a rounding."""
    if isinstance(value, float):
        return pytest.approx(value, abs=1e-6)
    if isinstance(value, dict):
        return {key: _approximately(part) for key, part in value.items()}
    return [_approximately(part) for part in value] if isinstance(value, (list, tuple)) else value
