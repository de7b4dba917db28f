"""`recudf publish --epsilon`: counts by hand where noise is next to none, and what is not published."""

import json
from collections import Counter

import duckdb
import pytest
from click.testing import CliRunner
from warehouse import copied

from recudf.cli import main


def publish(path, to, *options, ok=True):
    result = CliRunner().invoke(main, ["publish", str(to), "--database", str(path), *options])
    assert (result.exit_code == 0) is ok, result.output
    return result.output


def read(to, query):
    with duckdb.connect(str(to / "current" / "marts.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def largest(built, cap):
    """Users of each topic, field and category among the cap that weigh most with them."""
    weights, counts = {}, Counter()
    rows = built.query("""
        select user_id, interest_id, weight from recudf.int_user_interest_weights
        where interest_id in (select interest_id from recudf.dim_interests where kind in ('topic', 'field', 'category'))""")
    for user, interest, weight in rows:
        weights.setdefault(user, []).append((-weight, interest))
    for theirs in weights.values():
        counts.update(interest for _, interest in sorted(theirs)[:cap])
    return counts


def test_counts_of_a_large_epsilon_are_those_by_hand(built, tmp_path):
    """Noise of epsilon 100 on counts that a person changes by 3: other than 0 once in three million draws."""
    publish(built.path, tmp_path / "out", "--epsilon", "100", "--interests-per-user", "3")
    sizes = dict(read(tmp_path / "out", "select group_id, size from recudf.dim_groups"))
    assert sizes == dict(
        built.query("select group_id, size from recudf.dim_groups where kind = 'discovered'")
    )
    users = dict(read(tmp_path / "out", "select interest_id, users from recudf.dim_interests"))
    counts = largest(built, 3)
    assert sum(counts.values()) > 100
    assert users == {interest: counts[interest] for interest in users}
    assert counts.keys() <= users.keys()


def test_nothing_else_is_published_and_the_manifest_says_how(built, tmp_path):
    said = json.loads(publish(built.path, tmp_path / "out", "--epsilon", "1", "--json"))
    assert {table["name"]: list(table["columns"]) for table in said["tables"]} == {
        "dim_groups": ["group_id", "kind", "name", "size", "run_id", "as_of"],
        "dim_interests": ["interest_id", "granularity", "kind", "name", "parent_id", "parent_name", "users", "run_id", "as_of"],
    }  # fmt: skip
    assert said["privacy"] == {"epsilon": 1.0, "interests_per_user": 20}
    files = {p.name for p in (tmp_path / "out" / "current").rglob("*") if p.is_file()}
    assert files == {"manifest.json", "marts.duckdb", "dim_groups.parquet", "dim_interests.parquet"}
    kinds = read(tmp_path / "out", "select distinct kind from recudf.dim_interests order by 1")
    assert {kind for (kind,) in kinds} <= {"topic", "field", "category"}
    exact = largest(built, 20)
    noisy = read(tmp_path / "out", "select interest_id, users from recudf.dim_interests")
    assert any(exact[interest] != users for interest, users in noisy)
    assert min(users for _, users in noisy) >= 0


def test_a_build_is_drawn_from_once(built, tmp_path, tmp_path_factory):
    to = tmp_path / "out"
    publish(built.path, to)  # as it is, which is another matter
    publish(built.path, to, "--epsilon", "1")
    assert "were drawn for version" in publish(built.path, to, "--epsilon", "1", ok=False)
    shop = copied(built, tmp_path_factory, "next")
    shop.run(
        "insert into recudf.fct_runs by name (select * replace ('the next' as run_id, started_at + interval 1 day as started_at) from recudf.fct_runs)"
    )
    publish(shop.path, to, "--epsilon", "1")


def test_an_object_store_gets_two_tables_and_is_drawn_for_once(built, tmp_path):
    to, url = tmp_path / "out", (tmp_path / "out").as_uri()
    said = json.loads(publish(built.path, url, "--epsilon", "1", "--json"))
    files = {p.name for p in (to / "versions" / said["version"]).rglob("*") if p.is_file()}
    assert files == {"manifest.json", "marts.duckdb", "dim_groups.parquet", "dim_interests.parquet"}
    assert said["privacy"] == {"epsilon": 1.0, "interests_per_user": 20}
    current = (to / "current.json").read_text()
    assert "were drawn for version" in publish(built.path, url, "--epsilon", "1", ok=False)
    assert (to / "current.json").read_text() == current
    publish(built.path, url)  # as it is, which is another matter


def test_postgresql_is_refused_before_it_is_reached(built):
    said = publish(built.path, "postgresql://nobody@localhost:1/none", "--epsilon", "1", ok=False)
    assert "give a folder or an object store" in said
    assert "cannot publish" not in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--epsilon", "0"), "0.0 is not in the range"),
        (("--epsilon", "1", "--vectors"), "leave out --vectors, --csv and --rollback"),
        (("--epsilon", "1", "--csv"), "leave out --vectors, --csv and --rollback"),
        (("--epsilon", "1", "--rollback"), "leave out --vectors, --csv and --rollback"),
        (("--epsilon", "1", "--interests-per-user", "0"), "0 is not in the range"),
    ],
)
def test_wrong_options_are_told(built, tmp_path, options, said):
    assert said in publish(built.path, tmp_path / "out", *options, ok=False)
