"""Versions of what is published, and what each of them says of itself."""
