"""What a page does that a test would not see: errors, answers, violations, and requests.

All is told by facts that every version of a browser has.  What the browser itself writes into the
console is for people: its words change from one version to the next, so nothing is judged by them.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

_OWN = ("blob", "data")
_BAD = 400

_TELL_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(event.effectiveDirective);
  window.tellViolation(event.effectiveDirective, event.blockedURI);
});
"""


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
        self.violations: list[str] = []
        self._complaints: list[str] = []
        self._remarks: list[ConsoleMessage] = []
        self._badly_answered: set[str] = set()
        self._expected: list[re.Pattern[str]] = []
        context.on("console", self._hear)
        context.on("weberror", self._fail)
        context.on("request", self._note)
        context.on("response", self._judge)
        context.expose_function("tellViolation", self._violate)
        context.add_init_script(_TELL_VIOLATIONS)

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
            for words in [*self._complaints, *self.violations]
            if not any(pattern.search(words) for pattern in self._expected)
        ]
        strays = [request.url for request in self.requests if not self._is_own(request.url)]
        found += [f"a request to elsewhere: {url}" for url in strays]
        return found + [
            f"the browser remarks at {remark.location['url']}: {remark.text}"
            for remark in self._remarks
            if not self._is_explained(remark)
        ]

    def _is_own(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in _OWN or (parts.scheme == "http" and parts.netloc == self.host)

    def _is_explained(self, remark: ConsoleMessage) -> bool:
        """Tell whether the browser writes of what is known from an event already."""
        return bool(self.violations) or remark.location["url"] in self._badly_answered

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if message.args:  # what a page writes has arguments, what the browser writes has none
            self._complaints.append(f"console: {message.text} ({message.location})")
        else:
            self._remarks.append(message)

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def _judge(self, response: Response) -> None:
        if response.status >= _BAD:
            self._badly_answered.add(response.url)
            self._complaints.append(f"answered {response.status}: {response.url}")

    def _violate(self, directive: str, blocked: str) -> None:
        self.violations.append(f"violation of {directive}: {blocked}")

    def _fail(self, error: WebError) -> None:
        self._complaints.append(f"uncaught: {error.error}")
