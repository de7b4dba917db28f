"""A server that speaks chat completions and answers what it is told to, on a port of this machine."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Script:
    """What to answer, by a function of the request's JSON: a text, a dict (to be JSON), or (status, text, headers).

    requests: the JSON of those that came; headers: theirs. delay: seconds that an answer takes.
    """

    def __init__(self, answer):
        self.answer, self.requests, self.headers, self.delay, self.url = answer, [], [], 0.0, ""

    def respond(self, request):
        said = self.answer(request) if callable(self.answer) else self.answer
        if isinstance(said, tuple):
            return said
        text = said if isinstance(said, str) else json.dumps(said)
        return 200, completion(text), {}


def completion(text, tokens=50):
    """A chat completion as servers send it."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return json.dumps({"object": "chat.completion", "choices": [choice], "usage": {"total_tokens": tokens}})


def in_turn(*answers):
    """Answers one after the other, the last one for ever."""
    rest = list(answers)
    return lambda request: rest.pop(0) if len(rest) > 1 else rest[0]


@contextmanager
def serving(answer):
    """A running server and its script."""
    script = answer if isinstance(answer, Script) else Script(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            script.requests.append(json.loads(body) | {"path": self.path})
            script.headers.append(dict(self.headers))
            status, text, headers = script.respond(script.requests[-1])
            time.sleep(script.delay)
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())
            except (BrokenPipeError, ConnectionResetError):
                pass  # nobody waits any more

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
