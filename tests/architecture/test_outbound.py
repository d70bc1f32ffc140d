"""Only two modules call other servers, and both ask `quizapp.outbound` whether they may."""

from __future__ import annotations

import ast

from quizapp.i18n import PACKAGE

CALLING = frozenset({"requests", "urllib.request", "http.client", "httpx", "urllib3", "aiohttp", "socket", "smtplib", "ftplib", "ldap3",
                     "authlib", "telnetlib"})
ALLOWED = {"people/single_sign_on.py": {"requests", "authlib"}, "people/directory.py": {"ldap3"}}
LISTENING = {"ops/checking.py": {"socket"}}  # asks whether a port of this machine is free, and calls nobody


def test_who_calls_out() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            for name in names:
                for calling in CALLING:
                    if name == calling or name.startswith(calling + "."):
                        found.setdefault(str(path.relative_to(PACKAGE)), set()).add(calling)
    assert found == ALLOWED | LISTENING
    for file in ALLOWED:
        assert "_outbound.c" in (PACKAGE / file).read_text(encoding="utf-8") or "outbound.call" in (PACKAGE / file).read_text(encoding="utf-8")
