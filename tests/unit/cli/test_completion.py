"""`recudf completion`, in the shells themselves, where they are installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from recudf.cli import COMMANDS, main

BASH = """
eval "$(recudf completion bash)"
COMP_WORDS=({words}); COMP_CWORD=$(({count} - 1))
_recudf_completion recudf
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
FISH = "recudf completion fish | source; complete -C '{line}' | cut -f1"
# a terminal of its own, in which Tab is pressed: what stands on the line is what was completed
ZSH = """
zmodload zsh/zpty
zpty shell zsh -fi
zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; eval "$(recudf completion zsh)"; echo rea""dy'
zpty -r -m shell line '*ready*'
zpty -w -n shell $'{line}\\t'
for i in {{1..100}}; do zpty -r -t shell more && said+=$more; [[ $said == *'{wanted}'* ]] && break; sleep 0.1; done
zpty -d shell
print -r -- $said
"""


def run(shell, script, folder):
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell}")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "HOME": str(folder), "TERM": "dumb"}
    command = [shell, *(["-f"] if shell == "zsh" else []), "-c", script]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("recudf p", ["publish"]),
        ("recudf sql --format ", ["csv", "json", "table"]),
        ("recudf publish --roll", ["--rollback"]),
        ("recudf completion f", ["fish"]),
    ],
)
def test_bash_and_fish(line, wanted, tmp_path):
    words = line.split() + ([""] if line.endswith(" ") else [])
    quoted = " ".join(f"'{word}'" for word in words)
    said = run("bash", BASH.format(words=quoted, count=len(words)), tmp_path)
    assert sorted(said.split()) == wanted
    assert sorted(run("fish", FISH.format(line=line), tmp_path).split()) == wanted


def test_zsh(tmp_path):
    assert "recudf publish" in run("zsh", ZSH.format(line="recudf pub", wanted="lish"), tmp_path)


def test_bash_completes_all_commands(tmp_path):
    said = run("bash", BASH.format(words="recudf ''", count=2), tmp_path)
    assert sorted(said.split()) == sorted(COMMANDS)


def test_another_shell_is_refused():
    result = CliRunner().invoke(main, ["completion", "powershell"])
    assert (result.exit_code, "'bash', 'zsh', 'fish'" in result.output) == (2, True)
