{# dbt's unique on the relation that the test was written for: see `tested`. The name is another, since dbt would take
that of a package for the test of the project around, too. #}
{% test is_unique(model, column_name) %} {{ dbt.default__test_unique(recudf.tested(), column_name) }} {% endtest %}
