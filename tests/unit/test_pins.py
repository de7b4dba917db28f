"""What is installed by hash is what is pinned."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"httpx2-jsfetch", "tzdata"}  # needed on other platforms than the one that the pins were made on


def pins(name):
    text = (ROOT / name).read_text()
    return {
        n.lower().replace("_", "-"): version
        for n, version in re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE)
    }


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-spark.lock"])
def test_the_lock_is_of_the_pins(lock):
    pinned, locked = pins("constraints.txt"), pins(lock)
    assert {n: v for n, v in locked.items() if n not in ELSEWHERE} == {
        n: pinned.get(n) for n in locked if n not in ELSEWHERE
    }
    hashes = (ROOT / lock).read_text().count("--hash=sha256:")
    assert hashes > len(locked) > 0


def test_every_dependency_is_pinned_and_locked():
    """All but torch, which is another file on each kind of machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for extra in ("browser", "docs", "postgres"):
        wanted += project["optional-dependencies"][extra]
    names = named(wanted)
    assert names - set(pins("requirements.lock")) == {"torch"}
    assert names <= set(pins("constraints.txt"))
    assert named(project["optional-dependencies"]["spark"]) <= set(pins("requirements-spark.lock"))


def named(requirements):
    return {re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-") for requirement in requirements}
