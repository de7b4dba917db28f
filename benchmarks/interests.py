"""Do the layers of interests do what they say, and do interests predict? By replay.

    python benchmarks/interests.py DATA/instruments DATA/movies [--output benchmarks/results/interests.md]

DATA/... may be databases that were built before, whose embeddings then serve.

Layers: builds as of three moments; how likely the topics of each user's next five liked events, and of those
after half a year, are under the user's topic shares: mean log-likelihood per event, differences with 95 %
bootstrap intervals over users. How much the last events weigh beside the whole history is chosen at the first
moment, and reported at the others.
Prediction: the last fifth of each user's items is hidden (holdout); ndcg@10 of unseen items ranked by the
interests that a user and an item share, beside the cosine of their vectors.
Planted: samples whose truth is known; departments found in a layer against those planted.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np

from recudf.engines.duckdb import CONFIG
from recudf.evaluation.bootstrap import bootstrap_means
from recudf.sample import SampleParameters, make_sample, write_sample

MOMENTS = (0.5, 0.7, 0.9)
MIXES = (0.05, 0.1, 0.2, 0.3, 0.5)
NEXT, HALF_A_YEAR = 5, "180 days"
FLOOR = 1e-4  # share of a topic that nobody has


WEIGHTS = ("+int_user_interest_weights", "+int_interests")
PREDICTION = ("+fct_user_interests", "fct_interest_sources", "dim_interests", "+vec_users")


def build(database: Path, *models: str, **variables: object) -> None:
    """Build models in place, without tests."""
    command = ["build", "--in-place", "--quiet", "--database", str(database), "--vars", json.dumps(variables)]
    chosen = ["--select", *models]
    left_out = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    subprocess.run([sys.executable, "-m", "recudf", *command, *chosen, *left_out], check=True)


def load(data: Path, database: Path) -> None:
    """Load a folder; a database is copied, with the embeddings in it."""
    if data.is_file():
        shutil.copy(data, database)
        return
    command = [sys.executable, "-m", "recudf", "load", str(data), "--database", str(database)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Replay:
    """Topic shares at one moment, [users, topics], and what came after it."""

    def __init__(self, database: Path, later: Path, moment: str) -> None:
        self.connection = duckdb.connect(str(database), read_only=True)
        self.connection.execute("set schema = 'recudf'")
        self.connection.execute(f"attach '{later}' as later (read_only)")
        self.moment = moment
        topics = self.connection.execute(
            "select interest_id, population_share, parent_id from int_interests "
            "where kind = 'topic' order by interest_id"
        ).fetchall()
        self.position = {topic: i for i, (topic, *_) in enumerate(topics)}
        population = np.maximum([share for _, share, _ in topics], FLOOR)
        self.population = population / population.sum()
        parents = [parent for *_, parent in topics]
        self.same_field = np.array([[a is not None and a == b for b in parents] for a in parents])
        self._read_users()
        self.next = self._after(f"position <= {NEXT}")
        self.far = self._after(f"occurred_at > '{moment}'::timestamp + interval '{HALF_A_YEAR}'")

    def _read_users(self) -> None:
        rows = self.connection.execute("""
            select user_id, interest_id, weight, greatest(recent_weight, 0), user_weight, user_recent_weight,
                user_events
            from int_user_interest_weights
            where interest_id in (select interest_id from int_interests where kind = 'topic')
        """).fetchall()
        users = sorted({row[0] for row in rows})
        self.row = {user: i for i, user in enumerate(users)}
        shape = (len(users), len(self.position))
        own, recent = np.zeros(shape), np.zeros(shape)
        total, recent_total = np.ones(len(users)), np.zeros(len(users))
        self.events = np.zeros(len(users), int)
        for user, topic, weight, recent_weight, user_weight, user_recent, events in rows:
            i, j = self.row[user], self.position[topic]
            own[i, j], recent[i, j] = weight, recent_weight
            total[i], recent_total[i], self.events[i] = user_weight, user_recent, events
        shrinkage = 20.0
        self.deep = (own + shrinkage * self.population) / (total + shrinkage)[:, None]
        self.deep /= self.deep.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            self.recent = np.where(
                recent_total[:, None] > 0, recent / recent.sum(axis=1, keepdims=True), self.deep
            )
        self.recent = np.where(np.isnan(self.recent), self.deep, self.recent)
        field = self.deep @ self.same_field
        beside = field * self.population / (self.same_field @ self.population)
        self.middle = (self.deep + beside) / 2
        self.middle /= self.middle.sum(axis=1, keepdims=True)

    def _after(self, condition: str) -> list[tuple[int, int]]:
        """(row of the user, topic) of liked events after the moment that a condition chooses."""
        rows = self.connection.execute(f"""
            select user_id, topic_id
            from (
                select
                    events.user_id, topics.topic_id, events.occurred_at,
                    row_number() over (
                        partition by events.user_id order by events.occurred_at, events.item_id
                    ) as position
                from later.events as events
                inner join int_topic_sources as topics
                    on events.item_id = topics.source_id and topics.source_kind = 'item'
                where events.occurred_at > '{self.moment}'::timestamp
            )
            where {condition}""").fetchall()
        return [(self.row[u], self.position[t]) for u, t in rows if u in self.row and t in self.position]

    def likelihood(self, shares: np.ndarray, events: list[tuple[int, int]]) -> np.ndarray:
        """Mean log-likelihood per user [users], NaN without events."""
        sums, counts = np.zeros(len(self.row)), np.zeros(len(self.row))
        logs = np.log(np.maximum(shares, 1e-6))
        for i, j in events:
            sums[i] += logs[i, j]
            counts[i] += 1
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def layers(data: Path, folder: Path) -> list[str]:
    """A table of differences for one dataset."""
    whole = folder / "whole.duckdb"
    load(data, whole)
    build(whole, "+int_interactions_weighted")
    later = folder / "later.duckdb"
    with duckdb.connect(str(later), config=CONFIG) as connection:
        connection.execute(f"attach '{whole}' as built (read_only)")
        connection.execute(
            "create table events as select user_id, item_id, occurred_at "
            "from built.recudf.int_interactions_weighted where weight > 0 and occurred_at is not null"
        )
        moments = [
            str(connection.execute("select quantile_disc(occurred_at, ?) from events", [q]).fetchone()[0])
            for q in MOMENTS
        ]
    replays = []
    for moment in moments:
        build(whole, *WEIGHTS, as_of=moment)
        replays.append(Replay(whole, later, moment))
        replays[-1].connection.close()
    first, rest = replays[0], replays[1:]
    mix = max(
        MIXES, key=lambda a: np.nanmean(first.likelihood((1 - a) * first.deep + a * first.recent, first.next))
    )
    found: dict[str, list[np.ndarray]] = {}
    users: dict[str, list[str]] = {}
    for replay in rest:
        everybody = np.tile(replay.population, (len(replay.row), 1))
        surface = (1 - mix) * replay.deep + mix * replay.recent
        few = replay.events <= 5
        pairs = {
            "deep over population, next": (replay.deep, everybody, replay.next, None),
            "deep over population, after half a year": (replay.deep, everybody, replay.far, None),
            "surface added to deep, next": (surface, replay.deep, replay.next, None),
            "surface added to deep, after half a year": (surface, replay.deep, replay.far, None),
            "middle over deep, users of up to 5 events, next": (replay.middle, replay.deep, replay.next, few),
            "middle over deep, others, next": (replay.middle, replay.deep, replay.next, ~few),
        }
        ids = np.array(sorted(replay.row, key=replay.row.get))
        for name, (shares, others, events, chosen) in pairs.items():
            difference = replay.likelihood(shares, events) - replay.likelihood(others, events)
            kept = ~np.isnan(difference) & (True if chosen is None else chosen)
            found.setdefault(name, []).append(difference[kept])
            users.setdefault(name, []).append(ids[kept])
    lines = [f"{data.stem}: moments {', '.join(m[:10] for m in moments)}; the last events weigh {mix}.", ""]
    lines += ["| log-likelihood per event | difference | interval | users |", "|---|---|---|---|"]
    for name in found:
        values, who = np.concatenate(found[name]), np.concatenate(users[name])
        if len(set(who)) < 2:
            lines.append(f"| {name} | | | {len(set(who))} |")
            continue
        e = bootstrap_means(values[:, None], who)
        lines.append(f"| {name} | {e.mean[0]:+.4f} | [{e.low[0]:+.4f}, {e.high[0]:+.4f}] | {e.n_users[0]} |")
    return [*lines, ""]


def prediction(data: Path, folder: Path) -> list[str]:
    """ndcg@10 by interests and by vectors, the last fifth of each user's items hidden."""
    database = folder / "hidden.duckdb"
    load(data, database)
    with duckdb.connect(str(database), config=CONFIG) as connection:
        connection.execute("""
            create table raw.hidden as
            select user_id, item_id from (
                select user_id, item_id, count(*) over (partition by user_id) as items,
                    row_number() over (partition by user_id order by first_at, item_id) as position
                from (select trim(user_id) as user_id, trim(item_id) as item_id, min(occurred_at) as first_at
                    from raw.interactions group by all)
            ) where items >= 5 and position > ceil(items * 0.8)""")
    build(database, *PREDICTION, holdout="raw.hidden")
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set schema = 'recudf'")
        hidden = connection.execute("select user_id, item_id from raw.hidden order by all").fetchall()
        seen = connection.execute("select user_id, item_id from int_user_items").fetchall()
        items = [i for (i,) in connection.execute("select item_id from vec_items order by 1").fetchall()]
        vectors = dict(connection.execute("select item_id, vector from vec_items").fetchall())
        tastes = dict(connection.execute("select user_id, vector from vec_users").fetchall())
        interests = connection.execute("""
            select user_id, interest_id, sum(score * ln(greatest(lift, 1))) from fct_user_interests
            where layer = 'deep' or (layer = 'middle' and granularity = 'topic') group by all""").fetchall()
        sources = connection.execute(
            "select interest_id, source_id from fct_interest_sources where source_kind = 'item'"
        ).fetchall()
    column = {item: j for j, item in enumerate(items)}
    stands = {}
    for interest, item in sources:
        if item in column:
            stands.setdefault(interest, []).append(column[item])
    matrix = np.array([vectors[i] for i in items], np.float32)
    users = sorted({u for u, _ in hidden} & set(tastes))
    rows = {user: np.zeros(len(items)) for user in users}
    for user, interest, value in interests:
        if user in rows:
            rows[user][stands.get(interest, [])] += value
    out, wanted = {u: set() for u in users}, {u: set() for u in users}
    for user, item in seen:
        if user in out and item in column:
            out[user].add(column[item])
    for user, item in hidden:
        if user in wanted and item in column:
            wanted[user].add(column[item])
    users = [u for u in users if wanted[u]]
    scores = {
        "interests": lambda u: rows[u],
        "vectors": lambda u: matrix @ np.array(tastes[u], np.float32),
        "both, each as z-score": lambda u: _z(rows[u]) + _z(matrix @ np.array(tastes[u], np.float32)),
    }
    values = np.array([[_ndcg(score(u), out[u], wanted[u]) for score in scores.values()] for u in users])
    values = np.column_stack([values, values[:, 0] - values[:, 1]])
    e = bootstrap_means(values, np.array(users))
    lines = [f"| {data.stem}: {len(users)} users | ndcg@10 | interval |", "|---|---|---|"]
    for name, mean, low, high in zip(
        [*scores, "interests minus vectors"], e.mean, e.low, e.high, strict=True
    ):
        lines.append(f"| {name} | {mean:.4f} | [{low:.4f}, {high:.4f}] |")
    return [*lines, ""]


def _z(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / max(float(values.std()), 1e-9)


def _ndcg(scores: np.ndarray, seen: set[int], wanted: set[int]) -> float:
    scores = scores.copy()
    scores[list(seen - wanted)] = -np.inf
    ranked = np.argsort(-scores, kind="stable")[:10]
    gains = [1 / np.log2(rank + 2) for rank, item in enumerate(ranked) if item in wanted]
    return sum(gains) / sum(1 / np.log2(rank + 2) for rank in range(min(10, len(wanted))))


def planted(folder: Path) -> list[str]:
    """Departments found by layer against those planted, in samples with drift."""
    lines = ["| sample | layer | against | precision | recall | users |", "|---|---|---|---|---|---|"]
    for drift in (0.0, 0.3):
        sample = make_sample(SampleParameters(users=600, interactions=15_000, texts=1_500, drift=drift))
        here = folder / f"sample-{drift}"
        here.mkdir()
        write_sample(here, sample)
        database = folder / f"sample-{drift}.duckdb"
        load(here, database)
        build(database, "+fct_user_interests")
        groups = {g: set(d) for g, d in sample.parameters["planted"]["groups"].items()}
        memberships: dict[str, list[str]] = {}
        for row in sorted(sample.truth["users_groups"].to_pylist(), key=lambda r: r["from"]):
            memberships.setdefault(row["user_id"], []).append(row["group_id"])
        departments = set().union(*groups.values())
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute(
                "select user_id, layer, interest from recudf.fct_user_interests where kind = 'category'"
            ).fetchall()
        found: dict[str, dict[str, set[str]]] = {"deep": {}, "surface": {}}
        for user, layer, interest in rows:
            if interest in departments and layer in found:
                found[layer].setdefault(user, set()).add(interest)
        ever = {u: set().union(*(groups[g] for g in gs)) for u, gs in memberships.items()}
        now = {u: groups[gs[-1]] for u, gs in memberships.items()}
        for layer, name, truth in (
            ("deep", "all that were ever planted", ever),
            ("surface", "those of the last group", now),
        ):
            pairs = [(found[layer][u], truth[u]) for u in found[layer] if u in truth]
            hits = sum(len(a & b) for a, b in pairs)
            lines.append(
                f"| drift {drift} | {layer} | {name} | {hits / sum(len(a) for a, _ in pairs):.3f} "
                f"| {hits / sum(len(b) for _, b in pairs):.3f} | {len(pairs)} |"
            )
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/interests.md"))
    options = parser.parse_args()
    lines = [
        "# Interests, by replay",
        "",
        "Written by `python benchmarks/interests.py`; its docstring says how.",
        "",
    ]
    lines += ["## Layers", ""]
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        parts = []
        for data in options.data:
            (root / data.stem).mkdir()
            lines += layers(data, root / data.stem)
            print("\n".join(lines), flush=True)
            parts += prediction(data, root / data.stem)
            print("\n".join(parts), flush=True)
        lines += ["## Interests alone beside vectors alone", "", *parts]
        lines += ["## Planted departments", "", *planted(root)]
    options.output.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
