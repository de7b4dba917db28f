"""SQL that ships with recudf: macros and queries."""
