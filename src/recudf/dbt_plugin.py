"""The dbt-duckdb plugin: `plugins: [{module: recudf.dbt_plugin, config: {encoder: ...}}]` in a profile.

Its config takes the keys of `Settings.from_mapping`; what it leaves out comes from the environment.
"""

from __future__ import annotations

from typing import Any

from dbt.adapters.duckdb.environments.local import LocalEnvironment
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from recudf import interrupts
from recudf.engines.duckdb import CONFIG, create_functions
from recudf.engines.on_demand import CursorOnDemand, Definitions
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
        _create_names_on_demand()

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:  # noqa: ARG002 (dbt's signature)
        """Have a new file written in a format that DuckDB 1.2 and later open."""
        for key, value in CONFIG.items():
            config.setdefault(key, value)

    def configure_connection(self, conn: Any) -> None:
        """Create the functions, once for the database."""
        create_functions(conn, self._settings)
        self._definitions = Definitions(self._settings)

    def on_demand(self, cursor: Any) -> CursorOnDemand:
        """The cursor with the public names, as soon as a statement could call one."""
        self._definitions.look(cursor)
        return CursorOnDemand(cursor, self._settings, self._definitions)


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


def _create_names_on_demand() -> None:
    """Have dbt's cursors create the public names when they are called, for which plugins have no hook."""
    initialize = LocalEnvironment.initialize_cursor
    if getattr(initialize, "on_demand", False):
        return

    def initialize_cursor(creds: Any, cursor: Any, plugins: Any = None, registered: Any = None) -> Any:
        for plugin in (plugins or {}).values():
            if isinstance(plugin, Plugin):
                cursor = plugin.on_demand(cursor)
        return initialize(creds, cursor, plugins, registered or {})

    initialize_cursor.on_demand = True  # type: ignore[attr-defined]
    LocalEnvironment.initialize_cursor = staticmethod(initialize_cursor)
