"""A sentence-transformers model, loaded and wrapped: tokenise, forward, tell what it knows of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recudf.encoders import files
from recudf.errors import EncoderError
from recudf.settings import BUNDLED, EncoderSettings

_TORCH_NAMES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}


def load(settings: EncoderSettings, device: str, dtype: str) -> LoadedModel:
    """Load a model onto a device. Raises EncoderError where its files are altered, incomplete or foreign."""
    folder = files.model_folder(settings.model)
    if settings.model == BUNDLED:
        files.verify_bundled(folder)
    files.verify_data_only(folder)
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    bar = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        model = SentenceTransformer(str(folder), device=device, local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, ImportError, SafetensorError) as error:
        raise EncoderError(
            f"encoder {settings.model!r} cannot be loaded from {folder}: {str(error).strip().splitlines()[0]}"
        ) from error
    finally:
        if bar:
            transformers_logging.enable_progress_bar()
    model = model.to(getattr(torch, _TORCH_NAMES[dtype])).eval()
    expected, made = files.dimension(settings.model), model.get_embedding_dimension()
    if made != expected:
        raise EncoderError(
            f"encoder {settings.model!r} makes vectors of {made} components and its files say {expected}: "
            "fetch the model again"
        )
    limit = files.max_tokens(settings)
    if limit is not None:
        model.max_seq_length = limit
    return LoadedModel(model)


class LoadedModel:
    """The parts of a SentenceTransformer that an encode loop needs. Not for several threads at once."""

    def __init__(self, model: Any) -> None:
        from transformers import PreTrainedTokenizerBase

        self._model = model
        self._prompt: str | None = model.prompts.get(model.default_prompt_name) or None
        tokenizer = getattr(model[0], "tokenizer", None)
        self._tokenizer = tokenizer if isinstance(tokenizer, PreTrainedTokenizerBase) else None
        # A text-only transformer without a prompt: tokens are padded here, so each text is tokenised once.
        # Anything else goes through the model's own preprocessing, batch by batch.
        kinds = set(getattr(model[0], "modality_config", {}))
        self._plain = self._tokenizer is not None and kinds == {"text"} and self._prompt is None

    def tokenise(self, texts: Sequence[str]) -> Sequence[Sequence[int]]:
        """Token ids of each text, cut to the longest input; only their number matters to the caller."""
        if self._tokenizer is None:
            return [range(len(text)) for text in texts]  # as good as any measure of length
        encoded = self._tokenizer(
            list(texts), truncation=True, return_attention_mask=False, return_token_type_ids=False
        )
        return list(encoded["input_ids"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text before cutting, special tokens counted."""
        return [tokens for tokens, _, _ in self.coverage(texts)]

    def coverage(self, texts: Sequence[str]) -> list[tuple[int, int, int | None]]:
        """Per text its tokens before cutting, special ones counted; its characters, blanks apart; and those
        of them in tokens that stand for what the tokenizer does not know, None where it does not tell."""
        if self._tokenizer is None:
            inner = getattr(self._model[0], "tokenizer", None)
            if inner is None or not hasattr(inner, "encode_batch"):
                raise EncoderError(f"the tokenizer of {type(self._model[0]).__name__} does not count tokens")
            unknown = getattr(inner.model, "unk_token", None)
            id_ = None if unknown is None else inner.token_to_id(unknown)
            return [
                _coverage(t, e.ids, e, id_)
                for t, e in zip(texts, inner.encode_batch(list(texts)), strict=True)
            ]
        encoded = self._tokenizer(
            list(texts),
            truncation=False,
            verbose=False,
            return_attention_mask=False,
            return_token_type_ids=False,
        )
        pieces = encoded.encodings or [None] * len(texts)  # slow tokenizers have none
        # a tokenizer of bytes has no such token
        id_ = -1 if self._tokenizer.unk_token_id is None else self._tokenizer.unk_token_id
        return [
            _coverage(text, ids, piece, id_)
            for text, ids, piece in zip(texts, encoded["input_ids"], pieces, strict=True)
        ]

    def forward(self, texts: list[str], tokens: Sequence[Sequence[int]]) -> Any:
        """Unit-length float32 vectors of one batch, on the model's device: [n_texts, dimension]."""
        import torch
        from sentence_transformers.util import batch_to_device

        with torch.inference_mode():
            if self._plain:
                assert self._tokenizer is not None
                padded = self._tokenizer.pad({"input_ids": tokens}, padding=True, return_tensors="pt")
                features: dict[str, Any] = {**padded, "modality": "text"}
            else:
                features = self._model.preprocess(texts, prompt=self._prompt)
            output = self._model(batch_to_device(features, self._model.device))
            return torch.nn.functional.normalize(output["sentence_embedding"].float(), dim=1)


def _coverage(text: str, ids: Sequence[int], pieces: Any, unknown: int | None) -> tuple[int, int, int | None]:
    characters = _without_blanks(text)
    if pieces is None or unknown is None:
        return len(ids), characters, None
    if unknown not in ids:
        return len(ids), characters, 0
    spans = (span for id_, span in zip(ids, pieces.offsets, strict=True) if id_ == unknown)
    found = sum(_without_blanks(text[start:end]) for start, end in spans)
    return len(ids), characters, min(found, characters)


def _without_blanks(text: str) -> int:
    return len("".join(text.split()))
