"""What a page does that a test would not see: complaints in its console, and requests."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

_OWN = ("blob", "data")


class Watch:
    """Everything that the pages of a context say and ask for.

    Parameters
    ----------
    context : BrowserContext
    host : str
        The only host that may be asked, with its port.
    """

    def __init__(self, context: BrowserContext, host: str) -> None:
        self.host = host
        self.requests: list[Request] = []
        self._complaints: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        context.on("console", self._hear)
        context.on("weberror", self._fail)
        context.on("request", self._note)

    def expect(self, words: str) -> None:
        """Let complaints pass that a regular expression finds; the test is about them."""
        self._expected.append(re.compile(words))

    def asked(self, since: int = 0, words: str = "") -> list[str]:
        """Return the addresses with these words that were asked for since so many requests.

        The icon of the tab is left out: the browser asks for it when it likes.
        """
        urls = [each.url for each in self.requests[since:]]
        return [url for url in urls if words in url and not url.endswith("/icon.svg")]

    def troubles(self) -> list[str]:
        """Return complaints of the pages, and requests that left for elsewhere."""
        found = [
            words
            for words in self._complaints
            if not any(pattern.search(words) for pattern in self._expected)
        ]
        strays = [request.url for request in self.requests if not self._is_own(request.url)]
        return found + [f"a request to elsewhere: {url}" for url in strays]

    def _is_own(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in _OWN or (parts.scheme == "http" and parts.netloc == self.host)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"console: {message.text} ({message.location})")

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def _fail(self, error: WebError) -> None:
        self._complaints.append(f"uncaught: {error.error}")
