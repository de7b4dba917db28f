"""Polarity beside VADER and TextBlob on the same texts, in one run: reviews of instruments and Chinese ones.

pip install vaderSentiment textblob
python benchmarks/sentiment.py [--data ../shared/data] [--warehouse FILE] [--out FILE]

instruments: up to 2 stars against 5, five folds by user; shopping-zh: its labels, five folds. Everything is
fitted on the other folds, thresholds of macro-F1 included; `at 0` is the sign of the polarity, for which no
threshold is chosen.
With --warehouse, the vectors of a warehouse that was built over the reviews are taken.
"""

import argparse
import csv
import hashlib
import time
from pathlib import Path

import duckdb
import numpy as np
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

import recudf
from recudf.cli.project import project_directory

FOLDS = 5
PER_SIDE = 20_000  # as sentiment_labels_per_side has it


def fold_of(key):
    return int.from_bytes(hashlib.md5(str(key).encode()).digest()[:4]) % FOLDS


def embedded(texts, warehouse):
    """Vectors of the bundled encoder."""
    if warehouse:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return (
                connection.execute(
                    """
                select vector from (select unnest(?) as text, generate_subscripts(?, 1) as n) as asked
                left join recudf_embeddings.int_text_embeddings on text_hash = sha256(text) order by n""",
                    [texts, texts],
                )
                .to_arrow_table()["vector"]
                .to_pylist()
            )
    with recudf.connect() as connection:
        ((vectors,),) = connection.execute("select embed_all(?)", [texts]).fetchall()
    return vectors


def prototypes(language):
    """(sentence, label) of the seed's two sides."""
    sides = {"positive": 1, "negative": -1}
    with (project_directory() / "seeds" / "sentiment_prototypes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        (row["sentence"], sides[row["label"]])
        for row in rows
        if row["label"] in sides and row["language"] == language
    ]


class Sentiment:
    """sentiment_fit and the SQL that applies its table, with vectors by text."""

    def __init__(self, vectors):
        self.connection = recudf.connect()
        self.connection.execute("create table vectors (text varchar, vector float[])")
        rows = [
            (text, None if vector is None else list(map(float, vector))) for text, vector in vectors.items()
        ]
        for start in range(0, len(rows), 2000):
            part = rows[start : start + 2000]
            self.connection.execute(
                "insert into vectors select unnest(?), unnest(?)",
                [[t for t, _ in part], [v for _, v in part]],
            )

    def fit(self, texts, labels, examples=(), min_labels=300):
        """Weights from labelled texts and from prototypes."""
        rows = [
            *zip(texts, map(float, labels), [False] * len(texts), strict=False),
            *((t, float(y), True) for t, y in examples),
        ]
        columns = [list(column) for column in zip(*rows, strict=False)]
        self.connection.execute(
            """create or replace temp table labelled as
            select unnest(?::varchar[]) as text, unnest(?::double[]) as label,
                unnest(?::boolean[]) as is_example""",
            columns,
        )
        self.connection.execute(
            f"""create or replace temp table weights as
            select unnest(w, recursive := true) from (
                select sentiment_fit(
                    list(text), list(vector), list(label), list(is_example), {min_labels}) as w
                from labelled left join vectors using (text))"""
        )

    def told(self, kind):
        rows = self.connection.execute("select name, weight from weights where kind = ?", [kind]).fetchall()
        return dict(rows)

    def polarity(self, texts):
        """By the SQL of int_text_sentiments."""
        self.connection.execute(
            "create or replace temp table asked as select unnest(?::varchar[]) as text", [texts]
        )
        rows = self.connection.execute("""
            with fit as (
                select
                    max(case when kind = 'intercept' and name = 'vector' then weight end) as of_vector,
                    max(case when kind = 'intercept' and name = 'ngrams' then weight end) as of_ngrams,
                    max(case when kind = 'negation' then weight end) as negation
                from weights
            ),
            direction as (
                select list(weight order by name::integer) as vector from weights where kind = 'vector'
            ),
            grams as (select text, unnest(ngrams(text)) as gram from (select distinct text from asked)),
            weighed as (
                select
                    text,
                    sum(weight) / sqrt(count(weight)) as score,
                    avg(case when gram not like '% %' then starts_with(gram, 'not_')::integer end) as negated
                from grams left join weights on gram = name and kind = 'ngram'
                group by text
            )
            select text, coalesce(tanh((fit.of_ngrams + coalesce(score, 0)
                + coalesce((fit.of_vector + list_inner_product(v.vector::double[], direction.vector))
                    * (1 + negation * coalesce(negated, 0)), 0)) / 2), 0)
            from (select distinct text from asked) as asked cross join fit cross join direction
            left join vectors as v using (text) left join weighed using (text)""").fetchall()
        found = dict(rows)
        return np.array([found[text] for text in texts])


def threshold(scores, positive):
    """The one with the best macro-F1."""
    tried = np.quantile(scores, np.linspace(0.002, 0.6, 300))
    return max(tried, key=lambda at: f1_score(positive, scores > at, average="macro"))


def row(name, scores, positive, folds):
    """A line of the table; a threshold is chosen on the other folds."""
    chosen = np.zeros(len(scores), bool)
    for fold in range(FOLDS):
        held_out = folds == fold
        chosen[held_out] = scores[held_out] > threshold(scores[~held_out], positive[~held_out])
    return (
        f"| {name} | {roc_auc_score(positive, scores):.4f} "
        f"| {f1_score(positive, chosen, average='macro'):.3f} "
        f"| {f1_score(positive, scores > 0, average='macro'):.3f} |"
    )


def instruments(data, warehouse):
    texts, users, stars = zip(
        *duckdb.sql(f"""
        select trim(text, e' \\t\\n\\r') as text, any_value(t.user_id), any_value(value)
        from '{data}/instruments/texts.parquet' as t
        inner join '{data}/instruments/interactions.parquet' as i using (user_id, item_id)
        where trim(text) != '' group by 1 order by 1""").fetchall(),
        strict=False,
    )
    texts, stars = list(texts), np.array(stars)
    folds = np.array([fold_of(user) for user in users])
    examples = prototypes("en")
    everything = [*texts, *(sentence for sentence, _ in examples)]
    model = Sentiment(dict(zip(everything, embedded(everything, warehouse), strict=False)))
    labelled = (stars <= 2) | (stars == 5)
    scores, few = np.zeros(len(texts)), np.zeros(len(texts))
    seconds = []
    for fold in range(FOLDS):
        held_out = folds == fold
        known = np.flatnonzero(labelled & ~held_out)
        start = time.perf_counter()
        model.fit([texts[i] for i in known], np.where(stars[known] == 5, 1, -1), examples)
        seconds.append(time.perf_counter() - start)
        scores[held_out] = model.polarity([texts[i] for i in np.flatnonzero(held_out)])
    model.fit([], [], examples)
    few = model.polarity(texts)
    positive, of = stars[labelled] == 5, folds[labelled]
    yield f"## instruments: {(~positive).sum()} reviews of up to 2 stars, {positive.sum():,} of 5\n"
    yield "| method | AUC | macro-F1, threshold from the training folds | macro-F1 at 0 |\n|---|---|---|---|"
    for name, found in peers([texts[i] for i in np.flatnonzero(labelled)]):
        yield row(name, found, positive, of)
    yield row("prototypes alone, no label", few[labelled], positive, of)
    yield row("int_text_sentiments", scores[labelled], positive, of)
    yield f"\nA fit takes {np.median(seconds):.1f} s. Polarity by stars, of texts not fitted on:\n"
    yield "| stars | 1 | 2 | 3 | 4 | 5 |\n|---|---|---|---|---|---|"
    yield "| mean | " + " | ".join(f"{scores[stars == s].mean():.2f}" for s in range(1, 6)) + " |"
    yield "| below 0 | " + " | ".join(f"{(scores[stars == s] < 0).mean():.0%}" for s in range(1, 6)) + " |"


def peers(texts):
    from textblob import TextBlob
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    vader = SentimentIntensityAnalyzer()
    yield "VADER", np.array([vader.polarity_scores(text)["compound"] for text in texts])
    yield "TextBlob", np.array([TextBlob(text).sentiment.polarity for text in texts])


def shopping(data):
    texts, sides = zip(
        *duckdb.sql(f"""
        select trim(text) as text, any_value(sentiment) from '{data}/shopping-zh/texts.parquet'
        where trim(text) != '' group by 1 order by 1""").fetchall(),
        strict=False,
    )
    texts, positive = list(texts), np.array(sides) == 1
    folds = np.array([fold_of(f"{text} fold") for text in texts])
    examples = prototypes("zh")
    model = Sentiment(dict.fromkeys([*texts, *(sentence for sentence, _ in examples)]))
    by_hash = np.array(sorted(range(len(texts)), key=lambda i: hashlib.sha256(texts[i].encode()).digest()))
    sides, scores, seconds = (positive, ~positive), np.zeros(len(texts)), []
    for fold in range(FOLDS):
        known = np.concatenate([by_hash[((folds != fold) & side)[by_hash]][:PER_SIDE] for side in sides])
        start = time.perf_counter()
        model.fit([texts[i] for i in known], np.where(positive[known], 1, -1), examples)
        seconds.append(time.perf_counter() - start)
        scores[folds == fold] = model.polarity([texts[i] for i in np.flatnonzero(folds == fold)])
    yield f"\n## shopping-zh: {len(texts):,} reviews, character 1-3-grams alone, {PER_SIDE:,} labels a side\n"
    yield "| method | accuracy at 0 | AUC | seconds of a fit |\n|---|---|---|---|"
    yield (
        f"| int_text_sentiments | {accuracy_score(positive, scores > 0):.4f} "
        f"| {roc_auc_score(positive, scores):.4f} | {np.median(seconds):.0f} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--warehouse", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "sentiment.md")
    options = parser.parse_args()
    lines = ["# Sentiment\n", "Made by `python benchmarks/sentiment.py`.\n"]
    for section in (instruments(options.data, options.warehouse), shopping(options.data)):
        for line in section:
            print(line, flush=True)
            lines.append(line)
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
