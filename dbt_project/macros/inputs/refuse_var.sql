{# Ends the build over the value of a var, with what to write instead. #}
{% macro refuse_var(name, value, remedy) %}
    {% do exceptions.raise_compiler_error(name ~ " is '" ~ value ~ "': " ~ remedy) %}
{% endmacro %}
