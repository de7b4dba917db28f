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

# What cannot equal a full refresh, as it keeps to earlier builds on purpose: relation: columns left out, or all.
# Given the same groups it is a function of the inputs as well, and is compared after these were handed over.
FOLLOWS_EARLIER_GROUPS = {
    "dim_groups": "*",  # ids and k-means both start from the groups of the build before
    "fct_group_members": "*",  # members are nearest to those groups' centroids
    "dim_users": ("group_id",),  # the same membership
}
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
        """Rows of every compared relation, run columns aside. left_out: as FOLLOWS_EARLIER_GROUPS."""
        left_out = left_out or {}
        return {
            name: self.rows(name, without=("run_id", *left_out.get(name, ())))
            for name in compared()
            if left_out.get(name) != "*"
        }


class Groups:
    """What is promised of group numbers from build to build: one that was given up never comes back."""

    def __init__(self):
        self.ever, self.last, self.encoder = set(), set(), None

    def check(self, warehouse, encoder):
        found = {
            n for (n,) in warehouse.query("select cluster_number from recudf.int_group_fits where size > 0")
        }
        if not found:  # nobody to group for now
            return
        continued = self.last if encoder == self.encoder else set()
        again = (found - continued) & self.ever
        assert not again, f"numbers of earlier groups given again: {again}"
        self.ever |= found
        self.last, self.encoder = found, encoder


def run_sequence(sequence: Sequence, warehouse: Live) -> None:
    """Build before and after the steps; AssertionError where something that is promised does not hold."""
    state, groups = sequence.start(), Groups()
    build(warehouse, state, "the first build")
    groups.check(warehouse, state.encoder)
    for number, step in enumerate(sequence.steps, start=1):
        step.operation.apply(state)
        if isinstance(step.operation, BuildSome):
            result = warehouse.load(**state.arrow()).try_build(*step.operation.options(state), state=state)
            assert result.ok, f"step {number} failed: {result.output}"
        if step.build or number == len(sequence.steps):
            build(warehouse, state, f"the build after step {number}")
            groups.check(warehouse, state.encoder)
    compare_with_full_build(sequence, state, warehouse)
    before = {**warehouse.relations(), "int_group_fits": warehouse.rows("int_group_fits")}
    build(warehouse, state, "an unchanged build", *WITHOUT_SHORTCUT)
    after = {**warehouse.relations(), "int_group_fits": warehouse.rows("int_group_fits")}
    assert_same(before, after, "an unchanged build changed")


def build(warehouse, state, what, *options):
    """Deliver the inputs and build; the vectors in use must be those of one encoder."""
    result = warehouse.load(**state.arrow()).try_build(*options, state=state)
    assert result.ok, f"{what} failed: {result.output}"
    tables = ("vec_items", "vec_texts", "vec_users", "int_group_fits")
    in_use = {"int_group_fits": " where size > 0"}  # those of nobody stay as they were
    used = {
        (f,)
        for name in tables
        for (f,) in warehouse.query(f"select distinct fingerprint from recudf.{name}{in_use.get(name, '')}")
    }
    assert len(used) <= 1, f"{what} mixes vectors of {used}"


def compare_with_full_build(sequence, state, warehouse):
    incremental, comparable = warehouse.relations(), warehouse.relations(FOLLOWS_EARLIER_GROUPS)
    with warehouse.set_aside() as kept:
        if sequence.fresh:
            shuffled = {name: tuple(sorted(rows, key=md5_of)) for name, rows in state.tables.items()}
            warehouse.load(**State(shuffled).arrow()).run(
                f"attach '{kept}' as kept (read_only)",
                "create schema recudf_embeddings",
                "create table recudf_embeddings.int_text_embeddings as from kept.recudf_embeddings.int_text_embeddings",
            )
        else:
            shutil.copyfile(kept, warehouse.path)
        result = warehouse.try_build(*([] if sequence.fresh else ["--full-refresh"]), state=state)
        assert result.ok, f"the full build failed: {result.output}"
        assert_same(comparable, warehouse.relations(FOLLOWS_EARLIER_GROUPS), "a full build differs in")
        warehouse.run(
            f"attach '{kept}' as kept (read_only)",
            "create or replace table recudf.int_group_fits as from kept.recudf.int_group_fits",
        )
        result = warehouse.try_build(
            "--select", "int_group_fits+", "--exclude", "int_group_fits", state=state
        )
        assert result.ok, f"the build on the same groups failed: {result.output}"
        assert_same(incremental, warehouse.relations(), "a full build on the same groups differs in")


def md5_of(row):
    return hashlib.md5(repr(row).encode()).hexdigest()


def assert_same(relations, others, message):
    assert relations.keys() == others.keys()
    for name, rows in relations.items():
        ours, theirs = Counter(map(repr, rows)), Counter(map(repr, others[name]))
        if ours != theirs:
            gone, new = list((ours - theirs).elements())[:5], list((theirs - ours).elements())[:5]
            raise AssertionError("\n  ".join([f"{message} {name}:", *gone, "became", *new]))


def failure_of(sequence, folder, encoders):
    """What run_sequence finds, as text; None where all is well."""
    warehouse = Live(folder, encoders)
    try:
        run_sequence(sequence, warehouse)
    except AssertionError as error:
        return str(error)
    finally:
        shutil.rmtree(folder)
    return None
