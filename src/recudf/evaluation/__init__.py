"""Measures of recommendations: accuracy and beyond, bootstrap intervals, what replays add up to."""
