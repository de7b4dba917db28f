"""Targets of `type: spark`: Spark is started in this process with the functions, dbt takes its session."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from recudf.cli.dbt_options import names
from recudf.cli.errors import Failed
from recudf.cli.target import chosen
from recudf.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from recudf.engines.loading import Loaded

MASTER, WAREHOUSE = "RECUDF_SPARK_MASTER", "RECUDF_SPARK_WAREHOUSE"
QUIET = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}


def is_target(dbt_options: Sequence[str]) -> bool:
    """Whether the target that dbt would take with these options is of `type: spark`.

    Raises InputError where it is not in this process, the only one that has the functions.
    """
    output = chosen(dbt_options)
    if output.get("type") != "spark":
        return False
    if output.get("method") != "session":
        raise InputError(
            f"the target has `method: {output.get('method')}`: write `method: session`, as functions live "
            "in a session of Spark; RECUDF_SPARK_MASTER says where that runs"
        )
    return True


def build(dbt_options: Sequence[str]) -> None:
    """dbt build on Spark; raises Failed when it fails. Tables are replaced one by one."""
    from recudf.cli.project import own_project, run_dbt
    from recudf.engines.spark_inputs import loaded_inputs

    with started() as session:
        given = names(dbt_options)
        if not own_project() and not given & {"--vars", "--project-dir"} and not loaded_inputs(session):
            raise InputError(
                "the catalogue of Spark holds no inputs: run `recudf load DIR --target spark` first, or name "
                "tables of your own, as in --vars '{inputs: {items: shop.products}}'"
            )
        if not run_dbt(["build", *dbt_options], warehouse() or Path("spark")):
            raise Failed(
                "the build failed: dbt's messages above name the model and the cause; "
                "tables built before stay"
            )


def load(folders: Sequence[Path], user_map: Path | None) -> Loaded:
    """Read the files of the folders into the schema raw of Spark's catalogue."""
    from recudf.engines.spark_inputs import load as load_folders

    with started() as session:
        return load_folders(session, folders, user_map)


def warehouse() -> Path | None:
    """The folder of tables and catalogue; None, where the variable is empty, leaves both to Spark."""
    name = os.environ.get(WAREHOUSE, "warehouse.spark")
    return Path(name) if name else None


@contextmanager
def started() -> Iterator[SparkSession]:
    """Spark for one command, without its chatter."""
    from recudf.engines.spark import connect

    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)  # dbt tells errors itself
    folder = warehouse()
    config = dict(QUIET)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        config["spark.driver.extraJavaOptions"] = f"-Dderby.system.home={folder.resolve()}"  # and its log
    session = connect(os.environ.get(MASTER, "local[*]"), warehouse=folder, config=config)
    try:
        yield session
    finally:
        session.stop()
