"""Relations and whom to follow: Adamic-Adar counted again, and withheld ties of the planted network found."""

import math
import shutil
from collections import Counter

import pytest
from warehouse import Warehouse

pytestmark = pytest.mark.slow

SELECTED = ("stg_relations", "int_common_ties", "int_people_to_follow", "fct_people_to_follow")


def test_relations_are_cleaned(warehouse):
    """A friendship stands in both directions, once; nobody knows themselves; as_of hides what came later."""
    warehouse.load(
        interactions="select 'ann' as user_id, 'i' as item_id, timestamp '2024-01-01' as occurred_at",
        relations="""from (values (' ann', 'bob', null, '2024-01-02'), ('bob', 'ann', 'Friend', '2024-01-03'),
            ('ann', 'ann', 'friend', null), ('cy', 'ann', 'follows', '2024-03-01'), ('cy', 'bob', 'follows', '1970-01-01'),
            ('dot', null, 'friend', null)) as t (user_id, other_user_id, kind, occurred_at)""",
    )
    found = "select user_id, other_user_id, kind, cast(occurred_at as date)::varchar from recudf.stg_relations order by all"
    warehouse.build("--select", "stg_as_of", "stg_relations")
    friends = [("ann", "bob", "friend", "2024-01-02"), ("bob", "ann", "friend", "2024-01-02")]
    assert warehouse.query(found) == [*friends, ("cy", "ann", "follows", "2024-03-01")]
    warehouse.build("--select", "stg_as_of", "stg_relations", as_of="2024-02-01")
    assert warehouse.query(found) == friends


def neighbours(built):
    """Whom each user knows or follows, and whom each has a tie with in either direction."""
    out, either = {}, {}
    for user, other in built.query("select user_id, other_user_id from recudf.stg_relations"):
        out.setdefault(user, set()).add(other)
        either.setdefault(user, set()).add(other)
        either.setdefault(other, set()).add(user)
    return out, either


def test_scores_are_adamic_adars(built):
    out, either = neighbours(built)
    vectors = dict(built.query("select user_id, vector from recudf.int_group_points"))
    rows = built.query("""
        select user_id, other_user_id, score, ties_score, similarity, common_ties, reason from recudf.fct_people_to_follow""")
    assert len(rows) > 900
    for user, other, score, ties_score, similarity, common, reason in rows:
        between = {z for z in out.get(user, ()) if other in either[z]}
        assert other != user
        assert other not in out.get(user, ())
        assert common == len(between)
        assert ties_score == pytest.approx(sum(1 / math.log(len(either[z])) for z in between), abs=1e-5)
        cosine = None
        if user in vectors and other in vectors:
            cosine = sum(a * b for a, b in zip(vectors[user], vectors[other], strict=True))
            assert similarity == pytest.approx(cosine, abs=1e-5)
        assert score == pytest.approx(ties_score + (cosine or 0), abs=1e-4)
        assert any(z in reason for z in between) == bool(between)


def test_withheld_ties_are_found_again(built, tmp_path, record_property):
    """A fifth of the planted friendships is withheld: at least a quarter of them are among the ten, and more than by
    taking those with most ties."""
    copy = Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))
    hidden = "substr(md5(user_id || other_user_id), 1, 2) < '33' and kind = 'friend'"
    withheld = copy.query(f"select user_id, other_user_id from raw.relations where {hidden}")
    copy.run(f"delete from raw.relations where {hidden}").build("--select", *SELECTED)
    rows = copy.query("select user_id, other_user_id from recudf.fct_people_to_follow")
    out, either = neighbours(copy)
    most = Counter({user: len(ties) for user, ties in either.items()}).most_common()
    popular = {user: [o for o, _ in most if o != user and o not in out.get(user, ())][:10] for user in either}
    asked = [pair for a, b in withheld for pair in ((a, b), (b, a)) if pair[1] not in out.get(pair[0], ())]
    recall = len(set(asked) & set(rows)) / len(asked)
    by_popularity = sum(b in popular.get(a, ()) for a, b in asked) / len(asked)
    record_property("recall", f"{recall:.3f} of {len(asked)}, by popularity {by_popularity:.3f}")
    assert len(asked) > 50
    assert recall >= 0.25
    assert recall > 2 * by_popularity


def test_without_relations_there_is_nobody_to_follow(built, tmp_path):
    copy = Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))
    copy.run("drop table raw.relations").build("--select", *SELECTED)
    assert copy.query("select count(*) from recudf.fct_people_to_follow") == [(0,)]
