"""Builds of odd inputs use the warehouse of tests/dbt, with the tiny encoder."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "dbt"))


@pytest.fixture
def small_encoder(tiny_encoder, monkeypatch):
    """Commands and builds of the test embed with the tiny encoder, without a bar of progress."""
    monkeypatch.setenv("RECUDF_ENCODER", str(tiny_encoder))
    monkeypatch.setenv("RECUDF_PROGRESS", "off")
    return dict(os.environ)
