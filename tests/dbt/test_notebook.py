"""docs/notebooks/marts.ipynb runs on the built sample, and what is committed was run from top to bottom."""

import json
import subprocess
import sys
from pathlib import Path

NOTEBOOK = json.loads(
    (Path(__file__).parents[2] / "docs" / "notebooks" / "marts.ipynb").read_text(encoding="utf-8")
)
CELLS = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def test_it_runs_on_the_marts(built, tmp_path):
    """Its cells as a script: the last one checks what the others found."""
    script = tmp_path / "notebook.py"
    script.write_text("\n".join("".join(cell["source"]) for cell in CELLS), encoding="utf-8")
    environment = {"RECUDF_MARTS": str(built.path), "PATH": "", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert "because you" in done.stdout


def test_what_is_committed_was_run_in_order_and_names_nobodys_folder():
    assert [cell["execution_count"] for cell in CELLS] == list(range(1, len(CELLS) + 1))
    assert not [o for cell in CELLS for o in cell["outputs"] if o["output_type"] == "error"]
    text = json.dumps(NOTEBOOK)
    assert "/home/" not in text
    assert "/tmp/" not in text
