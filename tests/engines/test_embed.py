"""embed, embed_all, try_embed, token_count and encoder_info as an analyst calls them."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import recudf
import recudf.errors
from recudf import EncoderSettings, Settings


def tiny_settings(model, **options):
    return EncoderSettings(str(model), device="cpu", dtype="fp32", **options)


@pytest.fixture(scope="module")
def tiny(engine, tiny_encoder, broken_encoder):
    """Runs a query with the tiny encoder, and with others as embed_short and embed_broken."""
    others = (
        ("broken", tiny_settings(broken_encoder)),
        ("short", tiny_settings(tiny_encoder, max_tokens=4)),
    )
    settings = Settings(encoder=tiny_settings(tiny_encoder), encoders=others, progress="off")
    return engine(settings)


def test_types(tiny):
    row = tiny("""select typeof(embed('a')), typeof(embed_all(['a'])), typeof(try_embed('a')),
        typeof(token_count('a')), typeof(embed_short('a'))""")[0]
    struct = 'STRUCT("value" FLOAT[16], "error" VARCHAR)'
    types = {
        "duckdb": ("FLOAT[16]", "FLOAT[16][]", struct, "INTEGER", "FLOAT[16]"),
        "spark": (
            "array<float>",
            "array<array<float>>",
            "struct<value:array<float>,error:string>",
            "int",
            "array<float>",
        ),
    }
    assert row == types[tiny.name]


def test_the_bundled_encoder(sql):
    vector = sql("select embed('a good film')")[0][0]
    assert len(vector) == 384
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    same, near, far = sql("select embed('a good film'), embed('a great movie'), embed('guitar strings')")[0]
    assert same == vector
    assert np.dot(same, near) > 0.8 > 0.4 > np.dot(same, far)


@pytest.mark.parametrize("text", ["null", "''", "'   '", "e'\\t\\n'", "chr(8195) || chr(160)"])
def test_null_and_blank_are_null(tiny, text):
    row = tiny(f"select embed({text}), token_count({text}), try_embed({text}), embed_all([{text}])")[0]
    assert row == (None, None, {"value": None, "error": None}, [None])


@pytest.mark.parametrize(
    "text",
    ["repeat('good film ', 100000)", "'😀'", "chr(769)", "chr(0)", "repeat('x', 1000000)", "'it''s \"it\"'"],
)
def test_odd_texts_have_vectors(tiny, text):
    vector = tiny(f"select embed({text})")[0][0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_embed_all_is_embed_of_each_element(tiny):
    rows = tiny("""select embed_all(texts)
        from (values (['good film', null, 'love', ' ']), (null), ([]), (['love']), ([null])) t(texts)""")
    one, two = (vector for (vector,) in tiny("select embed(t) from (values ('good film'), ('love')) v(t)"))
    assert [row[0] for row in rows] == [
        [pytest.approx(one, abs=1e-6), None, pytest.approx(two, abs=1e-6), None], None, [], [pytest.approx(two, abs=1e-6)], [None]
    ]  # fmt: skip


def test_more_rows_than_one_chunk_in_any_order(tiny):
    expected = dict(tiny("select j, embed('the number ' || j || ' film') from range(700) s(j)"))
    assert len(expected) == 700
    for seed in (0, 1):
        rows = tiny(f"""select i % 700, embed('the number ' || (i % 700) || ' film')
            from range(5000) r(i) order by hash(i + {seed})""")
        assert len(rows) == 5000
        numbers, vectors = zip(*rows, strict=True)
        np.testing.assert_allclose(vectors, [expected[number] for number in numbers], atol=1e-5)


def test_one_bad_row_stops_embed_and_not_try_embed(tiny):
    values = "(values (1, 'good'), (2, 'a broken film'), (3, null)) t(i, x)"
    with pytest.raises(tiny.error, match="no finite vector of 'a broken film': use try_embed"):
        tiny(f"select embed_broken(x) from {values}")
    rows = tiny(
        f"select i, e.value is null, e.error from (select i, try_embed_broken(x) e from {values}) order by i"
    )
    assert rows == [
        (1, False, None),
        (2, True, "the encoder made no finite vector of 'a broken film'"),
        (3, True, None),
    ]


def test_aliases_are_encoders_of_their_own(tiny):
    a, b, c, d = tiny("""select embed('good film'), embed_short('good film'),
        embed('good film of love'), embed_short('good film of love')""")[0]
    np.testing.assert_allclose(a, b, atol=1e-6)  # [CLS] good film [SEP]: 4 tokens
    assert np.linalg.norm(np.subtract(c, d)) > 0.01
    assert tiny("select token_count_short('good film of love'), embed_all_short(['good'])[1] is null") == [
        (6, False)
    ]
    info, short = tiny("select encoder_info(), encoder_info_short()")[0]
    assert (info["dimension"], info["max_tokens"], info["device"], info["dtype"]) == (16, 64, "cpu", "fp32")
    assert short["max_tokens"] == 4
    assert short["fingerprint"] != info["fingerprint"]


def test_info_comes_once_per_row(tiny):
    assert tiny("select count(encoder_info().fingerprint) from range(3000)") == [(3000,)]


def test_threads_together(tiny_encoder):
    settings = Settings(encoder=tiny_settings(tiny_encoder, batch_tokens=512), progress="off")
    sums = set()
    for threads in (1, 4):
        connection = recudf.connect(settings=settings)
        connection.execute(f"set threads = {threads}")
        connection.execute("create table t as select 'film ' || i % 100 as x from range(250000) r(i)")
        sums.add(
            connection.execute(
                "select count(*), round(sum(embed(x)[1]::decimal(18, 4)), 1) from t"
            ).fetchone()
        )
    assert len(sums) == 1


def test_registering_imports_no_torch():
    script = "import sys, recudf; recudf.connect(); print([m for m in ('torch', 'transformers') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_missing_encoder_is_an_error_at_registration():
    with pytest.raises(recudf.errors.EncoderError, match="no encoder '/no/such/model'"):
        recudf.connect(settings=Settings(encoder=EncoderSettings("/no/such/model")))


LONG_QUERY = """
import sys, recudf
from recudf import EncoderSettings, Settings
settings = Settings(encoder=EncoderSettings(sys.argv[1], device="cpu", dtype="fp32", batch_tokens=256), progress="lines")
connection = recudf.connect(settings=settings)
connection.execute(f"set threads = {sys.argv[2]}")
connection.execute("create table t as select 'good film ' || i as x from range(2000000) r(i)")
connection.execute("select embed('loaded')").fetchall()
print("started", flush=True)
try:
    connection.execute("select sum(embed(x)[1]) from t").fetchall()
    print("finished", flush=True)
except BaseException as error:
    print("stopped", flush=True)
print(connection.execute("select 'usable', embed('good') is not null").fetchall(), flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 4])
def test_ctrl_c_stops_a_long_embed_and_the_connection_goes_on(tiny_encoder, threads):
    run = subprocess.Popen(
        [sys.executable, "-c", LONG_QUERY, str(tiny_encoder), str(threads)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        assert run.stdout.readline() == "started\n"
        time.sleep(1)  # into the query
        run.send_signal(signal.SIGINT)
        assert run.stdout.read() == "stopped\n[('usable', True)]\n"
    finally:
        run.kill()
        run.wait()
