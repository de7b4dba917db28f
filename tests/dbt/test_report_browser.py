"""The page of recudf report in a real Chromium: no error, no connection, search, keys, figures of the tables, axe."""

import hashlib
import os
import shutil
import tomllib
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from recudf.cli import main

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[1] / "vendor" / "axe-core"
METRICS = """
insert into recudf.fct_metrics
    (run_id, model, baseline, split, slice, metric, k, value, n_users, ci_low, ci_high, as_of)
values
    ('1', 'blend', 'none', 'tail', 'all', 'ndcg', 10, 0.25, 40, 0.2, 0.3, null),
    ('1', 'popular', 'none', 'tail', 'all', 'ndcg', 10, 0.125, 40, 0.1, 0.15, null),
    ('1', 'blend', 'popular', 'tail', 'all', 'ndcg', 10, 0.125, 40, -0.01, 0.2, null),
    ('1', 'blend', 'none', 'tail', 'all', 'recall', 10, 0.5, 40, 0.4, 0.6, null),
    ('1', 'blend', 'none', 'tail', 'popularity decile 1', 'exposure', 10, 0.75, 40, null, null, null)
"""
INK = """(name) => {
    const canvas = document.querySelector(`${name} canvas`);
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""
HOSTILE = "</script><script>document.title = 'hit'</script><img src=x onerror=\"document.title = 'hit'\">"


@pytest.fixture(scope="module")
def chromium():
    """A running Chromium; skips where there is none."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: make test-browser installs it"
    )
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium: install it (Debian: apt install chromium), or set CHROMIUM to its path")
    with playwright.sync_playwright() as running:
        # a container's root may not make the namespaces of the sandbox
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shop(built, tmp_path_factory):
    """A copy of the sample with measurements and one hostile title, and its page."""
    path = tmp_path_factory.mktemp("browser") / "shop.duckdb"
    shutil.copy(built.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(METRICS)
        connection.execute(
            "update recudf.dim_items set title = ? where item_id = (select min(item_id) from recudf.dim_items)",
            [HOSTILE],
        )
    out = path.with_suffix(".html")
    done = CliRunner().invoke(main, ["report", str(out), "--database", str(path)])
    assert done.exit_code == 0, done.output
    assert out.stat().st_size < 5_000_000
    return path, out


HISTORY = """
insert into recudf.fct_group_history by name
with largest as (select group_id, name, as_of from recudf.dim_groups order by size desc, group_id limit 1),

earlier (days, size, before, joined, gone, is_replay) as (
    values (90, 10, null, null, null, false), (60, 0, 90, 0, 10, false), (30, 99, 60, 99, 0, true),
        (20, 1200, 30, 1100, null, false)
)

select
    group_id, 'discovered' as kind, name, size, as_of - to_days(before) as previous_as_of, joined as users_joined,
    gone as users_left, is_replay, 'r' as run_id, as_of - to_days(days) as as_of
from largest cross join earlier
"""
LAST = """
update recudf.fct_group_history set previous_as_of = as_of - to_days(20), users_joined = 6, users_left = 7
where as_of = (select max(as_of) from recudf.dim_groups)
"""


@pytest.fixture(scope="module")
def grown(shop):
    """The page of the same shop, whose largest group was seen at three moments before, and by a replay."""
    path = shop[0].with_name("grown.duckdb")
    shutil.copy(shop[0], path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(HISTORY)
        connection.execute(LAST)
    out = path.with_suffix(".html")
    done = CliRunner().invoke(main, ["report", str(out), "--database", str(path)])
    assert done.exit_code == 0, done.output
    return path, out


@pytest.fixture
def opened(chromium, shop):
    """Opens the page at a size and in a scheme; fails the test for errors and connections afterwards."""
    wrong, contexts = [], []

    def open_page(width=1280, height=900, scheme="light", at="", of=shop[1]):
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith("file:") else wrong.append(asked.url))
        page.goto(of.as_uri() + at)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def query(shop, sql, *values):
    with duckdb.connect(str(shop[0]), read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def test_it_opens(opened, shop):
    page = opened()
    assert page.inner_text("h1") == "shop.duckdb"
    tiles = dict(reversed(tile.split("\n")) for tile in page.locator(".tiles li").all_inner_texts())
    ((users, items),) = query(
        shop, "select (select count(*) from recudf.dim_users), (select count(*) from recudf.dim_items)"
    )
    assert (tiles["users"], tiles["items"]) == (str(users), str(items))
    names = [
        name for (name,) in query(shop, "select name from recudf.dim_groups order by size desc, group_id")
    ]
    assert page.locator("#groups h3").all_inner_texts() == [
        f"{i} · {name}" for i, name in enumerate(names, 1)
    ]
    assert page.evaluate(INK, ".map") > 2000
    assert page.evaluate(INK, ".trend") > 2000


def test_search_by_keys_shows_the_user_of_the_tables(opened, shop):
    page = opened()
    ((user, events),) = query(
        shop,
        "select user_id, events from recudf.dim_users where not is_bot order by events desc, user_id limit 1",
    )
    page.keyboard.press("Tab")  # the link past the header
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type(user.upper())
    assert page.get_attribute("#search", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.locator("#found [aria-selected=true] b").inner_text() == user
    page.keyboard.press("Enter")
    assert page.inner_text("#shown h3") == f"User {user}"
    assert page.evaluate("document.activeElement.id") == "shown-card"
    assert f"{events:,} event" in page.inner_text("#shown")
    expected = query(
        shop,
        """select r.rank, i.title, r.reason, round(r.score, 3)
        from recudf.fct_recommendations as r inner join recudf.dim_items as i on r.item_id = i.item_id
        where r.user_id = ? order by r.rank""",
        user,
    )
    shown = [
        (row.locator(".what").inner_text(), row.locator(".why").inner_text(), row.locator(".score").inner_text(),
         [float(value) for value in row.locator(".value").all_inner_texts()])
        for row in page.locator(".recommendations > li").all()
    ]  # fmt: skip
    assert len(shown) == len(expected) == 10
    for (what, why, score, parts), (rank, title, reason, value) in zip(shown, expected, strict=True):
        assert what.startswith(f"{rank}. {title}")
        assert why == reason
        assert float(score.removeprefix("score ")) == pytest.approx(value, abs=0.0011)
        assert sum(parts) == pytest.approx(value, abs=0.0021)
    page.keyboard.press("Escape")
    page.fill("#search", "nothing is called so")
    assert page.is_hidden("#found")
    assert "nothing found" in page.inner_text("#told")


def test_what_if_one_thing_had_not_been(opened, shop):
    ((user,),) = query(shop, "select min(user_id) from recudf.fct_recommendations where reason_kind = 'item'")
    out = shop[1].with_name("named.html")
    done = CliRunner().invoke(main, ["report", str(out), "--database", str(shop[0]), "--users", user])
    assert done.exit_code == 0, done.output
    page = opened(at=f"#user={user}", of=out)
    page.get_by_text("The list without it").click()
    rows = page.locator("#shown table tbody tr").all_inner_texts()
    ((item,),) = query(
        shop,
        """select reason_ref_id from recudf.fct_recommendations where user_id = ? and reason_kind = 'item'
        group by all order by count(*) desc, min(rank), reason_ref_id limit 1""",
        user,
    )
    expected = query(
        shop, "select title, rank, rank_before from recudf.recommend_without(?, ?, 10)", user, item
    )
    assert [row.split("\t") for row in rows] == [
        [title, str(rank), "new" if before is None else str(before)] for title, rank, before in expected
    ]


def test_search_finds_items_and_groups_by_pointer(opened, shop):
    page = opened(390, 844)
    (title, likes) = query(
        shop, "select title, users from recudf.dim_items order by users desc, item_id limit 1"
    )[0]
    page.fill("#search", title[:12])
    page.locator("#found div", has_text=title).first.click()
    assert page.inner_text("#shown h3") == title
    assert f"{likes} users like it" in page.inner_text("#shown")
    page.go_back()
    (group, name) = query(
        shop, "select group_id, name from recudf.dim_groups order by size desc, group_id limit 1"
    )[0]
    page.fill("#search", name)
    page.locator("#found div").first.click()
    page.wait_for_function("document.activeElement.id === 'group-0'")
    assert page.url.endswith(f"#group={group}")


def test_the_map_by_keys(opened):
    page = opened()
    page.focus(".map canvas")
    page.keyboard.press("ArrowRight")
    first = page.inner_text("#map-point")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#map-point") != first
    legend = page.locator("#map .legend button")
    for button in legend.all():
        if button.inner_text().strip() != "items":
            button.press("Enter")
    assert legend.first.get_attribute("aria-pressed") == "false"
    page.focus(".map canvas")
    page.keyboard.press("ArrowRight")
    assert "like it" in page.inner_text("#map-point")  # an item: nothing else is shown
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.startsWith('#item=')")


def test_a_group_of_one_moment_says_so(opened, shop):
    page = opened()
    ((as_of,),) = query(shop, "select strftime(max(as_of), '%Y-%m-%d') from recudf.dim_groups")
    assert (
        f"once builds have looked at them at two moments; so far there is one, {as_of}."
        in page.inner_text("#groups")
    )
    assert page.locator(".growth").count() == 0
    assert "null" not in page.inner_text("#groups > .body > p:nth-of-type(2)")


def test_how_a_group_grew_in_words_a_chart_and_figures(opened, grown):
    ((size, *days),) = query(
        grown,
        """select size::varchar, strftime(as_of - to_days(90), '%Y-%m-%d'), strftime(as_of - to_days(60), '%Y-%m-%d'),
            strftime(as_of - to_days(30), '%Y-%m-%d'), strftime(as_of - to_days(20), '%Y-%m-%d'),
            strftime(as_of, '%Y-%m-%d')
        from recudf.dim_groups order by recudf.dim_groups.size desc, group_id limit 1""",
    )
    first, second, replay, third, last = days
    page = opened(of=grown[1])
    card = page.locator("#group-0")
    words = f"from 10 members on {first} to {size} on {last}; at the last moment 6 had joined and 7 left."
    assert f"Over time: {words}" in card.inner_text()
    assert card.locator("canvas").get_attribute("aria-label").endswith(words)
    card.locator("summary").press("Enter")
    assert [row.split("\t") for row in card.locator("details tbody tr").all_inner_texts()] == [
        [first, "10", "\u2013", "\u2013"],
        [second, "0", "0", "10"],
        [f"{third} since {replay}", "1,200", "1,100", "\u2013"],
        [last, size, "6", "7"],
    ]
    card.scroll_into_view_if_needed()
    page.wait_for_function(f"({INK})('#group-0') > 500")
    assert page.locator(".growth").count() == 1
    assert f"Its size is known of one moment, {last}." in page.inner_text("#group-1")


@pytest.mark.parametrize("width", [320, 1280])
def test_how_a_group_grew_fits_the_screen_and_the_paper(opened, grown, width):
    page = opened(width, 800, of=grown[1])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(INK, ".growth") == 0  # it is far below
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(INK, ".growth") > 500


def test_quality_and_its_choices(opened):
    page = opened()
    rows = page.locator("#quality table").first.locator("tbody tr").all_inner_texts()
    assert [row.split("\t")[:3] for row in rows] == [
        ["blend", "0.250", "0.200 to 0.300"],
        ["popular", "0.125", "0.100 to 0.150"],
    ]
    assert "may be luck" in page.locator("#quality table").nth(1).inner_text()
    page.locator("#quality select").first.select_option("recall")
    assert page.locator("#quality tbody tr").all_inner_texts()[0].split("\t")[1] == "0.500"
    assert "75.0 %" in page.inner_text("#exposure")


def test_hostile_titles_are_texts(opened, shop):
    (item,) = query(shop, "select min(item_id) from recudf.dim_items")[0]
    page = opened(at=f"#item={item}")
    assert page.inner_text("#shown h3") == HOSTILE
    assert page.title() == "shop.duckdb: what recudf made of it"
    assert page.locator("img").count() == 0


def test_who_is_not_in_the_page(opened):
    page = opened(at="#user=%3Cb%3Enobody")
    assert "The user <b>nobody is not in this page" in page.inner_text("#shown")
    assert "--users ID" in page.inner_text("#shown")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_screen(opened, width):
    page = opened(width, 800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_is_light_and_has_everything(opened, tmp_path):
    page = opened(scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)" != dark
    assert page.locator("details:not([open])").count() == 0
    assert page.is_hidden("#search")
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert page.pdf(path=tmp_path / "page.pdf").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(opened, grown, scheme, width):
    about = tomllib.loads((AXE / "axe.toml").read_text())
    source = (AXE / about["file"]).read_bytes()
    assert hashlib.sha256(source).hexdigest() == about["sha256"]
    page = opened(width, 844, scheme, of=grown[1])
    page.locator("#group-0 summary").click()
    page.fill("#search", "u0")  # with its list open
    page.evaluate(source.decode())
    violations = page.evaluate("axe.run().then(({violations}) => violations)")
    found = [
        (v["id"], v["impact"], [node["html"][:200] for node in v["nodes"][:3]])
        for v in violations
        if v["impact"] in ("serious", "critical")
    ]
    assert found == []
    assert page.evaluate("axe.run().then(({passes}) => passes.length)") > 20
