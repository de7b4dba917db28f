"""`recudf explain`: what it says beside the inputs and the marts."""

import json

import pytest
from click.testing import CliRunner

from recudf.cli import main


def said(built, *arguments):
    return CliRunner().invoke(main, ["explain", *arguments, "--database", str(built.path)])


def explained(built, user, item):
    result = said(built, user, item, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def one_of(built, kind):
    """(user_id, item_id, rank, score, reason, reason_ref_id) of a recommendation with a reason of that kind."""
    return built.query(
        "select user_id, item_id, rank, score, reason, reason_ref_id from recudf.fct_recommendations "
        "where reason_kind = ? order by user_id, rank limit 1",
        kind,
    )[0]


@pytest.mark.parametrize("kind", ["item", "text", "popular"])
def test_parts_sum_to_the_score_and_the_reason_is_that_of_the_mart(built, kind):
    user, item, rank, score, reason, _ = one_of(built, kind)
    found = explained(built, user, item)
    assert (found["rank"], found["score"], found["reason"]) == (rank, pytest.approx(score), reason)
    assert sum(part["value"] for part in found["parts"]) == pytest.approx(score, abs=1e-5)
    assert [part["part"] for part in found["parts"]] in (["content", "popularity"], ["popularity", "content"])


def test_the_evidence_is_the_row_of_the_input(built):
    user, item, *_, ref_id = one_of(built, "item")
    evidence = explained(built, user, item)["evidence"]
    events = built.query(
        "select lower(trim(event_type)), occurred_at::varchar from raw.interactions "
        "where trim(user_id) = ? and trim(item_id) = ?",
        user,
        ref_id,
    )
    ((title,),) = built.query("select distinct trim(title) from raw.items where trim(item_id) = ?", ref_id)
    assert (evidence["kind"], evidence["ref_id"], evidence["title"]) == ("item", ref_id, title)
    assert evidence["event"] in {kind for kind, _ in events}
    assert evidence["at"] == max(at for _, at in events)


def test_a_text_is_named_and_never_shown(built):
    user, item, *_, ref_id = one_of(built, "text")
    ((text, kind),) = built.query("select text, kind from recudf.stg_texts where text_id = ?", ref_id)
    for output in (said(built, user, item).output, said(built, user, item, "--json").output):
        assert ref_id in output
        assert kind in output
        assert text not in output


def test_what_is_popular_is_counted(built):
    user, item, *_ = one_of(built, "popular")
    evidence = explained(built, user, item)["evidence"]
    ((users,),) = built.query("select users from recudf.int_item_popularity where item_id = ?", item)
    assert evidence["users"] == users
    assert f"liked by {users} users" in said(built, user, item).output


def test_what_is_not_recommended_lacks_something(built):
    ((user, item),) = built.query(
        "select user_id, item_id from recudf.int_user_items where is_seen order by user_id, item_id limit 1"
    )
    found = explained(built, user, item)
    assert (found["rank"], found["reason"], found["evidence"]) == (None, None, None)
    assert found["answer"].startswith("the user has it: ")
    assert f"not recommended: {found['answer']}" in said(built, user, item).output


def test_an_unknown_id_is_told_with_the_nearest(built):
    ((user, item, title),) = built.query(
        "select user_id, item_id, title from recudf.fct_recommendations join recudf.dim_items using (item_id) "
        "where length(user_id) = 5 and title is not null order by user_id, rank limit 1"
    )
    result = said(built, user + "x", item)
    assert result.exit_code == 2
    assert f"no user '{user}x' in recudf.dim_users: the nearest are {user}" in result.output
    result = said(built, user, title.upper())
    assert result.exit_code == 2
    assert f"{item} ({title})" in result.output


def test_without_a_build(tmp_path, built):
    result = CliRunner().invoke(main, ["explain", "u", "i", "--database", str(tmp_path / "no.duckdb")])
    assert (result.exit_code, "does not exist" in result.output) == (2, True)
    result = said(built, "u", "i", "--schema", 'rec"udf')
    assert result.exit_code == 2
    assert "name one of these with --schema: recudf" in result.output
