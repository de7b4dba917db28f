"""Settings: frozen, typed, passed explicitly. Only this module reads the environment."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from recudf.errors import ParameterError

DEVICES = ("auto", "cpu", "cuda", "mps")
Dtype = Literal["auto", "fp32", "bf16", "fp16"]
Progress = Literal["auto", "bar", "lines", "off"]

BUNDLED = "bundled"
LEXICAL = "lexical"  # of the dbt var `encoder`: fitted in the warehouse, so no model


@dataclass(frozen=True)
class EncoderSettings:
    """Which model encodes texts, and how.

    model: `bundled` (all-MiniLM-L6-v2 from the pinned package), or any sentence-transformers name or path.
    max_tokens: longest input in tokens; None keeps the model's own limit.
    batch_tokens: token budget of one forward pass, padding counted; None leaves it to the device.
    """

    model: str = BUNDLED
    device: str = "auto"  # or one card: cuda:1
    dtype: Dtype = "auto"
    max_tokens: int | None = None
    batch_tokens: int | None = None

    def __post_init__(self) -> None:
        _check_choice("device", self.device.split(":")[0], DEVICES)
        _check_choice("dtype", self.dtype, get_args(Dtype))
        if self.max_tokens is not None:
            _check_positive("max_tokens", self.max_tokens)
        if self.batch_tokens is not None:
            _check_positive("batch_tokens", self.batch_tokens)


@dataclass(frozen=True)
class LlmSettings:
    """Which language model `propose` asks, and how much; it works without one, so there is none by default.

    url: the /v1 of any server that speaks OpenAI's chat completions. Its key is in RECUDF_LLM_KEY alone.
    timeout: seconds that one answer may take. max_calls, max_tokens: what a build may spend, retries and
    prompts counted. temperature, seed: None leaves them out, for models that refuse them.
    retry_seconds: before the first retry; twice as long before each further one.
    """

    url: str
    model: str
    timeout: float = 60.0
    max_calls: int = 200
    max_tokens: int = 200_000
    temperature: float | None = 0.0
    seed: int | None = 0
    retry_seconds: float = 1.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s@?#]*)?", self.url):
            shown = self.url.rpartition("@")[2]  # before it stands a password
            raise ParameterError(
                f"llm url is {shown!r}: give one like http://localhost:8000/v1, without a user or key in it"
            )
        if not self.model:
            raise ParameterError("llm model is not set: name one that the server of llm url has")
        for name in ("max_calls", "max_tokens"):
            _check_positive(f"llm {name}", getattr(self, name))
        if not self.timeout > 0 or not self.retry_seconds >= 0:
            raise ParameterError(
                f"llm timeout is {self.timeout} and retry_seconds {self.retry_seconds}: give seconds"
            )

    @classmethod
    def from_mapping(cls, options: Mapping[str, Any]) -> LlmSettings | None:
        """Settings of a mapping whose keys are the fields; None where it has no url."""
        if "key" in options:
            raise ParameterError("llm key is no setting: set the environment variable RECUDF_LLM_KEY")
        known = {f.name for f in dataclasses.fields(cls)}
        if unknown := sorted(set(options) - known):
            raise ParameterError(f"unknown llm option {unknown[0]!r}: known are {', '.join(sorted(known))}")
        if not options.get("url"):
            return None
        own: dict[str, Any] = {"model": "", **options}
        for name in ("max_calls", "max_tokens", "seed"):
            if own.get(name) is not None:
                own[name] = _whole(f"llm {name}", own[name])
        for name in ("timeout", "temperature", "retry_seconds"):
            if own.get(name) is not None:
                own[name] = _number(f"llm {name}", own[name])
        return cls(**own)


def llm_key() -> str | None:
    """The key of the language model's server: no part of the settings, which are shown and sent about."""
    return os.environ.get("RECUDF_LLM_KEY") or None


SHORTEST_KEY = 16  # characters: shorter ones can be tried out


def user_key() -> bytes | None:
    """The key of pseudonyms, of RECUDF_USER_KEY or the file that RECUDF_USER_KEY_FILE names, without blanks
    around it; no part of the settings either. Raises ParameterError, which does not tell it, where it is too
    short or cannot be read."""
    key, file = os.environ.get("RECUDF_USER_KEY"), os.environ.get("RECUDF_USER_KEY_FILE")
    if key and file:
        raise ParameterError("both RECUDF_USER_KEY and RECUDF_USER_KEY_FILE are set: keep one of them")
    where = "RECUDF_USER_KEY"
    if file:
        where = f"the file of RECUDF_USER_KEY_FILE, {file},"
        try:
            key = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise ParameterError(f"{where} cannot be read: {why}: give a text file with the key") from None
    if not key and not file:
        return None
    stripped = (key or "").strip().encode()
    if len(stripped) < SHORTEST_KEY:
        raise ParameterError(
            f"{where} holds {len(stripped)} characters: give at least {SHORTEST_KEY}, such as those "
            "of `openssl rand -hex 32`"
        )
    return stripped


@dataclass(frozen=True)
class Settings:
    """All settings of the SQL functions.

    encoder: what `embed` uses. encoders: (alias, encoder) pairs, each served as `embed_<alias>`.
    index_memory_bytes: matrices of vector indexes beyond this total are served from a temporary file.
    index_disk_bytes: the bound of those files; beyond it, indexes that no statement is using are dropped.
    temp_directory: where those files go; None is the system's.
    index_uri: the folder of the indexes that an engine of several processes shares (see docs/spark.md).
    index_shard_bytes: the largest matrix of one `vector_index` there; larger ones are made of shards.
    llm: the language model that `propose` asks; None: nobody is asked.
    """

    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    encoders: tuple[tuple[str, EncoderSettings], ...] = ()
    index_memory_bytes: int = 2 << 30
    index_disk_bytes: int = 16 << 30
    temp_directory: str | None = None
    index_uri: str | None = None
    index_shard_bytes: int = 4 << 30
    progress: Progress = "auto"
    llm: LlmSettings | None = None

    def __post_init__(self) -> None:
        _check_choice("progress", self.progress, get_args(Progress))
        _check_positive("index_memory_bytes", self.index_memory_bytes)
        _check_positive("index_disk_bytes", self.index_disk_bytes)
        _check_positive("index_shard_bytes", self.index_shard_bytes)
        for alias, _ in self.encoders:
            if not (alias.isascii() and alias.isidentifier() and alias == alias.lower()):
                raise ParameterError(
                    f"encoder alias {alias!r} is not a lower-case SQL name: use letters, digits and _"
                )
            if alias == LEXICAL:
                raise ParameterError(
                    f"encoder alias {alias!r} names the encoder without a model: take another"
                )

    @classmethod
    def from_mapping(cls, options: Mapping[str, Any]) -> Settings:
        """Settings from a flat mapping such as a dbt plugin's `config`; unknown keys are left alone.

        `encoder` is a model name or a mapping of EncoderSettings; `encoders` maps aliases to either.
        `device`, `dtype`, `max_tokens` and `batch_tokens` on the top level are defaults for every encoder.
        """
        shared = {
            key: options[key] for key in ("device", "dtype", "max_tokens", "batch_tokens") if key in options
        }
        own = {f.name: options[f.name] for f in dataclasses.fields(cls) if f.name in options}
        own["encoder"] = _encoder(options.get("encoder", BUNDLED), shared)
        own["encoders"] = tuple(
            (alias, _encoder(value, shared))
            for alias, value in sorted((options.get("encoders") or {}).items())
        )
        own["llm"] = LlmSettings.from_mapping(options.get("llm") or {})
        for name in ("index_memory_bytes", "index_disk_bytes", "index_shard_bytes"):
            if name in own:
                own[name] = _whole(name, own[name])
        return cls(**own)

    @classmethod
    def from_environment(cls, overrides: Mapping[str, Any] | None = None) -> Settings:
        """Settings from RECUDF_ENCODER, RECUDF_DEVICE, RECUDF_DTYPE, RECUDF_MAX_TOKENS, RECUDF_BATCH_TOKENS,
        RECUDF_INDEX_MEMORY_BYTES, RECUDF_INDEX_DISK_BYTES, RECUDF_TEMP_DIRECTORY, RECUDF_INDEX_URI,
        RECUDF_INDEX_SHARD_BYTES, RECUDF_PROGRESS, and RECUDF_LLM_<field> of LlmSettings; `overrides` win."""
        names = (
            "encoder",
            "device",
            "dtype",
            "max_tokens",
            "batch_tokens",
            "index_memory_bytes",
            "index_disk_bytes",
            "temp_directory",
            "index_uri",
            "index_shard_bytes",
            "progress",
        )
        found: dict[str, Any] = _from_environment("RECUDF", names)
        llm = _from_environment("RECUDF_LLM", [f.name for f in dataclasses.fields(LlmSettings)])
        given = dict(overrides or {})
        return cls.from_mapping({**found, **given, "llm": {**llm, **(given.get("llm") or {})}})


def _from_environment(prefix: str, names: Sequence[str]) -> dict[str, str]:
    return {name: value for name in names if (value := os.environ.get(f"{prefix}_{name.upper()}"))}


def _encoder(value: Any, shared: Mapping[str, Any]) -> EncoderSettings:
    fields = {"model": value} if isinstance(value, str) else dict(value)
    merged = {**shared, **fields}
    known = {f.name for f in dataclasses.fields(EncoderSettings)}
    if unknown := sorted(set(merged) - known):
        raise ParameterError(f"unknown encoder option {unknown[0]!r}: known are {', '.join(sorted(known))}")
    for name in ("max_tokens", "batch_tokens"):
        if merged.get(name) is not None:
            merged[name] = _whole(name, merged[name])
    return EncoderSettings(**merged)


def _whole(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} is {value!r}: give a whole number") from None


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} is {value!r}: give a number") from None


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ParameterError(f"{name} is {value!r}: choose one of {', '.join(choices)}")


def _check_positive(name: str, value: int) -> None:
    if value < 1:
        raise ParameterError(f"{name} is {value}: give at least 1")
