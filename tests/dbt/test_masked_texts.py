"""What points to a person becomes no word of an interest, and no text stands in a mart."""

import pytest
from warehouse import marts

READ = ("--select", "+int_text_phrases", "+int_item_words")
ITEMS = """select 'i1' as item_id, 'Herr Zebedee plays' as title union all select 'i2', null"""
TEXTS = """select 'u' || n as user_id, 'i2' as item_id, 'my name is Zebedee, zebedee@example.com, warm wool' as text from range(3) as t (n)"""


def read(warehouse):
    """Phrases of texts, and words of the item that has no title."""
    phrases = warehouse.query(
        "select unnest(phrases).phrase from recudf.int_text_phrases where text_hash in (from (select text_hash from recudf.stg_texts))"
    )
    of_items = warehouse.query("select word from recudf.int_item_words where item_id = 'i2'")
    return {phrase for (phrase,) in phrases}, {word for (word,) in of_items}  # fmt: skip


def test_words_of_texts_are_read_without_what_points_to_a_person(warehouse):
    """... but those of the catalogue. Another value of the var reads the texts anew, without a full refresh."""
    warehouse.load(items=ITEMS, texts=TEXTS).build(*READ)
    assert read(warehouse) == ({"name", "warm", "warm wool", "wool"}, {"name", "warm", "wool"})
    ((title,),) = warehouse.query(
        "select list(word order by word) from recudf.int_item_words where item_id = 'i1'"
    )
    assert "zebedee" in title
    masked = warehouse.rows("int_text_phrases")
    phrases, words = read(warehouse.build(*READ, mask_texts=False))
    assert {"zebedee", "wool"} < phrases
    assert {"zebedee", "example", "wool"} < words
    assert warehouse.build(*READ).rows("int_text_phrases") == masked


def test_a_wrong_value_is_named(warehouse):
    done = warehouse.load(items=ITEMS, texts=TEXTS).try_build(*READ, mask_texts="some")
    assert "mask_texts is 'some': give true or false" in done.output


# what is no title: a search may be one
SENTENCES = """
    select distinct lower(trim(text)) as text from raw.texts
    where length(trim(text)) - length(replace(trim(text), ' ', '')) >= 3
        and not exists (select 1 from raw.items where contains(lower(title), lower(trim(text))))"""


@pytest.mark.parametrize("mart", marts())
def test_no_mart_holds_a_text_of_a_user(built, mart):
    """Texts of four words and more: phrases have three at most."""
    columns = built.query(
        "select column_name from duckdb_columns() where schema_name = 'recudf' and table_name = ? and data_type = 'VARCHAR'",
        mart,
    )
    assert columns
    for (column,) in columns:
        found = built.query(f"""
            with told as (select distinct lower("{column}") as told from recudf."{mart}" where "{column}" is not null)
            select '{column}', text from told join ({SENTENCES}) as texts on contains(told, text) limit 1""")
        assert found == []


def test_the_texts_that_are_looked_for_are_there(built):
    ((sentences,),) = built.query(f"select count(*) from ({SENTENCES})")
    ((staged,),) = built.query(
        f"select count(*) from recudf.stg_texts join ({SENTENCES}) as sentences on lower(stg_texts.text) = sentences.text"
    )
    assert sentences > 50
    assert staged >= sentences
