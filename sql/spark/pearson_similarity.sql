-- pearson_similarity(a, b) -> DOUBLE: Pearson's correlation of two lists of co-rated values of equal length.
-- Pairs with a NULL are skipped; no variance, fewer than two pairs, NaN, infinity or a NULL list -> NULL; different
-- lengths -> an error. Not for embeddings. Means and products are updated pair by pair (Welford 1962).
create or replace temporary function pearson_similarity(a array<double>, b array<double>)
returns double
return case
    when a is null or b is null then null
    when size(a) != size(b)
        then raise_error(
            'pearson_similarity: lists of ' || size(a) || ' and ' || size(b)
            || ' values: give both a value, or NULL, for each thing rated'
        )
    else aggregate(
        filter(zip_with(a, b, (x, y) -> named_struct('x', x, 'y', y)), p -> p.x is not null and p.y is not null),
        named_struct('n', 0D, 'x', 0D, 'y', 0D, 'xx', 0D, 'xy', 0D, 'yy', 0D),
        (s, p) -> named_struct(
            'n', s.n + 1,
            'x', s.x + (p.x - s.x) / (s.n + 1),
            'y', s.y + (p.y - s.y) / (s.n + 1),
            'xx', s.xx + (p.x - s.x) * (p.x - s.x) * s.n / (s.n + 1),
            'xy', s.xy + (p.x - s.x) * (p.y - s.y) * s.n / (s.n + 1),
            'yy', s.yy + (p.y - s.y) * (p.y - s.y) * s.n / (s.n + 1)
        ),
        s -> nullif(s.xy / nullif(sqrt(s.xx) * sqrt(s.yy), 0D), double('NaN'))
    )
end
