"""What progress says, with the clock in the test's hand."""

import pytest

from recudf import progress
from recudf.progress import Meter


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

    monkeypatch.setattr(progress.time, "monotonic", lambda: Clock.now)
    return Clock


def test_short_work_says_nothing(clock, capsys):
    for mode in ("bar", "lines"):
        meter = Meter("embedding", "texts", mode, total=10)
        with meter.active():
            clock.now += 2.9
            meter.advance(10)
    assert capsys.readouterr().err == ""


def test_a_bar_is_drawn_at_most_ten_times_a_second_and_wiped(clock, capsys):
    meter = Meter("embedding", "texts", "bar", total=1000)
    with meter.active():
        clock.now += 4
        for _ in range(10):
            clock.now += 0.06
            meter.advance(50)
    out = capsys.readouterr().err
    assert out.count("embedding: ") == 5
    # 450 of 1,000 after 4.54 s: 99.1 a second, 550 left
    assert "[###########.............] embedding: 450 of 1,000 texts, 99/s, 6 s left" in out
    assert out.endswith("\r\033[K")


def test_lines_come_at_growing_intervals(clock, capsys):
    meter = Meter("embedding", "texts", "lines")
    with meter.active():
        for _ in range(100):
            clock.now += 1
            meter.advance(10)
    # after 10 s, then 15, 22.5 (seen at the next second) and 33.75 later
    assert capsys.readouterr().err.splitlines() == [
        "embedding: 100 texts, 10/s",
        "embedding: 250 texts, 10/s",
        "embedding: 480 texts, 10/s",
        "embedding: 820 texts, 10/s",
    ]


def test_time_left_goes_by_size(clock):
    meter = Meter("embedding", "texts", "off", total=2, total_size=1000)
    assert "left" not in meter.text(clock.now)
    meter = Meter("embedding", "texts", "lines", total=2, total_size=1000)
    with meter.active():
        clock.now += 10
        meter.advance(1, 900)  # the long one of the two
        assert meter.text(clock.now) == "embedding: 1 of 2 texts, 0.1/s, 1 s left"


def test_a_meter_without_a_total_starts_afresh_after_a_pause(clock):
    meter = Meter("embedding", "texts", "lines")
    for pause, done in ((1, 5), (1, 10), (6, 5)):
        clock.now += pause
        with meter.active():
            meter.advance(5)
        assert meter.done == done


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (5940, "99 min"), (7260, "2 h 1 min")]
)
def test_durations(seconds, words):
    assert progress._duration(seconds) == words
