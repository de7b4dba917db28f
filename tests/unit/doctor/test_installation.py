"""What does not fit an installation: versions, libraries, an encoder that is not there."""

from importlib import metadata

import duckdb
import pytest

from recudf.doctor.encoder import encoder
from recudf.doctor.findings import note, ok, wrong
from recudf.doctor.libraries import fitting, libraries, python
from recudf.settings import EncoderSettings


def test_python_is_in_the_range_or_not():
    assert python("3.12.1", ">=3.11") == ok("python", "3.12.1")
    assert python("3.10.9", ">=3.11").level == "wrong"


def test_this_installation_fits_and_is_told():
    found = list(libraries())
    assert [f.check for f in found if f.level == "ok"] == [
        "python", "dbt-core", "dbt-duckdb", "duckdb", "torch",
    ]  # fmt: skip
    assert {f.check: f.found for f in found}["duckdb"] == duckdb.__version__
    assert {f.level for f in found} == {"ok"}


def test_a_library_that_is_missing_or_of_another_version():
    numpy = metadata.version("numpy")
    found = list(
        fitting(
            [
                "numpy<1",
                "no-such-thing>=2",
                "numpy>=1",
                "pytest; extra == 'dev'",
                "torch; python_version < '3'",
            ]
        )
    )
    assert found == [
        wrong("numpy", f"{numpy}, and recudf needs <1", "pip install 'numpy<1'"),
        wrong("no-such-thing", "not installed", "pip install 'no-such-thing>=2'"),
    ]


def test_an_encoder_that_loads_and_one_that_is_not_there(tiny_encoder, tmp_path):
    device, weights = encoder(EncoderSettings(str(tiny_encoder), device="cpu"))
    assert (device.level, device.found.startswith("cpu, ")) == ("ok", True)
    assert (weights.level, "16 dimensions, fingerprint" in weights.found) == ("ok", True)
    *_, missing = encoder(EncoderSettings(str(tmp_path / "none"), device="cpu"))
    assert missing.level == "wrong"
    assert str(tmp_path / "none") in missing.found
    assert "{encoder: lexical}" in missing.remedy
    (card,) = encoder(EncoderSettings(str(tiny_encoder), device="cuda:77"))
    assert (card.level, "cuda" in card.found) == ("wrong", True)
    (lexical,) = encoder(EncoderSettings(str(tmp_path / "none")), "lexical")
    assert lexical.level == "ok"


def test_a_cut_short_encoder(tiny_encoder, tmp_path):
    import shutil

    shutil.copytree(tiny_encoder, tmp_path / "cut")
    weights = next((tmp_path / "cut").rglob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:100])
    *_, found = encoder(EncoderSettings(str(tmp_path / "cut"), device="cpu"))
    assert found.level == "wrong"


@pytest.mark.parametrize(("make", "level"), [(ok, "ok"), (note, "note")])
def test_a_finding_needs_no_remedy(make, level):
    assert (make("x", "y").level, make("x", "y").remedy) == (level, None)
