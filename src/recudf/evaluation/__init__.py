"""Measures of recommendations: ranking metrics, bootstrap intervals, and what replays add up to."""
