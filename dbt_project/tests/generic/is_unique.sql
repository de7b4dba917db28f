{# dbt's unique and not_null on the relation that the test was written for: see `tested`. The names are others, since
dbt would take those of a package for the tests of the project around, too. #}
{% test is_unique(model, column_name) %} {{ dbt.default__test_unique(recudf.tested(), column_name) }} {% endtest %}


{% test is_not_null(model, column_name) %} {{ dbt.default__test_not_null(recudf.tested(), column_name) }} {% endtest %}
