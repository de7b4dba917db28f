"""`recudf publish --rows-per-file`: what is a folder of Parquet files is read by its path, in order, as one table."""

import hashlib
import json
from itertools import chain, pairwise

import duckdb
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from warehouse import Warehouse

from recudf.cli import main
from recudf.engines.publishing import publish
from recudf.errors import ParameterError

ROWS = 100
# of the vectors, a tenth
KEYS = {"fct_user_interests": "user_id", "vec_items": "item_id", "vec_texts": "text_hash"}


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def published_to(path, *options):
    result = run("publish", *options, "--database", path, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def whole(built, tmp_path_factory):
    """parquet/ with a file for each table."""
    folder = tmp_path_factory.mktemp("whole")
    published_to(built.path, folder, "--vectors")
    return folder / "current" / "parquet"


@pytest.fixture(scope="module")
def parted(built, tmp_path_factory):
    """The version with a hundred rows to a file, and what the command said."""
    folder = tmp_path_factory.mktemp("parted")
    said = published_to(built.path, folder, "--vectors", "--rows-per-file", ROWS)
    return (folder / "current").resolve(), said


def by_pyarrow(path):
    return pq.read_table(path)


def by_pandas(path):
    return pytest.importorskip("pandas").read_parquet(path, dtype_backend="pyarrow")


def by_polars(path):
    return pytest.importorskip("polars").read_parquet(path)


def by_duckdb(path):
    with duckdb.connect() as connection:
        return connection.sql(f"from '{path}'").to_arrow_table()


def records(frame):
    """Rows of each reader's table."""
    if hasattr(frame, "to_pylist"):
        return frame.to_pylist()
    return frame.to_dicts() if hasattr(frame, "to_dicts") else frame.to_dict("records")


@pytest.mark.parametrize("read", [by_pyarrow, by_pandas, by_polars, by_duckdb])
def test_a_reader_gets_the_same_rows_in_the_same_order(parted, whole, read):
    folders = [path for path in (parted[0] / "parquet").iterdir() if path.is_dir()]
    assert set(KEYS) < {path.stem for path in folders}
    for path in folders:
        assert repr(records(read(path))) == repr(records(read(whole / path.name)))


@pytest.mark.spark
def test_spark_gets_the_same_rows(spark, parted, whole):
    for name in KEYS:
        one, other = (
            spark.read.parquet(str(place / f"{name}.parquet")) for place in (parted[0] / "parquet", whole)
        )
        assert one.count() == other.count() > ROWS / 10
        assert one.exceptAll(other).count() == other.exceptAll(one).count() == 0


def test_files_are_of_so_many_rows_and_small_tables_stay_files(parted):
    for table in parted[1]["tables"]:
        path = parted[0] / "parquet" / f"{table['name']}.parquet"
        most = ROWS // 10 if table["name"].startswith("vec_") else ROWS
        if table["rows"] <= most:
            assert path.is_file()
            continue
        parts = sorted(path.iterdir())
        assert [part.name for part in parts] == [f"part-{n:05}.parquet" for n in range(len(parts))]
        sizes = [pq.read_metadata(part).num_rows for part in parts]
        assert set(sizes[:-1]) == {most}
        assert (0 < sizes[-1] <= most, sum(sizes)) == (True, table["rows"])


@pytest.mark.parametrize("name", sorted(KEYS))
def test_ranges_follow_each_other_and_a_filter_skips_files_by_their_statistics(parted, name):
    path = parted[0] / "parquet" / f"{name}.parquet"
    ranges = []
    for part in sorted(path.iterdir()):
        groups = pq.ParquetFile(part).metadata
        index = groups.schema.names.index(KEYS[name])
        found = [groups.row_group(g).column(index).statistics for g in range(groups.num_row_groups)]
        ranges.append((min(s.min for s in found), max(s.max for s in found)))
    assert all(one[1] <= other[0] for one, other in pairwise(ranges))
    wanted = ranges[1][1]
    fragments = list(ds.dataset(path, format="parquet").get_fragments())
    read = [f for f in fragments if f.subset(ds.field(KEYS[name]) == wanted).row_groups]
    assert 0 < len(read) == sum(low <= wanted <= high for low, high in ranges) < len(fragments)


def test_the_manifest_has_every_file_and_none_can_be_written(parted):
    folder, said = parted
    files = {file["path"]: file["sha256"] for file in said["files"]}
    assert "parquet/fct_user_interests.parquet/part-00001.parquet" in files
    assert set(files) | {"manifest.json"} == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    for path, digest in files.items():
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest
        assert (folder / path).stat().st_mode & 0o222 == 0


def test_equal_tables_are_equal_files(built, parted, tmp_path):
    again = published_to(built.path, tmp_path, "--vectors", "--rows-per-file", ROWS)
    one, other = (
        {f["path"]: f["sha256"] for f in said["files"] if f["path"].startswith("parquet/")}
        for said in (parted[1], again)
    )
    assert one == other


def test_rows_of_an_equal_key_are_in_one_file_of_vectors(built, tmp_path):
    shop = Warehouse(tmp_path / "shop.duckdb")
    with duckdb.connect(str(shop.path)) as connection:
        connection.execute(f"attach '{built.path}' as built (read_only); copy from database built to shop")
        connection.execute("create or replace table recudf.vec_items as select 'it''s ' || i // 4 as item_id, "
                           "[i::float, null] as vector from range(30) as t(i)")  # fmt: skip
    publish(shop.path, tmp_path / "to", vectors=True, rows_per_file=100)
    parts = sorted((tmp_path / "to" / "current" / "parquet" / "vec_items.parquet").iterdir())
    keys = [pq.read_table(part)["item_id"].to_pylist() for part in parts]
    assert [len(set(of)) for of in keys] == [2, 3, 3]
    assert list(chain(*keys)) == sorted(f"it's {i // 4}" for i in range(30))


def test_folders_come_and_go_with_their_versions(built, tmp_path):
    to = tmp_path / "to"
    for rows in (ROWS, 10**6, ROWS):
        published_to(built.path, to, "--rows-per-file", rows, "--keep", "2")
    first, second = sorted((to / "versions").glob("2*"))
    mart = "parquet/fct_user_interests.parquet"
    assert ((first / mart).is_file(), (second / mart).is_dir()) == (True, True)
    assert run("publish", to, "--rollback").exit_code == 0
    assert (to / "current" / mart).is_file()


def test_to_a_store_and_forgotten_there(built, tmp_path):
    shop = Warehouse(tmp_path / "shop.duckdb")
    shop.path.write_bytes(built.path.read_bytes())
    url = (tmp_path / "to").as_uri()
    said = published_to(shop.path, "--to", url, "--rows-per-file", ROWS, "--vectors")
    folder = tmp_path / "to" / "versions" / said["version"]
    for file in said["files"]:
        assert hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert pq.read_table(folder / "parquet" / "fct_user_interests.parquet").num_rows > 2 * ROWS
    ((user,),) = shop.query("select min(user_id) from raw.users")
    done = run("forget", user, "--database", shop.path, "--published", url)
    assert done.exit_code == 0, done.output
    assert [path for path in (tmp_path / "to").rglob("*") if path.is_file()] == []


def test_with_noise(built, tmp_path):
    published_to(built.path, tmp_path, "--epsilon", "1", "--rows-per-file", "2")
    place = tmp_path / "current"
    assert len(list((place / "parquet" / "dim_groups.parquet").iterdir())) > 1
    with duckdb.connect(str(place / "marts.duckdb"), read_only=True) as connection:
        expected = connection.sql("from recudf.dim_interests").to_arrow_table().to_pylist()
    assert pq.read_table(place / "parquet" / "dim_interests.parquet").to_pylist() == expected


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", ""])
def test_a_wrong_number_of_rows_is_named(built, tmp_path, value):
    refused = run("publish", tmp_path / "to", "--database", built.path, "--rows-per-file", value)
    assert refused.exit_code == 2
    assert "'--rows-per-file': " in refused.output
    assert not (tmp_path / "to").exists()


@pytest.mark.parametrize("value", [0, -1, "many", 1.5, None, True])
def test_a_wrong_number_of_rows_is_named_in_python(built, tmp_path, value):
    with pytest.raises(
        ParameterError, match=f"rows_per_file is {value!r}: give a whole number of at least 1"
    ):
        publish(built.path, tmp_path / "to", rows_per_file=value)
    assert not (tmp_path / "to").exists()


def test_postgres_takes_no_files(built):
    refused = run(
        "publish", "--to", "postgresql://nobody@nowhere/x", "--database", built.path, "--rows-per-file", "9"
    )
    assert refused.exit_code == 2
    assert "--rows-per-file is for Parquet" in refused.output
