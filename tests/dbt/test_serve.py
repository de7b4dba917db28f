"""`recudf serve`, over HTTP: the page of the report, that of a new build, and who is refused."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from warehouse import Warehouse

from recudf.cli import main
from recudf.errors import WarehouseError
from recudf.report.serving import Server


@pytest.fixture
def shop(built, tmp_path):
    return Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))


@pytest.fixture
def port(shop):
    command = [sys.executable, "-m", "recudf", "serve", "--port", "0", "--database", str(shop.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        yield int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/  \(Ctrl-C ends it\)\n", said)[1])
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(10) == 0
        finally:
            process.kill()  # where Ctrl-C is ignored, as below nohup, it would be waited for without an end
        assert "Traceback" not in process.stderr.read()


def ask(port, path="/", method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body, answer.headers


def test_it_is_the_report_and_that_of_the_file_that_is_there(shop, port, tmp_path):
    def report():
        path = tmp_path / "page.html"
        done = CliRunner().invoke(main, ["report", str(path), "--database", str(shop.path)])
        assert done.exit_code == 0, done.output
        return path.read_text(encoding="utf-8")

    status, first, headers = ask(port)
    assert (status, first) == (200, report())
    assert (headers["Cache-Control"], headers["X-Frame-Options"]) == ("no-store", "DENY")
    with shop_open_for_writing(shop.path):  # as by a build in place: the page that was made stands
        assert ask(port)[1] == first
    shop.run("update recudf.dim_groups set name = 'kites and kettles'")
    status, second, _ = ask(port)
    assert (status, "kites and kettles" in second, second == report()) == (200, True, True)
    with ThreadPoolExecutor(8) as pool:
        assert {body for _, body, _ in pool.map(lambda _: ask(port), range(16))} == {second}


def shop_open_for_writing(path):
    """By another process, whose lock keeps readers out."""
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"held\n"
    os.utime(path)
    return process


def test_nothing_else_is_there_and_nothing_can_be_written(shop, port):
    before = shop.path.read_bytes()
    assert ask(port, "/../shop.duckdb")[0] == 404
    assert ask(port, "/?x=1")[0] == 404
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert ask(port, method=method)[0] == 501
    status, body, headers = ask(port, method="HEAD")
    assert (status, body, int(headers["Content-Length"]) > 100_000) == (200, "", True)
    assert shop.path.read_bytes() == before


def test_a_page_of_another_site_cannot_read_it(port):
    assert ask(port, Host=f"evil.example:{port}")[:2] == (403, "this page is for http://127.0.0.1 alone\n")
    assert ask(port, Host="127.0.0.1")[0] == 403
    assert ask(port, Host=f"localhost:{port}")[0] == 200


def test_it_listens_on_this_machine_alone(port):
    """/proc/net/tcp has the address of every socket that listens, as hexadecimal."""
    with Path("/proc/net/tcp").open() as table:
        rows = [line.split() for line in table][1:]
    assert [r[1].split(":")[0] for r in rows if r[3] == "0A" and int(r[1].split(":")[1], 16) == port] == [
        "0100007F"
    ]


def test_what_cannot_be_shown_is_told():
    def make():
        raise WarehouseError("shop.duckdb is in use")

    with Server(make, lambda: 1) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert ask(server.server_port)[:2] == (503, "shop.duckdb is in use\n")
        again = CliRunner().invoke(
            main, ["serve", "--port", str(server.server_port), "--database", "not there.duckdb"]
        )
        assert (again.exit_code, "does not exist" in again.output) == (2, True)
        server.shutdown()


def test_published_marts_and_a_port_that_is_taken(built, tmp_path):
    CliRunner().invoke(main, ["publish", str(tmp_path / "to"), "--database", str(built.path)])
    with Server(lambda: "", lambda: 1) as server:
        marts = tmp_path / "to" / "current" / "marts.duckdb"
        result = CliRunner().invoke(
            main, ["serve", "--port", str(server.server_port), "--database", str(marts)]
        )
        assert (result.exit_code, f"cannot listen on port {server.server_port}" in result.output) == (2, True)
    assert duckdb.connect(str(marts), read_only=True).execute("from recudf.dim_groups").fetchall()
