-- The network in use, layer by layer: an output is the sum of weight x input, 'bias' being 1. Layer 0 takes each
-- feature to standard deviations from its mean; layer 1 to units, of which what is below 0 is cut off; layer 2 adds the
-- units and what layer 0 gave to the score, which is told from that of the mean row. Empty where the scorer in use is
-- another.
with fits as (
    select *
    from {{ ref('recudf', 'int_ranker_fit') }}
    where
        method = 'network'
        and exists (select 1 from {{ ref('recudf', 'int_ranker_choice') }} where is_learned and method = 'network')
)

select 0 as layer, name as input, name as output, 1e0 / threshold as weight from fits where kind = 'scale'
union all
select 0 as layer, 'bias' as input, name as output, -value / threshold as weight from fits where kind = 'scale'
union all
select 1 as layer, name as input, 'unit_' || cast(node as string) as output, value as weight from fits where kind = 'into'
union all
select 1 as layer, 'bias' as input, 'unit_' || cast(node as string) as output, value as weight from fits where kind = 'bias'
union all
select 2 as layer, 'unit_' || cast(node as string) as input, 'score' as output, value as weight from fits where kind = 'out'
union all
select 2 as layer, name as input, 'score' as output, value as weight from fits where kind = 'weight'
