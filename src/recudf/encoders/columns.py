"""The kernels of embed, embed_all, try_embed, token_count, text_coverage and encoder_info."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf.encoders import files
from recudf.encoders.encoder import Encoded, encoder_for
from recudf.encoders.hardware import resolve
from recudf.errors import InputError
from recudf.progress import Meter
from recudf.settings import EncoderSettings, Progress, Settings
from recudf.vectors import Mask, list_lengths, list_offsets, scatter, valid_mask, write_vectors

INFO = pa.struct(
    [
        ("encoder", pa.string()),
        ("fingerprint", pa.string()),
        ("dimension", pa.int32()),
        ("max_tokens", pa.int32()),
        ("device", pa.string()),
        ("dtype", pa.string()),
    ]
)

COVERAGE = pa.struct([("tokens", pa.int32()), ("characters", pa.int32()), ("unknown_characters", pa.int32())])

_meters: dict[tuple[EncoderSettings, Progress], Meter] = {}
_meters_lock = threading.Lock()


def configured(settings: Settings) -> Iterator[tuple[str, EncoderSettings]]:
    """Suffix of a function's name and the encoder it uses: "" for the default, "_<alias>" for the others."""
    yield "", settings.encoder
    for alias, encoder in settings.encoders:
        yield f"_{alias}", encoder


def vector_type(encoder: EncoderSettings) -> pa.DataType:
    """The Arrow type of the encoder's vectors, FLOAT[D]. Reads configuration files, loads no weights."""
    return pa.list_(pa.float32(), files.dimension(encoder.model))


def embed(texts: pa.Array, encoder: EncoderSettings, progress: Progress) -> pa.Array:
    """Unit-length vectors of texts, FLOAT[D]; NULL, blank, or nothing that the encoder knows -> NULL.

    texts: string [n]. Raises EncoderError naming the first text that fails, Interrupted if stopped.
    """
    words, valid = read_texts(texts)
    encoded = _encode(words, encoder, _running_meter(encoder, progress), strict=True)
    return _vectors(encoded, valid)


def embed_all(lists: pa.Array, encoder: EncoderSettings, progress: Progress) -> pa.Array:
    """`embed` of every element of every list, FLOAT[D][]; a NULL list -> NULL, an empty one -> empty.

    lists: list<string> [n]. All texts of the call are encoded together. Raises as `embed` does.
    """
    words, valid = read_texts(lists.flatten())
    meter = Meter("embedding", "texts", progress, len(words), sum(map(len, words)))
    vectors = _vectors(_encode(words, encoder, meter, strict=True), valid)
    present = valid_mask(lists)
    offsets = list_offsets(list_lengths(lists))
    type_ = pa.list_(vector_type(encoder))
    return pa.ListArray.from_arrays(offsets, vectors, type=type_, mask=pa.array(~present))


def try_embed(texts: pa.Array, encoder: EncoderSettings, progress: Progress) -> pa.Array:
    """`embed` that reports instead of raising: struct(value FLOAT[D], error string), one of the two NULL.

    texts: string [n]. NULL, blank or nothing found -> both NULL. Raises EncoderError only if the encoder
    itself is missing.
    """
    undecodable = _undecodable(texts)
    if undecodable:
        texts = pc.if_else(pa.array([i in undecodable for i in range(len(texts))]), None, texts)
    words, valid = read_texts(texts)
    encoded = _encode(words, encoder, _running_meter(encoder, progress), strict=False)
    messages = pa.array([encoded.errors.get(i) for i in range(len(words))], pa.string())
    errors = scatter(messages, valid)
    if undecodable:
        errors = pa.array([undecodable.get(i, e) for i, e in enumerate(errors.to_pylist())], pa.string())
    return pa.StructArray.from_arrays([_vectors(encoded, valid), errors], ["value", "error"])


def token_count(texts: pa.Array, encoder: EncoderSettings) -> pa.Array:
    """Tokens of each text before it is cut, special tokens counted: int32; NULL or blank -> NULL."""
    words, valid = read_texts(texts)
    counts = encoder_for(encoder).count_tokens(words) if words else []
    return scatter(pa.array(counts, pa.int32()), valid)


def text_coverage(texts: pa.Array, encoder: EncoderSettings) -> pa.Array:
    """Tokens, characters other than white space, and those of them that the tokenizer takes for unknown, as
    COVERAGE; NULL or blank -> NULL. unknown_characters is NULL where the tokenizer does not tell."""
    words, valid = read_texts(texts)
    found = encoder_for(encoder).coverage(words) if words else []
    columns = zip(*found, strict=True) if found else ([], [], [])
    arrays = [pa.array(column, pa.int32()) for column in columns]
    return scatter(pa.StructArray.from_arrays(arrays, fields=list(COVERAGE)), valid)


def encoder_info(n_rows: int, encoder: EncoderSettings) -> pa.Array:
    """What identifies the encoder, as INFO, once per row. Loads no weights."""
    device, dtype = resolve(encoder)
    info = {
        "encoder": encoder.model,
        "fingerprint": files.fingerprint(encoder, dtype),
        "dimension": files.dimension(encoder.model),
        "max_tokens": files.max_tokens(encoder),
        "device": device,
        "dtype": dtype,
    }
    return pa.array([info] * n_rows, INFO)


def read_texts(texts: pa.Array) -> tuple[list[str], Mask]:
    """The texts that hold more than white space, and where they stand: bool [n]. Raises InputError for one
    that is not UTF-8."""
    if pa.types.is_null(texts.type):
        return [], np.zeros(len(texts), bool)
    try:
        rows = texts.to_pylist()
    except UnicodeDecodeError:
        message = next(iter(_undecodable(texts).values()))
        raise InputError(f"{message}: write it as UTF-8, or remove it") from None
    valid = np.fromiter(
        (text is not None and not text.isspace() and text != "" for text in rows), bool, len(rows)
    )
    return [rows[i] for i in np.flatnonzero(valid)], valid


def _undecodable(texts: pa.Array) -> dict[int, str]:
    """What is wrong with each text that is not UTF-8, by its number: engines pass on bytes as they are."""
    if pa.types.is_null(texts.type):
        return {}
    try:
        texts.validate(full=True)
        return {}
    except pa.ArrowInvalid:
        rows = texts.cast(pa.binary()).to_pylist()
    found = {}
    for number, row in enumerate(rows):
        try:
            (row or b"").decode()
        except UnicodeDecodeError as error:
            found[number] = f"a text is not UTF-8 at byte {error.start}: {_shortened(row)}"
    return found


def _shortened(row: bytes) -> str:
    return repr(row if len(row) <= 60 else row[:60] + b"...")


def _encode(words: list[str], encoder: EncoderSettings, meter: Meter, strict: bool) -> Encoded:
    if not words:  # nothing to load a model for
        return Encoded(np.zeros((0, files.dimension(encoder.model)), np.float32), {})
    model = encoder_for(encoder)  # before the clock starts: loading is not slow encoding
    with meter.active():
        return model.encode(words, meter, strict)


def _vectors(encoded: Encoded, valid: Mask) -> pa.Array:
    found = encoded.matrix.any(axis=1)
    if found.all():
        return write_vectors(encoded.matrix, valid, fixed=True)
    made = valid.copy()
    made[valid] = found
    return write_vectors(encoded.matrix[found], made, fixed=True)


def _running_meter(encoder: EncoderSettings, progress: Progress) -> Meter:
    """One meter for all calls of a query, which hands over few rows at a time."""
    with _meters_lock:
        return _meters.setdefault((encoder, progress), Meter("embedding", "texts", progress))
