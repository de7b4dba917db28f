"""The encoder: where it would run, and whether its weights are here and load without a network."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pyarrow as pa

from recudf.doctor.findings import Finding, ok, wrong
from recudf.encoders import files
from recudf.encoders.columns import embed
from recudf.encoders.hardware import resolve
from recudf.errors import RecudfError
from recudf.settings import LEXICAL, EncoderSettings

PROBE = "a light tent for two"


def encoder(settings: EncoderSettings, name: str = "default") -> Iterator[Finding]:
    """Two findings: device and weights. The lexical encoder (by its name) has neither. Loads the model."""
    if name == LEXICAL:
        yield ok("encoder", "lexical: fitted by the build on your texts, without weights")
        return
    try:
        device, dtype = resolve(settings)
        yield _device(settings, device, dtype)
        vector = embed(pa.array([PROBE]), settings, "off")
    except RecudfError as error:
        remedy = "set RECUDF_ENCODER to a model that is here, or build with --vars '{encoder: lexical}'"
        yield wrong("encoder", f"{settings.model}: {error}", remedy)
        return
    of = f"{vector.type.list_size} dimensions, fingerprint {files.fingerprint(settings, dtype)}"
    yield ok("encoder", f"{settings.model}: loads without a network; {of}")


def _device(settings: EncoderSettings, device: str, dtype: str) -> Finding:
    torch = importlib.import_module("torch")
    if device.startswith("cuda"):
        return ok("device", f"{device}, {torch.cuda.get_device_name(device)}, {dtype}")
    without = ": torch sees no card" if device == "cpu" and settings.device == "auto" else ""
    return ok("device", f"{device}, {dtype}{without}")
