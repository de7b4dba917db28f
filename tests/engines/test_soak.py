"""Many threads at once for some seconds (RECUDF_SOAK_SECONDS): see benchmarks/soak.py, which says what is compared."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"
SECONDS = os.environ.get("RECUDF_SOAK_SECONDS", "4")


@pytest.mark.slow
@pytest.mark.timeout(600 + float(SECONDS))
def test_eight_threads_of_mixed_queries(tiny_encoder):
    options = ["--seconds", SECONDS, "--threads", "8", "--encoder", str(tiny_encoder)]
    done = subprocess.run([sys.executable, str(SOAK), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout)
    assert seen["errors"] == seen["differences"] == []
    assert not seen["grown"]
    assert min(seen["queries"].values()) > 0
    assert 0 < seen["index_disk_mb_largest"] <= seen["index_disk_mb_bound"]
