"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("RECUDF_DATA", Path(__file__).parents[2] / "shared" / "data"))


def pytest_configure(config):
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")


@pytest.fixture
def data():
    """Path of a real dataset, by name; skips where the data is not at hand."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"no dataset {name}: put it into {DATA}, or set RECUDF_DATA")
        return path

    return find
