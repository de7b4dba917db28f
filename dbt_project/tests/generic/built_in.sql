{# dbt's own tests, under the names that they have anyway, on the relation that they were written for. #}
{% test unique(model, column_name) %} {{ dbt.default__test_unique(recudf.tested(), column_name) }} {% endtest %}


{% test not_null(model, column_name) %} {{ dbt.default__test_not_null(recudf.tested(), column_name) }} {% endtest %}
