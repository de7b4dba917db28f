"""Expected values by hand."""

# ruff: noqa: RUF001 (letters of other scripts look like Latin ones)

import threading

import pyarrow as pa
import pytest

from recudf.errors import ParameterError
from recudf.interests.phrases import candidates, keyphrases
from recudf.interests.spelling import word_key
from recudf.interests.tokens import stop_words


def phrases(text, longest=3):
    return list(candidates(text, longest))


def test_runs_between_stop_words_and_punctuation():
    assert phrases("The red guitar was loud. Sound!") == ["red", "red guitar", "guitar", "loud", "sound"]


def test_as_long_as_asked():
    text = "red electric guitar amplifier"
    assert phrases(text, 1) == ["red", "electric", "guitar", "amplifier"]
    assert phrases(text, 2)[:5] == ["red", "red electric", "electric", "electric guitar", "guitar"]
    assert phrases(text, 4)[:4] == ["red", "red electric", "red electric guitar", text]


def test_each_phrase_once_in_order_of_appearance():
    assert phrases("film, guitar, film, guitar") == ["film", "guitar"]


def test_key_is_sorted_stems_without_links():
    assert candidates("sounds of guitars", 3) == {
        "sounds": ("sound", 1),
        "sounds of guitars": ("guitar sound", 3),
        "guitars": ("guitar", 1),
    }
    assert candidates("guitar sound", 2)["guitar sound"] == ("guitar sound", 2)


def test_links_stand_inside_only():
    assert phrases("of guitars and") == ["guitars"]


def test_weak_words_need_a_strong_one():
    assert phrases("Great! A good time. The great gatsby.") == ["great gatsby", "gatsby"]
    assert phrases("first 3 guitars nice") == ["guitars", "guitars nice"]


def test_numbers_and_single_letters_only_end_phrases():
    assert phrases("7 windows 7 tools") == ["windows", "windows 7", "tools"]
    assert phrases("vitamin c") == ["vitamin", "vitamin c"]
    assert phrases("in 1995, 2.0 or 90s; 3rd") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("guitar", "guitars"), ("story", "stories"), ("woman", "women"), ("person", "people"), ("film", "filming"),
        ("color", "colour"), ("favorite", "favourites"), ("organize", "organise"), ("organization", "organisations"),
        ("analyze", "analysed"), ("theater", "theatres"), ("catalog", "catalogue"), ("defense", "defence"),
        ("traveling", "travelling"), ("modeling", "modelling"), ("gray", "grey"), ("pediatric", "paediatric"),
        ("email", "e-mail"), ("wifi", "wi-fi"), ("nonfiction", "non-fiction"), ("cafe", "cafés"), ("andy", "andy's"),
        ("фильм", "фильмы"), ("актер", "актёров"), ("книга", "книги"), ("기타", "기타를"), ("rock'n'roll", "rocknroll"),
    ],
)  # fmt: skip
def test_variants_share_a_key(one, other):
    assert word_key(one) == word_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("four", "for"), ("hour", "hor"), ("rise", "rize"), ("universe", "university"), ("c", "c++"), ("c++", "c#"),
        ("wit", "with"), ("score", "scoer"), ("rogue", "rog"), ("news", "new"), ("raise", "raze"), ("나이", "나"),
    ],
)  # fmt: skip
def test_different_words_keep_different_keys(one, other):
    assert word_key(one) != word_key(other)


def test_a_compound_with_a_hyphen_is_its_words():
    assert candidates("science-fiction", 1) == {
        "science-fiction": (candidates("science fiction", 2)["science fiction"][0], 1)
    }


def test_apostrophes():
    assert phrases("Don’t! It’s Andy’s; they've") == ["andy"]
    assert phrases("the musicians’ guitar’s sound", 2) == [
        "musicians",
        "musicians guitar",
        "guitar",
        "guitar's sound",
        "sound",
    ]


def test_names_with_signs():
    names = ["c++", "c#", "node.js", ".net", "at&t", "wp_list"]
    assert phrases(", ".join(names)) == names
    assert phrases("the U.S.A.") == ["usa"]


def test_markup_is_no_word():
    assert phrases("<b>film</b> &#34;guitar&quot; https://shop.example/x?y=1 me@shop.example") == [
        "film",
        "guitar",
    ]


def test_a_sentence_that_lacks_its_blank():
    assert phrases("red film.blue guitar", 2) == ["red", "red film", "film", "blue", "blue guitar", "guitar"]


def test_full_width_forms():
    assert phrases("ＤＶＤ　ｆｉｌｍ", 2) == ["dvd", "dvd film", "film"]


def test_chinese_is_segmented():
    # 的, 很 are stop words; 屏幕 (screen), 手机 (telephone), 清晰 (clear)
    assert candidates("手机屏幕很清晰", 2) == {
        "手机": ("手机", 1), "手机屏幕": ("屏幕 手机", 2), "屏幕": ("屏幕", 1), "清晰": ("清晰", 1),
    }  # fmt: skip
    assert candidates("屏幕的手机", 3).keys() == {"屏幕", "手机"}


def test_a_single_han_character_is_no_word_of_its_own():
    assert phrases("书", 1) == []


def test_japanese():
    assert phrases("東京の大学でギターを弾く") == ["東京", "大学", "ギター"]


def test_other_scripts():
    assert phrases("Фильмы о гитарах") == ["фильмы", "гитарах"]
    assert phrases("기타를 치는 사람", 1) == ["기타를", "치는", "사람"]
    assert phrases("हिन्दी फिल्में", 1) == ["हिन्दी", "फिल्में"]  # with their vowel signs


def test_columns():
    result = keyphrases(
        pa.array(["red film", None, " \t", "the", "red film"]), pa.array([1, 1, 1, None, None])
    )
    one = [{"phrase": "red", "key": "red", "words": 1}, {"phrase": "film", "key": "film", "words": 1}]
    assert result.to_pylist() == [
        one, None, None, [], [one[0], {"phrase": "red film", "key": "film red", "words": 2}, one[1]],
    ]  # fmt: skip


@pytest.mark.parametrize("longest", [0, -1, 11])
def test_impossible_length(longest):
    with pytest.raises(ParameterError, match=f"max_words is {longest}: give 1 to 10"):
        keyphrases(pa.array(["film"]), pa.array([longest]))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10**6,
        "@" * 10**5,
        "a@" * 10**5,
        "<" * 10**5,
        "x." * 10**5,
        "\n" * 10**5,
        "电影" * 10**5,
        "&" * 10**5,
    ],
)
def test_long_texts_without_words_end(text):
    assert len(candidates(text, 3)) < 10


def test_threads_agree():
    texts = [f"colourful guitars number{i} 手机屏幕" for i in range(300)]
    results = [None] * 4

    def work(slot):
        results[slot] = [candidates(text, 3) for text in texts]

    threads = [threading.Thread(target=work, args=(slot,)) for slot in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == results[0] for result in results)


def test_stop_words_spare_subjects():
    assert stop_words().isdisjoint(["war", "die", "son", "door", "hat", "van", "sin", "film"])
    assert stop_words() >= {"the", "的", "и", "und", "les", "для"}
