"""Where a model runs and in which number format."""

from __future__ import annotations

from pathlib import Path

from recudf.errors import EncoderError
from recudf.settings import EncoderSettings

# x86 processors that multiply in bfloat16; elsewhere it is emulated, and slower than float32
_BF16_FLAGS = {"avx512_bf16", "amx_bf16"}


def resolve(settings: EncoderSettings) -> tuple[str, str]:
    """Device and dtype with `auto` decided: ("cpu", "bf16"). Imports torch.

    Raises EncoderError for a device that is not there and for fp16 on a cpu.
    """
    device = _device(settings.device)
    dtype = settings.dtype
    if dtype == "auto":
        dtype = "bf16" if _multiplies_bf16(device) else "fp32"
    if dtype == "fp16" and device == "cpu":
        raise EncoderError("dtype is 'fp16' and the device is cpu: choose fp32 or bf16, or run on a gpu")
    return device, dtype


def _device(wanted: str) -> str:
    import torch

    mps = torch.backends.mps.is_available()
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
    kind, _, number = wanted.partition(":")
    if kind == "cuda" and not torch.cuda.is_available():
        raise EncoderError("device is 'cuda' and torch sees no such card: choose auto or cpu")
    if kind == "cuda" and number and not (number.isdigit() and int(number) < torch.cuda.device_count()):
        raise EncoderError(
            f"device is {wanted!r} and there are {torch.cuda.device_count()} cards: count from 0"
        )
    if kind == "mps" and not mps:
        raise EncoderError("device is 'mps' and torch sees none: choose auto or cpu")
    return wanted


def _multiplies_bf16(device: str) -> bool:
    import torch

    if device.startswith("cuda"):
        return torch.cuda.get_device_capability(device)[0] >= 8
    return device == "cpu" and not _BF16_FLAGS.isdisjoint(_cpu_flags())


def _cpu_flags() -> set[str]:
    """The processor's features as Linux lists them; empty elsewhere."""
    listing = Path("/proc/cpuinfo")
    if not listing.is_file():
        return set()
    lines = listing.read_text(encoding="ascii", errors="replace").splitlines()
    return next((set(line.split(":", 1)[1].split()) for line in lines if line.startswith("flags")), set())
