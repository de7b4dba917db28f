"""The dbt-duckdb plugin: `plugins: [{module: recudf.dbt_plugin, config: {encoder: ...}}]` in a profile.

Its config takes the keys of `Settings.from_mapping`; what it leaves out comes from the environment.
"""

from __future__ import annotations

from typing import Any

from dbt.adapters.duckdb.environments.local import LocalEnvironment
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from recudf import interrupts
from recudf.engines.duckdb import CONFIG, create_functions, create_macros
from recudf.errors import RecudfError
from recudf.settings import Settings


class Plugin(BasePlugin):  # type: ignore[misc]
    """Registers all functions on dbt's connections."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Read the settings."""
        try:
            self._settings = Settings.from_environment(plugin_config)
        except RecudfError as error:  # dbt prints errors of its own without a traceback
            raise DbtRuntimeError(str(error)) from None
        _stop_on_cancel()

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:  # noqa: ARG002 (dbt's signature)
        """Have a new file written in a format that DuckDB 1.2 and later open."""
        for key, value in CONFIG.items():
            config.setdefault(key, value)

    def configure_connection(self, conn: Any) -> None:
        """Create the functions, once for the database."""
        create_functions(conn, self._settings)

    def configure_cursor(self, cursor: Any) -> None:
        """Create the public names, once for each cursor."""
        create_macros(cursor, self._settings)


def _stop_on_cancel() -> None:
    """Have dbt's Ctrl-C stop functions that are under way: no signal reaches the threads of its queries."""
    cancel = LocalEnvironment.cancel
    if getattr(cancel, "raises_generation", False):
        return

    def cancel_and_stop(connection: Any) -> None:
        interrupts.raise_generation()
        cancel(connection)

    cancel_and_stop.raises_generation = True  # type: ignore[attr-defined]
    LocalEnvironment.cancel = staticmethod(cancel_and_stop)
