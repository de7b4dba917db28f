"""spark.task.resource.gpu: a task encodes on the card that Spark gave it. Spark shares out the cards; there need be none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from both_engines import why_no_spark

SCRIPT = Path(__file__).with_name("gpu_script.py")
pytestmark = [pytest.mark.spark, pytest.mark.slow]


@pytest.fixture(scope="module")
def found(tmp_path_factory, tiny_encoder):
    if reason := why_no_spark():
        pytest.skip(reason)
    cards = tmp_path_factory.mktemp("gpus") / "cards.sh"
    cards.write_text("""#!/bin/sh\necho '{"name": "gpu", "addresses": ["6", "7"]}'\n""")
    cards.chmod(0o755)
    command = [sys.executable, str(SCRIPT), str(tiny_encoder), str(cards)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=550)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_tasks_at_once_have_a_card_each(found):
    assert found["devices"] == ["cuda:6 cpu", "cuda:7 cpu"]


def test_a_card_that_is_not_there_is_said(found):
    """Rather than encoded on the processor, unnoticed."""
    torch = pytest.importorskip("torch")
    if torch.cuda.device_count() > 6:
        pytest.skip("this machine has such a card")
    assert "cuda" in found["said"]
    assert "cards" in found["said"] or "torch sees no such card" in found["said"]
