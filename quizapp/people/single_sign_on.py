"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, state and nonce, by Authlib.

Loaded only where the operator has set it up: it weighs 8 MB in each process.
"""

from __future__ import annotations

import secrets
import threading
import time
from typing import Any, NoReturn

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from quizapp import clock
from quizapp.identity_sources import Oidc
from quizapp.kernel.errors import ForbiddenError, InputError, UnavailableError
from quizapp.outbound import CONNECT_SECONDS, MOST_BYTES, READ_SECONDS, WHOLE_SECONDS, Outbound
from quizapp.people.rules.external import Away, Proof, Way, asserts_second_factor

# fixed: what the provider says of itself adds nothing, and no key is shared
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
KINDS = frozenset({"RSA", "EC"})
# seconds: how far clocks may differ; how long the provider's description and keys are kept; how soon keys are asked
# for again when a token names one that is not there
LEEWAY, KEPT, KEYS_AGAIN = 60, 600, 30
DISCOVERY = "/.well-known/openid-configuration"

DOWN = "单位统一登录暂时没有应答，请稍后再试。急用的话，请联系本单位联络员"
WRONG_ANSWER = "单位统一登录的应答不对，没有登录；请联系运维人员核对设置"
NOT_PROVED = "单位统一登录给的凭据没有通过核对，没有登录。请从头再登录一次；还是不行，请联系运维人员"
CLOCKS = "单位统一登录给的凭据已经过期，或者两边服务器的时间对不上，没有登录。请从头再登录一次；还是不行，请联系运维人员"
STALE = "这次统一登录已经用过、过期，或者不是从这个浏览器开始的。请从头再登录一次"
DENIED = "单位统一登录没有让你进来：已经取消，或者你没有使用这个平台的权限"


class SingleSignOn:
    """One provider, as the settings name it. Raises UnavailableError where it does not answer or answers nonsense,
    ForbiddenError where it denies, InputError for a proof that does not hold."""

    def __init__(self, settings: Oidc, outbound: Outbound) -> None:
        self.settings, self._outbound = settings, outbound
        self._lock = threading.Lock()
        self._description: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def begin(self, back: str) -> tuple[str, Away]:
        """The provider's address to send the browser to, and what the browser has to bring back."""
        away = Away(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), clock.now().timestamp())
        target = self._endpoint("authorization_endpoint")
        address, _state = self._client().create_authorization_url(
            target, state=away.state, code_verifier=away.verifier, nonce=away.nonce, redirect_uri=back)
        return str(address), away

    def finish(self, away: Away | None, answer: dict[str, str], back: str) -> tuple[Proof, str]:
        """The proof and the work number in it, for what the browser brought back (`code`, `state` or `error`)."""
        if away is None or not away.fits(answer.get("state", ""), clock.now()):
            raise InputError(STALE)
        if answer.get("error"):
            if answer["error"] in ("temporarily_unavailable", "server_error"):
                raise UnavailableError(DOWN)
            raise ForbiddenError(DENIED)
        claims = self._claims(self._token(answer.get("code", ""), away, back), away)
        login, subject = claims.get(self.settings.claim), claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise InputError(NOT_PROVED)
        strong = asserts_second_factor(claims, self.settings.amr, self.settings.acr)
        return (Proof(Way.OIDC, strong, self.settings.issuer, subject),
                str(login).strip() if isinstance(login, str | int) else "")

    def sign_out_address(self, back: str) -> str | None:
        """Where the provider ends its own session; None where it has no such page."""
        if not self._described().get("end_session_endpoint"):
            return None
        target = self._endpoint("end_session_endpoint")
        return str(requests.Request("GET", target, params={
            "client_id": self.settings.client_id, "post_logout_redirect_uri": back}).prepare().url)

    # ------------------------------------------------------------ what the provider is and has

    def _described(self) -> dict[str, Any]:
        """The provider's description of itself, kept for a while; its issuer has to be the one of the settings."""
        with self._lock:
            kept = self._description
        if kept is not None and time.monotonic() - kept[0] < KEPT:
            return kept[1]
        found = self._fetched(self.settings.issuer.rstrip("/") + DISCOVERY)
        if found.get("issuer") != self.settings.issuer:
            raise UnavailableError(WRONG_ANSWER)
        with self._lock:
            self._description = (time.monotonic(), found)
        return found

    def _endpoint(self, name: str) -> str:
        found = self._described().get(name)
        if not isinstance(found, str):
            raise UnavailableError(WRONG_ANSWER)
        self._outbound.check(found)
        return found

    def _key_set(self, again: bool = False) -> KeySet:
        with self._lock:
            kept = self._keys
        age = time.monotonic() - kept[0] if kept else KEPT
        if kept is not None and age < (KEYS_AGAIN if again else KEPT):
            return kept[1]
        keys = self._fetched(self._endpoint("jwks_uri")).get("keys")
        usable = [key for key in keys if isinstance(key, dict) and key.get("kty") in KINDS and key.get("use", "sig") == "sig"
                  ] if isinstance(keys, list) else []
        try:
            found = KeySet.import_key_set({"keys": usable})
        except (JoseError, ValueError, TypeError, KeyError):
            raise UnavailableError(WRONG_ANSWER) from None
        with self._lock:
            self._keys = (time.monotonic(), found)
        return found

    # ------------------------------------------------------------ the token

    def _token(self, code: str, away: Away, back: str) -> dict[str, Any]:
        """What the provider gives for the code. Raises InputError where it takes none, as for one that was used."""
        try:
            return dict(self._client().fetch_token(
                self._endpoint("token_endpoint"), grant_type="authorization_code", code=code, redirect_uri=back,
                code_verifier=away.verifier))
        except OAuthError as error:
            raise InputError(NOT_PROVED if error.error == "invalid_grant" else WRONG_ANSWER) from None
        except (requests.RequestException, ValueError):
            _down()

    def _claims(self, token: dict[str, Any], away: Away) -> dict[str, Any]:
        """What the ID token says, once signature, issuer, audience, times and nonce hold."""
        raw = token.get("id_token")
        if not isinstance(raw, str):
            raise InputError(NOT_PROVED)
        wanted = {"iss": {"essential": True, "value": self.settings.issuer},
                  "aud": {"essential": True, "value": self.settings.client_id}}
        try:
            proved = self._signed(raw)
            claims = CodeIDToken(proved.claims, proved.header, wanted,
                                 {"nonce": away.nonce, "client_id": self.settings.client_id, "access_token": token.get("access_token")})
            claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY)
        except ExpiredTokenError:
            raise InputError(CLOCKS) from None
        except InvalidClaimError as error:
            raise InputError(CLOCKS if error.claim in ("iat", "nbf") else NOT_PROVED) from None
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            # whatever a token may be made of, it is no proof
            raise InputError(NOT_PROVED) from None
        return dict(proved.claims)

    def _signed(self, raw: str) -> jwt.Token:
        """The token, its signature proved by a key of the provider. A key that is not known is asked for once."""
        try:
            return self._decoded(raw, self._key_set())
        except InvalidKeyIdError:
            return self._decoded(raw, self._key_set(again=True))

    @staticmethod
    def _decoded(raw: str, keys: KeySet) -> jwt.Token:
        return jwt.decode(raw, keys, registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False))

    # ------------------------------------------------------------ calls

    def _client(self) -> _Client:
        return _Client(self._outbound, self.settings, self._description[1] if self._description else {})

    def _fetched(self, url: str) -> dict[str, Any]:
        try:
            with self._client() as client:
                answer = client.request("GET", url, withhold_token=True)
                found = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError):
            _down()
        if not isinstance(found, dict):
            raise UnavailableError(WRONG_ANSWER)
        return found


class _Client(OAuth2Session):
    """Authlib's client, that calls only where it may, follows no redirect and waits no longer than it should."""

    def __init__(self, outbound: Outbound, settings: Oidc, description: dict[str, Any]) -> None:
        offered = description.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        # the surroundings (proxies, .netrc) decide nothing here: what may be called stands in the settings alone
        super().__init__(settings.client_id, settings.client_secret, token_endpoint_auth_method=method, scope=settings.scopes,
                         code_challenge_method="S256", trust_env=False, verify=settings.ca or True)
        self.outbound = outbound

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        kwargs |= {"allow_redirects": False, "stream": True, "timeout": (CONNECT_SECONDS, READ_SECONDS)}
        with self.outbound.call(url):
            until = time.monotonic() + WHOLE_SECONDS
            answer: requests.Response = super().request(method, url, **kwargs)
            answer._content = _whole(answer, until)
            return answer


def _whole(answer: requests.Response, until: float) -> bytes:
    """The body, unless it is longer, or takes longer, than any honest answer."""
    body = bytearray()
    for piece in answer.iter_content(16 * 1024):
        body += piece
        if len(body) > MOST_BYTES or time.monotonic() > until:
            answer.close()
            raise requests.exceptions.ReadTimeout("too long")
    return bytes(body)


def _down() -> NoReturn:
    raise UnavailableError(DOWN) from None
