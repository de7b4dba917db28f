-- cosine_similarity(a, b) -> DOUBLE: the cosine of the angle between two vectors of equal length.
-- NULL, a zero vector, NaN or infinity -> NULL; different lengths or a NULL inside -> an error.
create or replace temporary function cosine_similarity(a array<double>, b array<double>)
returns double
return case
    when a is null or b is null then null
    when size(a) != size(b)
        then raise_error('cosine_similarity: vectors of ' || size(a) || ' and ' || size(b) || ' components: embed both with the same encoder')
    when exists(a, x -> x is null) or exists(b, x -> x is null)
        then raise_error('cosine_similarity: a vector has a NULL inside: give vectors of numbers, or NULL for the whole vector')
    else nullif(
        aggregate(zip_with(a, b, (x, y) -> x * y), 0D, (total, x) -> total + x) / nullif(
            sqrt(aggregate(a, 0D, (total, x) -> total + x * x)) * sqrt(aggregate(b, 0D, (total, x) -> total + x * x)),
            0D
        ),
        double('NaN')
    )
end
