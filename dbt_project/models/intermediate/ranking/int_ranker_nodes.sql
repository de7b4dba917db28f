-- The trees in use: a row goes to left_node where its feature is at most threshold, else to right_node; the score is
-- the sum over trees of the value of its leaf, less that of the root. Empty where the scorer in use is linear.
select
    tree,
    node,
    feature,
    threshold,
    left_node,
    right_node,
    value
from {{ ref('recudf', 'int_ranker_fit') }}
where
    kind = 'node'
    and exists (select 1 from {{ ref('recudf', 'int_ranker_choice') }} where is_learned and method = 'trees')
