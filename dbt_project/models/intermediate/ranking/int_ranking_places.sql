-- Of what people liked, what each fold hides: with place = fold; what came after has a smaller one, what is seen a
-- larger one. Hidden is what was liked from a moment on (int_ranking_folds), or a quarter of what each user liked, in
-- fold n the n-th last one, or at random where ranking_split says so or nothing is dated. Then one user in eight is
-- seen with the first few events alone, none to five, and all that followed is hidden, so that a scorer learns of those
-- who are new, too; at a moment some people are.
with history as (
    select
        history.user_id,
        history.item_id,
        history.last_at
    from {{ ref('recudf', 'int_user_items') }} as history
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on history.user_id = users.user_id
    where history.weight > 0 and not users.is_bot
),

liked as (
    select
        user_id,
        item_id,
        last_at,
        row_number() over (
            partition by user_id
            order by last_at desc nulls last, md5(user_id || '{{ '\x1f' }}' || item_id)
        ) as newest,
        count(*) over (partition by user_id) as items
    from history
),

folds as (
    select * from {{ ref('recudf', 'int_ranking_folds') }}
),

-- an eighth of all hashes begin below 2; the next digit tells how many events are seen
short as (
    select
        fold,
        user_id,
        mod(instr('0123456789abcdef', substr(hash, 2, 1)), 6) as seen
    from (
        select
            folds.fold,
            users.user_id,
            md5({{ recudf.fold_seed() }} users.user_id) as hash
        from folds
        cross join {{ ref('recudf', 'int_users_flagged') }} as users
        where folds.hides_from is null
    ) as hashed
    where hash < '2'
),

dealt as (
    select
        folds.fold,
        liked.user_id,
        liked.item_id,
        liked.items - liked.newest as older,
        case
            when liked.last_at >= folds.hides_until then folds.fold - 1
            when liked.last_at >= folds.hides_from then folds.fold
            when folds.hides_from is not null then folds.fold + 1
            when {{ recudf.ranking_is_timed() }} then ceil(liked.newest / greatest(1, floor(liked.items / 4e0)))
            -- a quarter of all hashes begin below 4
            when md5({{ recudf.fold_seed() }} liked.user_id || '{{ '\x1f' }}' || liked.item_id) < '4' then folds.fold
            else folds.fold + 1
        end as place
    from liked
    cross join folds
    cross join (select max(last_at) as last_at from {{ ref('recudf', 'int_user_items') }}) as dated
    where liked.items >= 4 * folds.fold or folds.hides_from is not null
)

select
    dealt.fold,
    dealt.user_id,
    dealt.item_id,
    short.user_id is not null as is_short,
    cast(
        case when dealt.place > dealt.fold and dealt.older >= short.seen then dealt.fold else dealt.place end as integer
    ) as place
from dealt
left join short on dealt.fold = short.fold and dealt.user_id = short.user_id
