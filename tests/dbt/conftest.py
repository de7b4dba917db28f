"""Warehouses to build on, with the tiny encoder."""

import fcntl
import os
from contextlib import contextmanager

import pytest
from foreign import OUR_TESTS, SHOP, dbt, make_project
from warehouse import Warehouse

from recudf.sample import SampleParameters, make_sample

SMALL = SampleParameters(users=100, items=80, interactions=1400, texts=160, groups=3)


@pytest.fixture(scope="module", autouse=True)
def _tiny(tiny_encoder):
    """Every build here embeds with the tiny encoder, without a bar of progress; tests elsewhere do not."""
    with embedding_with(tiny_encoder):
        yield


@contextmanager
def embedding_with(encoder):
    """Builds in this block use an encoder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECUDF_ENCODER", str(encoder))
        patch.setenv("RECUDF_PROGRESS", "off")
        yield


@pytest.fixture
def warehouse(tmp_path):
    """An empty warehouse."""
    return Warehouse(tmp_path / "shop.duckdb")


@pytest.fixture(scope="session")
def sample():
    """A small sample with one bot; its schema has every input."""
    return make_sample(SMALL)


@pytest.fixture(scope="session")
def built(tmp_path_factory, sample, tiny_encoder):
    """The sample built with all tests of the project, once for all processes that run tests; to be read only."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    path = folder / "built" / "shop.duckdb"
    with (folder / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.parent.exists():
            warehouse = Warehouse(tmp_path_factory.mktemp("built") / path.name).load(**sample.inputs)
            with embedding_with(tiny_encoder):  # a fixture of the session is made before those of a module
                warehouse.build(tested=True)
            warehouse.path.parent.rename(path.parent)
    return Warehouse(path, shared=True)


@pytest.fixture(scope="session")
def foreign_shop(tmp_path_factory, sample):
    """The sample as tables of somebody else."""
    warehouse = Warehouse(tmp_path_factory.mktemp("foreign") / "shop.duckdb").load(**sample.inputs)
    return warehouse.run(SHOP)


@pytest.fixture(scope="session")
def foreign_project(foreign_shop, tmp_path_factory, tiny_encoder):
    """The foreign project, built with its own tests; its dbt ran without recudf's command line."""
    project = make_project(tmp_path_factory.mktemp("project"))
    with embedding_with(tiny_encoder):
        dbt(project, foreign_shop, "deps")
        dbt(project, foreign_shop, "build", "--exclude", OUR_TESTS)
    return project
