"""Bounds of one run of the server: where it listens, who may ask, how much and how slowly."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sokkuri.errors import SokkuriError
from sokkuri.language import sentence

_LOCAL_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
_ANY_ADDRESS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised, not bound

# What a header carries unchanged; 22 characters hold the 128 bits of a random token.
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{22,512}")


class TokenNeeded(SokkuriError):
    """A server that other machines reach was to start without a token of the user's choice."""


@dataclass(frozen=True, kw_only=True)
class SafetySettings:
    """The bounds of one run of the server; :func:`settings_for` fills in what is usual.

    Parameters
    ----------
    host : str
        The address that is bound; ``0.0.0.0`` and ``::`` mean all of the machine's.
    port : int
        The port that is bound, never 0.
    token : str
        The secret of this run: at least 22 characters, 128 bits if random.
    names : tuple of str
        Further names by which browsers may call the server, without port.
    read_only : bool
        Whether only searches and their uploads may be posted.
    upload_bytes : int
        The largest body of a request.
    receive_seconds, least_bytes_per_second, grace_seconds : float
        Time that a body may take in all, and how slow it may be after the grace.
    header_seconds : float
        Time for the head of a request.
    keep_alive_seconds : int
        Time that a connection may wait for its next request.
    send_seconds : float
        Time that a client may stop reading its answer.
    stop_seconds : float
        Time for requests under way when the server stops.
    ticket_seconds : float
        Time that a link to the page is good for.
    most_connections : int
        Connections open at once.
    """

    host: str
    port: int
    token: str = field(repr=False)
    names: tuple[str, ...] = ()
    read_only: bool = False
    upload_bytes: int = 32 * 1024 * 1024
    receive_seconds: float = 30.0
    least_bytes_per_second: int = 1024
    grace_seconds: float = 5.0
    header_seconds: float = 10.0
    keep_alive_seconds: int = 15
    send_seconds: float = 30.0
    stop_seconds: float = 2.0
    ticket_seconds: float = 600.0
    most_connections: int = 512

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise ValueError(f"a port is 1 to 65535, not {self.port}")
        if not _TOKEN.fullmatch(self.token):
            raise TokenNeeded(
                "a token has at least 22 letters, digits or -._~+/=; "
                "make one: python3 -c 'import secrets; print(secrets.token_urlsafe())'"
            )
        if not self.loopback and not self.read_only:
            raise ValueError("a server that other machines reach is read-only")

    @property
    def loopback(self) -> bool:
        """True if no other machine can reach the server."""
        return _is_loopback(self.host)

    @property
    def any_address(self) -> bool:
        """True if the server listens on all addresses of the machine."""
        return self.host in _ANY_ADDRESS

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The values of ``Host`` that mean this server, in lower case."""
        names = list(self.names)
        if self.loopback or self.any_address:
            names.extend(_LOCAL_NAMES)
        if not self.any_address:
            names.append(self.host)
        return frozenset(host for name in names for host in with_port(name, self.port))

    @property
    def url(self) -> str:
        """Address of the page, without a slash at the end."""
        name = "127.0.0.1" if self.any_address else _bracketed(self.host)
        return f"http://{name}" if self.port == 80 else f"http://{name}:{self.port}"

    @property
    def cookie_name(self) -> str:
        """The cookie's name; browsers share cookies among ports, so it carries the port."""
        return f"sokkuri-{self.port}"

    @cached_property
    def cookie_value(self) -> str:
        """Proof that a browser shows instead of the token, which it never holds."""
        return hmac.new(
            self.token.encode(), b"sokkuri cookie %d" % self.port, hashlib.sha256
        ).hexdigest()

    @property
    def warning(self) -> str:
        """Words for the user who opens the server to other machines; empty for loopback."""
        if self.loopback:
            return ""
        return sentence(
            f"warning: other machines can reach {self.host}:{self.port}. Whoever has the token "
            "sees all photos of the library; the connection is not encrypted. It is read-only."
        )


def settings_for(
    host: str,
    port: int,
    *,
    token: str | None = None,
    names: tuple[str, ...] = (),
    read_only: bool = False,
) -> SafetySettings:
    """Return the settings of one run, with a random token where only this machine can ask.

    Parameters
    ----------
    host : str
    port : int
    token : str, optional
    names : tuple of str
    read_only : bool

    Raises
    ------
    TokenNeeded
        If other machines can ask and no token was given, or the token is too short.
    """
    loopback = _is_loopback(host)
    if token is None and not loopback:
        raise TokenNeeded(
            f"{host} can be reached by other machines, which needs a token of your choice: "
            f"export SOKKURI_TOKEN={new_token()}, or leave --host out"
        )
    return SafetySettings(
        host=host,
        port=port,
        token=new_token() if token is None else token,
        names=names,
        read_only=read_only or not loopback,
    )


def new_token() -> str:
    """Return a random token of 256 bits."""
    return secrets.token_urlsafe(32)


def _is_loopback(host: str) -> bool:
    """Tell whether an address can be reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False  # a name may resolve to anything


def with_port(name: str, port: int) -> tuple[str, ...]:
    """Return the values of ``Host`` that name a server; browsers leave the port out if it is 80.

    Parameters
    ----------
    name : str
    port : int
    """
    host = _bracketed(name).lower()
    return (f"{host}:{port}", host) if port == 80 else (f"{host}:{port}",)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
