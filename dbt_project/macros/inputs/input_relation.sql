{# The relation behind an input, or none where it does not exist.

`vars: inputs: {items: ...}` takes 'schema.table' or 'database.schema.table', or a mapping with `relation`, or `ref`
(a model of your project; of another one with `package`), and `columns` ({our name: your name}). Without it,
`raw_schema`.<name> is read. #}
{% macro input_relation(name) %}
    {% set input = recudf.input_mapping(name) %}
    {% set is_mapped = input.get('ref') or input.get('relation') %}
    {% if input.get('ref') %}
        {% set wanted = ref(input.get('package', project_name), input['ref']) %}
    {% elif input.get('relation') %}
        {% set wanted = recudf.parse_relation(input['relation']) %}
    {% else %}
        {% set wanted = source('recudf_raw', name) %}
    {% endif %}
    {% if not execute %}{{ return(wanted) }}{% endif %}
    {% if not is_mapped %}{% do recudf.check_schema('raw_schema', wanted.schema) %}{% endif %}
    {% set found = load_relation(wanted) %}
    {% if found is none and is_mapped %}
        {% do exceptions.raise_compiler_error(
            "input '" ~ name ~ "' is mapped to " ~ wanted ~ ", which does not exist: correct the var inputs." ~ name
        ) %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}


{% macro input_mapping(name) %}
    {% if var('inputs') is not mapping %}
        {% do recudf.refuse_var('inputs', var('inputs'), 'write relations by input, as {items: shop.products}') %}
    {% endif %}
    {% for other in var('inputs') if other not in recudf.input_columns() %}
        {% do exceptions.raise_compiler_error(
            "the var inputs names '" ~ other ~ "': known are " ~ recudf.input_columns() | join(', ')
        ) %}
    {% endfor %}
    {% set input = var('inputs').get(name, {}) %}
    {% if input is not string and (input is not mapping or input.keys() | reject('in', ['relation', 'ref', 'package', 'columns']) | list) %}
        {% do recudf.refuse_var('inputs.' ~ name, input, 'write a relation, or a mapping of relation or ref, package and columns') %}
    {% endif %}
    {{ return({'relation': input} if input is string else input) }}
{% endmacro %}


{% macro parse_relation(name) %}
    {% set parts = (name | string).split('.') %}
    {% if parts | length not in (2, 3) or '' in parts or recudf.has_quotes(name) %}
        {% do exceptions.raise_compiler_error(
            "'" ~ name ~ "' is no relation: write schema.table or database.schema.table, without quotes"
        ) %}
    {% endif %}
    {{ return(api.Relation.create(
        database=parts[0] if parts | length == 3 else target.database or none, schema=parts[-2], identifier=parts[-1]
    )) }}
{% endmacro %}


{# dbt writes names of schemas and tables into its own queries as they are: a quote would end them there. #}
{% macro has_quotes(name) -%} {{ return('"' in name | string or "'" in name | string or '\0' in name | string) }} {%- endmacro %}


{# The name that a relation has, not the var behind it, which dbt renders: of a source once it runs, as while it parses
dbt shows the model's own. dbt also writes a schema's name into a comment of its own. #}
{% macro check_schema(where, name) %}
    {% if recudf.has_quotes(name) or '/*' in name | string or '*/' in name | string %}
        {% do recudf.refuse_var(where, name, 'write the name of a schema without quotes and comments') %}
    {% endif %}
{% endmacro %}
