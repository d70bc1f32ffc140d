"""Settings of single sign-on and directory: what stops the start, and that no sentence holds a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from quizapp.identity_sources import Ldap, Oidc, ldap_from, oidc_from
from quizapp.kernel.errors import InputError, UnavailableError
from quizapp.outbound import outbound_of

SECRET = "the secret itself"
OIDC = {"QUIZAPP_OIDC_ISSUER": "https://sso.example.gov.cn/realms/a", "QUIZAPP_OIDC_CLIENT_ID": "quizapp",
        "QUIZAPP_OIDC_CLIENT_SECRET": SECRET, "QUIZAPP_ADDRESS": "https://exam.example.gov.cn/"}
LDAP = {"QUIZAPP_LDAP_URL": "ldaps://dir.example.gov.cn", "QUIZAPP_LDAP_BIND_DN": "cn=search", "QUIZAPP_LDAP_BIND_PASSWORD": SECRET,
        "QUIZAPP_LDAP_BASE": "dc=example"}


def test_nothing_set_is_nothing_and_all_set_is_read() -> None:
    assert oidc_from({}) is None
    assert ldap_from({"QUIZAPP_LDAP_URL": ""}) is None
    oidc = oidc_from({**OIDC, "QUIZAPP_OIDC_AMR": "otp, hwk", "QUIZAPP_OIDC_SCOPES": "email"})
    assert isinstance(oidc, Oidc)
    assert (oidc.address, oidc.amr, oidc.scopes) == ("https://exam.example.gov.cn", {"otp", "hwk"}, "openid email")
    ldap = ldap_from({**LDAP, "QUIZAPP_LDAP_ATTRIBUTE": "sAMAccountName", "QUIZAPP_LOCAL_ACCOUNTS": "a b"})
    assert isinstance(ldap, Ldap)
    assert (ldap.filter, ldap.start_tls, ldap.local_accounts) == ("(sAMAccountName={login})", False, {"a", "b"})
    starting = ldap_from({**LDAP, "QUIZAPP_LDAP_URL": "ldap://dir.example.gov.cn"})
    assert starting is not None
    assert starting.start_tls
    assert SECRET not in f"{oidc!r}{ldap!r}"


@pytest.mark.parametrize(("change", "said"), [
    ({"QUIZAPP_OIDC_ISSUER": ""}, "QUIZAPP_OIDC_ISSUER"), ({"QUIZAPP_OIDC_CLIENT_SECRET": ""}, "QUIZAPP_OIDC_CLIENT_SECRET"),
    ({"QUIZAPP_ADDRESS": ""}, "QUIZAPP_ADDRESS"), ({"QUIZAPP_ADDRESS": "https://exam.example.gov.cn/x"}, "只写到域名"),
    ({"QUIZAPP_ADDRESS": "http://exam.example.gov.cn"}, "没有加密"), ({"QUIZAPP_OIDC_ISSUER": "http://sso.example.gov.cn"}, "没有加密"),
    ({"QUIZAPP_OIDC_ISSUER": "http://127.0.0.1:9"}, "没有加密"), ({"QUIZAPP_OIDC_ISSUER": "sso.example.gov.cn"}, "这样的地址"),
    ({"QUIZAPP_OIDC_ISSUER": "https://a:b@sso.example.gov.cn"}, "不带账号"), ({"QUIZAPP_OIDC_ISSUER": "https://sso:x"}, "这样的地址"),
    ({"QUIZAPP_OIDC_ACRS": "loa2"}, "没有 QUIZAPP_OIDC_ACRS 这个设置"), ({"QUIZAPP_OIDC_CA": "/nowhere.pem"}, "nowhere"),
    ({"QUIZAPP_OIDC_HOSTS": "https://x"}, "只写域名"), ({"QUIZAPP_OIDC_CLIENT_SECRET_FILE": "/nowhere"}, "只能设一个"),
    ({"QUIZAPP_LDAP_URL": "ldaps://"}, "这样的地址"), ({"QUIZAPP_LDAP_URL": "ldaps://dir/dc=x"}, "QUIZAPP_LDAP_BASE"),
    ({"QUIZAPP_LDAP_BASE": ""}, "QUIZAPP_LDAP_BASE"), ({"QUIZAPP_LDAP_FILTER": "(uid=*)"}, "QUIZAPP_LDAP_FILTER"),
    ({"QUIZAPP_LDAP_FILTER": "(uid={login}"}, "QUIZAPP_LDAP_FILTER"), ({"QUIZAPP_LDAP_PLAIN": "1"}, "只能用于本机"),
    ({"QUIZAPP_LDAP_PLAIN": "1", "QUIZAPP_LDAP_URL": "ldap://dir.example.gov.cn"}, "只能用于本机"),
])
def test_half_or_wrong_settings_stop_the_start_with_a_sentence(change: dict[str, str], said: str) -> None:
    name = next(iter(change))
    read, settings = (ldap_from, LDAP) if name.startswith("QUIZAPP_LDAP") else (oidc_from, OIDC)
    with pytest.raises(InputError) as stopped:
        read({**settings, **change})
    assert said in str(stopped.value)
    assert SECRET not in str(stopped.value)
    assert "a:b" not in str(stopped.value)


def test_a_secret_in_a_file_is_read_where_nobody_else_can(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n", encoding="utf-8")
    settings = {**{name: value for name, value in OIDC.items() if "SECRET" not in name}, "QUIZAPP_OIDC_CLIENT_SECRET_FILE": str(file)}
    file.chmod(0o600)
    found = oidc_from(settings)
    assert found is not None
    assert found.client_secret == SECRET
    file.chmod(0o640)
    with pytest.raises(InputError, match="权限太宽"):
        oidc_from(settings)


@pytest.mark.parametrize("url", [
    "http://sso.example.gov.cn/x", "https://sso.example.gov.cn:8443/x", "https://evil.example/", "https://sso.example.gov.cn@evil.example/",
    "https://a@sso.example.gov.cn/", "https://sso.example.gov.cn.evil.example/", "https://127.0.0.1/", "https://[::1]/", "https://sso:x/",
    "ldap://dir.example.gov.cn", "file:///etc/passwd", "//sso.example.gov.cn", "",
])
def test_only_what_the_settings_name_is_called(url: str) -> None:
    outbound = outbound_of(oidc_from({**OIDC, "QUIZAPP_OIDC_HOSTS": "token.example.gov.cn"}), ldap_from(LDAP))
    for good in ("https://sso.example.gov.cn/jwks", "https://SSO.example.gov.cn:443/", "https://token.example.gov.cn/t",
                 "ldaps://dir.example.gov.cn:636"):
        outbound.check(good)
    with pytest.raises(UnavailableError):
        outbound.check(url)
