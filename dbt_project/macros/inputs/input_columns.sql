{# The columns of an input, with the type that staging casts to; none where there is no such input. Without a name: those
of all inputs. The starred ones of the documentation come first. #}
{% macro input_columns(name=none) %}
    {% set columns = {
        'items': {
            'item_id': 'id', 'title': 'text', 'description': 'text', 'category': 'text', 'published_at': 'time',
            'available_from': 'time', 'available_until': 'time', 'provider': 'text',
        },
        'interactions': {
            'user_id': 'id', 'item_id': 'id', 'event_type': 'text', 'value': 'number', 'occurred_at': 'time',
            'source': 'text',
        },
        'texts': {
            'user_id': 'id', 'text': 'text', 'text_id': 'id', 'item_id': 'id', 'kind': 'text', 'created_at': 'time',
            'source': 'text',
        },
        'users': {'user_id': 'id', 'created_at': 'time'},
        'memberships': {'group_id': 'id', 'user_id': 'id', 'valid_from': 'time'},
        'group_interactions': {
            'group_id': 'id', 'item_id': 'id', 'event_type': 'text', 'value': 'number', 'occurred_at': 'time',
        },
        'taxonomy': {'category': 'text', 'parent': 'text'},
        'blocklist': {'user_id': 'id', 'item_id': 'id', 'category': 'text'},
        'forget_requests': {'user_id': 'id', 'requested_at': 'time'},
        'relations': {'user_id': 'id', 'other_user_id': 'id', 'kind': 'text', 'occurred_at': 'time'},
    } %}
    {{ return(columns if name is none else columns.get(name)) }}
{% endmacro %}


{# The columns that an input must have: rows without them say nothing. #}
{% macro required_columns(name) %}
    {% set columns = {
        'items': ['item_id'], 'interactions': ['user_id', 'item_id'], 'texts': ['user_id', 'text'],
        'users': ['user_id'], 'memberships': ['group_id', 'user_id'], 'group_interactions': ['group_id', 'item_id'],
        'taxonomy': ['category', 'parent'],
        'blocklist': [], 'forget_requests': ['user_id'], 'relations': ['user_id', 'other_user_id'],
    } %}
    {{ return(columns[name]) }}
{% endmacro %}
