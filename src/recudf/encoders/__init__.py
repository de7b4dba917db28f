"""Texts to vectors: finding a model, loading it once, and encoding columns of text with it."""
