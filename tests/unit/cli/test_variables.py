import json

import pytest

from recudf.cli.variables import refuse_templates
from recudf.errors import ParameterError


@pytest.mark.parametrize("value", ["{{ env_var('HOME') }}", "a{% if x %}", "{# nothing #}"])
@pytest.mark.parametrize("joined", [True, False])
def test_what_dbt_would_render_is_refused_by_name(value, joined):
    given = json.dumps({"encoder": value})
    options = [f"--vars={given}"] if joined else ["--select", "stg_items", "--vars", given]
    with pytest.raises(ParameterError, match="encoder is"):
        refuse_templates(options)


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--vars", '{"encoder": "default", "half_life_days": 30, "as_of": null}'],
        [
            "--vars",
            '{"inputs": {"items": {"columns": {"item_id": "{{ id }}"}}}}',
        ],  # which dbt leaves as it is
        ["--vars", "{unfinished"],
        ["--vars"],
        ["--select", "{{ x }}"],
    ],
)
def test_other_options_pass(options):
    refuse_templates(options)
