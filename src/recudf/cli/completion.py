"""`recudf completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_RECUDF_COMPLETE"  # click's name for it: the shell asks recudf itself, by this variable


@click.command(epilog="Example: recudf completion bash > ~/.local/share/bash-completion/completions/recudf")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script by which SHELL completes recudf's commands, options, choices and paths.

    \b
    bash:  eval "$(recudf completion bash)"        in ~/.bashrc
    zsh:   eval "$(recudf completion zsh)"         in ~/.zshrc, after compinit
    fish:  recudf completion fish > ~/.config/fish/completions/recudf.fish
    """
    from click.shell_completion import get_completion_class

    from recudf.cli import main

    found = get_completion_class(shell)
    assert found is not None  # all of SHELLS come with click
    click.echo(found(main, {}, "recudf", VARIABLE).source())
