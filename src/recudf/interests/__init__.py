"""Texts to what they are about: words, phrases, and the keys that near-duplicates share."""
