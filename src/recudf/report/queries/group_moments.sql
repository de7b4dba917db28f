select
    as_of as moment,
    previous_as_of as previous
from report_moments
order by moment_index
