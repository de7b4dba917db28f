"""The data tests of the project fail where they should, and only there."""

import json
import shutil

from warehouse import Warehouse

from recudf.cli.project import run_dbt


def test_null_repeated_id_and_repeated_key_are_found(built, tmp_path):
    shop = Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb")).run(
        "update recudf.dim_groups set name = null where group_id = (select min(group_id) from recudf.dim_groups)",
        "insert into recudf.dim_items from recudf.dim_items limit 1",
        "update recudf.fct_recommendations set rank = 1 where rank = 2",
    )
    models = ["dim_groups", "dim_items", "dim_users", "fct_recommendations"]
    assert not run_dbt(["test", "--quiet", "--select", *models], shop.path)
    results = json.loads((tmp_path / ".recudf" / "shop" / "target" / "run_results.json").read_text())
    failed = {r["unique_id"].split(".")[2] for r in results["results"] if r["status"] == "fail"}
    assert failed == {
        "recudf_never_null_dim_groups_group_id__kind__name__size",
        "recudf_is_unique_dim_items_item_id",
        "recudf_unique_key_fct_recommendations_user_id__rank",
    }
