-- depends_on: {{ ref('recudf', 'dim_items') }} {{ ref('recudf', 'dim_users') }}
-- depends_on: {{ ref('recudf', 'dim_groups') }} {{ ref('recudf', 'fct_group_members') }}
-- depends_on: {{ ref('recudf', 'fct_group_recommendations') }}
-- depends_on: {{ ref('recudf', 'fct_recommendations') }} {{ ref('recudf', 'fct_user_interests') }}
-- depends_on: {{ ref('recudf', 'fct_interest_rules') }} {{ ref('recudf', 'dim_interests') }}
-- depends_on: {{ ref('recudf', 'fct_interest_sources') }} {{ ref('recudf', 'fct_interest_trends') }}
-- depends_on: {{ ref('recudf', 'fct_interest_history') }} {{ ref('recudf', 'fct_recommendation_outcomes') }}
-- depends_on: {{ ref('recudf', 'fct_group_segments') }} {{ ref('recudf', 'fct_group_similarities') }}
-- depends_on: {{ ref('recudf', 'fct_user_neighbors') }} {{ ref('recudf', 'fct_people_to_follow') }}
{%- set began = recudf.timestamp_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f'), 'run_started_at') %}
{%- set began_second = recudf.timestamp_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S'), 'run_started_at') %}

with encoder as (
    {{ recudf.encoder_in_use() }}
),

texts_in_use as (
    select text_hash from {{ ref('recudf', 'int_item_texts') }}
    union
    select text_hash from {{ ref('recudf', 'stg_texts') }}
),

embedded as (
    select
        count(*) as texts,
        count(*) filter (where embeddings.run_id = {{ dbt.string_literal(invocation_id) }}) as texts_embedded,
        count(*) filter (where embeddings.is_cut) as texts_cut,
        -- of texts whose embeddings are of a version that did not count, nothing is said
        round(sum(embeddings.unknown_characters) / nullif(sum(
            case when embeddings.unknown_characters is not null then embeddings.characters end
        ), 0), 6) as unknown_share
    from texts_in_use
    inner join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings
        on texts_in_use.text_hash = embeddings.text_hash
)

select
    cast({{ dbt.string_literal(invocation_id) }} as string) as run_id,
    (select as_of from {{ ref('recudf', 'stg_as_of') }}) as as_of,
    encoder.encoder,
    encoder.fingerprint,
    encoder.device,
    encoder.dtype,
    cast({{ dbt.string_literal(recudf.version()) }} as string) as recudf_version,
    {{ began_second }} as started_at,
    round(({{ recudf.microseconds(recudf.now()) }} - {{ recudf.microseconds(began) }}) / 1e6, 3) as seconds,
    cast(embedded.texts_embedded as bigint) as texts_embedded,
    cast(embedded.texts - embedded.texts_embedded as bigint) as texts_reused,
    cast(embedded.texts_cut as bigint) as texts_cut,
    cast(embedded.unknown_share as double) as unknown_share,
    (select count(*) from {{ ref('recudf', 'stg_items') }}) as items,
    (select count(*) from {{ ref('recudf', 'stg_users') }}) as users,
    (select count(*) from {{ ref('recudf', 'int_users_flagged') }} where is_bot) as bots,
    (select count(*) from {{ ref('recudf', 'stg_interactions') }}) as interactions,
    (select count(*) from ({{ recudf.select_input('interactions') }}) as read) as interactions_read,
    (select count(*) from {{ ref('recudf', 'stg_texts') }}) as texts,
    (select count(*) from ({{ recudf.select_input('texts') }}) as read) as texts_read,
    (select count(*) from {{ ref('recudf', 'int_group_fits') }} where is_group) as groups,
    (select count(*) from {{ ref('recudf', 'fct_recommendations') }}) as recommendations,
    {{ recudf.llm_calls() }} as llm_calls,
    {{ recudf.llm_refused() }} as llm_refused,
    case
        when {{ recudf.has_open_questions() }} then {{ began_second }}
        else (
            select min(occurred_at)
            from (
                select occurred_at from ({{ recudf.select_input('interactions') }}) as events
                union all
                select created_at from ({{ recudf.select_input('texts') }}) as texts
                union all
                select requested_at from ({{ recudf.select_input('forget_requests') }}) as requests
            ) as dated
            where occurred_at > {{ began_second }}
        )
    end as valid_until,
    false as is_unchanged,
    cast(null as string) as digest
from encoder
cross join embedded
