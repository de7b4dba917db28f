"""`propose(kind VARCHAR, content VARCHAR [, budget VARCHAR])` -> `STRUCT(answers STRUCT(part VARCHAR, text
VARCHAR)[], error VARCHAR, is_answered BOOLEAN, calls INTEGER, tokens INTEGER)`: what a model proposes.

    select propose('topic', '{"words": ["tent", "trail"], "titles": ["Light tent for two"]}')

Works where a language model is set (`llm`, see docs/llm.md), which is sent `content`, a JSON document, and
nothing else. Kinds and the parts of their answers: `topic` (`name`), `group` (`name`, `summary`), `user` (up
to three `middle` and two `deep` interests). An answer must be JSON of that form; names have 1 to 6 words, no
control characters, no markup, no addresses. What goes wrong is in `error`, and never ends the query: no model
set, no connection, an answer of another form, a budget used up. `is_answered`: the model did answer, be it
in another form; where not, asking later may help. `calls` and `tokens` are what it took, retries counted:
up to max_calls and max_tokens of the settings for each `budget`, a name (left out: that of the process).
NULL or blank kind or content -> NULL. Unknown kind -> an error.
"""

from functools import partial

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.llm.propose import PROPOSAL, propose
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("kind", pa.string()),
        Argument("content", pa.string()),
        Argument("budget", pa.string(), optional=True),
    )
    kernel = partial(propose, llm=settings.llm, progress=settings.progress)
    return [ScalarFunction("propose", arguments, PROPOSAL, kernel, expensive=True)]
