"""recudf: a language-model encoder inside SQL."""

from recudf.engines.duckdb import connect, register
from recudf.engines.spark import connect as connect_spark
from recudf.engines.spark import register as register_spark
from recudf.settings import EncoderSettings, LlmSettings, Settings

__all__ = [
    "EncoderSettings",
    "LlmSettings",
    "Settings",
    "connect",
    "connect_spark",
    "register",
    "register_spark",
]

__version__ = "0.1.0"  # the dbt package's is the same: dbt_project.yml and macros/version.sql
