"""The command line: one file per command, found by its name in COMMANDS and imported when it is called."""

from __future__ import annotations

import importlib

import click

from recudf.cli.errors import is_plain, reported

COMMANDS = {
    "build": "Build all tables with dbt.",
    "completion": "Print what a shell needs to complete commands and options.",
    "demo": "Sample, load, build, evaluate, and show what came out.",
    "explain": "Say why an item is recommended to a user, or why not.",
    "doctor": "Look for what is wrong, and say what to do about it.",
    "evaluate": "Measure recommendations by replaying the past.",
    "forget": "Take people out, and all that was made of them.",
    "init": "Start a dbt project of your own, or learn what to add to yours.",
    "load": "Read files into the database.",
    "publish": "Write the tables that BI tools read to a folder, an object store or PostgreSQL.",
    "report": "Write one HTML file that shows what a build made.",
    "sample": "Make a sample shop to try things on.",
    "serve": "Show the report in a browser of this machine, always of the newest build.",
    "sql": "Run SQL with the functions registered.",
}


EXIT_CODES = (
    "Exit codes: 0 fine; 1 something failed while running (a build, a query, a locked file); "
    "2 a wrong option or input."
)


class Commands(click.Group):
    """A group whose command `x` is the object `x` of the module recudf.cli.x."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Names of all commands, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"recudf.cli.{cmd_name}"), cmd_name)
        if EXIT_CODES not in (command.epilog or ""):
            command.epilog = f"{command.epilog}\n\n{EXIT_CODES}"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; its errors become messages and exit codes."""
        if is_plain():
            ctx.color = False
        with reported():
            return super().invoke(ctx)


@click.group(
    cls=Commands,
    epilog=EXIT_CODES,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "show_default": True,
    },
)
@click.version_option(package_name="recudf", prog_name="recudf")
def main() -> None:
    """User profiles, groups and recommendations from a DuckDB file, by SQL and dbt.

    \b
    Try it:
      recudf sample shop && recudf load shop && recudf build

    Output is coloured on a terminal alone, and nowhere with NO_COLOR or TERM=dumb.
    """
