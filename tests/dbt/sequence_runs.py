"""Runs a sequence: builds before and after its steps, and compares what was left with a full build."""

import contextlib
import hashlib
import io
import shutil
from collections import Counter

import click
import pytest
from sequences import BuildSome, Sequence, State
from warehouse import UNTESTED, Result, Warehouse, marts

from recudf.cli.build import build_database
from recudf.cli.project import project_directory

FITS = ("int_group_fits", "int_topic_fits", "int_field_fits")
# What cannot equal a full refresh, as it keeps to earlier builds on purpose: relation: columns left out, all, or which
# rows are compared nevertheless. Given the same fits it is a function of the inputs as well, and is compared after these
# were handed over.
FOLLOWS_EARLIER_FITS = {
    "dim_groups": "*",  # ids and k-means both start from the groups of the build before
    "fct_group_members": "*",  # members are nearest to those groups' centroids, or stay where they were
    "fct_group_recommendations": "group_id not like 'discovered-%'",
    "fct_group_history": "*",  # ... and how they were, so long ago as earlier builds saw
    "fct_group_member_history": "*",
    "fct_group_interests": "*",
    "fct_group_segments": "*",
    "fct_group_similarities": "*",
    "dim_users": ("group_id",),  # the same membership
    "dim_interests": "kind = 'word'",  # topics, and what they leave room for, as groups
    "fct_user_interests": "granularity = 'word'",
    "fct_interest_sources": "interest_id like 'word:%' or interest_id like 'category:%'",
    "fct_interest_rules": "*",
    "fct_interest_trends": "kind in ('word', 'category')",
    "fct_interest_history": "kind = 'category'",
    # keeps what earlier builds recommended; its newest moment is compared
    "fct_recommendation_history": "as_of = (select as_of from recudf.stg_as_of)",
    "fct_recommendation_outcomes": "recommended_at = (select as_of from recudf.stg_as_of)",
}
# with `ranking: learned` candidates come by topics as well, and a list of a group by those of its members
LEARNED_FOLLOWS_THEM = {
    mart: "*"
    for mart in marts()
    if mart.startswith("fct_recommendation") or mart == "fct_group_recommendations"
}
KEPT = (  # what is handed over
    *FITS,
    "fct_recommendation_history",
    "int_group_centroid_history",
    "fct_group_member_history",
    "fct_group_history",
)
STARTED_FROM = (*KEPT, "int_group_members")  # that is built anew, from itself
# `recudf build` leaves tables alone where nothing has changed; with an option that it does not know it builds
WITHOUT_SHORTCUT = ("--log-level-file", "none")


def compared():
    """All marts, and the vectors that others build on."""
    vectors = (project_directory() / "models" / "vectors").glob("*.sql")
    return [*marts(), *sorted(path.stem for path in vectors)]


class Live(Warehouse):
    """A warehouse that `recudf build` builds, which can be set aside for another one in its place: the path stays the
    same, so that dbt need not parse the project again."""

    def __init__(self, folder, encoders):
        super().__init__(folder / "live" / "w.duckdb")
        self.encoders = encoders
        self.path.parent.mkdir(parents=True)

    def try_build(self, *options, state):
        """`recudf build` with the encoder of a state, and with its vars unless others are among the options."""
        options = [*UNTESTED, "--quiet", *(options if "--vars" in options else [*options, *state.options()])]
        said = io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            self.parsed(options[options.index("--vars") + 1]),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            patch.setenv("RECUDF_ENCODER", str(self.encoders[state.encoder]))
            patch.setenv("DBT_WRITE_JSON", "false")  # which nobody reads here
            try:
                build_database(self.path, options)
            except click.ClickException as error:
                return Result(False, f"{said.getvalue()}\n{error.message}")
        return Result(True, said.getvalue())

    @contextlib.contextmanager
    def parsed(self, variables):
        """What dbt parsed with these vars is at hand in this block: it would parse the project again for others."""
        kept = self.path.parents[2] / "parsed" / md5_of(variables)
        used = self.path.parent / ".recudf" / "w" / "target"
        kept.parent.mkdir(exist_ok=True)
        used.parent.mkdir(parents=True, exist_ok=True)
        if kept.exists():
            kept.rename(used)
        try:
            yield
        finally:
            if used.exists():
                used.rename(kept)

    @contextlib.contextmanager
    def set_aside(self):
        """The warehouse is away in this block, and back after it: where it lies meanwhile."""
        live, kept = self.path.parent, self.path.parent.with_name("kept")
        live.rename(kept)
        live.mkdir()
        try:
            yield kept / self.path.name
        finally:
            shutil.rmtree(live)
            kept.rename(live)

    def relations(self, left_out=None):
        """Rows of every compared relation, run columns aside. left_out: as FOLLOWS_EARLIER_FITS."""
        found = {}
        for name in compared():
            rule = (left_out or {}).get(name, ())
            if rule == "*":
                continue
            columns, where = ((), rule) if isinstance(rule, str) else (rule, "true")
            found[name] = self.rows(name, without=("run_id", *columns), where=where)
        return found


class Numbers:
    """What is promised of the numbers of a fit from build to build: one that was given up never comes back."""

    def __init__(self, fit):
        self.fit, self.ever, self.last, self.encoder = fit, set(), set(), None

    def check(self, warehouse, encoder):
        found = {
            n for (n,) in warehouse.query(f"select cluster_number from recudf.{self.fit} where size > 0")
        }
        if not found:  # nothing to fit for now
            return
        continued = self.last if encoder == self.encoder else set()
        again = (found - continued) & self.ever
        assert not again, f"{self.fit}: earlier numbers given again: {again}"
        self.ever |= found
        self.last, self.encoder = found, encoder


def run_sequence(sequence: Sequence, warehouse: Live, whole: bool = True) -> None:
    """Build before and after the steps; AssertionError where something that is promised does not hold. Not whole: without
    the builds on the same fits and of what has not changed."""
    state, numbers = sequence.start(), [Numbers(fit) for fit in FITS]

    def check():
        for each in numbers:
            each.check(warehouse, "lexical" if state.is_lexical else state.encoder)

    build(warehouse, state, "the first build")
    check()
    for number, step in enumerate(sequence.steps, start=1):
        step.operation.apply(state)
        if isinstance(step.operation, BuildSome):
            result = warehouse.load(**state.arrow()).try_build(*step.operation.options(state), state=state)
            assert result.ok, f"step {number} failed: {result.output}"
        if step.build or number == len(sequence.steps):
            build(warehouse, state, f"the build after step {number}")
            check()
    compare_with_full_build(sequence, state, warehouse, whole)
    if not whole:
        return
    before = {**warehouse.relations(), **{fit: warehouse.rows(fit) for fit in FITS}}
    build(warehouse, state, "an unchanged build", *WITHOUT_SHORTCUT)
    after = {**warehouse.relations(), **{fit: warehouse.rows(fit) for fit in FITS}}
    assert_same(before, after, "an unchanged build changed")


def build(warehouse, state, what, *options):
    """Deliver the inputs and build; the vectors in use must be those of one encoder."""
    result = warehouse.load(**state.arrow()).try_build(*options, state=state)
    assert result.ok, f"{what} failed: {result.output}"
    tables = ("vec_items", "vec_texts", "vec_users", *FITS)
    in_use = dict.fromkeys(FITS, " where size > 0")  # those of nobody stay as they were
    used = {
        (f,)
        for name in tables
        for (f,) in warehouse.query(f"select distinct fingerprint from recudf.{name}{in_use.get(name, '')}")
    }
    assert len(used) <= 1, f"{what} mixes vectors of {used}"


def compare_with_full_build(sequence, state, warehouse, whole):
    follows = FOLLOWS_EARLIER_FITS | (LEARNED_FOLLOWS_THEM if sequence.ranking == "learned" else {})
    incremental, comparable = warehouse.relations(), warehouse.relations(follows)
    with warehouse.set_aside() as kept:
        # a full refresh would fit the encoder `lexical` anew: then it is a build from nothing, on the fit that is kept
        fresh = sequence.fresh or state.is_lexical
        if fresh:
            shuffled = {name: tuple(sorted(rows, key=md5_of)) for name, rows in state.tables.items()}
            warehouse.load(**State(shuffled).arrow()).run(
                f"attach '{kept}' as kept (read_only)",
                "create schema recudf_embeddings",
                "create table recudf_embeddings.int_text_embeddings as from kept.recudf_embeddings.int_text_embeddings",
            )
            if state.is_lexical:
                warehouse.run(
                    f"attach '{kept}' as kept (read_only)",
                    "create schema recudf",
                    "create table recudf.int_lexical_terms as from kept.recudf.int_lexical_terms",
                )
        else:
            shutil.copyfile(kept, warehouse.path)
        result = warehouse.try_build(*([] if fresh else ["--full-refresh"]), state=state)
        assert result.ok, f"the full build failed: {result.output}"
        assert_same(comparable, warehouse.relations(follows), "a full build differs in")
        if not whole:
            return
        warehouse.run(
            f"attach '{kept}' as kept (read_only)",
            *(f"create or replace table recudf.{name} as from kept.recudf.{name}" for name in STARTED_FROM),
        )
        after = [f"{name}+" for name in KEPT]
        result = warehouse.try_build("--select", *after, "--exclude", *KEPT, state=state)
        assert result.ok, f"the build on the same fits failed: {result.output}"
        assert_same(incremental, warehouse.relations(), "a full build on the same fits differs in")


def md5_of(row):
    return hashlib.md5(repr(row).encode()).hexdigest()


def assert_same(relations, others, message):
    assert relations.keys() == others.keys()
    for name, rows in relations.items():
        ours, theirs = Counter(map(repr, rows)), Counter(map(repr, others[name]))
        if ours != theirs:
            gone, new = list((ours - theirs).elements())[:5], list((theirs - ours).elements())[:5]
            raise AssertionError("\n  ".join([f"{message} {name}:", *gone, "became", *new]))


def failure_of(sequence, folder, encoders, whole=True):
    """What run_sequence finds, as text; None where all is well."""
    warehouse = Live(folder, encoders)
    try:
        run_sequence(sequence, warehouse, whole)
    except AssertionError as error:
        return str(error)
    finally:
        shutil.rmtree(folder)
    return None
