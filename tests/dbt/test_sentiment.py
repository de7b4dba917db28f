"""Polarity and emotion of texts in a warehouse: by the formula, by hand; on real reviews with pairs of our own."""

import csv
import math
from collections import Counter

import numpy as np
import pytest
from said import EMOTIONS, PAIRS
from warehouse import Warehouse

from recudf.cli.project import project_directory
from recudf.interests.ngrams import ngrams

PARTS = ("--select", "+int_text_sentiments")
REST = ["guitar", "string", "book", "cat", "dog", "robot"]


def reviews(n, words=(("bad", "slow", "broken"), ("good", "fast", "new"))):
    """Rows of interactions and texts: five stars and a good word, or one star and a bad one."""
    rng = np.random.default_rng(0)
    events, texts = [], []
    for i in range(n):
        good = int(rng.random() < 0.7)
        text = f"{' '.join(rng.choice(REST, 3))} is {rng.choice(words[good])} {i}"
        events.append(f"('u{i % 40}', 'i{i}', 'review', {5 if good else 1})")
        texts.append(f"('u{i % 40}', 'i{i}', '{text}')")
    return {
        "items": "select 'i0' as item_id, 'guitar' as title",
        "interactions": f"select * from (values {', '.join(events)}) as t(user_id, item_id, event_type, value)",
        "texts": f"select * from (values {', '.join(texts)}) as t(user_id, item_id, text)",
    }


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """400 rated reviews, and texts that nobody rated."""
    shop = Warehouse(tmp_path_factory.mktemp("sentiment") / "shop.duckdb").load(**reviews(400))
    shop.run("""
        insert into raw.texts by name select 'u1' as user_id, unnest([
            'the dog is good', 'the dog is not good', 'the dog is slow', 'the dog is not slow', '?!'
        ]) as text""")
    return shop.build(*PARTS, tested=True)


def told(shop, text):
    return shop.query(
        "select polarity, method from recudf.int_text_sentiments where text_hash = sha256(?)", text
    )[0]


def test_polarity_is_what_the_formula_says(shop):
    weights = {(k, n): w for k, n, w in shop.query("select * from recudf.int_sentiment_weights")}
    rows = shop.query("""
        select s.text_hash, t.text, e.vector, s.polarity
        from recudf.int_text_sentiments as s inner join recudf.stg_texts as t using (text_hash)
        left join recudf_embeddings.int_text_embeddings as e using (text_hash)""")
    assert len(rows) > 400
    for _, text, vector, polarity in rows:
        names = ngrams(text)
        single = [name for name in names if " " not in name]
        negated = sum(name.startswith("not_") for name in single) / max(1, len(single))
        known = [weights[("ngram", name)] for name in names if ("ngram", name) in weights]
        score = weights[("intercept", "ngrams")] + (sum(known) / math.sqrt(len(known)) if known else 0)
        if vector is not None:
            product = sum(weights[("vector", str(i))] * x for i, x in enumerate(vector))
            score += (weights[("intercept", "vector")] + product) * (
                1 + weights[("negation", "vector")] * negated
            )
        if vector is None and not known:
            assert polarity is None
        else:
            assert polarity == pytest.approx(math.tanh(score / 2), abs=2e-6), text


def test_words_of_the_reviews_are_learned(shop):
    assert dict(
        shop.query("select name, weight from recudf.int_sentiment_weights where kind = 'method'")
    ) == {"ratings": 1}
    assert told(shop, "the dog is good")[0] > 0.5 > -0.5 > told(shop, "the dog is slow")[0]
    assert told(shop, "the dog is good")[0] > told(shop, "the dog is not good")[0]
    assert told(shop, "the dog is slow")[0] < told(shop, "the dog is not slow")[0]


def test_labels_are_ratings_tied_to_texts(shop):
    assert shop.query(
        "select count(*) from recudf.int_sentiment_labels where label = 1 and text like '%slow%'"
    ) == [(0,)]
    assert shop.query("select count(*) from recudf.int_sentiment_labels") == [(400,)]


def test_with_few_labels_prototypes_serve(tmp_path):
    shop = Warehouse(tmp_path / "shop.duckdb").load(**reviews(50)).build(*PARTS, tested=True)
    assert shop.query(
        "select distinct method, polarity between -1 and 1 from recudf.int_text_sentiments"
    ) == [("prototypes", True)]
    assert shop.query("select count(*) from recudf.int_sentiment_weights where kind = 'ngram'") == [(0,)]


@pytest.mark.slow
def test_without_texts_there_is_nothing(tmp_path):
    shop = Warehouse(tmp_path / "shop.duckdb").load(interactions=reviews(5)["interactions"])
    shop.build(*PARTS, tested=True)
    for table in (
        "int_sentiment_prototypes",
        "int_sentiment_labels",
        "int_sentiment_weights",
        "int_text_sentiments",
    ):
        assert shop.rows(table) == []


@pytest.mark.slow
def test_prototypes_are_of_the_languages_written(tmp_path):
    """Also of texts that are rated, by characters alone where the encoder has no vector for them."""
    data = reviews(400, (("坏吉他", "不好用", "太慢"), ("好吉他", "很好用", "很快")))
    data["texts"] = data["texts"].replace(" is ", "。").replace("guitar", "吉他").replace("book", "书")
    shop = Warehouse(tmp_path / "shop.duckdb").load(**data).build(*PARTS, tested=True)
    assert shop.query("select distinct language from recudf.int_sentiment_prototypes") == [("zh",)]
    weights = dict(shop.query("select name, weight from recudf.int_sentiment_weights where kind = 'ngram'"))
    assert weights["很好用"] > 0 > weights["不好用"]


@pytest.mark.slow
def test_the_lexical_encoder_serves_beside_the_ngrams(tmp_path):
    data = reviews(400, (("坏吉他", "不好用", "太慢"), ("好吉他", "很好用", "很快")))
    shop = Warehouse(tmp_path / "shop.duckdb").load(**data).build(*PARTS, tested=True, encoder="lexical")
    kinds = dict(shop.query("select kind, count(*) from recudf.int_sentiment_weights group by kind"))
    assert kinds["vector"] > 1
    assert kinds["ngram"] > 1
    assert shop.query("""
        select distinct s.method, s.polarity > 0 from recudf.int_text_sentiments as s
        inner join recudf.int_sentiment_labels as l using (text_hash) where l.label > 0""") == [
        ("ratings", True)
    ]


def test_seed():
    """As many sentences of both sides and of every emotion in each language, none twice."""
    with (project_directory() / "seeds" / "sentiment_prototypes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = Counter((row["label"], row["language"]) for row in rows)
    assert len(counts) == 2 * 9
    for language in ("en", "zh"):
        assert counts["positive", language] == counts["negative", language]
        assert len({counts[emotion, language] for emotion in EMOTIONS}) == 1
    ours = {sentence for pair in PAIRS for sentence in pair} | {s for said in EMOTIONS.values() for s in said}
    assert not ours & {row["sentence"] for row in rows}


@pytest.mark.slow
def test_real_reviews_pairs_and_emotions(data, tmp_path, monkeypatch):
    """What no fit has seen: negated pairs in order and with the right sign, and ten sentences of each emotion."""
    monkeypatch.setenv("RECUDF_ENCODER", "bundled")
    folder = data("instruments")
    shop = Warehouse(tmp_path / "shop.duckdb").load(
        **{name: f"select * from '{folder}/{name}.parquet'" for name in ("items", "interactions", "texts")}
    )
    ours = [*(s for pair in PAIRS for s in pair), *(s for said in EMOTIONS.values() for s in said)]
    with shop.connection() as connection:
        connection.execute(
            """
            insert into raw.texts by name
            select 'tester' as user_id, unnest(?) as text, timestamp '2014-01-01' as created_at""",
            [ours],
        )
    shop.build(*PARTS, tested=True)
    rows = shop.query("""
        select t.text, s.polarity, s.emotion from recudf.stg_texts as t
        inner join recudf.int_text_sentiments as s using (text_hash) where t.user_id = 'tester'""")
    polarity = {text: value for text, value, _ in rows}
    emotion = {text: name for text, _, name in rows}
    assert sum(polarity[a] > polarity[b] for a, b in PAIRS) >= 17
    assert sum(polarity[a] > 0 > polarity[b] for a, b in PAIRS) >= 15
    hits = {name: sum(emotion[text] == name for text in said) for name, said in EMOTIONS.items()}
    assert sum(hits.values()) >= 0.7 * 70, hits
    assert min(hits.values()) >= 5, hits
    aucs = dict(shop.query("select name, weight from recudf.int_sentiment_weights where kind = 'auc'"))
    assert aucs["both"] >= 0.965
    by_stars = dict(
        shop.query("""
        select i.value, avg(s.polarity) from recudf.int_text_sentiments as s
        inner join recudf.stg_texts as t using (text_hash)
        inner join recudf.stg_interactions as i using (user_id, item_id) group by i.value""")
    )
    assert by_stars[1] < by_stars[2] < by_stars[3] < by_stars[4] < by_stars[5]
    assert abs(by_stars[3]) < 0.3
