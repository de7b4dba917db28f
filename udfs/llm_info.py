"""`llm_info()` -> `STRUCT(model VARCHAR, prompts VARCHAR)`: what else the answers of `propose` depend on.

    select llm_info().model

`model` is NULL where no language model is set; `prompts` is a digest of all prompts and rules. Nobody is
asked.
"""

from functools import partial

from recudf.functions import ScalarFunction
from recudf.llm.propose import INFO, llm_info
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    return [ScalarFunction("llm_info", (), INFO, partial(llm_info, llm=settings.llm))]
