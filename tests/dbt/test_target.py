"""Whether a build is one on Spark is read off the profile, as dbt would read it."""

import pytest
from click.testing import CliRunner

from recudf.cli import main
from recudf.cli.spark import is_target
from recudf.errors import InputError

PROFILES = """
shop:
  target: "{{ env_var('STAGE', 'laptop') }}"
  outputs:
    laptop: {type: duckdb, path: shop.duckdb}
    cluster: {type: spark, method: session, host: NA, schema: recudf}
    server: {type: spark, method: thrift, host: "{{ env_var('NOWHERE') }}", schema: recudf}
elsewhere:
  outputs:
    default: {type: spark, method: session, host: NA, schema: recudf}
asked:
  target: "{{ var('stage', 'laptop') }}"
  outputs:
    laptop: {type: duckdb, path: shop.duckdb}
    cluster: {type: "{{ 'spark' }}", method: session, host: NA, schema: recudf}
"""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in ("STAGE", "DBT_TARGET", "DBT_PROFILE", "DBT_PROFILES_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project that installs recudf, in the working directory."""
    (tmp_path / "dbt_project.yml").write_text("{name: shop, profile: shop}")
    (tmp_path / "packages.yml").write_text("packages: [{local: /somewhere/recudf/dbt_project}]")
    (tmp_path / "profiles.yml").write_text(PROFILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "on_spark"),
    [
        ([], False),
        (["--quiet", "--target", "cluster"], True),
        (["-t", "cluster"], True),
        (["-tcluster"], True),
        (["--target=cluster"], True),
        (["--target", "cluster", "--target", "laptop"], False),
        (["--target", "laptop", "--select", "cluster"], False),
        (["--target-path", "cluster"], False),
        (["--profile", "elsewhere"], True),
        (["--profile", "asked"], False),
        (["--profile", "asked", "--vars", "{stage: cluster}"], True),
        (["--target", "spark"], False),  # which this profile does not have: dbt says so
        (["--profile", "nobodys"], False),
    ],
)
def test_the_type_of_the_target_decides(project, options, on_spark):
    assert is_target(options) == on_spark


def test_variables_of_the_environment_decide_where_no_option_does(project, monkeypatch):
    monkeypatch.setenv("STAGE", "cluster")
    assert is_target([])
    monkeypatch.setenv("DBT_TARGET", "laptop")
    assert not is_target([])
    assert is_target(["--target", "cluster"])
    monkeypatch.setenv("DBT_PROFILE", "elsewhere")
    monkeypatch.delenv("DBT_TARGET")
    assert is_target([])


def test_profiles_are_read_where_dbt_reads_them(project, monkeypatch, tmp_path):
    elsewhere = tmp_path / "profiles"
    elsewhere.mkdir()
    (elsewhere / "profiles.yml").write_text("shop: {outputs: {default: {type: spark, method: session}}}")
    assert is_target(["--profiles-dir", str(elsewhere)])
    monkeypatch.setenv("DBT_PROFILES_DIR", str(elsewhere))
    assert not is_target([])  # the project has one of its own
    (project / "profiles.yml").unlink()
    assert is_target([])


def test_a_profile_that_cannot_be_read_is_left_to_dbt(project):
    (project / "profiles.yml").write_text("shop: {outputs: [")
    assert not is_target([])
    (project / "profiles.yml").write_text("shop")
    assert not is_target(["--target", "cluster"])


def test_without_a_project_it_is_the_profile_of_recudf(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not is_target([])
    assert is_target(["--target", "spark"])


def test_a_server_has_no_functions(project):
    with pytest.raises(InputError, match="`method: thrift`: write `method: session`"):
        is_target(["--target", "server"])


def test_loading_refuses_an_unknown_target(tmp_path):
    result = CliRunner().invoke(main, ["load", str(tmp_path), "--target", "flink"])
    assert result.exit_code == 2
    assert "flink" in result.output
