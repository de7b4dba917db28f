"""recudf: a language-model encoder inside SQL."""

from recudf.engines.duckdb import connect, register
from recudf.settings import EncoderSettings, Settings

__all__ = ["EncoderSettings", "Settings", "connect", "register"]
