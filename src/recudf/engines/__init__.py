"""Adapters: the only place that knows an engine."""
