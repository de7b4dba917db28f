"""An incremental build equals a full one, whatever happened to the inputs in between.

Sequences of changes are drawn by seed (sequences_drawn.py). A test that fails prints the seed; to run that sequence again,
and to have it made as small as it can be within RECUDF_SEQUENCE_SHRINK seconds (600):

    RECUDF_SEQUENCE_SEED=4711 pytest tests/dbt/test_incremental.py -m sequences -s

`make test-incremental SECONDS=3600` runs sequences of new seeds for an hour.
"""

import itertools
import os
import time
from dataclasses import replace
from datetime import timedelta

import click
import pytest
from sequence_runs import failure_of
from sequences import (
    FIRST_DAY,
    ArriveLate,
    BuildSome,
    Delete,
    DeliverAgain,
    Insert,
    MergeUsers,
    Sequence,
    SetEncoder,
    SetVariable,
    Step,
    Update,
)  # fmt: skip
from sequences_drawn import WORDS, draw


def rated(user, item, stars, day, source=None):
    return (user, item, "rating", float(stars), FIRST_DAY + timedelta(days=day, hours=1), source)


EVERYTHING = Sequence(
    {
        "items": tuple(
            (f"i{n}", f"{WORDS[n]} {WORDS[n + 3]}", None, "music" if n % 2 else "film", None, None, None)
            for n in range(8)
        ),
        "interactions": tuple(
            rated(f"u{u}", f"i{(3 * u + 2 * e) % 8}", 1 + (u + e) % 5, 10 * u + e)
            for u in range(6)
            for e in range(4)
        ),
        "texts": (
            ("u1", "good guitar sound", None, "i1", None, FIRST_DAY, None),
            ("u2", "slow film", "t1", None, "post", None, None),
        ),
        "users": (("u0", FIRST_DAY), ("u9", None)),
        "taxonomy": (("film", "art"), ("music", "art")),
        "hidden": (("u1", "i3"), ("u2", "i6")),
    },
    (
        Step(Insert("interactions", (rated("u7", "i2", 5, 90), rated("u7", "i4", 4, 91))), False),
        Step(DeliverAgain("interactions", 3, 6), False),
        Step(ArriveLate((rated("u3", "i5", 1, 0), rated("u8", "i6", 5, 0))), True),
        Step(Update("items", "title", (2,), "red robot"), False),
        Step(Update("interactions", "value", (5, 9), 1.0), False),
        Step(Delete("texts", (0,)), False),
        Step(Delete("taxonomy", (1,)), False),
        Step(MergeUsers("u4", "u5"), False),
        Step(SetVariable("as_of", str(FIRST_DAY + timedelta(days=60))), True),
        Step(SetVariable("as_of", None), False),
        Step(SetVariable("holdout", "raw.hidden"), False),
        Step(SetVariable("rating_threshold", 4), False),
        Step(BuildSome(("vec_users", "dim_users"), "half_life_days", 30), False),
        Step(SetEncoder(1), True),
        Step(SetEncoder(2), False),
        Step(SetVariable("as_of", str(FIRST_DAY + timedelta(days=40))), False),
    ),
)


@pytest.mark.slow
def test_everything_that_may_happen(tmp_path, tiny_encoders):
    """One of each operation, as_of forward and back, three encoders; refreshed in a copy."""
    assert failure_of(EVERYTHING, tmp_path / "sequence", tiny_encoders) is None


LEXICAL = Sequence(
    EVERYTHING.inputs,
    (
        Step(SetVariable("encoder", "lexical"), True),
        Step(Update("items", "title", (2, 5), "red robot"), False),
        Step(Insert("texts", (("u3", "a sound of love", None, "i2", None, FIRST_DAY, None),)), True),
        Step(SetVariable("holdout", "raw.hidden"), True),
        Step(SetVariable("holdout", None), False),
        Step(SetVariable("as_of", str(FIRST_DAY + timedelta(days=30))), True),
        Step(SetVariable("as_of", None), False),
    ),
)


@pytest.mark.slow
def test_the_fitted_encoder(tmp_path, tiny_encoders):
    """`lexical`: its fit stays until a build looks from before it, or hides pairs; given the fit, all is as if made anew."""
    assert failure_of(LEXICAL, tmp_path / "sequence", tiny_encoders) is None


@pytest.mark.slow
@pytest.mark.parametrize("ranking", ["blend", "learned"])
def test_a_drawn_sequence(ranking, tmp_path, tiny_encoders):
    assert failure_of(replace(draw(11), ranking=ranking), tmp_path / "sequence", tiny_encoders) is None


@pytest.mark.slow
def test_a_drawn_sequence_in_three_builds(tmp_path, tiny_encoders):
    """All changes of a sequence between a build and the next one, which a full build must equal. What keeps to earlier
    fits, and a build of what has not changed, is compared in the sequences above."""
    changes = (Insert, Update, Delete, ArriveLate, DeliverAgain)
    for drawn in map(draw, itertools.count(12)):
        steps = [step.operation for step in drawn.steps if isinstance(step.operation, changes)]
        if len(set(map(type, steps))) > 3:
            break
    short = replace(drawn, steps=tuple(Step(operation, False) for operation in steps), ranking="blend")
    assert failure_of(short, tmp_path / "sequence", tiny_encoders, whole=False) is None


def smallest(sequence, failure, failing, seconds):
    """The sequence with all left out that the failure does without, as far as the time goes: (sequence, failure)."""
    end, smaller = time.monotonic() + seconds, True
    while smaller:
        smaller = False
        for candidate in sequence.smaller():
            if time.monotonic() > end:
                return sequence, failure
            if found := failing(candidate):
                sequence, failure, smaller = candidate, found, True
                break
    return sequence, failure


@pytest.mark.sequences
@pytest.mark.timeout(0)
def test_sequences_for_a_while(tmp_path, tiny_encoders):
    """RECUDF_SEQUENCE_SECONDS (3600): sequences of new seeds, all failures told at the end.
    RECUDF_SEQUENCE_SEED: only that one, made smaller where it fails."""
    only = os.environ.get("RECUDF_SEQUENCE_SEED")
    end = time.monotonic() + float(os.environ.get("RECUDF_SEQUENCE_SECONDS", "3600"))
    folder, seed, steps, failures = tmp_path / "sequence", int(only or time.time()), 0, {}
    first = seed
    while True:
        sequence = draw(seed)
        steps += len(sequence.steps)
        click.echo(".", nl=False)
        if failure := failure_of(sequence, folder, tiny_encoders):
            click.echo(f"\nRECUDF_SEQUENCE_SEED={seed}\n{failure}")
            failures[seed] = failure
        seed += 1
        if only or time.monotonic() > end:
            break
    click.echo(
        f"\n{seed - first} sequences with {steps} operations, {len(failures)} failed: {list(failures)}"
    )
    if only and failures:
        shrink = float(os.environ.get("RECUDF_SEQUENCE_SHRINK", "600"))
        found, failure = smallest(sequence, failure, lambda s: failure_of(s, folder, tiny_encoders), shrink)
        click.echo(f"\nsmallest sequence found:\n{found}\n{failure}")
    assert not failures
