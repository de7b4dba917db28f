"""The dbt project that ships with recudf."""
