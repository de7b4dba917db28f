{# The id of a user as tables have it: a pseudonym where the var pseudonyms says so. #}
{% macro user_id(id) -%}
    {%- if recudf.has_pseudonyms() -%} pseudonym({{ id }}) {%- else -%} {{ id }} {%- endif -%}
{%- endmacro %}


{# The var pseudonyms. #}
{% macro has_pseudonyms() -%}
    {%- if var('pseudonyms') is not boolean -%}
        {%- do recudf.refuse_var('pseudonyms', var('pseudonyms'), 'give true or false') -%}
    {%- endif -%}
    {{ return(var('pseudonyms')) }}
{%- endmacro %}


{# Ends the build where the one before had another key, or none: what it keeps would be of other ids. relation: that
holds the fingerprint of its key, user_key. #}
{% macro check_user_key(relation) -%}
    {%- if execute -%}
        {%- set given = run_query('select user_key_fingerprint() as user_key')[0][0] if recudf.has_pseudonyms() else none -%}
        {%- if recudf.has_pseudonyms() and given is none -%}
            {%- do exceptions.raise_compiler_error(
                'the var pseudonyms is true, and there is no key: set RECUDF_USER_KEY, or RECUDF_USER_KEY_FILE to a file with it'
            ) -%}
        {%- endif -%}
        {%- set before = load_relation(relation) -%}
        {%- if before is not none -%}
            {%- set columns = adapter.get_columns_in_relation(before) | map(attribute='name') | list -%}
            {%- set found = run_query('select user_key from ' ~ before)[0][0] if 'user_key' in columns else none -%}
            {%- if found != given -%}
                {%- do exceptions.raise_compiler_error(
                    'the tables of ' ~ before.schema ~ ' have ' ~ recudf.key_in_words(found) ~ ', and this build has '
                    ~ recudf.key_in_words(given) ~ ': build as before, or into another database, or drop that schema'
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro key_in_words(fingerprint) -%}
    {{ return('true ids of users' if fingerprint is none else 'pseudonyms of the key ' ~ fingerprint) }}
{%- endmacro %}
