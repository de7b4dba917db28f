"""What dbt does again and again in a series of small builds, done once in a process, or not at all where nobody sees it:
it reads the whole project anew for each other set of vars, and makes most of what a macro sees for each call."""

import contextlib
import threading
from unittest.mock import patch

import jinja2
from dbt.adapters.base.impl import BaseAdapter
from dbt.clients.jinja import MacroGenerator
from dbt.context.macros import GLOBAL_PROJECT_NAME, MacroNamespace, MacroNamespaceBuilder
from dbt.parser.schema_generic_tests import SchemaGenericTestParser
from dbt_common.clients import agate_helper
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager

from dbt import compilation

SEVERITY = {level: place for place, level in enumerate(EventLevel)}


@contextlib.contextmanager
def all_once():
    """In this block a small build takes a third less."""
    with (
        compiled_once(),
        validated_once(),
        heard_only(),
        macros_found_once(),
        contexts_once(),
        small_things_once(),
    ):
        yield


@contextlib.contextmanager
def compiled_once():
    """In this block the same text makes the same template, which takes half of the time that dbt needs to read the
    project."""
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

    with patch.object(environment, "parse", parse_once), patch.object(environment, "compile", compile_once):
        yield


@contextlib.contextmanager
def validated_once():
    """In this block what was found to be of its schema is not held against it again: a fifth of that time."""
    validate = dbtClassMixin.validate
    valid = set()

    @classmethod
    def validate_once(cls, data):
        key = (cls, repr(data))
        if key not in valid:
            validate.__func__(cls, data)
            valid.add(key)

    dbtClassMixin.validate = validate_once
    try:
        yield
    finally:
        dbtClassMixin.validate = validate


@contextlib.contextmanager
def heard_only():
    """In this block dbt writes no message that is below the level of everyone who listens: it words every one first,
    some three thousand in a build."""
    fire = EventManager.fire_event

    def fire_heard(self, event, level=None, node=None, force_warn_or_error_handling=False):
        told = SEVERITY[level or event.level_tag()]
        unheard = all(told < SEVERITY[logger.level] for logger in self.loggers)
        if told > SEVERITY[EventLevel.INFO] or not unheard or len(self.callbacks) > 1:
            fire(self, event, level, node, force_warn_or_error_handling)

    with patch.object(EventManager, "fire_event", fire_heard):
        yield


@contextlib.contextmanager
def macros_found_once():
    """In this block dbt works out once for a project and a package which macro a name means, not for every template
    anew, several of which make a model."""
    build, layouts = MacroNamespaceBuilder.build_namespace, {}

    def build_once(self, macros_by_package, context):
        key = (self.root_package, self.search_package, *self.internal_package_names_order)
        if key not in layouts or layouts[key].macros_by_package is not macros_by_package:
            layouts[key] = Layout(build(self, macros_by_package, context), macros_by_package)
        return layouts[key].namespace(context, self.node, self.thread_ctx)

    with patch.object(MacroNamespaceBuilder, "build_namespace", build_once):
        yield


@contextlib.contextmanager
def contexts_once():
    """In this block macros that dbt itself calls, as to rename a table, see what those before them in the same thread
    saw: it makes all of it anew for each of some two hundred calls in a build."""
    install = BaseAdapter.set_macro_context_generator

    def install_once(self, generate):
        made = {}

        def generate_once(macro, config, manifest, package):
            key = (threading.get_ident(), id(manifest), package)
            if key not in made:
                made[key] = (generate(macro, config, manifest, package), manifest)
            return made[key][0]

        install(self, generate_once)

    with patch.object(BaseAdapter, "set_macro_context_generator", install_once):
        yield


@contextlib.contextmanager
def small_things_once():
    """In this block statements that return no rows have the same empty table, and the same common table expressions are
    put before the same text once."""
    inject, table, injected = compilation.inject_ctes_into_sql, agate_helper.empty_table(), {}

    def inject_once(sql, ctes):
        key = (sql, *((cte.id, cte.sql) for cte in ctes))
        if key not in injected:
            injected[key] = inject(sql, ctes)
        return injected[key]

    with (
        patch.object(compilation, "inject_ctes_into_sql", inject_once),
        patch.object(agate_helper, "empty_table", lambda: table),
    ):
        yield


@contextlib.contextmanager
def untested():
    """In this block dbt reads no tests of models and columns: a third of the time that reading the project takes, for a
    build that runs none."""
    with patch.object(SchemaGenericTestParser, "parse_tests", lambda self, block: None):
        yield


class Layout:
    """Where a namespace has which macro."""

    def __init__(self, namespace, macros_by_package):
        self.macros_by_package = macros_by_package
        self.macros = []
        places = {}

        def indexes(found):
            for generator in found.values():
                if id(generator) not in places:
                    places[id(generator)] = len(self.macros)
                    self.macros.append(generator.macro)
            return {name: places[id(generator)] for name, generator in found.items()}

        self.order = [indexes(namespace.global_project_namespace), indexes(namespace.global_namespace)]
        self.order.append(indexes(namespace.local_namespace))
        self.packages = {name: indexes(found) for name, found in namespace.packages.items()}

    def namespace(self, context, node, stack):
        """The same for another template."""
        shared = {"context": context, "node": node, "stack": stack}
        made = [MacroGenerator.__new__(MacroGenerator) for _ in self.macros]
        for generator, macro in zip(made, self.macros, strict=True):
            generator.__dict__.update(shared, macro=macro)

        def filled(indexes):
            return {name: made[index] for name, index in indexes.items()}

        internal, root, local = map(filled, self.order)
        packages = {name: filled(indexes) for name, indexes in self.packages.items()}
        found = Namespace({**internal, GLOBAL_PROJECT_NAME: internal, **packages, **root, **local})
        found.packages, found.global_project_namespace = packages, internal
        return found


class Namespace(dict):
    """A MacroNamespace with all its names in one dictionary."""

    get_from_package = MacroNamespace.get_from_package
