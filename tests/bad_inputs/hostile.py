"""Fifty names and values that mean harm, or look like it, as one table: every place that takes a name or a value takes each of them."""

CANARY = "main.canary"  # a table that the statements among them would drop
SECRET = "s3cret-of-the-environment"  # the value of RECUDF_CANARY, which a rendered template would show

HOSTILE = {
    # quotes
    "single quote": "it's",
    "two single quotes": "it''s",
    "quote at the end": "ends with '",
    "double quote": 'quo"te',
    "two double quotes": 'a""b',
    "backtick": "back`tick",
    "dollar quotes": "$$; drop table main.canary; $$",
    "typographic quotes": "\u2018a\u2019 \u201cb\u201d",
    # statements
    "drop after a value": "x'; drop table main.canary; --",
    "drop after a name": 'x"; drop table main.canary; --',
    "drop in brackets": "x'); drop table main.canary; --",
    "drop after a bracketed name": 'x"); drop table main.canary; --',
    "drop after nothing": "; drop table main.canary;",
    "a condition": "' or 1=1 --",
    "a union": "' union all select * from main.canary --",
    "attach": "x'; attach '/tmp/recudf-canary.duckdb' as stolen; --",
    "copy": "x'; copy main.canary to '/tmp/recudf-canary.csv'; --",
    "a file as a table": "read_csv('/etc/passwd')",
    # comments
    "line comment": "a -- b",
    "block comment": "a /* b",
    "end of a comment": "a */ b",
    "hash": "# a",
    # templates that dbt could render
    "environment": "{{ env_var('RECUDF_CANARY') }}",
    "environment in double quotes": '{{ env_var("RECUDF_CANARY") }}',
    "a query": "{{ run_query('drop table main.canary') }}",
    "a Jinja statement": "{% do run_query('drop table main.canary') %}",
    "a Jinja comment": "{# gone #}",
    "open braces": "{{",
    "open statement": "{%",
    "a Python format": "{0.__class__} %(name)s %s {}",
    # shells
    "command": "$(touch /tmp/recudf-canary)",
    "command in backticks": "`touch /tmp/recudf-canary`",
    "pipe": "a | touch /tmp/recudf-canary",
    "variable": "$RECUDF_CANARY ${RECUDF_CANARY} %RECUDF_CANARY%",
    "option": "--vars",
    # paths
    "up": "../../../etc/passwd",
    "absolute": "/etc/passwd",
    "backslashes": "..\\..\\windows\\system32",
    "home": "~root",
    "url": "https://example.org/x.parquet",
    # control characters and unicode
    "newline": "a\nb",
    "carriage return and tab": "a\r\n\tb",
    "NUL": "a\0b",
    "direction": "\u202egnp.exe\u202c",
    "invisible": "zero\u200bwidth\ufeff",
    "combining": "Z\u0351\u036b\u0343\u036a\u0302",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f480",
    # words and lengths
    "keyword": "select",
    "300 characters": "long" * 75,
    "NULL": "null",
}  # fmt: skip
