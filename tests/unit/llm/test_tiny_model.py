"""propose against a real language model: a tiny one with random weights, whose nonsense must be refused."""

import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import recudf
from recudf import LlmSettings, Settings
from scripted_server import completion, serving

SERVING = ("fastapi", "uvicorn", "openai", "accelerate")  # what `transformers serve` needs beyond ours


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """Path of a GPT-2 of one layer over bytes, with a chat template."""
    return make_model(tmp_path_factory.mktemp("tiny_model") / "model")


def make_model(folder: Path) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    vocabulary = {letter: i for i, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    end = vocabulary.setdefault("<|end|>", len(vocabulary))
    bytewise = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytewise, eos_token="<|end|>", pad_token="<|end|>")
    tokenizer.chat_template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: "
    tokenizer.save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        size = {"vocab_size": end + 1, "n_positions": 4096, "n_embd": 16, "n_layer": 1, "n_head": 2}
        GPT2LMHeadModel(GPT2Config(bos_token_id=end, eos_token_id=end, **size)).save_pretrained(folder)
    return folder


@pytest.fixture(params=["transformers serve", "transformers behind http.server"])
def url(request, tiny_model, monkeypatch):
    """Where the model is served: by transformers' own server where it is installed, and by one of ours."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("RECUDF_LLM_KEY", raising=False)
    if request.param == "transformers serve":
        if missing := [name for name in SERVING if importlib.util.find_spec(name) is None]:
            pytest.skip(f"transformers serve needs {', '.join(missing)}: pip install 'transformers[serving]'")
        yield from own_server(tiny_model)
    else:
        with serving(generating(tiny_model)) as script:
            yield script.url


def own_server(model, port=8391):
    command = [
        sys.executable,
        "-m",
        "transformers.cli.transformers",
        "serve",
        str(model),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                    f"{address}/health", timeout=1
                )
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.5)
        yield f"{address}/v1"
    finally:
        process.terminate()
        process.wait()


def generating(model):
    """Answers by the model itself."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, network = AutoTokenizer.from_pretrained(model), AutoModelForCausalLM.from_pretrained(model)

    def answer(request):
        prompt = tokenizer.apply_chat_template(
            request["messages"], tokenize=False, add_generation_prompt=True
        )
        tokens = tokenizer(prompt, return_tensors="pt")
        said = network.generate(**tokens, max_new_tokens=request["max_tokens"], do_sample=False)[0]
        text = tokenizer.decode(said[tokens["input_ids"].shape[1] :], skip_special_tokens=True)
        return 200, completion(text, tokens=len(said)), {}

    return answer


def test_its_nonsense_is_refused(url, tiny_model):
    settings = Settings(llm=LlmSettings(url, str(tiny_model), timeout=120))
    content = json.dumps({"words": ["tent", "trail"], "titles": ["Light tent for two"]})
    with recudf.connect(settings=settings) as connection:
        rows = connection.execute(
            "select propose(kind, ?) from (values ('topic'), ('group'), ('user')) v(kind)", [content]
        ).fetchall()
    for (found,) in rows:
        assert (found["answers"], found["is_answered"], found["calls"]) == ([], True, 2)
        assert found["error"] == "the answer is no JSON object"
        assert 0 < found["tokens"] < 4000
