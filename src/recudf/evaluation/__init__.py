"""Measures of recommendations: of their accuracy and beyond it, bootstrap intervals, what replays add up to."""
