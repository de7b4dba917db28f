"""Keywords against KeyBERT, same texts, same encoder object: agreement with people's words, and seconds.

    python benchmarks/keywords.py --data ../shared/data

Needs the extra bench. Three sets of people's words: the label of a question (shorttext-stackoverflow), the
headline that a reviewer gave (instruments), the tags that a user wrote (movies). No constant was chosen by
these words: docs/keywords.md says how they were.
"""

import argparse
import os
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa

import recudf
from keyword_rankings import embed_keys, key_of, keybert, macro, rank_by_topics, rank_owners, rerank, top
from recudf import Settings
from recudf.evaluation.bootstrap import bootstrap_means

ROOT = Path(__file__).parents[1]
# shorttext-stackoverflow numbers its labels in this order
LABELS = """wordpress, oracle, svn, apache, excel, matlab, visual studio, cocoa, osx, bash, spring, hibernate,
    scala, sharepoint, ajax, qt, drupal, linq, haskell, magento"""
LONGEST_HEADLINE = 15  # words


def interval(values):
    estimate = bootstrap_means(np.array(values, float)[:, None], np.arange(len(values)))
    return f"{estimate.mean[0]:.3f} [{estimate.low[0]:.3f}, {estimate.high[0]:.3f}]"


def precision(found, said):
    """Mean share of five keywords that are among a person's words."""
    return interval([len(set(keys[:5]) & set(words)) / 5 for keys, words in zip(found, said, strict=True)])


def questions(connection, data, limit, *, beside_keybert):
    """Is the first keyword the label's word, where the question holds it? Topics by cluster_fit, k = 20."""
    connection.execute(f"""
        create or replace temp table texts as select text_id::varchar as owner_id, text, label::int as label
        from '{data}/shorttext-stackoverflow/texts.parquet' order by md5(text_id::varchar) limit {limit}""")
    seconds = rank_by_topics(connection, topics=20, first=5)
    right = {}
    for number, name in enumerate(LABELS.split(","), 1):
        right[number] = {key_of(name.strip()), *map(key_of, name.split())}
    held = dict(connection.execute("select owner_id, list(key) from held group by owner_id").fetchall())
    texts = connection.execute("select owner_id, text, label from texts order by owner_id").fetchall()
    rows = [row for row in texts if right[row[2]] & set(held.get(row[0], []))]

    def hits(of):
        return interval([(of[owner] or [""])[0] in right[label] for owner, _, label in rows])

    def hits_within(of):
        first = {owner: set((of[owner] or [""])[0].split()) for owner, _, _ in rows}
        return interval([any(set(w.split()) <= first[o] for w in right[label]) for o, _, label in rows])

    owners = [row[0] for row in texts]
    yield f"\n## Questions: the label's word first, {len(rows):,} of {limit:,} texts that hold it\n"
    yield "Of `visual studio` either word counts as well.\n"
    yield "| ranking | first keyword is the label's word | seconds |\n|---|---|---|"
    for table, name in {
        "by_own": "class tf-idf, the text's own topic",
        "by_shares": "class tf-idf, topics by their share",
        "by_score": "the same, re-ranked by the encoder",
    }.items():
        found = dict(zip(owners, top(connection, table, owners, 1), strict=True))
        spent = f"{sum(seconds.values()):.1f}" if table == "by_score" else ""
        yield f"| {name} | {hits(found)} | {spent} |"
    if beside_keybert:
        spent, found = keybert([text for _, text, _ in texts], 1, 1)
        yield f"| KeyBERT, words | {hits(dict(zip(owners, found, strict=True)))} | {spent:.1f} |"
        spent, found = keybert([text for _, text, _ in texts], 3, 1)
        within = hits_within(dict(zip(owners, found, strict=True)))
        yield f"| KeyBERT, phrases of up to 3 words: the word within | {within} | {spent:.1f} |"
    count = connection.execute("select count(*) from key_vectors").fetchone()[0]
    everything = connection.execute("select count(distinct key) from phrases").fetchone()[0]
    steps = ", ".join(f"{name} {value:.1f}" for name, value in seconds.items())
    yield f"\nOurs by step: {steps}. Of {everything:,} different phrases {count:,} were embedded."


def headlines(connection, data, limit):
    """Are a review's five keywords words of the headline that its writer gave it? Classes are the items."""
    reviews = []
    query = f"select text_id, item_id, text from '{data}/instruments/texts.parquet' order by text_id"
    for number, item, text in connection.execute(query).fetchall():
        headline, _, body = text.partition(". ")
        if body.strip() and len(headline.split()) <= LONGEST_HEADLINE:
            reviews.append({"owner_id": number, "item_id": item, "headline": headline, "text": body})
    connection.register("reviews", pa.Table.from_pylist(reviews))
    connection.execute(f"""
        create or replace temp table texts as select * from reviews order by md5(owner_id) limit {limit};
        create or replace temp table vectors as select owner_id, embed(text) as vector from texts;
        create or replace temp table phrases as
        select owner_id, item_id, unnest(keyphrases(text), recursive := true) from reviews;
        create or replace temp table counted as
        select item_id as owner_id, key, count(distinct owner_id)::double as weight
        from phrases group by item_id, key
        qualify count(*) over (partition by key) > 1;
        create or replace temp table by_item as {macro("class_tf_idf", "counted")};
        create or replace temp table valued as
        select texts.owner_id, held.key, by_item.value,
            row_number() over (partition by texts.owner_id order by by_item.value desc, held.key) as position
        from texts join (select distinct owner_id, key from phrases) as held using (owner_id)
        join by_item on by_item.owner_id = texts.item_id and by_item.key = held.key""")
    embed_keys(connection, "valued", 10)
    rerank(connection, "valued", 10)
    shared = dict(
        connection.execute("""
        select texts.owner_id, list(distinct head.key)
        from (select owner_id, unnest(keyphrases(headline), recursive := true) from texts) as head
        join texts using (owner_id)
        semi join phrases on phrases.owner_id = texts.owner_id and phrases.key = head.key
        group by texts.owner_id""").fetchall()
    )
    owners = sorted(shared)
    said = [shared[owner] for owner in owners]
    texts = dict(connection.execute("select owner_id, text from texts").fetchall())
    yield f"\n## Reviews: five keywords in the headline's words, {len(owners):,} of {limit:,} reviews\n"
    yield "Keywords are of the body; counted are reviews whose body holds a word or phrase of the headline.\n"
    yield "| ranking | precision@5 |\n|---|---|"
    by_value, by_score = (top(connection, table, owners, 5) for table in ("valued", "by_score"))
    yield f"| class tf-idf, classes are the items | {precision(by_value, said)} |"
    yield f"| the same, re-ranked by the encoder | {precision(by_score, said)} |"
    found = keybert([texts[owner] for owner in owners], 1)[1]
    yield f"| KeyBERT, words | {precision(found, said)} |"


def tags(connection, data):
    """Are a user's five keywords words of the tags that the user wrote? Texts are those of liked films."""
    connection.execute(f"""
        create or replace temp table liked as
        select distinct user_id as owner_id, item_id
        from '{data}/movies/interactions.parquet' where value >= 4;
        create or replace temp table items as
        select item_id, concat_ws('. ',
            regexp_replace(title, ' \\(\\d{{4}}\\)$', ''), description, replace(category, '|', '. ')) as text
        from '{data}/movies/items.parquet' semi join liked using (item_id);
        create or replace temp table item_vectors as select item_id, embed(text) as vector from items;
        create or replace temp table vectors as
        select owner_id, vector_unit(vector_mean(list(vector order by item_id))) as vector
        from liked join item_vectors using (item_id) group by owner_id;
        create or replace temp table phrases as
        select item_id, unnest(keyphrases(text), recursive := true) from items;
        create or replace temp table counted as
        select owner_id, key, count(*)::double as weight
        from (select distinct item_id, key from phrases) join liked using (item_id) group by owner_id, key
        qualify count(*) over (partition by key) > 1""")
    rank_owners(connection, 20)
    written = dict(
        connection.execute(f"""
        select user_id, list(distinct key) from (
            select user_id, unnest(keyphrases(text), recursive := true)
            from '{data}/movies/texts.parquet'
        )
        where user_id in (select owner_id from counted) group by user_id""").fetchall()
    )
    owners = sorted(written)
    said = [written[owner] for owner in owners]
    yield f"\n## Films: five keywords of a user in the words of the user's tags, {len(owners)} users\n"
    yield "Texts are titles, descriptions and genres of the films that the user rated 4 or more.\n"
    yield "| ranking | precision@5 |\n|---|---|"
    by_value, by_score = (top(connection, table, owners, 5) for table in ("valued", "by_score"))
    yield f"| class tf-idf | {precision(by_value, said)} |"
    yield f"| the same, re-ranked by the encoder | {precision(by_score, said)} |"
    texts = dict(
        connection.execute("""
        select owner_id, string_agg(text, '. ' order by item_id)
        from liked join items using (item_id) group by owner_id""").fetchall()
    )
    documents = [texts[owner] for owner in owners]
    of = dict(connection.execute("select owner_id, vector from vectors").fetchall())
    means = np.array([of[owner] for owner in owners], np.float32)
    for name, vectors in {"the films' texts as one": None, "the mean of the films' vectors": means}.items():
        yield f"| KeyBERT, words, {name} | {precision(keybert(documents, 1, vectors=vectors)[1], said)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "keywords.md")
    options = parser.parse_args()
    lines = [
        "# Keywords\n",
        f"Made by `python benchmarks/keywords.py`: KeyBERT {version('keybert')} and the macros of "
        "dbt_project/macros/words, on the same texts with the same encoder object",
        f"(bundled, {platform.machine()}, {os.cpu_count()} cores). Intervals are 95 % bootstraps.",
    ]
    connection = recudf.connect(settings=Settings(progress="off"))
    connection.execute("select embed('the model is loaded before the clock starts')")
    for section in (
        questions(connection, options.data, 2_000, beside_keybert=True),
        # KeyBERT looks at no other text, so more of them do not change its share
        questions(connection, options.data, 20_000, beside_keybert=False),
        headlines(connection, options.data, 1_000),
        tags(connection, options.data),
    ):
        for line in section:
            print(line, flush=True)
            lines.append(line)
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
