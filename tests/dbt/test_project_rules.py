"""The rules of dbt-project-evaluator on the manifest: names, layers, documentation, tests. An exception carries its reason."""

import json
import re
import shutil

import pytest
from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from warehouse import Warehouse

from recudf.cli.project import project_directory, run_dbt

PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "evaluation": ("int_",),
    "semantic": ("int_",),
    "vectors": ("vec_",),
    "marts": ("dim_", "fct_"),
}
# what a model of a folder may read
LAYERS = {
    "staging": {"source", "seed"},
    "intermediate": {"staging", "intermediate", "vectors", "seed"},
    "vectors": {"staging", "intermediate", "vectors"},
    "evaluation": {"staging", "intermediate", "vectors"},
    "semantic": {"staging"},
    "marts": {"staging", "intermediate", "vectors", "seed", "marts"},
}
READS_MORE = {
    "stg_items": "what is visible depends on stg_as_of",
    "stg_interactions": "what is visible depends on stg_as_of",
    "stg_texts": "what is visible depends on stg_as_of",
    "stg_memberships": "what is visible depends on stg_as_of",
    "stg_group_interactions": "what is visible depends on stg_as_of",
    "stg_users": "everybody who did or wrote something, or is a member, is a user, listed or not",
    "stg_event_types": "event types are those that were met",
    "fct_metrics": "measurements are written by `recudf evaluate`, typed already: a staging model would copy them",
    "stg_relations": "what is visible depends on stg_as_of",
    "fct_group_member_history": "forgets who is in no input any more, whatever a build may see of them",
    "fct_recommendation_history": "forgets who is in no input any more, whatever a build may see of them",
    "fct_runs": "counts the rows of inputs before cleaning, beside those after it",
}
NO_KEY = {
    "stg_as_of": "one row",
    "int_item_center": "one row",
    "int_ranker_choice": "one row",
    "int_embeddings_in_use": "ephemeral: a selection of int_text_embeddings, which is tested",
    "int_ranker_fit": "rows of several kinds, of which each has a key of its own",
    "int_interactions_weighted": "one row per row of stg_interactions, which is tested; has no source column",
}


NO_MEASURES = {
    "fct_interest_sources": "joins interests with items and texts",
    "fct_interest_rules": "a rule is read with its numbers, which do not add up",
    "fct_runs": "one row per build, for operations",
    "fct_group_recommendations": "lists of several strategies, which do not add up",
    "fct_group_history": "sizes at moments, which do not add up over them",
    "fct_group_member_history": "what fct_group_members has, of earlier builds",
    "fct_group_interests": "a lift is read with its interval, and does not add up",
    "fct_group_segments": "a group in one row, in words",
    "fct_group_similarities": "joins groups with groups",
    "fct_user_neighbors": "joins users with users",
    "fct_people_to_follow": "joins users with users",
    "fct_recommendation_history": "what fct_recommendations has, of earlier builds",
    "fct_recommendation_outcomes": "a share of what is decided: sql/queries has it",
    "fct_recommendation_parts": "values that sum to a score, not over recommendations",
}


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory):
    """The manifest, and the semantic manifest, of the project with everything switched on."""
    folder = tmp_path_factory.mktemp("rules")
    wanted = json.dumps(
        {
            "evaluation_users": "some.users",
            "semantic_layer": True,
            "encoder": "lexical",
            "llm": True,
            "ranking": "learned",
        }
    )
    assert run_dbt(["parse", "--quiet", "--vars", wanted, "--target-path", str(folder)], folder / "x.duckdb")
    return json.loads((folder / "manifest.json").read_text()), (folder / "semantic_manifest.json").read_text()


@pytest.fixture(scope="module")
def manifest(artifacts):
    return artifacts[0]


@pytest.fixture(scope="module")
def models(manifest):
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


def folder(node):
    return node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"]


def attached(manifest, node):
    return [
        n for n in manifest["nodes"].values() if n["resource_type"] == "test" and n.get("attached_node") == node["unique_id"]
    ]  # fmt: skip


def test_names_tell_the_layer(models):
    wrong = [n for n, node in models.items() if not n.startswith(PREFIXES[folder(node)])]
    assert not wrong
    for name, node in models.items():
        assert node["original_file_path"].endswith(f"/{name}.sql")


def test_layers_read_downwards(manifest, models):
    everything = {**manifest["nodes"], **manifest["sources"]}
    odd = {
        name
        for name, node in models.items()
        for parent in node["depends_on"]["nodes"]
        if folder(everything[parent]) not in LAYERS[folder(node)]
    }
    assert odd == set(READS_MORE)


def test_every_model_reads_something_and_every_source_is_read(manifest, models):
    assert not [name for name, node in models.items() if not node["depends_on"]["nodes"]]
    read = {parent for node in models.values() for parent in node["depends_on"]["nodes"]}
    assert set(manifest["sources"]) <= read
    seeds = {name for name, node in manifest["nodes"].items() if node["resource_type"] == "seed"}
    assert seeds <= read


def test_no_relation_is_named_by_hand(models, manifest):
    """References only: ref with the package's name, source, or a checked var."""
    for node in [*models.values(), *manifest["macros"].values()]:
        if node["package_name"] != "recudf":
            continue
        code = node.get("raw_code") or node.get("macro_sql")
        code = re.sub(r"\{#.*?#\}|--[^\n]*", "", code, flags=re.DOTALL)
        assert not re.search(r"(?<!distinct )\b(?:from|join)\s+[\w\"]+\.[\w\"]+", code), node["name"]
        for name in re.findall(r"\bref\(([^)]*)\)", code):
            assert name.startswith("'recudf', ") or name.startswith("input"), (node["name"], name)


def test_everything_is_documented(manifest, models):
    seeds = [n for n in manifest["nodes"].values() if n["resource_type"] == "seed"]
    for node in [*models.values(), *seeds, *manifest["sources"].values(), *manifest["exposures"].values()]:
        assert node["description"], node["name"]
        assert all(column["description"] for column in node.get("columns", {}).values()), node["name"]


def test_every_column_that_is_built_is_documented(built, models):
    rows = built.query("select table_name, column_name from information_schema.columns")
    found = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    for name, node in models.items():
        if name in found:
            assert found[name] == set(node["columns"]), name


def test_every_model_has_a_tested_key(manifest, models):
    without = {
        name
        for name, node in models.items()
        if not {t["test_metadata"]["name"] for t in attached(manifest, node)} & {"is_unique", "unique_key"}
    }
    assert without == set(NO_KEY)
    untested = {name for name, node in models.items() if not attached(manifest, node)}
    assert untested == {"int_embeddings_in_use"}


def test_tests_stay_on_our_models(manifest):
    """Each goes through `recudf.tested`: dbt's own would take a model of that name from the project around."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("test_metadata"):
            (macro,) = [m for m in node["depends_on"]["macros"] if ".test_" in m]
            assert macro.startswith("macro.recudf."), (
                f"{node['name']}: write recudf.is_unique, recudf.never_null, ..."
            )
            assert "recudf.tested()" in manifest["macros"][macro]["macro_sql"]


def test_marts_have_contracts(models):
    marts = [node for node in models.values() if folder(node) == "marts"]
    assert all(node["contract"]["enforced"] for node in marts)


def test_materialisations_are_left_to_dbt_project_yml(models):
    """What a model's file configures, a project that installs the package cannot change."""
    configured = {name for name, node in models.items() if "config(" in node["raw_code"]}
    assert configured == {"int_replay_rankings"}  # only `recudf evaluate` switches it on, by a var


ANY_NUMBER = {
    "default_event_weight": "below 0 it pushes away",
    "rating_threshold": "scales of ratings may lie anywhere",
}


def test_every_var_that_is_a_number_has_bounds():
    """Else a half-life of 0 would make NaN of every weight."""
    code = "".join(path.read_text(encoding="utf-8") for path in project_directory().rglob("*.sql"))
    (bounds,) = re.findall(r"set bounds = \{(.*?)\} -%\}", code, re.DOTALL)
    read = set(re.findall(r"number\('(\w+)'\)|decay\([^)]*?, '(\w+)'[,)]", code))
    assert {name for names in read for name in names if name} - set(ANY_NUMBER) == set(
        re.findall(r"'(\w+)':", bounds)
    )


def test_no_database_is_named(manifest):
    code = [path.read_text() for path in project_directory().rglob("*.yml") if "target" not in path.parts]
    assert not [text for text in code if re.search(r"^\s*\+?database:", text, re.MULTILINE)]
    assert re.search(r"require-dbt-version: \[", (project_directory() / "dbt_project.yml").read_text())


def test_the_semantic_models_are_valid(artifacts, models):
    parsed = PydanticSemanticManifest.parse_raw(artifacts[1])
    result = SemanticManifestValidator().validate_semantic_manifest(parsed)
    assert not [issue.message for issue in result.all_issues]
    assert {metric.name for metric in parsed.metrics} >= {
        "recudf_recommendations",
        "recudf_members",
        "recudf_ndcg",
    }
    described = {semantic_model.node_relation.alias for semantic_model in parsed.semantic_models}
    assert {name for name, node in models.items() if folder(node) == "marts"} - described == set(NO_MEASURES)
    assert all(
        name.startswith("recudf_") for name in [m.name for m in [*parsed.metrics, *parsed.semantic_models]]
    )
    for semantic_model in parsed.semantic_models:
        columns = set(models[semantic_model.node_relation.alias]["columns"])
        parts = [*semantic_model.entities, *semantic_model.dimensions, *semantic_model.measures]
        assert {part.expr or part.name for part in parts} <= columns, semantic_model.name


@pytest.mark.slow
def test_the_time_spine_has_every_day(built, tmp_path):
    copy = Warehouse(shutil.copy(built.path, tmp_path / "copy.duckdb"))
    copy.build("--select", "int_days", tested=True, semantic_layer=True)
    ((days, first, last, seen),) = copy.query("""
        select count(*), min(day), max(day), (select max(occurred_at)::date from recudf.stg_interactions)
        from recudf.int_days""")
    assert days == (last - first).days + 1
    assert first <= seen < last


@pytest.mark.slow
def test_nothing_of_the_semantic_layer_comes_unasked(tmp_path):
    assert run_dbt(["parse", "--quiet", "--target-path", str(tmp_path)], tmp_path / "x.duckdb")
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert [manifest[kind] for kind in ("semantic_models", "metrics", "exposures")] == [{}, {}, {}]
    assert "model.recudf.int_days" not in manifest["nodes"]


def test_the_packages_readme_names_every_var_and_mart(models):
    import yaml

    readme = (project_directory() / "README.md").read_text(encoding="utf-8")
    variables = yaml.safe_load((project_directory() / "dbt_project.yml").read_text(encoding="utf-8"))["vars"][
        "recudf"
    ]
    assert [name for name in variables if f"`{name}`" not in readme] == []
    assert [
        name for name, node in models.items() if folder(node) == "marts" and f"`{name}`" not in readme
    ] == []


def test_the_packages_readme_names_every_model_that_must_stay_a_table(manifest, models):
    """Those whose code calls a function of ours: as a view such a model breaks for clients without the plugin."""
    from recudf.functions import discover
    from recudf.settings import Settings

    functions = {function.name for function in discover(Settings())}
    called = re.compile(r"\b(?:" + "|".join(sorted(functions)) + r")'?\)?\s*\}?\}?\(")

    def code(node, above=()):
        macros = [
            manifest["macros"][name]
            for name in node["depends_on"]["macros"]
            if name.startswith("macro.recudf.") and name not in above  # one may call itself
        ]
        text = re.sub(
            r"\{#.*?#\}|--[^\n]*", "", node.get("raw_code") or node.get("macro_sql"), flags=re.DOTALL
        )
        return "\n".join([text, *(code(macro, (*above, macro["unique_id"])) for macro in macros)])

    off = [
        node for nodes in manifest["disabled"].values() for node in nodes if node["resource_type"] == "model"
    ]
    assert {node["name"] for node in off} == {"int_recommendations_ranked", "int_recommendation_reasons"}
    calling = {name for name, node in models.items() if called.search(code(node))}
    ephemeral = {name for name in calling if models[name]["config"]["materialized"] == "ephemeral"}
    for name, node in models.items():
        if {parent.split(".")[-1] for parent in node["depends_on"]["nodes"]} & ephemeral:
            calling.add(name)
    calling |= {node["name"] for node in off if called.search(code(node))}
    readme = (project_directory() / "README.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"Models that call the functions \(([^)]*)\)\s+must stay tables", readme)
    assert calling - ephemeral - {"int_replay_rankings"} == set(re.findall(r"`(\w+)`", named))
