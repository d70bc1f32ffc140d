"""An OpenID provider in a process of its own: oidc-provider-mock, which signs real tokens, made to hold its clients to
PKCE, and to hand out a wrong token when a test asks for one.

`python -m tests.servers.provider PORT` serves it; `running()` does so for a block of a test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.servers.ports import free_port, wait_for

CLIENT, SECRET = "quizapp", "a secret that opens nothing outside the tests"


@dataclass
class Provider:
    """One that runs."""

    port: int

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def register(self, subject: str, **claims: Any) -> None:
        """An account, and what its tokens say."""
        requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=10).raise_for_status()

    def misbehave(self, how: str = "") -> None:
        """From now on, answers are wrong in this way; "" for right again."""
        requests.put(f"{self.issuer}/misbehave", json=how, timeout=10).raise_for_status()

    def sign_in(self, address: str, subject: str = "", deny: bool = False) -> str:
        """What a person does on the provider's page; the address that their browser is sent back to."""
        form = {"action": "deny"} if deny else {"sub": subject}
        answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, f"{answer.status_code}: {answer.text[:300]}"
        return answer.headers["Location"]

    def seen(self) -> list[str]:
        """Paths that were asked for, in order."""
        found: list[str] = requests.get(f"{self.issuer}/seen", timeout=10).json()
        return found


@contextmanager
def running() -> Iterator[Provider]:
    port = free_port()
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen([sys.executable, "-m", "tests.servers.provider", str(port)], env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield Provider(port)
    finally:
        process.terminate()
        process.wait(10)


# ---------------------------------------------------------------- in the process of the provider


def serve(port: int) -> None:
    import flask
    import oidc_provider_mock
    from werkzeug.serving import make_server

    app = oidc_provider_mock.app(require_client_registration=False, require_nonce=True)
    app.debug = False
    at: dict[str, Any] = {"how": "", "challenges": {}, "seen": [], "keys": None}

    @app.put("/misbehave")
    def misbehave() -> tuple[str, int]:
        at["how"] = flask.request.json
        return "", 204

    @app.get("/seen")
    def seen() -> flask.Response:
        return flask.jsonify(at["seen"])

    @app.before_request
    def look() -> flask.typing.ResponseReturnValue | None:
        path = flask.request.path
        at["keys"] = flask.g.oidc_provider_mock_storage
        if path not in ("/misbehave", "/seen"):
            at["seen"].append(path)
        return no_token(at["how"], at["challenges"], port) if path == "/oauth2/token" else None

    @app.after_request
    def afterwards(response: flask.Response) -> flask.Response:
        path, how = flask.request.path, at["how"]
        if path == "/oauth2/authorize" and response.status_code == 302:
            assert flask.request.args["code_challenge_method"] == "S256"
            code = parse_qs(urlsplit(response.location).query).get("code", [""])[0]
            at["challenges"][code] = flask.request.args["code_challenge"]
        if path == "/.well-known/openid-configuration" and how in DESCRIPTIONS:
            response.set_data(json.dumps({**response.get_json(), **DESCRIPTIONS[how]}))
        if path == "/oauth2/token" and response.status_code == 200 and how:
            answer = response.get_json()
            answer["id_token"] = worse(answer["id_token"], how, at["keys"].jwk)
            response.set_data(json.dumps(answer))
        return response

    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=leave_with_parent, daemon=True).start()
    server.serve_forever()


def no_token(how: str, challenges: dict[str, str], port: int) -> Any:
    """What whoever asks for a token gets in its place: a wrong answer where a test wants one, a refusal without the
    secret or the verifier; None where there is nothing against it."""
    import flask

    if how == "redirect":
        return flask.redirect(f"http://127.0.0.1:{port}/elsewhere")
    if how == "error":
        return "no", 500
    if how == "slow":
        time.sleep(9)
    wanted = challenges.get(flask.request.form.get("code", ""))
    if flask.request.authorization is None or flask.request.authorization.password != SECRET:
        return flask.jsonify(error="invalid_client"), 401
    if not wanted or challenge(flask.request.form.get("code_verifier", "")) != wanted:
        return flask.jsonify(error="invalid_grant"), 400
    return None


DESCRIPTIONS = {
    "another issuer": {"issuer": "http://127.0.0.1:1"},
    "token elsewhere": {"token_endpoint": "http://127.0.0.1:1/token"},
    "authorization elsewhere": {"authorization_endpoint": "https://evil.example/authorize"},
    "no sign-out": {"end_session_endpoint": None},
}


def worse(token: str, how: str, key: Any) -> str:
    """The token, with one thing about it that is not right."""
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    now, ours = int(time.time()), RSAKey.import_key(key.as_dict(is_private=True))
    changes = {
        "nonce": {"nonce": "of another sign-in"}, "no nonce": {"nonce": None}, "audience": {"aud": ["another platform"]},
        "audience by azp": {"aud": ["another platform"], "azp": CLIENT}, "issuer": {"iss": "https://evil.example"},
        "expired": {"exp": now - 3600, "iat": now - 7200}, "future": {"iat": now + 3600, "exp": now + 7200},
        "no subject": {"sub": None}, "list for login": {"preferred_username": ["p00777"]},
    }
    if how in changes:
        changed = {name: value for name, value in {**claims, **changes[how]}.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": ours.kid}, changed, ours)
    if how == "signature":
        return ".".join([head, body, signature[::-1]])
    if how == "another key":
        other = RSAKey.generate_key(2048, {"kid": ours.kid})
        return jwt.encode({"alg": "RS256", "kid": ours.kid}, claims, other)
    if how == "no algorithm":
        return f"{encoded(json.dumps({'alg': 'none', 'kid': ours.kid}).encode())}.{body}."
    if how == "public key as secret":  # by hand: no library signs with that
        begun = f"{encoded(json.dumps({'alg': 'HS256', 'kid': ours.kid}).encode())}.{body}"
        return f"{begun}.{encoded(hmac.digest(ours.as_pem(private=False), begun.encode(), 'sha256'))}"
    if how == "garbage":
        return "not.a.token"
    return token


def challenge(verifier: str) -> str:
    return encoded(hashlib.sha256(verifier.encode()).digest())


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def leave_with_parent() -> None:
    """A run that was killed leaves nothing behind."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
