"""Warehouses to build on, with the tiny encoder."""

import os

import pytest
from warehouse import Warehouse

from recudf.sample import SampleParameters, make_sample

SMALL = SampleParameters(users=100, items=80, interactions=1400, texts=160, groups=3)


@pytest.fixture(scope="session", autouse=True)
def _tiny(tiny_encoder):
    """Every build here embeds with the tiny encoder, without a bar of progress."""
    before = dict(os.environ)
    os.environ.update(RECUDF_ENCODER=str(tiny_encoder), RECUDF_PROGRESS="off")
    yield
    for name in ("RECUDF_ENCODER", "RECUDF_PROGRESS"):
        os.environ.pop(name)
        os.environ.update({name: before[name]} if name in before else {})


@pytest.fixture
def warehouse(tmp_path):
    """An empty warehouse."""
    return Warehouse(tmp_path / "test.duckdb")


@pytest.fixture(scope="session")
def sample():
    """A small sample with one bot; its schema has every input."""
    return make_sample(SMALL)


@pytest.fixture(scope="session")
def built(tmp_path_factory, sample):
    """The sample built with all tests of the project; to be read only."""
    warehouse = Warehouse(tmp_path_factory.mktemp("built") / "sample.duckdb").load(**sample.inputs)
    return warehouse.build(tested=True)
