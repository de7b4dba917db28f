"""Candidates from a large, fast and inexact product, with a bound of what may be missing.

On a processor that multiplies in bfloat16 the product is done in it (half the time of float32), on a CUDA
card in float32 there. Needs torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from recudf.search.index import Index
from recudf.search.scan import PRODUCT_LOCK, float32_error, scaled_rows
from recudf.search.scoring import Excluded, Ints, Queries, Scores
from recudf.search.store import STORE
from recudf.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

    Best = tuple[Tensor, Tensor]  # scores and positions, each [q, m]

_ROWS = 1 << 17  # index rows of one product
_GROUP = 32  # rows that share a maximum
_BF16 = 2.0**-8  # largest relative error of rounding to bfloat16


@dataclass(frozen=True)
class Candidates:
    """The m best rows of each query by approximate score.

    positions: int64 [q, m]. present: bool [q, m], False where fewer than m rows are left.
    ceiling: float32 [q], which no score of a row outside exceeds; -inf where no row is outside.
    """

    positions: Ints
    present: npt.NDArray[np.bool_]
    ceiling: Scores


@dataclass(frozen=True)
class _Product:
    """The queries at unit length where the product runs, and the unit rows in bfloat16, if it runs in that.

    error, rounding: |score - approximate| <= error[query] + rounding * |approximate|.
    """

    device: str
    operand: Tensor
    half_rows: Tensor | None
    error: npt.NDArray[np.float64]
    rounding: float


def find_candidates(
    index: Index, queries: Queries, m: int, excluded: Excluded, settings: Settings
) -> Candidates:
    """The m best of each query by an approximate product, which is serialised: one uses all cores."""
    import torch

    with torch.inference_mode(), PRODUCT_LOCK:
        product = _prepare(index, queries, settings)
        step = 256 if product.device == "cpu" else 1024
        best: list[Best | None] = [None] * -(-len(queries) // step)
        for start in range(0, len(index), _ROWS):
            rows, factors = _block(index, product, start, min(start + _ROWS, len(index)))
            for number, first in enumerate(range(0, len(queries), step)):
                tile = rows @ product.operand[first : first + step].T
                if factors is not None:
                    tile *= factors
                _exclude(tile, excluded, first, start)
                best[number] = _merge(best[number], _best_of_columns(tile, m), start, m)
        scores = torch.cat([part[0] for part in best if part]).cpu().numpy()
        positions = torch.cat([part[1] for part in best if part]).cpu().numpy()
    lowest = scores.min(axis=1).astype(np.float64)
    finite = np.where(np.isfinite(lowest), lowest, 0)
    ceiling = np.where(
        np.isfinite(lowest), finite + np.abs(finite) * product.rounding + product.error, -np.inf
    )
    # rounded to float32 as scores are, and up: rounding is monotone, so no score outside rounds above it
    return Candidates(
        positions, np.isfinite(scores), np.nextafter(ceiling.astype(np.float32), np.float32(np.inf))
    )


def _prepare(index: Index, queries: Queries, settings: Settings) -> _Product:
    import torch

    unit = torch.from_numpy(queries.unit)
    error = np.full(len(queries), float(float32_error(index.dimension)))
    device = _device(settings)
    if device == "cpu" and _multiplies_bf16() and index.matrix.nbytes // 2 <= settings.index_memory_bytes:
        copy, residual = STORE.copy(index, _half_copy, settings)
        operand = unit.bfloat16()
        # <q, x> - <q', x'> = <q - q', x> + <q', x - x'>, each at most the product of the lengths
        rounded = operand.double()
        error += (unit.double() - rounded).norm(dim=1).numpy() + rounded.norm(dim=1).numpy() * residual
        return _Product(device, operand, torch.from_numpy(copy).view(torch.bfloat16), error, _BF16 * 1.01)
    # a process may have allowed torch to multiply float32 in fewer bits
    rounding = 0.0 if torch.get_float32_matmul_precision() == "highest" else 4 * _BF16
    return _Product(device, unit.to(device), None, error + rounding, rounding)


def _block(index: Index, product: _Product, start: int, stop: int) -> tuple[Tensor, Tensor | None]:
    import torch

    if product.half_rows is not None:
        return product.half_rows[start:stop], None
    rows, factors = scaled_rows(index, start, stop)
    return torch.from_numpy(rows).to(product.device), torch.from_numpy(factors).to(product.device)


def _half_copy(index: Index) -> tuple[npt.NDArray[np.int16], float]:
    """Unit rows in bfloat16, as their bits, and the largest length of what rounding took from a row."""
    import torch

    copy = np.empty(index.matrix.shape, np.int16)
    residual = 0.0
    for start in range(0, len(index), 4096):
        rows, factors = (torch.from_numpy(part) for part in scaled_rows(index, start, start + 4096))
        unit = rows * factors
        half = unit.bfloat16()
        copy[start : start + 4096] = half.view(torch.int16).numpy()
        residual = max(residual, float((unit - half.float()).norm(dim=1).max()))
    return copy, residual + 2.0**-20  # and what float32 took from the unit row before


def _exclude(tile: Tensor, excluded: Excluded, first: int, start: int) -> None:
    import torch

    rows, positions = excluded.pairs(first, min(first + tile.shape[1], len(excluded.offsets) - 1))
    here = (positions >= start) & (positions < start + tile.shape[0])
    if here.any():
        where = (torch.from_numpy(positions[here] - start), torch.from_numpy(rows[here]))
        tile[tuple(part.to(tile.device) for part in where)] = -torch.inf


def _best_of_columns(tile: Tensor, m: int) -> Best:
    """The m largest of every column of [rows, q]: scores and row numbers, each [q, m].

    The m groups of rows with the largest maxima hold the m largest elements, and a maximum over rows runs at
    the speed of memory, unlike a selection among all of them.
    """
    import torch

    n, q = tile.shape
    groups = n // _GROUP
    if groups <= 2 * m:
        scores, rows = tile.T.float().topk(min(m, n), dim=1, sorted=False)
        return scores, rows
    maxima = tile[: groups * _GROUP].view(groups, _GROUP, q).amax(1)
    if n % _GROUP:
        maxima = torch.cat([maxima, tile[groups * _GROUP :].amax(0, keepdim=True)])
    top = maxima.T.float().contiguous().topk(m, dim=1, sorted=False).indices
    rows = (top[:, :, None] * _GROUP + torch.arange(_GROUP, device=tile.device)).view(q, -1)
    flat = rows.clamp(max=n - 1) * q + torch.arange(q, device=tile.device)[:, None]
    scores = tile.view(-1)[flat].float().masked_fill_(rows >= n, -torch.inf)
    scores, chosen = scores.topk(m, dim=1, sorted=False)
    return scores, rows.gather(1, chosen)


def _merge(best: Best | None, found: Best, start: int, m: int) -> Best:
    import torch

    scores, positions = found[0], found[1] + start
    if best is None:
        return scores, positions
    scores, positions = torch.cat([best[0], scores], 1), torch.cat([best[1], positions], 1)
    scores, chosen = scores.topk(min(m, scores.shape[1]), dim=1, sorted=False)
    return scores, positions.gather(1, chosen)


def _device(settings: Settings) -> str:
    import torch

    wanted = settings.encoder.device
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted if wanted.startswith("cuda") else "cpu"


def _multiplies_bf16() -> bool:
    """Whether this processor multiplies in bfloat16; elsewhere torch emulates it, slower than float32."""
    import torch

    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, bool)() for name in checks)
