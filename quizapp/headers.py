"""The headers that every response carries, and the two content security policies."""

from __future__ import annotations

# No address is trusted for scripts, not even our own: what carries the nonce of its page runs, and what that imports.
# A file that somebody uploaded can therefore never become a script, wherever it might be served from.
_PAGE = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# files and JSON are no pages: opened as one they may do nothing at all
_FILE = "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

POLICY = "Content-Security-Policy"
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
NO_PAGE = (POLICY, _FILE)
NOT_KEPT = ("Cache-Control", "no-store")
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")  # two years


def page_policy(nonce: str) -> tuple[str, str]:
    """The policy of a page whose scripts carry this nonce."""
    return POLICY, _PAGE.format(nonce=nonce)


def fixed(https: bool) -> tuple[tuple[str, str], ...]:
    """What every response of an installation carries, page or not."""
    return (*HEADERS, HTTPS_ONLY) if https else HEADERS
