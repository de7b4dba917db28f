"""The worked example of docs/metrics.md: its tables hold what comes out of them."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from recudf.evaluation.measurements import COMPARED, measure
from recudf.evaluation.metrics import ACCURACY
from recudf.evaluation.replays import Catalogue, Pool, Ranking, Replay

PAGE = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text("utf-8")


def table(header):
    """Rows of the table below a header, as lists of cells; a | within a cell is written \\|."""
    lines = PAGE[PAGE.index(f"| {header}") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def numbers(pattern):
    """The item numbers that a sentence lists, counted from 0."""
    (found,) = re.findall(pattern, PAGE)
    return [int(number) - 1 for number in re.findall(r"\d+", found)]


@pytest.fixture(scope="module")
def computed():
    rows = table("item | users")
    users = np.array([int(row[1]) for row in rows])
    categories = [re.split(r"\\\|", row[2]) for row in rows]
    mixtures = np.array([[(name in of) / len(of) for name in ("film", "book")] for of in categories])
    information = -np.log2((users + 1) / (127 + 1))
    shown, popular = numbers(r"shows her the items ([\d, ]+);"), numbers(r"popularity would show ([\d, ]+)\.")
    relevant = numbers(r"Later she\s+takes ([\d, and]+)\.")
    assert (len(shown), len(popular), len(relevant)) == (4, 4, 3)

    def ranking(items):
        return Ranking(np.array([items]), np.isin([items], relevant), information[[items]])

    catalogue = Catalogue(
        np.arange(1, 11), np.array([row[3] for row in rows], dtype=object), csr_array(mixtures), None
    )
    pool = Pool(np.array([3]), 10, {"blend": ranking(shown), "popular": ranking(popular)})
    nothing = Pool(np.array([0]), 0, {})
    replay = Replay(
        np.array(["ann"], dtype=object), np.array([3]), csr_array([[2 / 3, 1 / 3]]), catalogue, np.array([1]),
        pool, nothing,
    )  # fmt: skip
    return {
        (m.slice, m.metric): m.value
        for m in measure([replay], [4], 10)
        if (m.model, m.baseline) == ("blend", "none")
    }


def test_the_example_is_right(computed):
    rows = table("slice | metric, k = 4")
    assert len(rows) == 17
    for slice_name, metric, value, _ in rows:
        assert f"{computed[slice_name, metric]:.4f}".lstrip("0") == value.lstrip("0"), (slice_name, metric)


def test_every_metric_and_slice_is_on_the_page(computed):
    for slice_name, metric in computed:
        assert f"`{metric}`" in PAGE
        assert slice_name.split(" decile ")[0].split(" ")[0] in PAGE
    assert {metric for _, metric in computed} >= set(ACCURACY)
    assert "blend" in COMPARED
