"""dbt's templates, compiled once in a process."""

import contextlib

import jinja2


@contextlib.contextmanager
def compiled_once():
    """In this block the same text makes the same template: dbt compiles the whole project anew for each other set of
    vars, which takes half of the time that it needs to read the project."""
    environment = jinja2.Environment
    parse, compile_ = environment.parse, environment.compile
    parsed, compiled = {}, {}

    def parse_once(self, source, name=None, filename=None):
        key = (type(self), source, name, filename)
        if key not in parsed:
            parsed[key] = parse(self, source, name, filename)
        return parsed[key]

    def compile_once(self, source, name=None, filename=None, raw=False, defer_init=False):
        if not isinstance(source, str) or raw:
            return compile_(self, source, name, filename, raw, defer_init)
        key = (type(self), source, name, filename, defer_init)
        if key not in compiled:
            compiled[key] = compile_(self, source, name, filename, raw, defer_init)
        return compiled[key]

    environment.parse, environment.compile = parse_once, compile_once
    try:
        yield
    finally:
        environment.parse, environment.compile = parse, compile_
