"""What may be wrong with an installation, a machine or a database, and what to do about it."""
