"""Recommendations where little is known: new items, users with one event, users with nothing but a text.

    python benchmarks/cold_start.py ../shared/data/instruments ../shared/data/movies [--output FILE.md]

New items: all events on a fifth of the items are hidden, and texts about them; the others are put on the
blocklist, so that lists hold new ones alone. Beside them the plain content model, cosine to the mean vector
of what a user liked, and chance. New users: of a tenth of the users all but the first event is hidden, and
all texts; of another tenth, among those who wrote texts, all but the longest text, which is about no item
then. Beside them what is popular, and recommend_for of the text. Hidden events of positive weight are
relevant. 95 % bootstraps over users. Nothing is chosen here. With --embeddings a database built before, whose
vectors of texts are taken over, which saves most of the time.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path

import duckdb
import numpy as np

import recudf
from recudf.evaluation.bootstrap import bootstrap_means
from recudf.evaluation.metrics import ndcg, recall

K = 20


def shop(folder):
    """A connection with the tables of a folder, and `liked` (user_id, item_id, occurred_at)."""
    c = duckdb.connect()
    for name in ("items", "interactions", "texts"):
        path = folder / f"{name}.parquet"
        if path.exists():
            c.execute(f"create table {name} as from '{path}'")
    c.execute("""
        create table liked as
        select user_id, item_id, min(occurred_at) as occurred_at from interactions
        where coalesce(value, 5) >= 3 group by user_id, item_id""")
    return c


def hide_items(c):
    """Makes `hidden` (user_id, item_id) and the blocklist of all other items; texts go with their items."""
    c.execute("""
        create table new_items as
        select item_id from (select distinct item_id from liked) order by md5('new' || item_id)
        limit (select count(distinct item_id) // 5 from liked)""")
    c.execute("create table hidden as select user_id, item_id from liked semi join new_items using (item_id)")
    c.execute("delete from interactions where item_id in (from new_items)")
    if has(c, "texts"):
        c.execute("delete from texts where item_id in (from new_items)")
    c.execute("""
        create table blocklist as
        select null::varchar as user_id, item_id, null::varchar as category
        from items anti join new_items using (item_id)""")


def hide_users(c):
    """Makes `hidden`, `one_event` and `one_text` (user_id, text): a tenth of the users each."""
    c.execute("""
        create table one_event as
        select user_id from liked group by user_id having count(*) > 1
        order by md5('event' || user_id) limit (select count(distinct user_id) // 10 from liked)""")
    c.execute("create table one_text (user_id varchar, text varchar)")
    if has(c, "texts"):
        c.execute("""
            insert into one_text
            select user_id, arg_max(text, (length(text), text)) from texts
            where user_id not in (from one_event) and user_id in (select user_id from liked)
            group by user_id
            order by md5('text' || user_id) limit (select count(distinct user_id) // 10 from liked)""")
        c.execute("""
            delete from texts
            where user_id in (select user_id from one_event union select user_id from one_text)""")
        c.execute("""
            create or replace table texts as
            from texts union all by name
            select user_id, text, 'only-' || user_id as text_id, 'post' as kind from one_text""")
    c.execute("""
        create table kept as
        select user_id, arg_min(item_id, (occurred_at, md5(item_id))) as item_id from liked
        where user_id in (from one_event) group by user_id""")
    c.execute("""
        create table hidden as
        select user_id, item_id from liked anti join kept using (user_id, item_id)
        where user_id in (select user_id from one_event union select user_id from one_text)""")
    c.execute("delete from interactions where user_id in (select user_id from one_text)")
    c.execute("""
        delete from interactions where user_id in (from one_event)
        and (user_id, item_id) not in (from kept)""")


def has(c, table):
    return bool(c.execute("select 1 from duckdb_tables() where table_name = ?", [table]).fetchall())


def build(c, scratch, embeddings):
    """{ranking: path of a database}."""
    data = scratch / "data"
    data.mkdir(parents=True)
    for name in ("items", "interactions", "texts", "blocklist"):
        if has(c, name):
            c.execute(f"copy {name} to '{data}/{name}.parquet'")
    found = {}
    for ranking in ("blend", "learned"):
        found[ranking] = database = scratch / f"{ranking}.duckdb"
        command = [sys.executable, "-m", "recudf"]
        subprocess.run(
            [*command, "load", data, "--database", database], check=True, stdout=subprocess.DEVNULL
        )
        if embeddings:
            with duckdb.connect(str(database)) as target:
                target.execute(f"attach '{embeddings}' as known (read_only)")
                target.execute("create schema recudf_embeddings")
                target.execute(
                    "create table recudf_embeddings.int_text_embeddings as "
                    "from known.recudf_embeddings.int_text_embeddings"
                )
        variables = json.dumps({"ranking": ranking, "recommendations_per_user": K})
        select = ["--select", "+fct_recommendations", "--exclude-resource-type", "test"]
        command += ["build", "--database", database, "--vars", variables, *select]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return found


def lists(database, query):
    """{user: items, best first} of a query (user_id, item_id) in order."""
    found = {}
    with duckdb.connect(str(database), read_only=True) as c:
        for user, item in c.execute(query).fetchall():
            found.setdefault(user, []).append(item)
    return found


RECOMMENDED = "select user_id, item_id from recudf.fct_recommendations order by user_id, rank"


def plain_content(database, new):
    """Lists by cosine to the mean vector of what a user liked."""
    with duckdb.connect(str(database), read_only=True) as c:
        rows = c.execute("select item_id, vector::float[] from recudf.vec_items order by item_id").fetchall()
        likes = c.execute("select user_id, item_id from recudf.int_user_items where weight > 0").fetchall()
    vectors = {item: np.array(vector) for item, vector in rows if vector is not None}
    items = [item for item in vectors if item in new]
    of_new = np.stack([vectors[item] for item in items])
    by_user = {}
    for user, item in likes:
        if item in vectors:
            by_user.setdefault(user, []).append(vectors[item])
    return {
        user: [items[i] for i in np.argsort(-of_new @ np.mean(liked, axis=0), kind="stable")[:K]]
        for user, liked in by_user.items()
    }


def asked(database, texts):
    """Lists of recommend_for."""
    with recudf.connect(database, read_only=True) as c:
        return {
            user: [item for (item,) in c.execute(
                "select item_id from recudf.recommend_for(?, ?) order by rank", [text, K]).fetchall()]
            for user, text in texts
        }  # fmt: skip


def measured(models, hidden, users):
    """Lines of a table, every model minus the first."""
    relevant = {}
    for user, item in hidden:
        relevant.setdefault(user, set()).add(item)
    users = sorted(user for user in users if user in relevant)
    counts = np.array([len(relevant[user]) for user in users])
    values = {}
    for name, of_user in models.items():
        hits = np.zeros((len(users), K), bool)
        for row, user in enumerate(users):
            for place, item in enumerate(of_user.get(user, [])[:K]):
                hits[row, place] = item in relevant[user]
        values[name] = np.stack([ndcg(hits, counts, 10), recall(hits, counts, K)], axis=1)
    first = next(iter(models))
    lines = [
        f"| {len(users)} users | ndcg@10 | recall@20 | minus {first}: ndcg@10 | recall@20 |",
        "|---|" + "---|" * 4,
    ]
    for name, of in values.items():
        own, minus = (
            bootstrap_means(of, np.array(users)),
            bootstrap_means(of - values[first], np.array(users)),
        )
        cells = [f"{own.mean[i]:.4f} [{own.low[i]:.4f}, {own.high[i]:.4f}]" for i in (0, 1)]
        cells += [
            "" if name == first else f"{minus.mean[i]:+.4f} [{minus.low[i]:+.4f}, {minus.high[i]:+.4f}]"
            for i in (0, 1)
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def of_items(folder, scratch, embeddings):
    c = shop(folder)
    hide_items(c)
    hidden = c.execute("from hidden").fetchall()
    new = {item for (item,) in c.execute("from new_items").fetchall()}
    built = build(c, scratch, embeddings)
    draw = np.random.default_rng(0)
    users = sorted({user for user, _ in hidden})
    names = sorted(new)
    models = {"plain content": plain_content(built["blend"], new)}
    models["chance"] = {user: [names[i] for i in draw.permutation(len(names))[:K]] for user in users}
    models |= {name: lists(database, RECOMMENDED) for name, database in built.items()}
    return [
        f"### {folder.name}: {len(new)} new items, ranked among themselves",
        "",
        *measured(models, hidden, users),
        "",
    ]


def of_users(folder, scratch, embeddings):
    c = shop(folder)
    hide_users(c)
    hidden = c.execute("from hidden").fetchall()
    texts = c.execute("from one_text").fetchall()
    built = build(c, scratch, embeddings)
    ranked = {name: lists(database, RECOMMENDED) for name, database in built.items()}
    popular = lists(
        built["learned"],
        """
        select user_id, item_id from recudf.int_candidates_by_popularity
        where fold = 0 order by user_id, score desc, item_id""",
    )
    one = [user for (user,) in c.execute("from one_event").fetchall()]
    lines = [
        f"### {folder.name}: users with one event",
        "",
        *measured({"recent popular": popular} | ranked, hidden, one),
        "",
    ]
    if texts:
        models = {"recent popular": popular} | ranked | {"recommend_for": asked(built["blend"], texts)}
        lines += [f"### {folder.name}: users with one text and no event", ""]
        lines += [*measured(models, hidden, [user for user, _ in texts]), ""]
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--embeddings", nargs="*", type=Path, default=[], help="one for each folder")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    text = ["# Where little is known", "", "Made by `python benchmarks/cold_start.py`, which says how.", ""]
    for folder, embeddings in zip_longest(given.folders, given.embeddings):
        for measure in (of_items, of_users):
            with tempfile.TemporaryDirectory() as scratch:
                text += measure(folder, Path(scratch), embeddings)
            print("\n".join(text), flush=True)
    if given.output:
        given.output.write_text("\n".join(text))
