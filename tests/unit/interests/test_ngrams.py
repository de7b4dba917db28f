"""Expected n-grams by hand."""

import pyarrow as pa
import pytest

from recudf.errors import ParameterError
from recudf.interests.ngrams import ngrams, text_ngrams


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Good sound", ["good", "sound", "good sound"]),
        ("good, sound", ["good", "sound"]),  # no row of words over a comma
        ("It is not bad", ["it", "is", "it is", "not_bad"]),
        ("It isn\u2019t bad", ["it", "not_bad"]),
        ("no hum", ["not_hum"]),
        ("never a loud hum here", ["not_a", "not_loud", "not_a not_loud", "not_hum", "not_loud not_hum", "here", "not_hum here"]),
        ("not bad. Good", ["not_bad", "good"]),  # a negation ends with what was said
        ("not", []),
        ("good good", ["good", "good good"]),
        ("\uff27\uff2f\uff2f\uff24", ["good"]),
        ("不好用", ["不", "不好", "不好用", "好", "好用", "用"]),
        ("好 guitar", ["好", "guitar"]),
        ("हिन्दी", ["हिन्दी"]),  # vowel signs belong to their letter
        ("5 stars", ["5", "stars", "5 stars"]),
        ("...!", []),
        ("", []),
    ],
)  # fmt: skip
def test_by_hand(text, expected):
    assert ngrams(text) == expected


def test_longest_row():
    assert ngrams("a b c", words=1) == ["a", "b", "c"]
    assert ngrams("a b c", words=3) == ["a", "b", "a b", "c", "b c", "a b c"]
    assert ngrams("一二三", words=1) == ["一", "一二", "二", "二三", "三"]


def test_columns():
    texts = pa.array(["a b", None, "..."])
    found = text_ngrams(texts, pa.array([None, None, 1], pa.int64()))
    assert found.to_pylist() == [["a", "b", "a b"], None, []]
    with pytest.raises(ParameterError, match="max_words is 0: give a whole number from 1 to 5"):
        text_ngrams(texts, pa.array([0, 0, 0], pa.int64()))
