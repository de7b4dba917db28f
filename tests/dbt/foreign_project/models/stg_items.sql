-- not the package's stg_items
select sku, label as "Product Name", shelf from {{ source('raw', 'items') }}
