"""The report over HTTP, for this machine alone: one page, made anew when what it is made of has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from recudf.errors import InputError, RecudfError

ADDRESS = "127.0.0.1"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",  # nothing of it stays in the browser
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


class Server(ThreadingHTTPServer):
    """Answers GET / at 127.0.0.1 with what `make` returns.

    make: the page, whose RecudfError is told with status 503, unless there is an earlier page, which is
    given then. state: a value that changes when the page must be made anew. port: 0 takes a free one.
    Raises InputError where the port is taken.
    """

    daemon_threads = True

    def __init__(self, make: Callable[[], str], state: Callable[[], Hashable], port: int = 0) -> None:
        try:
            super().__init__((ADDRESS, port), _Handler)
        except OSError as error:
            raise InputError(
                f"cannot listen on port {port} ({error.strerror}): give another --port"
            ) from None
        self._make = make
        self._state = state
        self._lock = threading.Lock()
        self._page: tuple[Hashable, bytes] | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{ADDRESS}:{self.server_port}/"

    def page(self) -> tuple[int, bytes]:
        """Status and content; one request at a time makes the page."""
        with self._lock:
            state = self._state()
            if self._page is None or self._page[0] != state:
                try:
                    self._page = (state, self._make().encode())
                except RecudfError as error:
                    if self._page is None:
                        return 503, f"{error}\n".encode()
            return 200, self._page[1]

    def is_for_us(self, host: str | None) -> bool:
        """Whether a request names this server: a page of another site that leads here names that site."""
        return host in (f"{ADDRESS}:{self.server_port}", f"localhost:{self.server_port}")


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        if not self.server.is_for_us(self.headers.get("Host")):
            self._answer(403, b"this page is for http://127.0.0.1 alone\n", plain=True)
        elif self.path != "/":
            self._answer(404, b"there is one page, /\n", plain=True)
        else:
            status, content = self.server.page()
            self._answer(status, content, plain=status != 200)

    do_HEAD = do_GET  # noqa: N815 (the name in http.server)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name in http.server)
        """Requests are not logged."""

    def _answer(self, status: int, content: bytes, plain: bool) -> None:
        self.send_response(status)
        for name, value in (
            HEADERS | ({"Content-Type": "text/plain; charset=utf-8"} if plain else {})
        ).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
