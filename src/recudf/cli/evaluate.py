"""`recudf evaluate`: replay the past and measure what would have been recommended."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recudf.cli import options
from recudf.cli.errors import Failed
from recudf.errors import ParameterError

if TYPE_CHECKING:
    from recudf.engines.splits import Moment, Split
    from recudf.evaluation.measurements import Measurement


@dataclass(frozen=True)
class Evaluation:
    """What one evaluation measured, and the replays it made."""

    run_id: str
    split: str
    moments: Sequence[Moment]
    measurements: Sequence[Measurement]


@click.command(epilog="Example: recudf evaluate --database shop.duckdb --split cutoffs --cutoffs 5")
@options.database
@click.option(
    "--split",
    type=click.Choice(["tail", "cutoffs", "random"]),
    help="Hide each user's last items, all after a moment, or some at random."
    " [default: tail; random without times]",
)
@click.option(
    "--fraction",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.2,
    show_default=True,
    help="Share of each user's items to hide (tail, random).",
)
@click.option(
    "--cutoffs",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Into how many windows the later half of the events is cut, each replayed from its beginning.",
)
@click.option(
    "--k",
    "ks",
    type=click.IntRange(1),
    multiple=True,
    default=(10, 20),
    show_default=True,
    help="Length of rankings.",
)
@click.option(
    "--users",
    type=click.IntRange(1),
    default=2000,
    show_default=True,
    help="Judge so many, chosen at random.",
)
@click.option("--seed", default=42, show_default=True, help="Equal seeds choose and resample alike.")
@click.option(
    "--bootstrap",
    "resamples",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="Resamples of users behind an interval.",
)
@click.option(
    "--baseline",
    "baselines",
    multiple=True,
    metavar="MODEL",
    help="Compare every model with this one, pair by pair; may be given more than once."
    " [default: blend with each other, content with popular and random]",
)
@click.option(
    "--vars", "variables", default="{}", metavar="YAML", help="The vars that the build was made with."
)
@options.schema
@options.as_json
def evaluate(
    database: Path,
    ks: Sequence[int],
    resamples: int,
    baselines: Sequence[str],
    variables: str,
    schema: str,
    as_json: bool,
    **split: Any,
) -> None:
    """Build as of the past, compare with what users did next, and keep the measurements in fct_metrics.

    Needs a finished `recudf build` of the inputs that are there now. Each replay builds into the schema
    recudf_replay of the same file, which is dropped afterwards; texts are not embedded again. Popularity and
    chance are measured on the same users. Intervals are 95 % bootstrap intervals over users.
    """
    from recudf.engines.splits import Split

    chosen = Split(kind=split.pop("split"), **split)
    evaluation = evaluate_database(
        database, chosen, sorted(set(ks)), resamples, read_variables(variables), schema, baselines
    )
    if as_json:
        click.echo(json.dumps(asdict(evaluation), indent=2))
    else:
        from recudf.cli.measurements import describe

        click.echo(describe(evaluation.measurements, evaluation.split, len(evaluation.moments)))


def evaluate_database(
    database: Path,
    split: Split | None = None,
    ks: Sequence[int] = (10, 20),
    resamples: int = 1000,
    variables: Mapping[str, Any] | None = None,
    schema: str = "recudf",
    baselines: Sequence[str] = (),
) -> Evaluation:
    """Make every replay of a split, measure, append to the raw metrics and refresh fct_metrics.

    baselines: models that every other is compared with; none: as `recudf.evaluation.measurements.COMPARED`.
    Where a replay fails, earlier measurements stay as they are.
    """
    from recudf.cli.project import check_database
    from recudf.engines.beside import only_run
    from recudf.engines.splits import Split

    check_database(database)
    with only_run(database):  # two at once would share the scratch schema
        return _evaluate(database, split or Split(), ks, resamples, variables or {}, schema, baselines)


def _evaluate(
    database: Path,
    split: Split,
    ks: Sequence[int],
    resamples: int,
    variables: Mapping[str, Any],
    schema: str,
    baselines: Sequence[str],
) -> Evaluation:
    from recudf.cli.project import run_dbt
    from recudf.engines.duckdb import open_database
    from recudf.engines.replays import append_measurements, read_replay
    from recudf.engines.splits import drop_scratch, make_split
    from recudf.evaluation.measurements import compare, measure

    _refuse_other_inputs(database, variables, schema)
    try:
        with open_database(database) as connection:
            kind, moments = make_split(connection, schema, split)
        replays = []
        for moment in moments:
            click.echo(_progress(moment, len(moments)), err=True)
            build_replay(database, moment, max(ks), {**_learning(kind), **variables})
            with open_database(database) as connection:
                replays.append(read_replay(connection, moment, max(ks)))
            if len(replays) == 1:
                compare(replays, baselines)  # a model that is not there is told before all else is built
        measurements = measure(replays, ks, resamples, split.seed, baselines)
    finally:
        with open_database(database) as connection:
            drop_scratch(connection)
    # the time comes first, so that run ids sort by it
    run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    with open_database(database) as connection:
        into = variables.get("evaluation_schema", "recudf_evaluation")
        append_measurements(connection, schema, into, measurements, run_id, kind)
    if not run_dbt(
        ["run", "--quiet", "--select", "fct_metrics", "--vars", _yaml(variables)], database, schema
    ):
        raise Failed("measured, but fct_metrics could not be refreshed: dbt's message above names the cause")
    return Evaluation(run_id, kind, moments, measurements)


def _learning(kind: str) -> dict[str, Any]:
    """Vars of a replay that hides items at random: its folds do so too, unless the project says otherwise.

    What was left out by chance looks unlike what comes last, and a scorer that has learned the one is lost
    in the other.
    """
    from recudf.cli.project import declared_variables

    declared = declared_variables().get("ranking_split", "auto")
    return {"ranking_split": "random"} if (kind, declared) == ("random", "auto") else {}


def _refuse_other_inputs(database: Path, variables: Mapping[str, Any], schema: str) -> None:
    """Replays read the inputs of now, and are judged by the events of the last build."""
    from recudf.cli.project import declared_variables
    from recudf.cli.repeats import describe
    from recudf.engines.duckdb import open_database
    from recudf.engines.unchanged import refuse_other_inputs

    if build := describe(["--vars", _yaml(variables)], declared_variables()):
        with open_database(database) as connection:
            refuse_other_inputs(connection, replace(build, schema=schema))


def build_replay(database: Path, moment: Moment, k: int, variables: Mapping[str, Any]) -> None:
    """Build what the models would have recommended at a moment, into the schema that `make_split` filled."""
    from recudf.cli.project import run_dbt
    from recudf.engines.duckdb import open_database
    from recudf.engines.splits import SCRATCH, choose_users

    with open_database(database) as connection:
        choose_users(connection, moment)
    seen = {"holdout": f"{SCRATCH}.split_hidden"} if moment.as_of is None else {"as_of": moment.as_of}
    wanted = {**variables, **seen, "evaluation_users": f"{SCRATCH}.split_users", "evaluation_k": k}
    # the models were tested by the main build; what is incremental must not add to an earlier replay
    arguments = ["build", "--quiet", "--full-refresh", "--select", "+int_replay_rankings,package:recudf"]
    arguments += ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    if not run_dbt([*arguments, "--vars", _yaml(wanted)], database, SCRATCH):
        raise Failed(
            "a replay failed: dbt's messages above name the model and the cause; earlier measurements stay"
        )


def read_variables(text: str) -> dict[str, Any]:
    """The mapping that --vars gives, in YAML or JSON."""
    import yaml

    try:
        variables = yaml.safe_load(text)
    except yaml.YAMLError:
        variables = None
    if not isinstance(variables, dict):
        raise ParameterError(f"--vars is {text!r}: give a mapping, such as '{{half_life_days: 90}}'")
    return variables


def _yaml(variables: Mapping[str, Any]) -> str:
    # JSON is YAML, but for how it escapes emoji; dates become text
    return json.dumps(variables, default=str, ensure_ascii=False)


def _progress(moment: Moment, total: int) -> str:
    seen = "without the hidden items" if moment.as_of is None else f"as of {moment.as_of[:19]}"
    return f"replay {moment.replay} of {total}: {seen}, {moment.users:,} users"
