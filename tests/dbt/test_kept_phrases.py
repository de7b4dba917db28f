"""Phrases of texts are read once: what a build takes over from the one before."""

import pytest

pytestmark = pytest.mark.slow

READ = ("--select", "+int_text_phrases")
ITEMS = "select 'i1' as item_id, 'Red guitar' as title union all select 'i2', 'Blue violin'"
TEXT = "select 'u1' as user_id, 'i1' as item_id, '{}' as text"


def phrases(warehouse):
    """All phrases that are kept, sorted."""
    return [
        phrase
        for (phrase,) in warehouse.query(
            "select unnest(phrases).phrase as phrase from recudf.int_text_phrases order by all"
        )
    ]


def test_known_texts_are_not_read_again_and_gone_ones_are_forgotten(warehouse):
    warehouse.load(items=ITEMS, texts=TEXT.format("old drum")).build(*READ)
    of_items = ["blue", "blue violin", "guitar", "red", "red guitar", "violin"]
    assert phrases(warehouse) == sorted([*of_items, "drum", "old drum"])
    mark = "[{'phrase': 'marked', 'key': 'marked', 'words': 1}]"
    known = "list_contains(list_transform(phrases, lambda p: p.phrase), 'violin')"
    warehouse.run(f"update recudf.int_text_phrases set phrases = {mark} where {known}")
    warehouse.load(texts=TEXT.format("loud flute")).build(*READ)
    kept = ["guitar", "red", "red guitar", "marked"]
    assert phrases(warehouse) == sorted([*kept, "flute", "loud", "loud flute"])
    warehouse.run("update recudf.int_text_phrases set recudf_version = '0'").build(*READ)
    assert phrases(warehouse) == sorted([*of_items, "flute", "loud", "loud flute"])
    warehouse.run(f"update recudf.int_text_phrases set phrases = {mark} where {known}")
    assert "marked" not in phrases(warehouse.build("--full-refresh", *READ))
