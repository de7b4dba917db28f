-- cosine_similarity(a, b) -> DOUBLE: the cosine of the angle between two vectors of equal length.
-- NULL, a zero vector, NaN or infinity -> NULL; different lengths or a NULL inside -> an error.
-- (0.2, 0.3, 0.5) and (0.1, 0.4, 0.3) have cosine 0.9226.
create or replace temp macro cosine_similarity(a, b) as
    nullif(
        list_inner_product(cast(a as double[]), cast(b as double[])) / nullif(
            sqrt(list_inner_product(cast(a as double[]), cast(a as double[])))
            * sqrt(list_inner_product(cast(b as double[]), cast(b as double[]))),
            0
        ),
        cast('nan' as double)
    )
