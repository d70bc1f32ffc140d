"""Settings of one installation: from the environment and the instance folder, never from code."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from quizapp.identity_sources import Ldap, Oidc, ldap_from, oidc_from
from quizapp.kernel.errors import InputError
from quizapp.kernel.periods import Periods
from quizapp.kernel.periods import read as read_periods
from quizapp.keyfile import kept_key, private_bytes

ROOT = Path(__file__).resolve().parent.parent
SECRET_LEAST = 32  # characters


class SecondFactor(StrEnum):
    """What an installation wants of people with a role who have set up no second factor."""

    OFFERED = "offered"  # it is on their account page, nobody is asked
    ASKED = "asked"  # asked for after every sign-in, may be put off
    REQUIRED = "required"  # their role opens nothing before


class TwoPersons(StrEnum):
    """Whether release, mass extension, a changed mark and deletion wait for a second person."""

    REQUIRED = "required"
    OFF = "off"  # one person is enough; every page and every record of such an act says so


@dataclass(frozen=True)
class Settings:
    """What one installation needs to know.

    `database_url` is any SQLAlchemy URL for SQLite or PostgreSQL; `instance_path` holds local state;
    `trusted_proxies` is the number of proxies in front whose forwarding headers may be believed; `without_exams`
    closes publishing, starting and saving, for a database that may lose what it has acknowledged.
    """

    database_url: str
    instance_path: Path
    secret_key: str
    bank_path: Path = ROOT / "question_bank"
    testing: bool = False
    demo: bool = False
    secure_cookies: bool = False
    trusted_proxies: int = 0
    without_exams: bool = False
    metrics_token: str = ""
    second_factor: SecondFactor = SecondFactor.ASKED
    periods: Periods = field(default_factory=Periods)
    two_persons: TwoPersons = TwoPersons.REQUIRED
    oidc: Oidc | None = None
    ldap: Ldap | None = None
    extra: dict[str, object] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Settings:
        """Settings from `DATABASE_URL`, `QUIZAPP_INSTANCE`, `QUIZAPP_SECRET_KEY` or `QUIZAPP_SECRET_KEY_FILE`,
        `QUIZAPP_BANK`, `QUIZAPP_HTTPS`, `QUIZAPP_PROXIES`, `QUIZAPP_WITHOUT_EXAMS`, `QUIZAPP_SECOND_FACTOR`,
        `QUIZAPP_TWO_PERSONS`, `QUIZAPP_METRICS_TOKEN`, `QUIZAPP_KEEP_LOGS`, `QUIZAPP_KEEP_AUDIT`, `QUIZAPP_KEEP_JOBS`,
        and those of `identity_sources`."""
        instance = Path(os.environ.get("QUIZAPP_INSTANCE") or ROOT / "instance").resolve()
        instance.mkdir(parents=True, exist_ok=True)
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'quizapp.sqlite3'}"
        demo = os.environ.get("QUIZAPP_DEMO") == "1" or (instance / "demo.json").exists()
        return cls(
            database_url=normalised_url(url),
            instance_path=instance,
            secret_key=chosen_secret(instance, demo),
            bank_path=Path(os.environ.get("QUIZAPP_BANK") or ROOT / "question_bank"),
            demo=demo,
            secure_cookies=os.environ.get("QUIZAPP_HTTPS") == "1",
            trusted_proxies=int(os.environ.get("QUIZAPP_PROXIES") or 0),
            without_exams=os.environ.get("QUIZAPP_WITHOUT_EXAMS") == "1",
            metrics_token=os.environ.get("QUIZAPP_METRICS_TOKEN") or "",
            second_factor=_second_factor(os.environ.get("QUIZAPP_SECOND_FACTOR") or "", demo),
            periods=read_periods({name: os.environ.get(f"QUIZAPP_KEEP_{name.upper()}", "") for name in ("logs", "audit", "jobs")}),
            two_persons=_two_persons(os.environ.get("QUIZAPP_TWO_PERSONS") or TwoPersons.REQUIRED),
            oidc=oidc_from(os.environ),
            ldap=ldap_from(os.environ),
        )


def _second_factor(chosen: str, demo: bool) -> SecondFactor:
    """A visitor of the demo is not asked for a telephone. Raises InputError for a word that is none of the three."""
    if not chosen:
        return SecondFactor.OFFERED if demo else SecondFactor.ASKED
    try:
        return SecondFactor(chosen)
    except ValueError:
        raise InputError(
            "QUIZAPP_SECOND_FACTOR 是 %(chosen)s，只能是 %(words)s", chosen=chosen, words=" / ".join(SecondFactor)
        ) from None


def _two_persons(chosen: str) -> TwoPersons:
    """Off only where the operator says so. Raises InputError for any other word."""
    try:
        return TwoPersons(chosen)
    except ValueError:
        raise InputError(
            "QUIZAPP_TWO_PERSONS 是 %(chosen)s，只能是 %(words)s", chosen=chosen, words=" / ".join(TwoPersons)
        ) from None


def normalised_url(url: str) -> str:
    """PostgreSQL URLs name psycopg 3, whichever of the usual spellings an operator used."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def chosen_secret(instance: Path, demo: bool) -> str:
    """The signing key: from `QUIZAPP_SECRET_KEY`, from the file that `QUIZAPP_SECRET_KEY_FILE` names, or made on first
    use in the instance folder. Raises InputError for one that could be guessed, FileError where others may read it."""
    given, file = os.environ.get("QUIZAPP_SECRET_KEY"), os.environ.get("QUIZAPP_SECRET_KEY_FILE")
    if given and file:
        raise InputError("QUIZAPP_SECRET_KEY 和 QUIZAPP_SECRET_KEY_FILE 只能设一个")
    key = given or (private_bytes(Path(file)).decode("utf-8", "replace").strip() if file else secret_from(instance / "secret.key"))
    if len(key) < SECRET_LEAST and not demo:
        raise InputError("签名密钥只有 %(n)s 个字符，至少要 %(least)s 个。可以用 python3 -c \"import secrets; print(secrets.token_urlsafe(48))\" 生成",
                         n=len(key), least=SECRET_LEAST)
    return key


def secret_from(path: Path) -> str:
    """The signing key of this installation, made on first use and readable by its owner alone."""
    return kept_key(path, lambda: secrets.token_urlsafe(48).encode()).decode("ascii").strip()
