"""Who besides this platform may say who somebody is: single sign-on (OIDC) and a directory (LDAP), as the operator
has set them up. Wrong or half a setting stops the start with a sentence; a secret never appears in one."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from quizapp.kernel.errors import FileError, InputError
from quizapp.keyfile import read_private

OIDC, LDAP = "QUIZAPP_OIDC_", "QUIZAPP_LDAP_"
ADDRESS, LOCAL_ACCOUNTS = "QUIZAPP_ADDRESS", "QUIZAPP_LOCAL_ACCOUNTS"
OIDC_NAMES = frozenset({"ISSUER", "CLIENT_ID", "CLIENT_SECRET", "CLIENT_SECRET_FILE", "CLAIM", "SCOPES", "AMR", "ACR", "HOSTS",
                        "CA", "PLAIN"})
LDAP_NAMES = frozenset({"URL", "BIND_DN", "BIND_PASSWORD", "BIND_PASSWORD_FILE", "BASE", "ATTRIBUTE", "FILTER", "CA", "PLAIN"})
PORTS = {"http": 80, "https": 443, "ldap": 389, "ldaps": 636}
TYPED = "{login}"


@dataclass(frozen=True)
class Oidc:
    """One OpenID provider. `address`: where people reach this platform; `claim`: what holds the work number; `amr`,
    `acr`: values by which the provider says that it has asked for a second factor; `hosts`: names beside the
    issuer's own on which the provider may have its endpoints."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    address: str
    claim: str = "preferred_username"
    scopes: str = "openid profile"
    amr: frozenset[str] = frozenset()
    acr: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    ca: str | None = None


@dataclass(frozen=True)
class Ldap:
    """One directory. `attribute` holds the work number; `filter` finds the entry, `{login}` in it stands for what was
    typed; `start_tls`: the connection begins plain and is encrypted before anything is said on it."""

    url: str
    bind_dn: str
    bind_password: str = field(repr=False)
    base: str
    attribute: str = "uid"
    filter: str = "(uid={login})"
    start_tls: bool = True
    plain: bool = False
    local_accounts: frozenset[str] = frozenset()
    ca: str | None = None


def oidc_from(environment: Mapping[str, str]) -> Oidc | None:
    """None where nothing of it is set. Raises InputError for what is wrong or missing."""
    given = _given(environment, OIDC, OIDC_NAMES)
    if not given:
        return None
    secret = _secret(given, OIDC, "CLIENT_SECRET")
    _complete({OIDC + "ISSUER": given.get("ISSUER"), OIDC + "CLIENT_ID": given.get("CLIENT_ID"),
               OIDC + "CLIENT_SECRET": secret, ADDRESS: environment.get(ADDRESS)})
    plain = given.get("PLAIN") == "1"
    _checked(OIDC + "ISSUER", given["ISSUER"], ("https", "http"), plain)
    address = environment[ADDRESS].rstrip("/")
    if _checked(ADDRESS, address, ("https", "http"), plain=True).path:
        raise InputError("%(name)s 是 %(value)s，只写到域名和端口，例如 https://exam.example.gov.cn", name=ADDRESS, value=address)
    hosts = tuple(sorted(_words(given.get("HOSTS"))))
    if any("/" in host or "@" in host for host in hosts):
        raise InputError("QUIZAPP_OIDC_HOSTS 只写域名，可以带端口，用逗号隔开，例如 token.example.gov.cn")
    scopes = given.get("SCOPES", "openid profile").split()
    return Oidc(given["ISSUER"], given["CLIENT_ID"], secret, address, given.get("CLAIM", "preferred_username"),
                " ".join(dict.fromkeys(["openid", *scopes])), _words(given.get("AMR")), _words(given.get("ACR")),
                hosts, _ca(given, OIDC))


def ldap_from(environment: Mapping[str, str]) -> Ldap | None:
    """None where nothing of it is set. Raises InputError for what is wrong or missing."""
    given = _given(environment, LDAP, LDAP_NAMES)
    if not given:
        return None
    password = _secret(given, LDAP, "BIND_PASSWORD")
    _complete({LDAP + "URL": given.get("URL"), LDAP + "BIND_DN": given.get("BIND_DN"), LDAP + "BIND_PASSWORD": password,
               LDAP + "BASE": given.get("BASE")})
    plain, url = given.get("PLAIN") == "1", given["URL"]
    parts = _checked(LDAP + "URL", url, ("ldaps", "ldap"), plain=True, may_be_anywhere=True)
    if parts.path not in ("", "/"):
        raise InputError("QUIZAPP_LDAP_URL 是 %(value)s，只写到域名和端口；从哪里找起，写在 QUIZAPP_LDAP_BASE", value=url)
    if plain and (parts.scheme != "ldap" or not is_loopback(parts.hostname or "")):
        raise InputError("QUIZAPP_LDAP_PLAIN=1 只能用于本机的 ldap:// 地址；别的机器请用 ldaps://，或者不设它，用 StartTLS")
    attribute = given.get("ATTRIBUTE", "uid")
    search = given.get("FILTER", f"({attribute}={TYPED})")
    if search.count(TYPED) < 1 or search.count("(") != search.count(")") or not search.startswith("("):
        raise InputError("QUIZAPP_LDAP_FILTER 是 %(value)s，要写成括号成对的查询，里面有 {login}，例如 (uid={login})", value=search)
    return Ldap(url, given["BIND_DN"], password, given["BASE"], attribute, search, parts.scheme == "ldap" and not plain, plain,
                _words(environment.get(LOCAL_ACCOUNTS)), _ca(given, LDAP))


def is_loopback(host: str) -> bool:
    """Whether the name can mean this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def place(url: str) -> str:
    """`https://host:443` of an address, the port always written: what the list of allowed calls is made of."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{parts.port or PORTS.get(parts.scheme, 0)}"


def _given(environment: Mapping[str, str], prefix: str, names: frozenset[str]) -> dict[str, str]:
    """What is set under this prefix. Raises InputError for a name that is none: half of a setting may hang on it."""
    found = {name.removeprefix(prefix): value.strip() for name, value in environment.items()
             if name.startswith(prefix) and value.strip()}
    for name in sorted(found.keys() - names):
        raise InputError("没有 %(name)s 这个设置；可以用的是 %(names)s", name=prefix + name,
                         names=", ".join(prefix + known for known in sorted(names)))
    return found


def _complete(wanted: Mapping[str, str | None]) -> None:
    missing = [name for name, value in wanted.items() if not (value or "").strip()]
    if missing:
        raise InputError("登录的设置不完整，还缺 %(names)s", names=", ".join(missing))


def _checked(name: str, url: str, schemes: tuple[str, ...], plain: bool, may_be_anywhere: bool = False) -> SplitResult:
    """The parts of an address without query and user. `plain`: the unencrypted scheme will do on this machine."""
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_number = urlsplit(""), False
    if (parts.scheme not in schemes or not parts.hostname or not port_is_number or parts.query or parts.fragment
            or parts.username is not None):
        raise InputError("%(name)s 是 %(value)s，要写成 %(scheme)s://域名 这样的地址，不带账号和参数", name=name,
                         value=url if parts.username is None else "…", scheme=schemes[0])
    here = is_loopback(parts.hostname) and plain
    if parts.scheme != schemes[0] and not (here or may_be_anywhere):
        raise InputError("%(name)s 是 %(value)s，要用 %(scheme)s://：没有加密，密码和令牌会被人看到", name=name, value=url,
                         scheme=schemes[0])
    return parts


def _secret(given: Mapping[str, str], prefix: str, name: str) -> str:
    """From the variable, or from a file that nobody else can read. Never both. The value is in no message."""
    path = given.get(f"{name}_FILE")
    if path is None:
        return given.get(name, "")
    if name in given:
        raise InputError("%(name)s 和 %(name)s_FILE 只能设一个", name=prefix + name)
    try:
        return read_private(Path(path)).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise FileError("%(name)s 指的文件 %(file)s 读不出来，请核对路径和权限", name=f"{prefix}{name}_FILE", file=path) from None


def _ca(given: Mapping[str, str], prefix: str) -> str | None:
    path = given.get("CA")
    if path is not None and not Path(path).is_file():
        raise FileError("%(name)s 指的证书文件 %(file)s 不在，请核对路径", name=prefix + "CA", file=path)
    return path


def _words(text: str | None) -> frozenset[str]:
    return frozenset((text or "").replace(",", " ").split())
