"""The fit of item weights beside numpy's inverse of the same matrix: seconds, memory, the worst difference.

    python benchmarks/item_weights.py        # also written to benchmarks/results/

Five users an item with twenty events each, popular items more often, and vectors of 384 components. The fit
inverts up to 4,000 items in float64, beyond in float32; beside it stands what numpy.linalg.inv takes for the
matrix alone. Weights are compared before any is left out. Beyond 4,000 items numpy's inverse is left to
`--widest`. `by users`: the same with so few users that the fit inverts users and dimensions.
Wall time is of the machine as it was; CPU time tells more where it had other work.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from pathlib import Path

import click
import numpy as np

from recudf.preference import gram as solving
from recudf.preference.events import Pairs
from recudf.preference.gram import Behaviour
from recudf.preference.item_weights import ItemWeightsParams, fit_item_weights
from recudf.vectors import unit

RESULTS = Path(__file__).parent / "results"
DIMENSION = 384


@click.command(help=__doc__)
@click.option("--widest", default=4_000, show_default=True, help="Items up to which numpy inverts, too.")
def main(widest: int) -> None:
    lines = [
        "# Item weights beside numpy's inverse",
        "",
        "Made by `python benchmarks/item_weights.py`, on two cores that were busy: read the CPU seconds.",
        "",
        "| items | users | solved in | fit: wall s | CPU s | peak GB "
        "| numpy.linalg.inv: wall s | CPU s | worst difference | largest weight |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    cases = [(n, 5 * n, n <= widest, False) for n in (1_000, 2_000, 4_000, 10_000)]
    cases += [(4_000, 20_000, True, True), (2_000, 1_000, True, False), (10_000, 2_000, False, False)]
    for case in cases:
        # a process of its own, so that its peak of memory is its own
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            lines.append(pool.apply(measured, case))
        click.echo(lines[-1])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "item_weights.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def measured(n_items, n_users, compared, single):
    """One row of the table. single: as if there were more than 4,000 items."""
    solving.DOUBLE = 0 if single else solving.DOUBLE
    behaviour = events(n_items, n_users)
    by_users = n_users + DIMENSION < n_items
    solved = "float64" if min(n_items, n_users + DIMENSION) <= solving.DOUBLE else "float32"
    found, *took = timed(lambda: fit_item_weights(behaviour, ItemWeightsParams()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    users = f"{n_users:,}{' (by users)' * by_users}"
    row = f"| {n_items:,} | {users} | {solved} | {took[0]:.1f} | {took[1]:.1f} | {peak:.2f} |"
    if not compared:
        return f"{row} | | | {np.abs(found.values).max():.3f} |"
    gram = full_gram(behaviour)
    inverse, *took = timed(lambda: np.linalg.inv(gram))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    whole = fit_item_weights(behaviour, ItemWeightsParams(neighbors=n_items))
    matrix = np.zeros_like(weights)
    matrix[whole.neighbors, whole.items] = whole.values
    worst = np.abs(matrix - weights).max()
    return f"{row} {took[0]:.1f} | {took[1]:.1f} | {worst:.1e} | {np.abs(weights).max():.3f} |"


def full_gram(behaviour):
    params = ItemWeightsParams()
    x = np.zeros((behaviour.n_users, len(behaviour.units)))
    x[behaviour.pairs.rows, behaviour.pairs.columns] = behaviour.pairs.weights
    units = behaviour.units.astype(np.float64)
    return x.T @ x + params.text_weight * units @ units.T + params.ridge * np.eye(len(units))


def events(n_items, n_users):
    """Twenty events a user; an item's chance falls with its rank, and is larger in the user's taste."""
    rng = np.random.default_rng(0)
    taste = rng.integers(0, 10, n_items)
    rows, columns = [], []
    for of in range(10):
        chance = (np.arange(n_items) + 10.0) ** -0.7 * np.where(taste == of, 10, 1)
        users = np.arange(of, n_users, 10)
        rows.append(np.repeat(users, 20))
        columns.append(rng.choice(n_items, 20 * len(users), p=chance / chance.sum()))
    pairs = Pairs.summed(np.concatenate(rows), np.concatenate(columns), np.ones(20 * n_users))
    centres = rng.standard_normal((10, DIMENSION))
    vectors = centres[taste] + 2 * rng.standard_normal((n_items, DIMENSION))
    return Behaviour(pairs, n_users, unit(vectors.astype(np.float32)))


def timed(call):
    wall, cpu = time.perf_counter(), time.process_time()
    return call(), time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
