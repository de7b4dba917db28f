select id, joined_at from {{ source('raw', 'users') }}
