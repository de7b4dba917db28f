-- What do users dislike: about which items, categories and topics do they write ill?
select
    interests.interest_id,
    interests.interest,
    count(*) as users_who_feel_about_it,
    cast(sum(case when interests.score < 0 then 1 else 0 end) as bigint) as users_who_dislike_it,
    avg(interests.score) as mean_polarity,
    min(interests.score) as lowest_polarity,
    max(case when interests.score < 0 then interests.emotion end) as an_emotion_of_theirs,
    max(interests.last_seen) as last_seen
from recudf.fct_user_interests as interests
where interests.granularity = 'sentiment'
group by interests.interest_id, interests.interest
having sum(case when interests.score < 0 then 1 else 0 end) > 0
order by users_who_dislike_it desc, mean_polarity, interests.interest_id
