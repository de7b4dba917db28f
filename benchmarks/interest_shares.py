"""Do the layers of interests predict, and do interests alone recommend? Formulas of docs/interests.md.

    python benchmarks/interest_shares.py BUILT.duckdb ... [--output benchmarks/results/interest_shares.md]

Topics are those of the whole catalogue (from what items say, not from who used them), and only the events
are cut, which is quicker than a build as of each moment. A database needs vec_items and
int_interactions_weighted; where it has no topics, they are fitted as int_topic_fits does.

Layers: mean log-likelihood per event of the topics of each user's next five liked events, and of all after
half a year, under the user's topic shares at five moments; differences with 95 % bootstrap intervals over
users. Chosen at the first moment, and reported at the others: how much the last events weigh beside the
whole history, and the default of interest_shrinkage (from 5, 10, 20, 40, 80; the sum over both data sets).
Recommendation: each user's last fifth of items is hidden; ndcg@10 of unseen items, by deep interests (topics,
and categories and words where the database has them), by the cosine of vectors, and by both.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import recudf
from recudf import Settings
from recudf.evaluation.bootstrap import bootstrap_means
from recudf.vectors import unit

MOMENTS = (0.5, 0.6, 0.7, 0.8, 0.9)
MIXES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
NEXT, FAR, RECENT_DAYS, RECENT = 5, 180.0, 180.0, 5
HALF_LIFE, SHRINKAGE, FLOOR = 1000.0, 20.0, 1e-4
PER_USER = 10


class Shop:
    """Events in order of user and time, with the topic of each item, and what else items stand for."""

    def __init__(self, path):
        c = recudf.connect(path, read_only=True, settings=Settings(progress="off"))
        c.execute("set schema = 'recudf'")
        self.name = Path(path).stem
        tables = {
            t
            for (t,) in c.execute(
                "select table_name from duckdb_tables() where schema_name = 'recudf'"
            ).fetchall()
        }
        items = c.execute("select item_id, vector::float[] from vec_items order by item_id").fetchall()
        self.items = [i for i, _ in items]
        self.vectors = unit(np.array([v for _, v in items], np.float32))
        place = {item: row for row, item in enumerate(self.items)}
        built = "int_topic_sources" in tables
        self.topic, self.field = self._built(c, place) if built else self._fitted(c, place)
        self.stands = {f"topic {t}": np.flatnonzero(self.topic == t) for t in np.unique(self.topic)}
        self.is_word = set()
        if "int_interest_sources" in tables:
            self._other_kinds(c, place)
        bots = (
            "where user_id not in (select user_id from int_users_flagged where is_bot)"
            if "int_users_flagged" in tables
            else ""
        )
        rows = c.execute(f"""
            select user_id, item_id, weight, epoch(occurred_at) / 86400 from int_interactions_weighted {bots}
            order by user_id, occurred_at, item_id""").fetchall()
        rows = [row for row in rows if row[1] in place and row[3] is not None]
        names, self.user = np.unique([row[0] for row in rows], return_inverse=True)
        self.n_users = len(names)
        self.item = np.array([place[row[1]] for row in rows])
        self.weight = np.array([row[2] for row in rows], float)
        self.day = np.array([row[3] for row in rows], float)
        c.close()

    def _built(self, c, place):
        topic = np.full(len(place), -1)
        rows = c.execute(
            "select source_id, topic_id from int_topic_sources where source_kind = 'item'"
        ).fetchall()
        names = sorted({t for _, t in rows})
        for item, name in rows:
            topic[place[item]] = names.index(name)
        field = dict(
            c.execute("select unnest(members), field_id from int_field_fits where size > 0").fetchall()
        )
        return topic, np.array([field[name] for name in names])

    def _fitted(self, c, place):
        k = int(np.clip(round(np.sqrt(len(place)) / 2.5), 4, 60))
        fit = """with p as materialized ({points}),
            i as materialized (select vector_index(id, vector) as handle from p)
            select unnest(cluster_fit(handle, ?), recursive := true) from i"""
        params = {"method": "graph", "seed": 42, "restarts": 4, "k": k}
        topics = c.execute(
            fit.format(points="select item_id as id, vector::float[] as vector from vec_items"),
            [json.dumps(params)],
        ).fetchall()
        topic = np.full(len(place), -1)
        for number, row in enumerate(topics):
            topic[[place[item] for item in row[3]]] = number
        values = ", ".join(
            f"({number}, {list(map(float, row[1]))}::float[])" for number, row in enumerate(topics)
        )
        params = {"method": "graph", "neighbors": 5, "smoothings": 2, "k": max(1, round(len(topics) / 4))}
        fields = c.execute(
            fit.format(points=f"select * from (values {values}) as t (id, vector)"), [json.dumps(params)]
        ).fetchall()
        field = np.zeros(len(topics), int)
        for number, row in enumerate(fields):
            field[[int(member) for member in row[3]]] = number
        return topic, field

    def _other_kinds(self, c, place):
        rows = c.execute("""
            select interest_id, kind, list(source_id) from int_interest_sources
            where source_kind = 'item' and kind in ('word', 'category')
            group by all having count(*) > 1""").fetchall()
        for interest, kind, items in rows:
            self.stands[interest] = np.array([place[item] for item in items if item in place])
            if kind == "word":
                self.is_word.add(interest)

    def shares(self, seen):
        """Weights per topic [users, topics] of events by mask, totals, and how many events."""
        k = len(self.field)
        last = np.full(self.n_users, -np.inf)
        np.maximum.at(last, self.user[seen], self.day[seen])
        decay = 0.5 ** ((last[self.user] - self.day) / HALF_LIFE)
        own = np.zeros((self.n_users, k))
        total, count = np.zeros(self.n_users), np.zeros(self.n_users, int)
        rows = np.flatnonzero(seen)
        np.add.at(own, (self.user[rows], self.topic[self.item[rows]]), (self.weight * decay)[rows])
        np.add.at(total, self.user[rows], np.maximum(self.weight * decay, 0)[rows])
        np.add.at(count, self.user[rows], 1)
        return np.maximum(own, 0), total, count


def _likelihood(shares, events):
    """Mean log-likelihood per user [users], NaN without events."""
    sums, counts = np.zeros(len(shares)), np.zeros(len(shares))
    for i, j in events:
        sums[i] += np.log(max(shares[i, j], 1e-6))
        counts[i] += 1
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def layers(shop):
    """A table of differences."""
    liked = shop.weight > 0
    moments = np.quantile(shop.day[liked], MOMENTS)
    found, users, mix = {}, {}, None
    for moment in moments:
        seen = shop.day <= moment
        own, total, count = shop.shares(seen)
        there = np.flatnonzero(total > 0)
        place = np.full(shop.n_users, -1)
        place[there] = np.arange(len(there))
        population = np.maximum((own[there] / total[there, None]).mean(axis=0), FLOOR)
        population /= population.sum()
        deep = (own[there] + SHRINKAGE * population) / (total[there] + SHRINKAGE)[:, None]
        deep /= deep.sum(axis=1, keepdims=True)
        late = np.zeros((len(there), len(population)))
        after = np.zeros(shop.n_users, int)
        for row in np.flatnonzero(seen)[::-1]:
            user = shop.user[row]
            after[user] += 1
            if after[user] <= RECENT and moment - shop.day[row] <= RECENT_DAYS and place[user] >= 0:
                late[place[user], shop.topic[shop.item[row]]] += max(shop.weight[row], 0)
        has = late.sum(axis=1) > 0
        late[has] /= late[has].sum(axis=1, keepdims=True)
        late[~has] = deep[~has]
        same = shop.field[:, None] == shop.field
        beside = (deep @ same) * population / (same @ population)
        middle = (deep + beside) / 2
        middle /= middle.sum(axis=1, keepdims=True)
        soon, far = [], []
        nth = np.zeros(shop.n_users, int)
        for row in np.flatnonzero(liked & ~seen):
            user = shop.user[row]
            nth[user] += 1
            if place[user] >= 0:
                pair = (place[user], shop.topic[shop.item[row]])
                if nth[user] <= NEXT:
                    soon.append(pair)
                if shop.day[row] > moment + FAR:
                    far.append(pair)

        if mix is None:
            mix = max(MIXES, key=lambda a: np.nanmean(_likelihood((1 - a) * deep + a * late, soon)[has]))
            continue
        everybody = np.tile(population, (len(there), 1))
        surface = (1 - mix) * deep + mix * late
        few = count[there] <= RECENT
        for name, shares, others, events, chosen in (
            ("deep over population, next", deep, everybody, soon, True),
            ("deep over population, after half a year", deep, everybody, far, True),
            ("surface added to deep, next", surface, deep, soon, has),
            ("surface added to deep, after half a year", surface, deep, far, has),
            ("middle over deep, users of up to 5 events, next", middle, deep, soon, few),
            ("middle over deep, others, next", middle, deep, soon, ~few),
        ):
            difference = _likelihood(shares, events) - _likelihood(others, events)
            kept = ~np.isnan(difference) & chosen
            found.setdefault(name, []).append(difference[kept])
            users.setdefault(name, []).append(there[kept])
    yield f"\n## {shop.name}: {shop.n_users:,} users, {len(shop.field)} topics; the last events weigh {mix}\n"
    yield "| log-likelihood per event | difference | interval | users |\n|---|---|---|---|"
    for name in found:
        values, who = np.concatenate(found[name]), np.concatenate(users[name])
        if len(set(who)) < 2:
            yield f"| {name} | | | {len(set(who))} |"
            continue
        e = bootstrap_means(values[:, None], who)
        yield f"| {name} | {e.mean[0]:+.4f} | [{e.low[0]:+.4f}, {e.high[0]:+.4f}] | {e.n_users[0]} |"


def recommendation(shop):
    """ndcg@10 with the last fifth of each user's items hidden."""
    first = {}
    for row in range(len(shop.item)):
        first.setdefault((shop.user[row], shop.item[row]), row)
    order = [[] for _ in range(shop.n_users)]
    for (user, item), _ in first.items():
        order[user].append(item)
    hidden = [set(items[int(np.ceil(len(items) * 0.8)) :]) if len(items) >= 5 else set() for items in order]
    seen = np.array([shop.item[row] not in hidden[shop.user[row]] for row in range(len(shop.item))])
    last = np.full(shop.n_users, -np.inf)
    np.maximum.at(last, shop.user[seen], shop.day[seen])
    weights = np.zeros((shop.n_users, len(shop.items)))
    rows = np.flatnonzero(seen)
    decayed = shop.weight * 0.5 ** ((last[shop.user] - shop.day) / HALF_LIFE)
    np.add.at(weights, (shop.user[rows], shop.item[rows]), decayed[rows])
    total = np.maximum(weights, 0).sum(axis=1)
    told = np.flatnonzero(total > 0)
    scores = {name: np.zeros((shop.n_users, len(shop.items))) for name in ("topic", "category", "word")}
    held = {name: [[] for _ in range(shop.n_users)] for name in scores}
    count = (weights != 0).astype(float)
    for interest, items in shop.stands.items():
        kind = interest.split(":")[0].split(" ")[0]
        own = weights[told][:, items].sum(axis=1)
        sources = count[told][:, items].sum(axis=1)
        p = max(float(np.maximum(own / total[told], 0).mean()), 1e-9)
        share = (own + SHRINKAGE * p) / (total[told] + SHRINKAGE)
        ok = (own > 0) & (sources > 1) & (share / p >= 1.2)
        if kind == "word":
            ok &= (sources > 2) & (own - total[told] * p >= 2 * np.sqrt(total[told] * p))
        for at in np.flatnonzero(ok):
            held[kind][told[at]].append((share[at] * np.log(share[at] / p), interest))
    for kind, of_users in held.items():
        for user, interests in enumerate(of_users):
            for value, interest in sorted(interests, reverse=True)[:PER_USER]:
                scores[kind][user, shop.stands[interest]] += value
    taste = unit((weights @ shop.vectors).astype(np.float32)) @ shop.vectors.T
    every = sum(scores.values())
    methods = {"topics alone": scores["topic"], "all interests": every, "vectors": taste}
    methods["both, each as z-score"] = _z(every) + _z(taste)
    popular = np.tile((weights > 0).sum(axis=0).astype(float), (shop.n_users, 1))
    methods["popularity"] = popular
    liked = {(shop.user[r], shop.item[r]) for r in range(len(shop.item)) if shop.weight[r] > 0}
    wanted = [{i for i in hidden[u] if (u, i) in liked} for u in range(shop.n_users)]
    users = [u for u in told if wanted[u]]
    values = []
    for user in users:
        own = np.flatnonzero(count[user] > 0)
        line = []
        for score in methods.values():
            mine = score[user].copy()
            mine[own] = -np.inf
            ranked = np.argsort(-mine, kind="stable")[:10]
            gains = sum(1 / np.log2(r + 2) for r, item in enumerate(ranked) if item in wanted[user])
            line.append(gains / sum(1 / np.log2(r + 2) for r in range(min(10, len(wanted[user])))))
        values.append(line)
    values = np.array(values)
    values = np.column_stack([values, values[:, 1] - values[:, 2]])
    e = bootstrap_means(values, np.array(users))
    yield f"\n| {len(users)} users with a liked item hidden | ndcg@10 | interval |\n|---|---|---|"
    for name, mean, low, high in zip(
        [*methods, "all interests minus vectors"], e.mean, e.low, e.high, strict=True
    ):
        yield f"| {name} | {mean:.4f} | [{low:.4f}, {high:.4f}] |"


def _z(values):
    return (values - values.mean(axis=1, keepdims=True)) / np.maximum(values.std(axis=1, keepdims=True), 1e-9)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("databases", nargs="+")
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/interest_shares.md"))
    options = parser.parse_args()
    lines = [
        "# Interests as shares",
        "",
        "Made by `python benchmarks/interest_shares.py`; its docstring says how.",
    ]
    for database in options.databases:
        shop = Shop(database)
        for section in (layers(shop), recommendation(shop)):
            for line in section:
                print(line, flush=True)
                lines.append(line)
                options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
