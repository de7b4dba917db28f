"""`recudf publish --to` an object store: file:// always, and the server that RECUDF_S3_URL names, where it does.

RECUDF_S3_URL: a folder of a bucket, as s3://bucket/tests?endpoint_override=localhost:9000&scheme=http; credentials
come from the environment.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from pyarrow.fs import FileSelector, FileSystem
from warehouse import Warehouse

from recudf.cli import main

S3 = os.environ.get("RECUDF_S3_URL")


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def publish(path, url, *options):
    result = run("publish", "--to", url, "--database", path, "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


class Place:
    """A store as a reader sees it, through Arrow alone."""

    def __init__(self, url):
        self.url = url
        self.store, self.path = FileSystem.from_uri(url)

    def files(self):
        found = self.store.get_file_info(FileSelector(self.path, recursive=True, allow_not_found=True))
        return {f.path.removeprefix(self.path).lstrip("/"): f.size for f in found if f.is_file}

    def read(self, name):
        with self.store.open_input_stream(f"{self.path}/{name}") as stream:
            return bytes(stream.read())

    def current(self):
        return json.loads(self.read("current.json"))

    def versions(self):
        return sorted({name.split("/")[1] for name in self.files() if name.startswith("versions/")})


@pytest.fixture(
    params=[
        "file",
        pytest.param("s3", marks=pytest.mark.skipif(not S3, reason="RECUDF_S3_URL names no S3 server")),
    ]
)
def place(request, tmp_path):
    if request.param == "file":
        yield Place((tmp_path / "to").as_uri())
        return
    address, mark, options = S3.partition("?")
    place = Place(f"{address}/{uuid.uuid4().hex}{mark}{options}")
    yield place
    if place.files():
        place.store.delete_dir(place.path)


@pytest.mark.parametrize("parts", [(), ("--rows-per-file", "100")], ids=["files", "folders"])
def test_what_is_there_is_what_the_manifest_says(parts, built, place):
    said = publish(built.path, place.url, "--vectors", *parts)
    assert place.current() == {"version": said["version"], "path": f"versions/{said['version']}"}
    folder = place.current()["path"]
    manifest = json.loads(place.read(f"{folder}/manifest.json"))
    assert manifest["run_id"] == built.query("select run_id from recudf.fct_runs")[0][0]
    sizes = {f["path"]: f["bytes"] for f in manifest["files"]}
    assert place.files() == {f"{folder}/{path}": size for path, size in sizes.items()} | {
        "current.json": len(place.read("current.json")),
        f"{folder}/manifest.json": len(place.read(f"{folder}/manifest.json")),
    }
    for file in manifest["files"]:
        assert hashlib.sha256(place.read(f"{folder}/{file['path']}")).hexdigest() == file["sha256"]
    mart = f"{folder}/parquet/fct_recommendations.parquet"
    assert (mart in place.files(), f"{mart}/" in "".join(place.files())) == (not parts, bool(parts))
    rows = pq.read_table(f"{place.path}/{mart}", filesystem=place.store)
    key = ["user_id", "rank", "item_id"]
    assert sorted(zip(*(rows[c].to_pylist() for c in key), strict=True)) == sorted(
        built.query(f"select {', '.join(key)} from recudf.fct_recommendations")
    )


def test_old_versions_stay_as_many_as_asked_and_one_can_go_back(built, place):
    names = [publish(built.path, place.url)["version"] for _ in range(3)]
    assert place.versions() == names == sorted(names)
    back = publish("not there.duckdb", place.url, "--rollback")
    assert (back["version"], place.current()["version"]) == (names[1], names[1])
    publish("not there.duckdb", place.url, "--rollback")
    refused = run("publish", "--to", place.url, "--rollback")
    assert (refused.exit_code, f"has no version before {names[0]}" in refused.output) == (2, True)
    last = publish(built.path, place.url, "--keep", "2")
    assert last["deleted"] == names[:2]
    assert place.versions() == [names[2], last["version"]]


def test_forgotten_people_are_in_no_version(built, place, tmp_path):
    shop = Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))
    ((user,),) = shop.query("select min(user_id) from raw.users")
    nothing = run("forget", user, "--database", shop.path, "--published", place.url)
    assert (nothing.exit_code, "holds nothing published" in nothing.output) == (2, True)
    for _ in range(2):
        publish(shop.path, place.url)
    done = run("forget", user, "--database", shop.path, "--published", place.url, "--json")
    assert done.exit_code == 0, done.output
    assert [len(v) for v in json.loads(done.stdout)["published"].values()] == [2]
    assert place.files() == {}


def test_a_killed_publish_leaves_the_version_before_and_goes_when_it_is_old(built, tmp_path):
    place = Place((tmp_path / "to").as_uri())
    before = publish(built.path, place.url)["version"]
    while True:
        command = [
            sys.executable,
            "-m",
            "recudf",
            "publish",
            "--to",
            place.url,
            "--database",
            str(built.path),
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(list((tmp_path / "to" / "versions").glob("*/marts.duckdb"))) < 2:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
        (half,) = set(place.versions()) - {before}
        if f"versions/{half}/manifest.json" not in place.files():
            break
        shutil.rmtree(tmp_path / "to" / "versions" / half)  # it was quicker
        publish(built.path, place.url, "--rollback") if place.current()["version"] == half else None
    assert place.current()["version"] == before
    # it counts as no version, and stays while another publisher might be writing it
    after = publish(built.path, place.url)
    assert (after["deleted"], half in place.versions()) == ([], True)
    old = "20200101T000000.000000"
    (tmp_path / "to" / "versions" / half).rename(tmp_path / "to" / "versions" / old)
    assert publish(built.path, place.url, "--rollback")["version"] == before
    publish(built.path, place.url)
    assert old not in place.versions()


def test_a_pointer_of_somebody_else_is_left_alone(built, place):
    publish(built.path, place.url)
    for content in (b"mine", b"[]", b'{"version": "../../elsewhere"}'):
        with place.store.open_output_stream(f"{place.path}/current.json") as stream:
            stream.write(content)
        before = place.files()
        result = run("publish", "--to", place.url, "--database", built.path)
        assert (result.exit_code, "was not made by `recudf publish`" in result.output) == (1, True)
        assert place.files() == before


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://host/shop", "give a URL that begins with s3://, gs://, file://"),
        ("s3://bucket", "name a folder in it, as in s3://bucket/shop"),
        ("file:///", "name a folder in it"),
        ("s3://key:geheim@bucket/shop?nonsense=1", "cannot publish to s3://bucket/shop: "),
        ("shop", "--to is shop: give a URL"),
    ],
)
def test_urls_that_are_refused(url, said):
    result = run("publish", "--to", url, "--database", "not there.duckdb")
    assert (result.exit_code, said in result.output) == (2, True), result.output
    assert "geheim" not in result.output


def test_a_folder_or_a_url(built, tmp_path):
    assert "one of the two" in run("publish", "--database", built.path).output
    assert "one of the two" in run("publish", tmp_path / "a", "--to", (tmp_path / "b").as_uri()).output


def test_a_disk_that_cannot_be_written(built, tmp_path):
    (tmp_path / "file").write_text("")
    result = run("publish", "--to", (tmp_path / "file" / "to").as_uri(), "--database", built.path)
    assert (result.exit_code, "cannot publish to file://" in result.output) == (1, True), result.output


@pytest.mark.parametrize("command", ["publish", pytest.param("forget", marks=pytest.mark.slow)])
def test_a_server_that_is_not_there_is_told(built, command, monkeypatch):
    """Where versions are looked at first, as well: nothing listens at port 9."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    url = "s3://bucket/shop?endpoint_override=127.0.0.1:9&scheme=http&region=none"
    options = {"publish": ["--epsilon", "1", "--to", url], "forget": ["nobody", "--published", url]}
    result = run(command, *options[command], "--database", built.path)
    assert result.exit_code == 1
    assert "error: cannot publish to s3://bucket/shop: " in result.stderr
