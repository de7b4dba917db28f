"""Indexes as files: what is written, what is refused, what the messages name."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import fs

from recudf import Settings
from recudf.errors import InputError, ParameterError, UnknownHandleError
from recudf.search import files, get_index
from recudf.search.building import build_indexes
from recudf.search.shards import join_indexes


@pytest.fixture
def settings(tmp_path):
    return Settings(index_uri=str(tmp_path / "indexes"))


def make(settings, rows):
    """The handle of an index over (id, vector) rows, made where processes share it."""
    type_ = pa.struct([("id", pa.string()), ("vector", pa.list_(pa.float32()))])
    with files.shared_at(settings):
        return build_indexes(pa.array([rows], pa.list_(type_)), settings)[0].as_py()


def read(settings, handle):
    with files.shared_at(settings):
        return get_index(handle)


ROWS = [("b", [3.0, 4.0]), ("a", [1.0, 0.0]), ("é", [0.0, 2.0])]


def test_what_is_written_is_read_back_mapped(settings, tmp_path):
    handle = make(settings, ROWS)
    assert [p.name for p in (tmp_path / "indexes").iterdir()] == [f"{handle}.arrow"]
    index = read(settings, handle)
    assert index.handle == handle
    assert index.ids.to_pylist() == ["a", "b", "é"]
    assert index.matrix.tolist() == [[1, 0], [3, 4], [0, 2]]
    assert index.inverse_norms.tolist() == [1, 0.2, 0.5]
    assert isinstance(index.matrix, np.memmap)


def test_any_arrow_reader_can_open_it(settings, tmp_path):
    handle = make(settings, ROWS)
    table = pa.ipc.open_file(tmp_path / "indexes" / f"{handle}.arrow").read_all()
    assert table.to_pylist() == [
        {"id": "a", "vector": [1, 0]}, {"id": "b", "vector": [3, 4]}, {"id": "é", "vector": [0, 2]}
    ]  # fmt: skip


def test_it_is_written_once(settings, tmp_path):
    file = tmp_path / "indexes" / f"{make(settings, ROWS)}.arrow"
    before = file.stat()
    make(settings, ROWS[::-1])
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_writers_at_once_leave_one_whole_file(settings, tmp_path):
    rows = [(str(i), [1.0, float(i)]) for i in range(20_000)]
    with ThreadPoolExecutor(8) as pool:
        handles = set(pool.map(lambda _: make(settings, rows), range(8)))
    (handle,) = handles
    assert [p.name for p in (tmp_path / "indexes").iterdir()] == [f"{handle}.arrow"]
    assert len(files.read_index(handle, settings)) == 20_000


def test_an_index_from_another_machine_is_fetched(settings, tmp_path, monkeypatch):
    handle = make(settings, ROWS)
    elsewhere = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())  # real, and not mapped in place
    monkeypatch.setattr(files, "_resolve", lambda uri: (elsewhere, "indexes"))
    index = files.read_index(handle, settings)
    assert index.matrix.tolist() == [[1, 0], [3, 4], [0, 2]]
    assert index.ids.to_pylist() == ["a", "b", "é"]
    assert make(settings, ROWS[:2]) != handle
    assert len(list((tmp_path / "indexes").iterdir())) == 2


@pytest.mark.parametrize(
    "handle", ["nowhere", "", "../index", "index_1x2_" + "0" * 32, "index_1x2_" + "0" * 32 + "/../x"]
)
def test_a_missing_index_names_the_place_and_the_setting(settings, handle):
    with pytest.raises(
        UnknownHandleError, match=r"no index .* in .*indexes: .*index_uri must name one folder"
    ):
        read(settings, handle)


def altered(change):
    def apply(file):
        content = bytearray(file.read_bytes())
        change(content)
        file.write_bytes(content)

    return apply


def flip(content):
    at = bytes(content).index(np.float32(4).tobytes())
    content[at] ^= 1


def other_schema(file):
    table = pa.table({"id": ["a"], "vector": [[1.0, 2.0]]})
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def other_order(file):
    table = pa.ipc.open_file(file).read_all().take([1, 0, 2]).combine_chunks()
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


@pytest.mark.parametrize(
    "change",
    [
        altered(flip), altered(lambda c: c.__delitem__(slice(len(c) // 2, None))), altered(lambda c: c.clear()),
        other_schema, other_order,
    ],
    ids=["a bit", "cut short", "empty", "other columns", "other order"],
)  # fmt: skip
def test_an_altered_file_is_refused(settings, tmp_path, change):
    handle = make(settings, ROWS)
    change(tmp_path / "indexes" / f"{handle}.arrow")
    with pytest.raises(InputError, match=f"{handle}.arrow does not hold the index {handle}: remove it"):
        files.read_index(handle, settings)


def test_shards_stay_files_of_their_own(settings, tmp_path):
    parts = [make(settings, ROWS[:1]), make(settings, ROWS[1:])]
    with files.shared_at(settings):
        [union] = join_indexes(pa.array([[*parts, None, parts[0]]]), settings).to_pylist()
    assert json.loads((tmp_path / "indexes" / f"{union}.json").read_text()) == {"shards": sorted(parts)}
    assert read(settings, union).ids.to_pylist() == ["a", "b", "é"]
    assert make(settings, ROWS) == union


@pytest.mark.parametrize(
    "text", ["", "[]", '{"shards": "x"}', '{"shards": ["../x"]}', '{"parts": []}', "\xff"]
)
def test_a_list_of_shards_that_is_none_is_refused(settings, tmp_path, text):
    handle = "index_1x2_" + "0" * 32
    (tmp_path / "indexes").mkdir()
    (tmp_path / "indexes" / f"{handle}.json").write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match="does not hold the index"):
        read(settings, handle)


def test_an_index_beyond_a_shard_names_the_setting(tmp_path):
    settings = Settings(index_uri=str(tmp_path), index_shard_bytes=16)
    make(settings, ROWS[:2])
    with pytest.raises(
        InputError, match=r"24 bytes of vectors, index_shard_bytes is 16: group by .* index_union"
    ):
        make(settings, ROWS)


@pytest.mark.parametrize("uri", ["indexes", "nothing://bucket/x"])
def test_a_place_of_unknown_kind_is_named(uri):
    with pytest.raises(ParameterError, match=f"index_uri is '{uri}': give an absolute path or a URI"):
        make(Settings(index_uri=uri), ROWS)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot use index_uri .*file/below.*executor can write"):
        make(Settings(index_uri=str(tmp_path / "file" / "below")), ROWS)
