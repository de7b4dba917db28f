"""Disk and memory that a build takes: by hand."""

import os

import pytest

from recudf.doctor.machine import GIB, MIB, Inputs, memory_bytes, room

# 21 MiB + 70 MB + 15 MB + 150 MB + 650 MB; 0.9 + 0.45 + 0.09 + 1.2 + 2.25 GiB
LARGE = Inputs(texts=10_000, characters=1_000_000, events=1_000_000, users=50_000)


def test_what_a_build_takes():
    assert LARGE.file_bytes == 21 * MIB + 885_000_000
    assert LARGE.peak_bytes == pytest.approx(4.89 * GIB)


@pytest.mark.parametrize(
    ("size", "free", "memory", "levels"),
    [
        (MIB, 10 * GIB, 64 * GIB, ["ok", "ok"]),
        # 865.0 MiB and 4.89 GiB, either of which may be a third more
        (MIB, 600 * MIB, 5 * GIB, ["note", "note"]),
        (MIB, 300 * MIB, GIB, ["wrong", "wrong"]),
        (900 * MIB, 1700 * MIB, None, ["note", "ok"]),  # larger than by the figures: 1800 MiB
    ],
)
def test_room(size, free, memory, levels):
    assert [f.level for f in room(LARGE, size, free, size + 32 * MIB, memory)] == levels


def test_what_a_build_refuses_is_wrong():
    disk, _ = room(Inputs(0, 0, 0, 0), 10 * MIB, 41 * MIB, 42 * MIB, None)
    assert (disk.level, disk.found) == ("wrong", "10 MiB now, some 21 once built; 41 MiB are free")


def test_memory_is_that_of_the_machine_or_of_the_container(tmp_path):
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = tmp_path / "memory.max"
    assert memory_bytes(limit) == total
    limit.write_text("max\n")
    assert memory_bytes(limit) == total
    limit.write_text("1048576\n")
    assert memory_bytes(limit) == MIB
