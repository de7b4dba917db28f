"""The sample shop: sizes, determinism, dates that agree, and planted groups that can be found again."""

import json
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from recudf.errors import ParameterError
from recudf.inputs import INPUTS
from recudf.sample import SampleParameters, make_sample, write_sample
from recudf.sample.catalogue import read_departments

FIRST, LAST = datetime(2024, 1, 1), datetime(2025, 6, 30)


@pytest.fixture(scope="module")
def sample():
    return make_sample()


def people(sample):
    """Interactions of people at possible times: no bots, no impossible times; ids trimmed, no row twice."""
    bots = set(sample.truth["bots"]["user_id"].to_pylist())
    rows = {
        (r["user_id"].strip(), r["item_id"], r["event_type"], r["value"], r["occurred_at"])
        for r in sample.inputs["interactions"].to_pylist()
        if r["occurred_at"] >= FIRST
    }
    return [r for r in sorted(rows, key=str) if r[0] not in bots]


def test_sizes_are_what_was_asked_for(sample):
    planted = sample.parameters["planted"]
    dirt = planted["dirty_interactions"]
    assert sample.inputs["items"].num_rows == 240
    assert sample.inputs["users"].num_rows == 300 + 3
    assert sample.inputs["interactions"].num_rows == 6000 + sum(dirt.values())
    assert sample.inputs["texts"].num_rows == 600 + sum(planted["dirty_texts"].values())
    # two identical events in one second are possible but rare
    assert 5990 <= len(people(sample)) <= 6000
    assert sum(sample.truth["bots"]["events"].to_pylist()) == dirt["bots"]


def test_columns_are_those_of_the_inputs(sample):
    for name, table in sample.inputs.items():
        known = set(INPUTS[name].columns)
        assert set(table.column_names) - known == ({"country", "channel"} if name == "users" else set())
        assert known - set(table.column_names) == set()


def test_equal_parameters_make_equal_tables_and_other_seeds_others(sample):
    again, other = make_sample(), make_sample(SampleParameters(seed=8))
    for name, table in sample.inputs.items():
        assert table.equals(again.inputs[name])
        assert not table.equals(other.inputs[name])
    assert sample.truth["users_groups"].equals(again.truth["users_groups"])
    assert sample.parameters == again.parameters


@pytest.mark.parametrize("count", [20, 240, 2000])
def test_no_two_titles_are_equal(count):
    titles = make_sample(SampleParameters(items=count, interactions=10, texts=0)).inputs["items"]["title"]
    assert len(set(titles.to_pylist())) == count


def test_catalogue_reads_like_one(sample):
    items = sample.inputs["items"].to_pylist()
    for item in items:
        sentences = re.findall(r"[^.!?]+[.!?](?=\s|$)", item["description"])
        assert 1 <= len(sentences) <= 3, item["description"]
        assert 2 <= len(item["category"].split("|")) <= 3
        assert item["provider"] in item["title"]
    assert len({i["description"] for i in items}) == 240
    assert set(Counter(i["category"].split("|")[0] for i in items).values()) == {24}


def test_word_lists_are_complete_and_repeat_nothing():
    departments = read_departments()
    brands = [brand for d in departments for brand in d.brands]
    assert len(departments) == 10
    assert len(set(brands)) == len(brands)
    for d in departments:
        assert len({k.name for k in d.kinds}) == len(d.kinds) >= 6
        for k in d.kinds:
            assert len(k.about) >= 2
            assert len(k.good) >= 2
            assert len(k.bad) >= 2
            assert len(k.variants) >= 3


def test_nobody_meets_an_item_before_it_is_on_sale_or_acts_before_joining(sample):
    items = {i["item_id"]: i for i in sample.inputs["items"].to_pylist()}
    created = {u["user_id"]: u["created_at"] for u in sample.inputs["users"].to_pylist()}
    session = timedelta(days=1)  # a session and what follows from it may run over the last day of sale
    for user, item_id, event_type, _, at in people(sample):
        item = items[item_id]
        assert created[user] <= at <= LAST + session
        assert at >= (item["available_from"] or item["published_at"]) >= item["published_at"]
        if item["available_until"] and event_type == "view":
            assert at <= item["available_until"] + session


def test_events_follow_from_each_other(sample):
    seen = defaultdict(list)
    for user, item, event_type, value, at in people(sample):
        seen[user, item].append((at, event_type))
        assert (value is not None) == (event_type == "rating")
        assert value in (None, 1, 2, 3, 4, 5)
    before = {"cart": "view", "purchase": "cart", "rating": "purchase"}
    for events in seen.values():
        for at, event_type in events:
            if event_type in before:
                assert any(e == before[event_type] and t < at for t, e in events)
    kinds = Counter(event_type for events in seen.values() for _, event_type in events)
    assert kinds["view"] > kinds["cart"] > kinds["purchase"] > kinds["rating"] > 200
    assert kinds["skip"] > 200


def test_popularity_is_skewed(sample):
    counts = sorted(Counter(r[1] for r in people(sample)).values(), reverse=True)
    assert sum(counts[:24]) > 0.3 * sum(counts)  # the top tenth; evenly it would be a tenth


def test_reviews_are_tied_to_bought_items_and_say_what_the_rating_says(sample):
    bought = {(u, i) for u, i, kind, _, _ in people(sample) if kind == "purchase"}
    rating = {(u, i): v for u, i, kind, v, _ in people(sample) if kind == "rating"}
    departments = read_departments()
    good = {s.lower().rstrip(".") for d in departments for k in d.kinds for s in k.good}
    bad = {s.lower().rstrip(".") for d in departments for k in d.kinds for s in k.bad}
    texts = [t for t in sample.inputs["texts"].to_pylist() if t["text"].strip()]
    assert {t["kind"] for t in texts} == {"review", "search", "post"}
    for t in texts:
        assert (t["item_id"] is not None) == (t["kind"] == "review")
        if t["kind"] == "review":
            pair, words = (t["user_id"], t["item_id"]), t["text"].lower()
            assert pair in bought
            assert any(s in words for s in good) or rating.get(pair, 0) < 3
            assert any(s in words for s in bad) or rating.get(pair, 5) > 3


def departments_by_user(sample, since=FIRST, until=LAST + timedelta(days=1)):
    item_department = {i["item_id"]: i["category"].split("|")[0] for i in sample.inputs["items"].to_pylist()}
    counts = defaultdict(Counter)
    for user, item, kind, _, at in people(sample):
        if kind in ("view", "skip") and since <= at < until:
            counts[user][item_department[item]] += 1
    return counts


@pytest.mark.parametrize("noise", [0.0, 0.15, 0.5, 1.0])
def test_noise_is_the_share_of_visits_outside_of_the_interests(noise):
    sample = make_sample(SampleParameters(noise=noise))
    group = {r["user_id"]: r["group_id"] for r in sample.truth["users_groups"].to_pylist()}
    mixtures = sample.parameters["planted"]["groups"]
    counts = departments_by_user(sample)
    outside = sum(n for u, c in counts.items() for d, n in c.items() if d not in mixtures[group[u]])
    share = outside / sum(map(Counter.total, counts.values()))
    assert share == pytest.approx(noise, abs=0.025)  # three standard errors of 4,800 visits


def found(sample, since=FIRST, until=LAST + timedelta(days=1), at=LAST - timedelta(days=1)):
    """Share of users whose most visited department is the first one of their group at a time."""
    mixtures = sample.parameters["planted"]["groups"]
    first = {g: max(m, key=m.get) for g, m in mixtures.items()}
    rows = sample.truth["users_groups"].to_pylist()
    group = {r["user_id"]: r["group_id"] for r in rows if r["from"] <= at < r["until"]}
    counts = {
        u: c for u, c in departments_by_user(sample, since, until).items() if u in group and c.total() > 4
    }
    return sum(c.most_common(1)[0][0] == first[group[u]] for u, c in counts.items()) / len(counts)


def test_groups_can_be_found_and_noise_hides_them():
    by_noise = [found(make_sample(SampleParameters(noise=noise))) for noise in (0.0, 0.3, 0.6, 1.0)]
    assert by_noise[0] > 0.9
    assert by_noise == sorted(by_noise, reverse=True)
    assert by_noise[-1] < 0.1


def test_drift_moves_its_share_of_users_and_their_behaviour():
    sample = make_sample(SampleParameters(drift=0.4, noise=0.05))
    rows = sample.truth["users_groups"].to_pylist()
    spans = defaultdict(list)
    for r in rows:
        spans[r["user_id"]].append((r["from"], r["until"], r["group_id"]))
    moved = {u: sorted(s) for u, s in spans.items() if len(s) == 2}
    assert len(moved) == 120
    mixtures = sample.parameters["planted"]["groups"]
    first = {g: max(m, key=m.get) for g, m in mixtures.items()}
    items = {i["item_id"]: i["category"].split("|")[0] for i in sample.inputs["items"].to_pylist()}
    hits = {(half, g): 0 for half in (0, 1) for g in (0, 1)}
    for user, item, kind, _, at in people(sample):
        if user in moved and kind == "view":
            (_, until, old), (_, _, new) = moved[user]
            assert old != new
            for g, department in enumerate((first[old], first[new])):
                hits[at >= until, g] += items[item] == department
    assert hits[0, 0] > 3 * hits[0, 1]
    assert hits[1, 1] > 3 * hits[1, 0]


def test_bots_do_hundreds_of_things_on_one_day(sample):
    bots = sample.truth["bots"].to_pylist()
    assert len(bots) == 3
    for bot in bots:
        mine = pc.equal(pc.utf8_trim(sample.inputs["interactions"]["user_id"], " "), bot["user_id"])
        days = {t.date() for t in sample.inputs["interactions"].filter(mine)["occurred_at"].to_pylist()}
        assert bot["day"] in days
        assert days <= {bot["day"], bot["day"] + timedelta(days=1), datetime(1970, 1, 1).date()}
        assert bot["events"] >= 250


def test_dirt_is_counted(sample):
    rows = [tuple(r.values()) for r in sample.inputs["interactions"].to_pylist()]
    dirt = sample.parameters["planted"]["dirty_interactions"]
    assert sum(r[0] != r[0].strip() for r in rows) == dirt["spaced"] > 0
    assert sum(r[4] == datetime(1970, 1, 1) for r in rows) == dirt["impossible_times"] == 1
    assert len(rows) - len(set(rows)) == pytest.approx(
        dirt["duplicates"], abs=10
    )  # some are drawn twice or alike
    texts = sample.inputs["texts"]["text"].to_pylist()
    assert sum(not t.strip() for t in texts) == sample.parameters["planted"]["dirty_texts"]["blank"] == 1


def test_a_tiny_sample_and_one_without_behaviour():
    tiny = make_sample(SampleParameters(users=2, items=20, interactions=1, texts=1, groups=2))
    assert tiny.inputs["interactions"].num_rows == 1 + 1  # and one at an impossible time
    none = make_sample(SampleParameters(interactions=0, texts=0))
    assert none.inputs["texts"].num_rows == 0
    assert none.inputs["texts"].schema.equals(make_sample().inputs["texts"].schema)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"noise": 1.5}, "noise is 1.5"),
        ({"drift": -0.1}, "drift is -0.1"),
        ({"drift": float("nan")}, "drift is nan"),
        ({"groups": 11}, "groups is 11"),
        ({"groups": 0}, "groups is 0"),
        ({"users": 5}, "users is 5"),
        ({"items": 3}, "items is 3"),
        ({"drift": 0.5, "groups": 1}, "give at least 2 groups"),
    ],
)
def test_impossible_parameters_are_named(bad, message):
    with pytest.raises(ParameterError, match=message):
        SampleParameters(**bad)


def test_files_hold_the_tables_and_the_truth(sample, tmp_path):
    write_sample(tmp_path / "a" / "shop", sample)
    for name, table in sample.inputs.items():
        assert pq.read_table(tmp_path / "a" / "shop" / f"{name}.parquet").equals(table)
    truth = tmp_path / "a" / "shop" / "truth"
    assert json.loads((truth / "parameters.json").read_text())["asked"]["seed"] == 7
    assert pq.read_table(truth / "bots.parquet").equals(sample.truth["bots"])
