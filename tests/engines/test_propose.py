"""propose and llm_info in SQL, on each engine, against a server that says what it is told to."""

import sys

import pytest

from recudf import LlmSettings, Settings
from scripted_server import serving


@pytest.fixture
def script(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("RECUDF_LLM_KEY", raising=False)

    def answer(request):
        data = request["messages"][1]["content"]
        return {"name": "Knitting yarns" if "yarn" in data else "<script>"}

    with serving(answer) as script:
        yield script


QUESTIONS = """select id, propose(kind, content, 'build') from (values
    (1, 'topic', '{"words": ["yarn"]}'), (2, 'topic', '{"words": ["pan"]}'), (3, 'topic', null)
) v(id, kind, content) order by id"""


def test_rows_in_rows_out(engine, script):
    sql = engine(Settings(llm=LlmSettings(script.url, "small", max_calls=3)))
    good, bad, nothing = (proposal for _, proposal in sql(QUESTIONS))
    assert good == {
        "answers": [{"part": "name", "text": "Knitting yarns"}],
        "error": None, "is_answered": True, "calls": 1, "tokens": 50,
    }  # fmt: skip
    assert (bad["answers"], bad["is_answered"], bad["calls"]) == ([], True, 2)
    assert "markup" in bad["error"]
    assert nothing is None
    assert len(script.requests) == 3
    ((model, prompts),) = sql("select llm_info().model, llm_info().prompts")
    assert model == "small"
    assert len(prompts) == 12


def test_without_a_model_nobody_is_asked(engine):
    sql = engine(Settings())
    ((found,),) = sql("""select propose('topic', '{"words": ["yarn"]}')""")
    assert "no language model is set" in found["error"]
    assert found["calls"] == 0


def test_registering_imports_no_client():
    """In a process of its own: what asks a server is loaded with the first question alone."""
    import subprocess

    script = "import recudf, sys; recudf.connect(); print('urllib.request' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False"]
