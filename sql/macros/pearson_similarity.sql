-- pearson_similarity(a, b) -> DOUBLE: Pearson's correlation of two lists of co-rated values of equal length.
-- Pairs with a NULL are skipped; no variance, fewer than two pairs, NaN, infinity or a NULL list -> NULL; different
-- lengths -> an error. Not for embeddings.
create or replace temp macro pearson_similarity(a, b) as (
    select
        case
            when len(cast(a as double[])) != len(cast(b as double[]))
                then error(
                    'pearson_similarity: lists of ' || len(cast(a as double[])) || ' and ' || len(cast(b as double[]))
                    || ' values: give both a value, or NULL, for each thing rated'
                )
            when isfinite(r) then r
        end
    from (
        select corr(pair[1], pair[2]) as r
        from (select unnest(list_zip(cast(a as double[]), cast(b as double[]))) as pair)
    )
);
