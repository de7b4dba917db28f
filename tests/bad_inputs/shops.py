"""A small shop as a folder of files and as a database, and what stands in it."""

import subprocess
import sys
from contextlib import contextmanager

import duckdb
from warehouse import UNTESTED

FILES = {
    "items.csv": "item_id,title\n" + "".join(f"i{i},good film {i}\n" for i in range(30)),
    "interactions.csv": "user_id,item_id\n" + "".join(f"u{i % 10},i{i * 7 % 30}\n" for i in range(100)),
}
LOADED = ["main.mine", "raw.interactions", "raw.items"]
BUILD = ["build", "--quiet", *UNTESTED]


def folder(path, files):
    path.mkdir()
    for name, content in files.items():
        (path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@contextmanager
def held(database, read_only=False):
    """In this block another process has the database open; its id."""
    code = f"import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only={read_only}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"open\n"
        yield holder.pid
        holder.stdin.close()


def tables(database):
    """Names of all tables; the file can be opened and read."""
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select x from mine").fetchall() == [(42,)]
        assert connection.execute("select count(title) from raw.items").fetchall() == [(30,)]
        return sorted(
            f"{s}.{t}"
            for s, t in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        )
