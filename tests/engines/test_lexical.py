"""lexical_fit, embed_lexical and text_coverage_lexical as an analyst calls them."""

import pytest

TERMS = "terms as (select unnest(lexical_fit(['好书', '房间', '电脑']), recursive := true))"
FIT = f"with {TERMS}, fit as materialized (select vector_index(term, vector) as handle from terms)"


def test_the_example_of_the_docs(sql):
    ((together, apart, unlike),) = sql(f"""{FIT}
        select cosine_similarity(embed_lexical('好书 房间', handle), embed_lexical('好书', handle)),
            cosine_similarity(embed_lexical('电脑', handle), embed_lexical('好书', handle)),
            cosine_similarity(embed_lexical('好书 房间', handle), embed_lexical('电脑', handle))
        from fit""")
    assert together == pytest.approx(0.4619, abs=5e-5)
    assert apart == pytest.approx(-0.5, abs=1e-5)
    assert unlike == pytest.approx(-0.9239, abs=5e-5)


def test_terms_and_the_texts_that_hold_them(sql):
    rows = sql("""
        select term, texts from (select unnest(lexical_fit(['ab', 'AB c', null, ' ']), recursive := true)) as t
        order by term""")
    assert rows == [("", 2), ("a", 2), ("ab", 2), ("b", 2), ("c", 1)]


def test_rows_without_an_answer_stand_beside_others(sql):
    rows = sql(f"""{FIT}
        select t, embed_lexical(t, handle) is null, text_coverage_lexical(t, handle)
        from (values ('1', null), ('2', '好'), ('3', '?'), ('4', '天气'), ('5', ' ')) v(n, t), fit order by n""")
    assert rows == [
        (None, True, None),
        ("好", False, {"tokens": 1, "characters": 1, "unknown_characters": 0}),
        ("?", True, {"tokens": 0, "characters": 0, "unknown_characters": 0}),
        ("天气", True, {"tokens": 3, "characters": 2, "unknown_characters": 2}),
        (" ", True, None),
    ]


def test_two_fits_in_one_query(sql):
    """Each row by its own; a fit that knows none of a text's terms gives nothing."""
    rows = sql("""
        with fits as (select g, lexical_fit(texts) as fit from (values ('a', ['x y', 'x z']), ('b', ['p q', 'q r'])) t(g, texts)),
        terms as (select g, unnest(fit, recursive := true) from fits),
        handles as materialized (select g, vector_index(term, vector) as handle from terms group by g)
        select g, embed_lexical('x', handle) is null, embed_lexical('q', handle) is null from handles order by g""")
    assert rows == [("a", False, True), ("b", True, False)]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select embed_lexical('a', 'index_1x2_' || repeat('0', 32))", "no index 'index_1x2_0"),
        (
            "with i as materialized (select vector_index('item 1', [1, 2]) as handle) select embed_lexical('a', handle) from i",
            "is no index over a lexical fit: make it with vector_index(term, vector)",
        ),
        ("select lexical_fit(['a b'], '{\"k\": 2}')", "unknown parameter 'k': known are dimensions"),
    ],
)
def test_errors(sql, query, said):
    with pytest.raises(sql.error) as raised:
        sql(query)
    assert said in str(raised.value)
