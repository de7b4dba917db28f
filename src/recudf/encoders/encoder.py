"""One model in memory and its encode loop: texts in, unit-length float32 vectors out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recudf import interrupts
from recudf.encoders import files
from recudf.encoders.hardware import resolve
from recudf.encoders.loading import load
from recudf.errors import EncoderError
from recudf.progress import Meter
from recudf.settings import EncoderSettings
from recudf.vectors import Matrix

WINDOW = 8192  # texts tokenised at a time: bounds memory, and is enough to fill batches of one length
CHARACTERS_PER_TOKEN = 64  # no text in words has more, so what lies beyond max_tokens of these is cut unread
CPU_BATCH_TOKENS = 4096
GPU_BATCH_TOKENS = 65536

_encoders: dict[EncoderSettings, Encoder] = {}
_loading = threading.Lock()


def encoder_for(settings: EncoderSettings) -> Encoder:
    """The encoder of these settings: loaded once per process, whichever thread asks first."""
    with _loading:
        if settings not in _encoders:
            _encoders[settings] = Encoder(settings)
        return _encoders[settings]


@dataclass(frozen=True)
class Encoded:
    """Vectors of texts, in their order.

    matrix: float32 [n_texts, dimension], rows of length 1, or zero where the encoder found nothing in the
    text or failed. errors: why it failed, by the number of the text.
    """

    matrix: Matrix
    errors: dict[int, str]


class Encoder:
    """A sentence-transformers model with its device and dtype decided.

    Threads may share it: forward passes go one at a time, since each uses all cores.
    """

    def __init__(self, settings: EncoderSettings) -> None:
        """Load the model. Raises EncoderError where it cannot be found, verified or run."""
        self.settings = settings
        self.device, self.dtype = resolve(settings)
        self.dimension = files.dimension(settings.model)
        self.max_tokens = files.max_tokens(settings)
        self.model = load(settings, self.device, self.dtype)
        default = CPU_BATCH_TOKENS if self.device == "cpu" else GPU_BATCH_TOKENS
        self.batch_tokens = settings.batch_tokens or default
        self.rows_encoded = 0  # texts that went through the model since it was loaded
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], meter: Meter, strict: bool = True) -> Encoded:
        """Vectors of `texts`; each different text goes through the model once.

        The batches, and so the vectors, do not depend on the order of the texts. strict: raise EncoderError
        at the first text that fails, else note it. Raises Interrupted soon after somebody asked to stop.
        """
        since = interrupts.generation()
        limit = self.max_tokens and self.max_tokens * CHARACTERS_PER_TOKEN
        number: dict[str, int] = {}
        inverse = [number.setdefault(text[:limit], len(number)) for text in texts]
        unique = np.zeros((len(number), self.dimension), np.float32)
        failed: dict[int, str] = {}
        order = sorted(number, key=lambda text: (len(text), text))
        for start in range(0, len(order), WINDOW):
            window = order[start : start + WINDOW]
            matrix, errors = self._encode_window(window, meter, strict, since)
            unique[[number[text] for text in window]] = matrix
            failed.update((number[window[i]], message) for i, message in errors.items())
        matrix = unique if len(unique) == len(texts) else unique[inverse]
        return Encoded(matrix, {i: failed[k] for i, k in enumerate(inverse) if k in failed} if failed else {})

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text before cutting, special tokens counted."""
        with self._lock:
            return self.model.count_tokens(texts)

    def coverage(self, texts: Sequence[str]) -> list[tuple[int, int, int | None]]:
        """Per text its tokens, its characters, and those of them that the tokenizer does not know."""
        with self._lock:
            return self.model.coverage(texts)

    def _encode_window(
        self, texts: Sequence[str], meter: Meter, strict: bool, since: int
    ) -> tuple[Matrix, dict[int, str]]:
        import torch

        with self._lock:
            tokens = self.model.tokenise(texts)
        order = sorted(range(len(texts)), key=lambda i: (-len(tokens[i]), texts[i]))
        errors: dict[int, str] = {}
        outputs = []
        for batch in batches(order, [len(t) for t in tokens], self.batch_tokens):
            interrupts.check(since)
            with self._lock:
                outputs.append(self._forward(batch, texts, tokens, strict, errors))
            meter.advance(len(batch), sum(len(texts[i]) for i in batch))
        # one transfer per window: a gpu need not wait for the host between batches
        found = torch.cat(outputs).cpu().numpy()
        matrix = np.empty_like(found)
        matrix[order] = found
        for i in np.flatnonzero(~np.isfinite(matrix).all(axis=1)).tolist():
            matrix[i] = 0
            errors.setdefault(i, f"the encoder made no finite vector of {_beginning(texts[i])}")
        if strict and errors:
            first = min(errors, key=lambda i: texts[i])
            raise EncoderError(f"{errors[first]}: use try_embed, or remove the text")
        return matrix, errors

    def _forward(
        self, batch: Sequence[int], texts: Sequence[str], tokens: Any, strict: bool, errors: dict[int, str]
    ) -> Any:
        """Vectors of one batch. A batch that fails (too big for the memory, one bad text) is halved."""
        import torch

        try:
            self.rows_encoded += len(batch)
            return self.model.forward([texts[i] for i in batch], [tokens[i] for i in batch])
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            if len(batch) == 1:
                reason = str(error).strip().splitlines() or [type(error).__name__]
                message = f"the encoder failed on {_beginning(texts[batch[0]])} ({reason[0]})"
                if strict:
                    raise EncoderError(f"{message}: use try_embed, or remove the text") from None
                errors[batch[0]] = message
                return torch.full((1, self.dimension), float("nan"), device=self.device)
        half = len(batch) // 2
        parts = (batch[:half], batch[half:])
        return torch.cat([self._forward(part, texts, tokens, strict, errors) for part in parts])


def batches(order: Sequence[int], lengths: Sequence[int], budget: int) -> Iterator[Sequence[int]]:
    """Cut `order` (longest first) into runs of at most `budget` tokens, padding counted, or of one text."""
    start = 0
    while start < len(order):
        size = max(1, budget // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def _beginning(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "...")
