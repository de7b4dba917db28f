"""Wrong arguments of SQL functions: the documented NULL, or an error that names the value and what to do."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

import recudf
from both_engines import WORKERS_KEY
from recudf.engines.macros import sql_macros
from recudf.functions import discover
from recudf.settings import EncoderSettings, Settings

INDEX = "with i as materialized (select vector_index(id, v) as handle from (values ('a', [1, 0]), ('b', [1, 1]), ('c', [0, 1])) t(id, v))"
CENTROIDS = "with i as materialized (select vector_index(id, v) as handle from (values (1, [1, 0]), (2, [0, 1])) t(id, v))"

NULLS = {
    "cluster_assign": ["null, null", "null, null, null", "[1, 0], null", "null, 'unknown'"],
    "adapter_fit": ["null, null", "[[1]], null", "null, [[1]]"],
    "cluster_fit": ["null", "null, null", "null, '{\"k\": 0}'"],
    "cosine_matrix": ["null, null, null", "['a'], ['a'], null", "null, ['a'], 'unknown'", "['a'], null, 'unknown'"],
    "cosine_similarity": ["null, null", "[1, 2], null", "null, [1, 2]", "[0, 0], [1, 2]"],
    "cosine_topk": ["null, null, null", "null, null, null, null", "[1, 0], null, 1", "null, 'unknown', 1", "[1, 0], 'unknown', null"],
    "embed": ["null", "''", "'  '", "e'\\t\\n'", "chr(160) || chr(8195)"],
    "embed_all": ["null", "null::varchar[]"],
    "embed_lexical": ["null, null", "'good', null", "null, 'unknown'", "' ', 'unknown'"],
    "factors_fit": ["null, null, null", "[]::varchar[], []::varchar[], []::double[]", "['u'], ['a'], null", "[null], ['a'], [1], '{}'"],
    "factors_of": ["null, null, null", "['a'], null, 'unknown'", "null, [1], 'unknown'", "['a'], [1], null, '{}'"],
    "fair_topk": ["null, null, null, null", "['u'], ['a'], [1], null", "null, ['a'], [1], 0", "['u'], ['a'], null, 2"],
    "index_union": ["null", "[]::varchar[]", "[null]::varchar[]"],
    "item_weights_fit": ["null, null, null", "[]::varchar[], []::varchar[], []::double[]", "['u'], null, [1]", "['u'], ['a'], null, 'unknown'",
        "[null], ['a'], [1], 'unknown', '{}'", "null, ['a'], [1], null, '{\"ridge\": -1}'"],
    "keyphrases": ["null", "''", "'  '", "e'\\t\\n'", "chr(160) || chr(8195)", "null, 2", "'', null"],
    "lexical_fit": ["null", "null, null", "null, '{}'"],
    "mask_personal": ["null"],
    "mmr": ["null, null, null, null, null", "['a'], [1], null, 1, 0", "null, [1], 'unknown', 1, 0", "['a'], [1], 'unknown', null, 0",
        "['a'], null, 'unknown', 1, 0, [['x']], 1"],
    "ngrams": ["null", "null, 2"],
    "propose": ["null, null", "'topic', null", "null, '{}'", "'topic', '  '", "null, null, 'b'"],
    "pseudonym": ["null", "' '"],
    "pearson_similarity": ["null, null", "[1, 2], null", "[1], [1]", "[1, 1], [1, 2]", "[1, null, 3], [1, 2, null]"],
    "text_coverage": ["null", "''", "'  '"],
    "text_coverage_lexical": ["null, null", "'good', null", "null, 'unknown'"],
    "ranker_fit": ["null, null, null, null", "[]::varchar[], []::double[][], []::double[], '{\"features\": [\"x\"]}'",
        "['g'], [[1]], null, '{}'", "['g', 'g'], [[1], [2]], [1, 0], '{\"features\": [\"x\"]}'"],
    "sentiment_fit": ["null, null, null", "['a'], [[1, 2]], null", "['a'], null, [1], [true], 5", "['a'], [[1, 2]], [1]"],
    "topic_fit": ["null, null, null", "null, [['a']], null", "['a'], null, null, '{}'"],
    "token_count": ["null", "''", "'  '"],
    "vector_index": ["null, null", "'a', null"],
    "vector_mean": ["null", "null, null", "[null]", "[]::float[][]", "[[1, 2]], [0]", "[[1, 2]], [null]"],
    "vector_mean_of": ["null, null", "null, null, null", "['a'], null", "null, 'unknown'", "['a'], null, [1]"],
    "vector_unit": ["null", "[0, 0]"],
}  # fmt: skip
NEVER_NULL = {"encoder_info", "llm_info", "try_embed", "user_key_fingerprint"}  # the last with a key


@pytest.mark.parametrize(("function", "arguments"), [(f, a) for f in NULLS for a in NULLS[f]])
def test_null(sql, function, arguments, monkeypatch):
    monkeypatch.setenv("RECUDF_USER_KEY", WORKERS_KEY)
    assert sql(f"select {function}({arguments})") == [(None,)]


def test_every_function_has_its_null_tested():
    macros = set(sql_macros())
    assert NULLS.keys() | NEVER_NULL == {function.name for function in discover(Settings())} | macros


@pytest.mark.parametrize("text", ["null", "''", "'  '", "e'\\t'"])
def test_try_embed_and_elements_of_embed_all_are_null_inside(sql, text):
    assert sql(f"select try_embed({text}), embed_all([{text}])") == [({"value": None, "error": None}, [None])]


DIMENSION = "2 components"
NOT_FINITE = "holds NaN or infinity: remove the row or make the vector NULL"
INSIDE = "has a NULL inside: give vectors of numbers, or NULL for the whole vector"
ERRORS = [
    # NaN, infinity, NULL inside, nothing inside, text, another type
    *[(f, f"select {f.format(v)}", said) for v, said in [
        ("['nan'::float, 1]", NOT_FINITE), ("['-inf'::double, 1]", NOT_FINITE), ("[1, null]", INSIDE), ("[1e300, 1]", NOT_FINITE),
        ("[]::float[]", "has no components: give at least one, or NULL"), ("[[1], [2]]", "give FLOAT[n] or FLOAT[]"),
        ("'text'", "is of type string: give FLOAT[n] or FLOAT[]"), ("[true]", "give FLOAT[n] or FLOAT[]"), ("7", "give FLOAT[n] or FLOAT[]"),
    ] for f in ("vector_unit({})", "vector_index('x', {})")],
    *[(f, f"{CENTROIDS} select {f}([{v}], handle{k}) from i", said) for v, said in [
        ("'nan'::float, 1", NOT_FINITE), ("'inf'::double, 1", NOT_FINITE), ("1, null", INSIDE), ("1, 2, 3", "has 3 components, index"),
    ] for f, k in (("cluster_assign", ""), ("cosine_topk", ", 1"))],
    ("vector_mean", "select vector_mean([['nan'::float, 1]])", NOT_FINITE),
    ("vector_mean", "select vector_mean([[1, null]])", INSIDE),
    ("vector_mean", "select vector_mean([[1, 2]], ['nan'::double])", "a weight is nan: give numbers up to 1e+100, or NULL"),
    ("vector_mean", "select vector_mean([[1, 2]], ['inf'::double])", "a weight is inf: give numbers"),
    ("vector_mean", "select vector_mean([[1, 2], [3, 4]], [1e308, 1e308])", "a weight is 1e+308: give numbers"),
    ("vector_mean", "select vector_mean([[1, 2], [3, 4]], [1])", "2 vectors but 1 weights: give one"),
    ("vector_mean", "select vector_mean([1, 2])", "give a list of FLOAT[n] or FLOAT[]"),
    ("vector_mean", "select vector_mean('text')", "vectors is of type string: give a list"),
    # ragged
    ("vector_mean", "select vector_mean([[1, 2], [1, 2, 3]])", "vectors has rows of 2 and of 3 components: one column, one dimension"),
    ("vector_unit", "select vector_unit(v) from (values ([1, 2]), ([1])) t(v)", "vector has rows of 1 and of 2 components"),
    ("vector_index", "select vector_index(i, v) from (values ('u', [1, 2]), ('v', [1, 2]), ('w', [1])) t(i, v)", "id 'w' has 1 components"),
    ("vector_index", "select vector_index(i, v) from (values ('u', [1, 2]), ('v', [null, 2])) t(i, v)", "id 'v' has 2 components, some NULL"),
    # ids
    ("vector_index", "select vector_index(i, [1, 2]) from (values ('it''s'), ('it''s'), ('b')) t(i)", "id \"it's\" occurs more than once: give each id one"),
    ("vector_index", "select vector_index(null, [1, 2])", "a vector (1, 2) has no id: give it one or remove the row"),
    ("vector_index", "select vector_index('x', [0, 0])", "the vector of id 'x' is zero and has no direction: remove the row"),
    ("vector_index", "select vector_index(i, v) from (values ('x', ['nan'::float]), ('y', [1])) t(i, v)", "the vector of id 'x' holds NaN"),
    # handles
    *[(call, f"select {call}", f"no index '{name}' in ") for call, name in [
        ("cosine_topk([1, 0], 'nowhere', 1)", "nowhere"), ("cosine_topk([1, 0], '', 1)", ""),
        ("cluster_fit('nowhere')", "nowhere"), ("cluster_assign([1, 0], 'nowhere')", "nowhere"),
    ]],
    ("previous", f"{INDEX} select cluster_fit(handle, '{{\"previous\": \"nowhere\"}}') from i", "no index 'nowhere'"),
    ("cluster_assign", f"{INDEX} select cluster_assign([1, 0], handle) from i", "id 'a' is no cluster id: index centroids under integer ids"),
    ("cluster_assign", f"{CENTROIDS} select cluster_assign([1, 0], handle, -1) from i", "max_distance is -1.0: give a distance of at least 0, or NULL"),
    ("cluster_assign", f"{CENTROIDS} select cluster_assign([1, 0], handle, 'nan') from i", "max_distance is nan"),
    # k
    ("k 0", f"{INDEX} select cosine_topk([1, 0], handle, 0) from i", "k is 0: give at least 1"),
    ("k -7", f"{INDEX} select cosine_topk([1, 0], handle, -7) from i", "k is -7: give at least 1"),
    ("k many", f"{INDEX} select cosine_topk([1, 0], handle, 'many') from i", ("Could not convert string 'many'", "k is of type string: give BIGINT (Failed to parse string: 'many'")),
    ("k and NULL", f"{INDEX} select cosine_topk(null, handle, 0) from i", "k is 0: give at least 1"),
    ("exclude", f"{INDEX} select cosine_topk([1, 0], handle, 1, 'a') from i", ("value 'a' can't be cast to the destination type VARCHAR[]", "exclude is of type string: give ARRAY<STRING>")),
    # phrases
    ("max_words", "select keyphrases('a film', 0)", "max_words is 0: give 1 to 10"),
    ("max_words", "select keyphrases('a film', 11)", "max_words is 11: give 1 to 10"),
    # language model
    ("kind", "select propose('poem', '{}')", "kind is 'poem': choose one of topic, group, user"),
    # the two that are SQL
    ("cosine_similarity", "select cosine_similarity([1, 2], [1, 2, 3])", ("dimensions must be equal, got left length '2' and right length '3'", "vectors of 2 and 3 components: embed both")),
    ("cosine_similarity", "select cosine_similarity([1, null], [1, 2])", ("left argument can not contain NULL", INSIDE)),
    ("cosine_similarity", "select cosine_similarity('text', [1, 2])", ("value 'text' can't be cast to the destination type DOUBLE[]", 'Cannot resolve "text" due to data type mismatch')),
    ("pearson_similarity", "select pearson_similarity([1, 2, 3], [1, 2])", "lists of 3 and 2 values: give both a value, or NULL"),
    ("pearson_similarity", "select pearson_similarity('text', [1, 2])", ("value 'text' can't be cast", 'Cannot resolve "text" due to data type mismatch')),
]  # fmt: skip


@pytest.mark.parametrize(("query", "said"), [e[1:] for e in ERRORS], ids=[e[1][-60:] for e in ERRORS])
def test_error(sql, query, said):
    if isinstance(said, tuple):  # the engine's own words
        said = dict(zip(("duckdb", "spark"), said, strict=True))[sql.name]
    with pytest.raises(sql.error) as caught:
        sql(query)
    assert said in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert sql("select vector_unit([3, 4])") == [([pytest.approx(0.6), pytest.approx(0.8)],)]  # goes on


PARAMS = [
    ('{"k": 0}', 'k is 0: give a whole number of at least 1 or "auto"'), ('{"k": -3}', "k is -3: give"), ('{"k": 2.5}', "k is 2.5: give"),
    ('{"k": "many"}', "k is 'many': give"), ('{"k": true}', "k is True: give"), ('{"k": 1e400}', "k is inf: give"), ('{"k": [2]}', "k is [2]: give"),
    ('{"k": 4294967296}', "k is 4294967296: give a whole number below 2147483648"),
    ('{"kk": 2}', "unknown parameter 'kk': known are method, k"),
    ('{"method": "magic"}', "method is 'magic': choose one of kmeans, spherical, agglomerative, dbscan, hdbscan"), ('{"method": 3}', "method is 3: choose"),
    ('{"method": "hdbscan", "k": 2}', "hdbscan does not use 'k': it uses method"), ('{"method": "dbscan"}', "dbscan needs eps"),
    ('{"method": "dbscan", "eps": 0}', "eps is 0: give a cosine distance above 0"), ('{"method": "dbscan", "eps": NaN}', "eps is nan: give a number from 0 to 2"),
    ('{"method": "agglomerative", "max_distance": 9}', "max_distance is 9: give a number from 0 to 2"),
    ('{"k_min": 9, "k_max": 3}', "k_min is 9 and k_max 3: give k_min <= k_max"), ('{"seed": -1}', "seed is -1: give"), ('{"previous": 5}', "previous is 5: give a handle"),
    ("{k: 2}", "parameters '{k: 2}' are not JSON"), ('{"k": 2', "are not JSON"), ("", "parameters '' are not JSON"), ("[]", "'[]' are not a JSON object: write them like"),
    ("null", "'null' are not a JSON object"), ("[" * 100_000, "are not JSON"), ('{"k": ' + "9" * 5000 + "}", "are not JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("params", "said"), PARAMS, ids=[p[0][:50] for p in PARAMS])
def test_parameters_of_cluster_fit(sql, params, said):
    with pytest.raises(sql.error) as caught:
        sql(f"{INDEX} select cluster_fit(handle, ?) from i", params)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("k", [4, 10**12, 2**63 - 1])
def test_k_beyond_the_index_gives_all_there_is(sql, k):
    [(found,)] = sql(f"{INDEX} select cosine_topk([1, 0], handle, ?) from i", k)
    assert [f["id"] for f in found] == ["a", "b", "c"]
    [(clusters,)] = sql(f"{INDEX} select cluster_fit(handle, '{{\"k\": 1000000}}') from i")
    assert sorted(c["members"] for c in clusters) == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize("a", ["['nan'::double, 1]", "['-inf'::double, 1]"])
def test_similarities_are_never_nan(sql, a):
    assert sql(f"select cosine_similarity({a}, [1, 2]), pearson_similarity({a}, [1, 2])") == [(None, None)]
    assert sql(
        "select cosine_similarity([1e200, 1e200], [1e200, 1]), cosine_similarity([]::double[], [])"
    ) == [(None, None)]


def test_extreme_numbers_of_floats_are_fine(sql):
    assert sql("select vector_unit([3e38, 3e38]::float[])[1], vector_unit([1e-40, 0]::float[])") == [
        (pytest.approx(0.5**0.5), [1, 0])
    ]
    assert sql(
        f"{INDEX} select cosine_topk([3e38, 3e38]::float[], handle, 1)[1].id, cosine_topk([1e-40, 0]::float[], handle, 1)[1].id from i"
    ) == [("b", "a")]


@pytest.fixture
def tiny(tiny_encoder):
    """A connection with the tiny encoder."""
    connection = recudf.connect(
        settings=Settings(EncoderSettings(str(tiny_encoder), device="cpu"), progress="off")
    )
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "text", ["repeat('good film ', 100000)", "repeat('x', 1000000)", "repeat('😀', 250000)"]
)
def test_a_text_of_a_megabyte(tiny, text):
    vector, tokens = tiny.execute(f"select embed({text}), token_count({text})").fetchone()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    assert tokens >= 3


@pytest.mark.parametrize("function", ["embed", "try_embed", "token_count"])
def test_a_lone_surrogate_does_not_reach_the_database(tiny, function):
    with pytest.raises(duckdb.Error, match=r"cannot encode str as UTF-8, surrogate '\\ud800' at position 1"):
        tiny.execute(f"select {function}(?)", ["a\ud800b"])


@pytest.fixture
def undecodable(tiny):
    """A table from Arrow, whose bytes nobody checks: the UTF-8-like form of a lone surrogate among good texts."""
    values = [b"good film", b"a\xed\xa0\x80b", None]
    offsets = np.cumsum([0, *(len(v or b"") for v in values)], dtype=np.int32)
    valid = pa.array([v is not None for v in values]).buffers()[1]
    texts = pa.Array.from_buffers(
        pa.string(), 3, [valid, pa.py_buffer(offsets), pa.py_buffer(b"".join(v or b"" for v in values))]
    )
    tiny.register("undecodable", pa.table({"n": [1, 2, 3], "text": texts}))
    return tiny


@pytest.mark.parametrize("call", ["embed(text)", "token_count(text)", "embed_all([text])"])
def test_bytes_that_are_not_utf8(undecodable, call):
    with pytest.raises(
        duckdb.Error,
        match=r"a text is not UTF-8 at byte 1: b'a\\xed\\xa0\\x80b': write it as UTF-8, or remove it",
    ):
        undecodable.execute(f"select {call} from undecodable").fetchall()


def test_try_embed_goes_on_after_bytes_that_are_not_utf8(undecodable):
    rows = undecodable.execute(
        "select n, e.value is null, e.error from (select n, try_embed(text) as e from undecodable) order by n"
    ).fetchall()
    assert rows == [
        (1, False, None),
        (2, True, r"a text is not UTF-8 at byte 1: b'a\xed\xa0\x80b'"),
        (3, True, None),
    ]


def test_an_index_beyond_the_memory_limit(tmp_path):
    connection = recudf.connect(tmp_path / "small.duckdb")
    connection.execute("create table kept as select 1 as x")
    connection.register(
        "points", pa.table({"id": range(60_000), "vector": list(np.ones((60_000, 384), np.float32))})
    )
    connection.execute("set memory_limit = '60MB'")
    with pytest.raises(duckdb.OutOfMemoryException, match=r"Out of Memory.*MiB"):
        connection.execute("create table made as select vector_index(id, vector) as handle from points")
    assert connection.execute("select table_name from duckdb_tables()").fetchall() == [("kept",)]
    assert connection.execute(
        "select x, vector_index('a', [1, 2]) is not null from kept group by x"
    ).fetchall() == [(1, True)]
    connection.close()
