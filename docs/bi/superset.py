"""Makes a dashboard of the marts through Superset's REST API: a database, datasets, charts. Run again,
it makes them what they were.

    SUPERSET_PASSWORD=... python superset.py http://localhost:8088 \
        'duckdb:////srv/bi/shop/current/marts.duckdb?access_mode=READ_ONLY'

The second argument is the SQLAlchemy address of what `recudf publish` wrote, as Superset's server sees it.
Needs recudf, of which it takes the queries, and nothing else.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from importlib import resources

DATABASE = "recudf"
DASHBOARD = "Groups and recommendations"
QUERIES = resources.files("recudf.sql") / "queries"


def count(expression, label):
    """A metric of a chart."""
    return {"expressionType": "SQL", "sqlExpression": expression, "label": label, "optionName": label}


def only(column, value):
    """A filter of a chart."""
    where = {"expressionType": "SIMPLE", "clause": "WHERE", "operator": "=="}
    return {**where, "subject": column, "comparator": value}


# dataset: the recipe of sql/queries that it asks, or None for the mart of that name
DATASETS = {
    "dim_groups": None,
    "fct_recommendations": None,
    "quality": "quality.sql",
    "against_baselines": "against_baselines.sql",
}
BAR = {
    "viz_type": "echarts_timeseries_bar",
    "orientation": "horizontal",
    "show_legend": False,
    "show_value": True,
    "y_axis_format": ",d",
    "x_axis_sort_asc": True,
}
# name: (dataset, what Superset calls the form data)
CHARTS = {
    "Groups by size": (
        "dim_groups",
        {
            **BAR,
            "x_axis": {  # its words, which need not be its own alone
                "expressionType": "SQL",
                "sqlExpression": "split_part(name, ', like ', 1)"
                " || ' (' || split_part(group_id, '-', 2) || ')'",
                "label": "group",
            },
            "metrics": [count("sum(size)", "users")],
            "adhoc_filters": [only("kind", "discovered")],
            "x_axis_sort": "users",
        },
    ),
    "Recommendations by reason": (
        "fct_recommendations",
        {
            **BAR,
            "x_axis": "reason_kind",
            "metrics": [count("count(*)", "recommendations")],
            "x_axis_sort": "recommendations",
        },
    ),
    "Quality: ndcg@10 and its interval": (
        "quality",
        {
            "viz_type": "echarts_timeseries_scatter",
            "x_axis": "model",
            "metrics": [count(f"max({c})", c) for c in ("ci_low", "value", "ci_high")],
            "adhoc_filters": [only("metric", "ndcg"), only("k", 10)],
            "show_legend": True,
            "markerSize": 10,
            "xAxisLabelInterval": "0",  # every model is named
            "x_axis_sort": "value",
            "x_axis_sort_asc": False,
        },
    ),
    "Better than baselines, or luck?": (
        "against_baselines",
        {
            "viz_type": "table",
            "query_mode": "raw",
            "all_columns": ["model", "baseline", "difference", "ci_low", "ci_high", "n_users", "verdict"],
            "adhoc_filters": [only("metric", "ndcg"), only("k", 10)],
            "order_by_cols": ['["model", true]', '["baseline", true]'],
            "column_config": {
                "difference": {"d3NumberFormat": ".3f"},
                "ci_low": {"d3NumberFormat": ".3f", "showCellBars": False},
                "ci_high": {"d3NumberFormat": ".3f", "showCellBars": False},
                "n_users": {"showCellBars": False},
            },
        },
    ),
}


class Superset:
    """Its API, signed in."""

    def __init__(self, url, user, password):
        self.url = url.rstrip("/")
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.headers = {"Referer": self.url}
        signed = self.call(
            "POST", "security/login", {"username": user, "password": password, "provider": "db"}
        )
        self.headers["Authorization"] = f"Bearer {signed['access_token']}"
        self.headers["X-CSRFToken"] = self.call("GET", "security/csrf_token/")["result"]

    def call(self, method, path, content=None):
        """The answer to one request; an error says what Superset said."""
        data = None if content is None else json.dumps(content).encode()
        headers = {**self.headers, **({} if data is None else {"Content-Type": "application/json"})}
        request = urllib.request.Request(  # noqa: S310  the address is the caller's
            f"{self.url}/api/v1/{path}", data, headers, method=method
        )
        try:
            with self.opener.open(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from None
        except urllib.error.URLError as error:
            raise SystemExit(f"{self.url} does not answer: {error.reason}") from None

    def make(self, kind, found_by, content):
        """The id of what bears these values, changed to the content, or made with it."""
        filters = [
            {"col": c, "opr": "rel_o_m" if c == "database" else "eq", "value": v} for c, v in found_by.items()
        ]
        asked = urllib.parse.quote(json.dumps({"filters": filters}))
        found = self.call("GET", f"{kind}/?q={asked}")["result"]
        if not found:
            return self.call("POST", f"{kind}/", {**found_by, **content})["id"]
        self.call("PUT", f"{kind}/{found[0]['id']}", content)
        return found[0]["id"]


def query_context(dataset, form):
    """What a chart asks of its dataset, as Superset's own explorer would write it."""
    metrics = form.get("metrics", [])
    query = {
        "columns": form.get("all_columns") or [form["x_axis"]],
        "metrics": metrics,
        "filters": [
            {"col": f["subject"], "op": f["operator"], "val": f["comparator"]}
            for f in form.get("adhoc_filters", [])
        ],
        "orderby": [json.loads(column) for column in form.get("order_by_cols", [])] or [[metrics[0], False]],
        "row_limit": form["row_limit"],
    }
    return {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [query],
        "form_data": form,
        "result_format": "json",
        "result_type": "full",
    }


def layout(charts):
    """Where the charts stand on the dashboard: two in a row."""
    rows = [f"ROW-{n}" for n in range((len(charts) + 1) // 2)]
    grid = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": DASHBOARD}},
    }
    for n, row in enumerate(rows):
        parents = ["ROOT_ID", "GRID_ID"]
        inside = charts[2 * n : 2 * n + 2]
        grid[row] = {
            "type": "ROW",
            "id": row,
            "children": [f"CHART-{number}" for number, _ in inside],
            "parents": parents,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for number, name in inside:
            grid[f"CHART-{number}"] = {
                "type": "CHART",
                "id": f"CHART-{number}",
                "children": [],
                "parents": [*parents, row],
                "meta": {"chartId": number, "sliceName": name, "width": 6, "height": 42},
            }
    return grid


def make_dashboard(superset, address, schema="recudf"):
    """Database, datasets, charts and dashboard; the dashboard's id."""
    database = superset.make("database", {"database_name": DATABASE}, {"sqlalchemy_uri": address})
    datasets = {}
    for name, recipe in DATASETS.items():
        content = {"schema": schema}
        if recipe:
            sql = (QUERIES / recipe).read_text(encoding="utf-8")
            content["sql"] = sql.replace("recudf.", f"{schema}.")
        datasets[name] = superset.make("dataset", {"table_name": name, "database": database}, content)
        superset.call("PUT", f"dataset/{datasets[name]}/refresh")
    charts = []
    for name, (dataset, form) in CHARTS.items():
        number = datasets[dataset]
        params = {**form, "datasource": f"{number}__table", "row_limit": 1000, "time_range": "No filter"}
        content = {
            "viz_type": form["viz_type"],
            "datasource_id": number,
            "datasource_type": "table",
            "params": json.dumps(params),
            "query_context": json.dumps(query_context(number, params)),
        }
        charts.append((superset.make("chart", {"slice_name": name}, content), name))
    dashboard = superset.make(
        "dashboard",
        {"dashboard_title": DASHBOARD},
        {"position_json": json.dumps(layout(charts)), "published": True},
    )
    for number, _ in charts:
        superset.call("PUT", f"chart/{number}", {"dashboards": [dashboard]})
    return dashboard


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url", help="of Superset")
    parser.add_argument("address", help="SQLAlchemy address of the published marts")
    parser.add_argument("--schema", default="recudf")
    parser.add_argument("--user", default="admin")
    given = parser.parse_args()
    if "SUPERSET_PASSWORD" not in os.environ:
        parser.error("set SUPERSET_PASSWORD")
    here = Superset(given.url, given.user, os.environ["SUPERSET_PASSWORD"])
    made = make_dashboard(here, given.address, given.schema)
    sys.stdout.write(f"{here.url}/superset/dashboard/{made}/\n")
