"""recudf report: the figures in the page are those of the tables; whatever the texts say, the page stays whole."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from importlib import resources

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.decomposition import PCA

from recudf.cli import main
from recudf.engines.reports import Limits, read_report
from recudf.report import project
from recudf.report.assemble import SCRIPTS, embedded

VENDOR = resources.files("recudf.report") / "vendor"


def run(*arguments):
    return CliRunner().invoke(main, ["report", *map(str, arguments)])


class Scripts(HTMLParser):
    """The script elements of a page, by a parser of HTML: (attributes, text)."""

    def __init__(self, text):
        super().__init__()
        self.found, self.outside = [], []
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.outside += [value for name, value in attributes if name in ("src", "href", "srcset", "data")]
        if tag == "script":
            self.found.append([dict(attributes), ""])
            self._open = True

    def handle_endtag(self, tag):
        self._open = False

    def handle_data(self, text):
        if self._open:
            self.found[-1][1] += text

    @property
    def data(self):
        (text,) = [text for attributes, text in self.found if attributes.get("id") == "data"]
        return json.loads(text)


def records(table):
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


@pytest.fixture(scope="module")
def made(built, tmp_path_factory):
    """The page of the sample, its text and its data."""
    out = tmp_path_factory.mktemp("report") / "shop.html"
    result = run(out, "--database", built.path, "--json")
    assert result.exit_code == 0, result.output
    text = out.read_text(encoding="utf-8")
    told = json.loads(result.output)
    assert told["bytes"] == out.stat().st_size < 5_000_000
    return text, Scripts(text).data


@pytest.fixture(scope="module")
def data(made):
    return made[1]


@pytest.fixture
def copy(built, tmp_path):
    """A database of its own, to be changed: returns its path and what runs statements in it."""
    path = tmp_path / "shop.duckdb"
    shutil.copy(built.path, path)

    def change(*statements):
        with duckdb.connect(str(path)) as connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return change


def test_counts_and_flags(built, data):
    for name, sql in {
        "users": "select count(*) from recudf.dim_users",
        "items": "select count(*) from recudf.dim_items",
        "events": "select count(*) from recudf.stg_interactions",
        "texts": "select count(*) from recudf.stg_texts",
        "groups": "select count(*) from recudf.dim_groups",
        "recommendations": "select count(*) from recudf.fct_recommendations",
    }.items():
        assert [(data["counts"][name],)] == built.query(sql), name
    flags = {row["flag"]: row for row in records(data["flags"])}
    assert (
        [(flags["bots"]["number"],)]
        == built.query("select count(*) from recudf.dim_users where is_bot")
        == [(1,)]
    )
    assert [(flags["items_unavailable"]["number"], flags["items_unavailable"]["of_all"])] == built.query(
        "select count(*) - count(*) filter (where is_available), count(*) from recudf.dim_items"
    )


def test_recommendations_are_those_of_the_table(built, data):
    users, items = records(data["users"]), records(data["items"])
    shown = sorted(
        (users[r["user"]]["user_id"], r["rank"], items[r["item"]]["item_id"], items[r["item"]]["title"], r["reason"], r["source"])
        for r in records(data["recommendations"])
    )  # fmt: skip
    assert shown == built.query(
        "select user_id, rank, item_id, item_title, reason, source from recudf.fct_recommendations order by all"
    )
    scores = {(users[r["user"]]["user_id"], r["rank"]): r["score"] for r in records(data["recommendations"])}
    for user, rank, score in built.query("select user_id, rank, score from recudf.fct_recommendations"):
        assert scores[user, rank] == pytest.approx(score, abs=1e-6)


def test_parts_add_up_to_scores_and_are_those_of_the_models(built, data):
    rows, parts = records(data["recommendations"]), records(data["parts"])
    assert len(rows) == len(parts) > 0
    for row, part in zip(rows, parts, strict=True):
        assert part["content"] + part["popularity"] == pytest.approx(row["score"], abs=3e-6)
    # the docs' formula, from the tables
    users, items = records(data["users"]), records(data["items"])
    expected = {
        (user, item): 0.8 * popularity
        for user, item, popularity in built.query(
            """select user_id, item_id, blended_popularity
            from recudf.fct_recommendations inner join recudf.int_item_popularity using (item_id)
            where source = 'blend'"""
        )
    }
    assert len(expected) > 500
    for row, part in zip(rows, parts, strict=True):
        if row["source"] == "blend":
            key = users[row["user"]]["user_id"], items[row["item"]]["item_id"]
            assert part["popularity"] == pytest.approx(expected[key], abs=2e-4)


def test_what_if_is_the_list_of_recommend_without(built, data):
    """For the most typical user of each group, and those who are asked for by name."""
    users = [user["user_id"] for user in records(data["users"])]
    typical = built.query("""
        select user_id from recudf.fct_group_members as members inner join recudf.dim_groups as groups using (group_id)
        where groups.kind = 'discovered'
        qualify row_number() over (partition by group_id order by similarity desc, user_id) = 1""")
    found = records(data["what_if"])
    assert {users[row["user"]] for row in found} <= {user for (user,) in typical}
    assert found
    named = records(read_report(built.path, named=["u0042"])["what_if"])
    assert [row["user"] for row in named] == [0, *(row["user"] + 1 for row in found)]
    for user, row in [(users[row["user"]], row) for row in found] + [("u0042", named[0])]:
        reasons = built.query(
            """
            select reason_ref_id, title, count(*) from recudf.fct_recommendations as r
            inner join recudf.dim_items as i on r.reason_ref_id = i.item_id
            where r.user_id = ? and reason_kind = 'item'
            group by all order by count(*) desc, min(rank), reason_ref_id""",
            user,
        )
        assert [row["name"], row["recommendations"]] == list(reasons[0][1:])
        assert [tuple(place) for place in row["instead"]] == built.query(
            "select rank, title, rank_before from recudf.recommend_without(?, ?, 10)", user, reasons[0][0]
        )
    assert any(before is None for row in found for _, _, before in row["instead"])


def test_groups_and_what_they_care_about(built, data):
    groups = records(data["groups"])
    assert [(g["group_id"], g["name"], g["size"]) for g in groups] == built.query(
        "select group_id, name, size from recudf.dim_groups order by size desc, group_id"
    )
    interests = records(data["interests"])
    holders = {
        (group, name, kind): (members, size)
        for group, name, kind, members, size in built.query(
            """select m.group_id, d.name, d.kind, count(*), any_value(g.size)
            from recudf.fct_user_interests as i
            inner join recudf.dim_interests as d using (interest_id)
            inner join recudf.fct_group_members as m using (user_id)
            inner join recudf.dim_groups as g on m.group_id = g.group_id
            where i.layer = 'deep'
            group by all"""
        )
    }
    rows = records(data["group_interests"])
    assert rows
    for row in rows:
        interest = interests[row["interest"]]
        members, size = holders[groups[row["group"]]["group_id"], interest["name"], interest["kind"]]
        assert (row["members"], row["share"]) == (members, pytest.approx(members / size, abs=1e-6))


def test_the_sample_has_groups_of_one_moment(built, data):
    ((as_of,),) = built.query("select distinct as_of from recudf.fct_group_history")
    assert data["group_moments"]["rows"] == [[as_of.isoformat(timespec="seconds"), None]]
    sizes = [(data["groups"]["rows"][r["group"]][0], *r["sizes"]) for r in records(data["group_history"])]
    assert sizes == built.query("select group_id, size from recudf.dim_groups order by size desc, group_id")


def test_how_groups_grew_is_told_by_the_history_without_replays_and_what_came_later(copy):
    """The largest group was there from the first moment on, the second came, went and came again."""
    path = copy(
        """create temp table known as
        select group_id, as_of from recudf.fct_group_history order by size desc, group_id limit 2""",
        """create temp table more as from (values
            (1, 90, 10, null, null, null, false), (1, 60, 12, 90, 5, 3, false), (1, 30, 99, 60, 1, 1, true),
            (1, 20, 15, 30, null, null, false), (1, -1, 77, 0, 1, 1, false),
            (2, 90, 8, null, null, null, false), (2, 60, 0, 90, 0, 8, false)
        ) as t (number, days, size, before, joined, gone, is_replay)""",
        """insert into recudf.fct_group_history by name
        select group_id, 'discovered' as kind, 'x' as name, size, as_of - to_days(before) as previous_as_of,
            joined as users_joined, gone as users_left, is_replay, 'r' as run_id, as_of - to_days(days) as as_of
        from more join (select *, row_number() over (order by rowid) as number from known) using (number)""",
        """update recudf.fct_group_history set previous_as_of = as_of - to_days(20), users_joined = 6,
            users_left = 7 where as_of = (select max(as_of) from known)""",
    )
    data = report(path).data
    moments = records(data["group_moments"])
    with duckdb.connect(str(path), read_only=True) as connection:
        before = lambda *days: [  # noqa: E731
            connection.execute(
                "select strftime(max(as_of) - to_days(?), '%Y-%m-%dT%H:%M:%S') from recudf.dim_groups", [d]
            ).fetchall()[0][0]
            for d in days
        ]
        assert [m["moment"] for m in moments] == before(90, 60, 20, 0)
        assert [m["previous"] for m in moments] == [None, *before(90, 30, 20)]
        sizes = connection.execute(
            "select size from recudf.dim_groups order by size desc, group_id"
        ).fetchall()
    rows = records(data["group_history"])
    assert rows[0] == {
        "group": 0, "sizes": [10, 12, 15, sizes[0][0]], "joined": [None, 5, None, 6], "gone": [None, 3, None, 7],
    }  # fmt: skip
    assert rows[1] == {
        "group": 1, "sizes": [8, 0, None, sizes[1][0]], "joined": [None, 0, None, 6], "gone": [None, 8, None, 7],
    }  # fmt: skip
    assert [row["sizes"] for row in rows[2:]] == [[None, None, None, size] for (size,) in sizes[2:]]
    last = read_report(path, limits=Limits(periods=2))
    assert [row[0] for row in last["group_moments"]["rows"]] == [m["moment"] for m in moments[-2:]]
    assert records(last["group_history"])[1]["sizes"] == [None, sizes[1][0]]


def test_a_group_that_is_no_more_is_not_shown(copy):
    path = copy(
        """insert into recudf.fct_group_history by name
        select 'gone' as group_id, 'discovered' as kind, 'x' as name, 0 as size, false as is_replay, 'r' as run_id,
            max(as_of) as as_of from recudf.dim_groups"""
    )
    data = report(path).data
    assert len(data["group_history"]["rows"]) == len(data["groups"]["rows"])


def test_users_of_the_page_are_typical_ones_first(built, data):
    users = records(data["users"])
    assert {u["user_id"] for u in users} == {
        u for (u,) in built.query("select user_id from recudf.dim_users")
    }
    typical = {u["user_id"] for u in users if u["chosen"] == "typical"}
    exemplars = built.query("select exemplars from recudf.dim_groups")
    assert typical == {user for (joined,) in exemplars for user in joined.split(", ")}
    assert users[0]["user_id"] in built.query(
        "select exemplars from recudf.dim_groups order by size desc, group_id limit 1"
    )[0][0].split(", ")


def test_trends_are_those_of_the_table(built, data):
    periods = [period for (period,) in data["periods"]["rows"]]
    assert periods == [
        f"{p:%Y-%m-%d}"
        for (p,) in built.query("select distinct period from recudf.fct_interest_trends order by 1")
    ]
    interests = records(data["interests"])
    table = {
        (name, kind, f"{period:%Y-%m-%d}"): (share, users)
        for name, kind, period, share, users in built.query(
            "select interest, kind, period, share_of_users, users from recudf.fct_interest_trends"
        )
    }
    rows = records(data["trends"])
    assert rows
    for row in rows:
        interest = interests[row["interest"]]
        expected = [table.get((interest["name"], interest["kind"], p), (0, 0)) for p in periods]
        assert row["shares"] == pytest.approx([share for share, _ in expected], abs=1e-6)
        assert row["users"] == [users for _, users in expected]


def test_the_map_is_that_of_scikit_learn(built, data):
    users, items = records(data["users"]), records(data["items"])
    ids = [
        *(items[i]["item_id"] for i, _, _ in data["map"]["items"]),
        *(users[i]["user_id"] for i, _, _ in data["map"]["users"]),
    ]
    vectors = dict(
        built.query(
            "select item_id, vector from recudf.vec_items union all select user_id, vector from recudf.vec_users"
        )
    )
    model = PCA(2, svd_solver="full")
    expected = model.fit_transform(np.array([vectors[i] for i in ids], dtype=np.float64))
    expected = 1000 * expected / np.abs(expected).max()
    shown = np.array([[x, y] for _, x, y in (*data["map"]["items"], *data["map"]["users"])])
    expected *= np.sign((expected * shown).sum(axis=0))  # an axis has no side of its own
    assert np.abs(shown - expected).max() <= 1
    assert data["map"]["explained"] == pytest.approx(model.explained_variance_ratio_.sum(), abs=1e-4)


def test_exposure_and_runs(built, data):
    (row,) = built.query("select sum(users) from recudf.dim_items where is_available")
    deciles = records(data["exposure"])
    assert sum(d["likes"] for d in deciles) == row[0]
    assert [(sum(d["recommendations"] for d in deciles),)] == built.query(
        "select count(*) from recudf.fct_recommendations"
    )
    (shown,) = records(data["runs"])
    assert [(shown["run_id"], shown["seconds"], shown["users"])] == built.query(
        "select run_id, round(seconds, 6), users from recudf.fct_runs"
    )


METRICS = """
insert into recudf.fct_metrics
    (run_id, model, baseline, split, slice, metric, k, value, n_users, ci_low, ci_high, as_of)
values
    ('1', 'blend', 'none', 'tail', 'all', 'ndcg', 10, 0.9, 9, 0.9, 0.9, null),
    ('2', 'blend', 'none', 'tail', 'all', 'ndcg', 10, 0.25, 40, 0.2, 0.3, null),
    ('2', 'blend', 'popular', 'tail', 'all', 'ndcg', 10, 'nan', 40, 0.1, 0.2, null),
    ('2', 'blend', 'none', 'tail', 'popularity decile 1', 'exposure', 10, 0.75, 40, null, null, null),
    ('2', 'blend', 'none', 'tail', 'provider X', 'exposure', 10, 0.5, 40, null, null, null)
"""


def report(path, *more):
    out = path.with_suffix(".html")
    result = run(out, "--database", path, *more)
    assert result.exit_code == 0, result.output
    return Scripts(out.read_text(encoding="utf-8"))


def test_metrics_are_those_of_the_last_evaluation(copy):
    metrics = records(report(copy(METRICS)).data["metrics"])
    assert [(m["slice"], m["baseline"], m["value"], m["ci_low"]) for m in metrics] == [
        ("popularity decile 1", "none", 0.75, None),
        ("all", "none", 0.25, 0.2),
        ("all", "popular", None, 0.1),
    ]


HOSTILE = "</script><script>alert(1)</script><!-- <script> ' \" & \u2028 {{data}} ]]>"


def test_titles_cannot_leave_the_data(copy):
    path = copy(
        f"update recudf.dim_items set title = '{HOSTILE.replace(chr(39), chr(39) * 2)}'",
        "update recudf.dim_groups set name = '</title><img src=x onerror=alert(1)>'",
    )
    hostile = path.with_name("a <b> & c.duckdb")
    path.rename(hostile)
    page = report(hostile)
    assert [list(attributes) for attributes, _ in page.found] == [["type", "id"], [], []]
    assert {item["title"] for item in records(page.data["items"])} == {HOSTILE}
    assert "a &lt;b&gt; &amp; c.duckdb" in hostile.with_suffix(".html").read_text()


def test_embedded_json_has_no_sign_of_html():
    text = embedded({HOSTILE: HOSTILE})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {HOSTILE: HOSTILE}


def test_the_page_needs_nothing_else(made):
    text, _ = made
    page = Scripts(text)
    assert all(link.startswith("#") for link in page.outside)
    assert "http-equiv" in text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#x27;", "'")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    scripts = [body for attributes, body in page.found if not attributes]
    assert len(scripts) == 2
    for body in scripts:
        assert base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() in policy


def test_the_same_tables_give_the_same_page(built, made, tmp_path):
    run(tmp_path / "again.html", "--database", built.path)
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == made[0]


MARTS = [
    "dim_groups",
    "fct_group_history",
    "fct_group_members",
    "dim_interests",
    "fct_user_interests",
    "fct_interest_sources",
    "fct_interest_trends",
    "fct_recommendations",
    "fct_recommendation_parts",
    "fct_metrics",
    "fct_runs",
]


def test_missing_tables_leave_sections_empty(copy):
    drops = [f"drop table recudf.{name}" for name in [*MARTS, "int_user_points", "vec_users", "vec_items"]]
    data = report(copy(*drops)).data
    assert data["map"] is None
    assert {name for name, table in data.items() if isinstance(table, dict) and "rows" in table and table["rows"]} == {
        "flags", "users", "items", "exposure",
    }  # fmt: skip


def test_without_what_recommend_without_reads_there_is_no_what_if(copy):
    for change in (
        "alter table recudf.vec_texts rename to hidden",
        "drop macro table recudf.recommend_without",
    ):
        assert read_report(copy(change))["what_if"]["rows"] == []


def test_any_table_may_be_missing(copy):
    for name in ("dim_users", "dim_items", "dim_groups", "dim_interests", "fct_recommendations"):
        path = copy(f"alter table recudf.{name} rename to hidden")
        assert read_report(path)["about"]["database"] == "shop.duckdb"
        copy(f"alter table recudf.hidden rename to {name}")


def test_empty_tables(copy):
    names = ["dim_users", "dim_items", *MARTS, "vec_users", "vec_items"]
    data = report(copy(*(f"delete from recudf.{name}" for name in names))).data
    assert data["counts"]["users"] == 0
    assert data["map"] is None


def test_any_schema_of_a_file_of_any_name(copy):
    """A file called like the schema is a catalog of that name, too."""
    other = """o'ther "x\""""
    path = copy(
        'create schema "o\'ther ""x"""',
        'create table "o\'ther ""x""".dim_items as from recudf.dim_items limit 3',
    )
    path = path.rename(path.with_name("recudf.duckdb"))
    data = report(path).data
    assert (data["counts"]["items"], data["what_if"]["rows"]) == (80, [])
    data = report(path, "--schema", other).data
    assert (data["counts"]["items"], data["about"]["schema"]) == (3, other)


def test_users_are_chosen_by_name_and_bound(built, tmp_path):
    out = tmp_path / "few.html"
    named = [
        user for (user,) in built.query("select user_id from recudf.dim_users order by user_id desc limit 2")
    ]
    result = run(
        out,
        "--database",
        built.path,
        "--max-users",
        3,
        *(part for user in named for part in ("--users", user)),
    )
    assert result.exit_code == 0, result.output
    users = records(Scripts(out.read_text()).data["users"])
    assert [(u["chosen"]) for u in users] == ["named", "named", "typical", "typical", "typical"]
    assert {u["user_id"] for u in users[:2]} == set(named)
    assert "5 of 101 users" in result.output


def test_nobody_may_be_in_the_page(built, tmp_path):
    out = tmp_path / "nobody.html"
    assert run(out, "--database", built.path, "--max-users", 0).exit_code == 0
    data = Scripts(out.read_text()).data
    assert data["users"]["rows"] == data["recommendations"]["rows"] == data["user_interests"]["rows"] == []
    ids = [user for (user,) in built.query("select user_id from recudf.dim_users")]
    assert not any(f'"{user}"' in out.read_text() for user in ids)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--users", "u'nobody"], 'no user "u\'nobody" in dim_users'),
        (["--schema", "elsewhere"], "has no tables of a build in schema elsewhere"),
        (["--max-users", "-1"], "-1 is not in the range"),
    ],
)
def test_wrong_options_are_named(built, tmp_path, more, says):
    result = run(tmp_path / "x.html", "--database", built.path, *more)
    assert result.exit_code == 2
    assert says in result.output
    assert not (tmp_path / "x.html").exists()


def test_a_file_that_is_no_page_is_not_overwritten(built, tmp_path):
    other = tmp_path / "other.duckdb"
    other.write_text("precious")
    result = run(other, "--database", built.path)
    assert result.exit_code == 2
    assert "give one that ends with .html" in result.output
    assert other.read_text() == "precious"
    assert "make it first" in run(tmp_path / "no" / "x.html", "--database", built.path).output


def test_no_database_no_build_another_version(tmp_path, copy):
    absent = run(tmp_path / "x.html", "--database", tmp_path / "absent.duckdb")
    assert (absent.exit_code, "recudf load DIR" in absent.output) == (2, True)
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    empty = run(tmp_path / "x.html", "--database", tmp_path / "empty.duckdb")
    assert (empty.exit_code, "recudf build --database" in empty.output) == (2, True)
    old = copy("alter table recudf.dim_users rename column has_vector to vectorial")
    other = run(tmp_path / "x.html", "--database", old)
    assert (other.exit_code, "are not of this version" in other.output) == (1, True)


def test_a_database_in_use_is_named(copy, tmp_path):
    path = copy()
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        result = run(tmp_path / "x.html", "--database", path)
        other.communicate("\n")
    assert result.exit_code == 1
    assert "is in use by another process" in result.output


def test_learned_parts(copy):
    """Two parts of two recommendations; where a row is missing the part adds nothing."""
    path = copy(
        "delete from recudf.fct_recommendations where user_id != (select min(user_id) from recudf.fct_recommendations) or rank > 2",
        """insert into recudf.fct_recommendation_parts (user_id, item_id, part, feature_value, weight, value)
        select user_id, item_id, 'weights', 1, 0.5, 0.5 from recudf.fct_recommendations
        union all select user_id, item_id, 'category', 1, -0.25, -0.25 from recudf.fct_recommendations where rank = 2""",
    )
    data = report(path).data
    assert data["parts"] == {"columns": ["category", "weights"], "rows": [[0.0, 0.5], [-0.25, 0.5]]}


def test_long_texts_are_cut(copy):
    path = copy("update recudf.dim_items set title = repeat('long ', 1000)")
    page = report(path)
    assert {len(item["title"]) for item in records(page.data["items"])} == {200}


def test_projection_by_hand():
    """Points on a line, and a little beside it: the line is the first axis, in proportion."""
    points = project(np.array([[0, 0], [2, 0.0], [4, 0], [2, 0.5], [2, -0.5]])).points
    assert points == pytest.approx(np.array([[-1, 0], [0, 0], [1, 0], [0, 0.25], [0, -0.25]]))


def test_projections_of_little():
    assert project(np.ones((2, 3))) is None
    same = project(np.ones((4, 3)))
    assert (same.points.tolist(), same.explained) == ([[0, 0]] * 4, 0.0)
    line = project(np.array([[1.0], [2.0], [4.0]]))
    assert line.points[:, 1].tolist() == [0, 0, 0]
    assert line.explained == pytest.approx(1)


def test_the_chart_library_is_the_one_that_was_published():
    about = tomllib.loads((VENDOR / "chart.js.toml").read_text())
    text = (VENDOR / about["file"]).read_bytes()
    assert hashlib.sha256(text).hexdigest() == about["sha256"]
    assert f"Chart.js v{about['version']}".encode() in text
    assert "The MIT License" in (VENDOR / "LICENSE.md").read_text()


def test_the_page_carries_the_licence_of_what_it_carries(made):
    assert "Chart.js Contributors" in made[0]
    assert "WITHOUT WARRANTY OF ANY KIND" in made[0]


def test_every_script_is_put_in():
    assets = resources.files("recudf.report") / "assets"
    assert {path.name for path in assets.iterdir() if path.name.endswith(".js")} == set(SCRIPTS)
