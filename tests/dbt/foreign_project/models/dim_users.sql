-- not the package's dim_users
select id as customer_key, joined_at::date as joined_on from {{ ref('users') }}
