"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

from both_engines import OnDuckDB, OnSpark, start_spark
from dbt_once import all_once

DATA = Path(os.environ.get("RECUDF_DATA", Path(__file__).parents[2] / "shared" / "data"))


def pytest_configure(config):
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    # small models keep one core busy, and four threads on it take a fifth more of it: the builds of test_determinism.py
    # and of the foreign project have four
    os.environ.setdefault("RECUDF_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def _read_once():
    with all_once():
        yield


@pytest.fixture
def data():
    """Path of a real dataset, by name; skips where the data is not at hand."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"no dataset {name}: put it into {DATA}, or set RECUDF_DATA")
        return path

    return find


@pytest.fixture(scope="session")
def spark():
    """A running Spark, one for all tests; skips where it cannot run."""
    session = start_spark()
    yield session
    session.stop()


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request):
    """Opens each engine with given settings: what it returns is called like `sql`."""
    opened = []

    def open_engine(settings=None):
        spark = request.getfixturevalue("spark") if request.param == "spark" else None
        opened.append(OnSpark(spark, settings) if spark else OnDuckDB(settings))
        return opened[-1]

    yield open_engine
    for each in opened:
        each.close()


@pytest.fixture(scope="module")
def sql(engine):
    """Runs a query on each engine, with values for its ? placeholders, and returns its rows as tuples.

    `sql.error` is what the engine raises, `sql.index(handle)` an index that it has made.
    """
    return engine()


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory):
    """Path of a real sentence-transformers model of 16 dimensions that loads in no time."""
    return make_encoder(tmp_path_factory.mktemp("tiny_encoder"))


@pytest.fixture(scope="session")
def broken_encoder(tmp_path_factory):
    """The tiny encoder, whose vector of any text with the word `broken` is NaN."""
    return make_encoder(tmp_path_factory.mktemp("broken_encoder"), broken=True)


@pytest.fixture(scope="session")
def tiny_encoders(tiny_encoder, tmp_path_factory):
    """The tiny encoder, the same with other weights, and one of 8 dimensions."""
    other = make_encoder(tmp_path_factory.mktemp("other_encoder"), seed=1)
    narrow = make_encoder(tmp_path_factory.mktemp("narrow_encoder"), dimension=8)
    return [tiny_encoder, other, narrow]


@pytest.fixture(scope="session")
def multilingual_encoder(tmp_path_factory):
    """Path of a model of 16 dimensions like the multilingual ones of sentence-transformers: XLM-R, pieces of words."""
    return make_multilingual_encoder(tmp_path_factory.mktemp("multilingual_encoder"))


WORDS = """the a and of is good bad film book guitar string sound story love war space alien robot cat dog
    red blue one two three four five six seven eight nine ten slow fast old new broken"""


def make_encoder(folder: Path, broken: bool = False, seed: int = 0, dimension: int = 16) -> Path:
    """A BERT of one layer with random weights, mean pooling, words and letters as vocabulary."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters)]
    vocabulary += [word for word in dict.fromkeys(WORDS.split()) if word not in vocabulary]
    source = folder / "transformer"
    source.mkdir()
    (source / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(vocab={t: i for i, t in enumerate(vocabulary)}, model_max_length=64).save_pretrained(
        source
    )
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=dimension, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BertModel(config)
    with torch.no_grad():
        # wider than BERT's 0.02, so that texts differ
        model.embeddings.word_embeddings.weight.mul_(20)
        if broken:
            model.embeddings.word_embeddings.weight[vocabulary.index("broken")] = float("nan")
    model.save_pretrained(source)
    return _save_with_pooling(source, dimension)


TEXTS = ["a good film", "good sound of guitars", "好电影", "很好的吉他 声音好", "хороший фильм", "좋은 영화"]


def make_multilingual_encoder(folder: Path) -> Path:
    """An XLM-R of one layer with random weights, whose pieces of words are learned from TEXTS."""
    import torch
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    special = {"bos": "<s>", "pad": "<pad>", "eos": "</s>", "unk": "<unk>", "mask": "<mask>"}
    pieces = Tokenizer(models.Unigram())
    pieces.normalizer = normalizers.NFKC()
    pieces.pre_tokenizer, pieces.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=80, special_tokens=list(special.values()), unk_token="<unk>", show_progress=False
    )
    pieces.train_from_iterator(TEXTS, trainer)
    pieces.post_processor = processors.TemplateProcessing(
        "<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    source = folder / "transformer"
    names = {f"{name}_token": token for name, token in special.items()}
    PreTrainedTokenizerFast(tokenizer_object=pieces, model_max_length=64, **names).save_pretrained(source)
    config = XLMRobertaConfig(
        vocab_size=pieces.get_vocab_size(), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=66, pad_token_id=1,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = XLMRobertaModel(config)
    with torch.no_grad():
        model.embeddings.word_embeddings.weight.mul_(20)
    model.save_pretrained(source)
    return _save_with_pooling(source, 16)


def _save_with_pooling(source: Path, dimension: int) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    folder = source.parent
    transformer = Transformer(str(source))
    SentenceTransformer(modules=[transformer, Pooling(dimension)], device="cpu").save(str(folder / "model"))
    return folder / "model"
