{# A struct of named expressions, a mapping, as the text of a JSON object. #}
{% macro to_json(fields) -%} cast(to_json({{ recudf.struct(fields) }}) as string) {%- endmacro %}
