"""The law library: laws, their versions and the articles of each, with text or by fingerprint alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class Law(Model):
    """`name` is the short name that items cite: the title without the name of the country."""

    __tablename__ = "law"
    __table_args__ = (
        CheckConstraint(
            "kind in ('constitution', 'law', 'administrative_regulation', 'judicial_interpretation', "
            "'department_rule', 'amendment', 'other')", name="kind"),
    )

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(30))
    aliases: Mapped[list[Any]] = mapped_column(default=list)


class LawVersion(Model):
    """One version; a date that neither register nor text states is empty.

    `version` is the day of adoption or of the last change. `ends_on` is the first day on which it is no longer
    in force, replaced or repealed; `ended_by` names what did it. `registered`: the register has it, so its dates
    are the register's. `imported_at` is empty while only the register knows the version. `amended`: changed in place.
    `repeals`: full titles of the laws that it repeals as a whole.
    """

    __tablename__ = "law_version"

    law: Mapped[str] = mapped_column(ForeignKey("law.name"), primary_key=True)
    version: Mapped[date] = mapped_column(primary_key=True)
    adopted: Mapped[date | None]
    published: Mapped[date | None]
    in_force_since: Mapped[date | None]
    ends_on: Mapped[date | None]
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    article_count: Mapped[int | None]
    registered: Mapped[bool] = mapped_column(default=False)
    amended: Mapped[bool] = mapped_column(default=False)
    repeals: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(String(500), default="")
    imported_at: Mapped[datetime | None]


class LawArticle(Model):
    """An article of a version. `text` is empty while no text has been brought in.

    `fingerprint` is that of the text, or the register's while there is no text; `registered` is the register's,
    empty where the register has none. The two differ where a text is not the registered one.
    """

    __tablename__ = "law_article"
    __table_args__ = (
        ForeignKeyConstraint(["law", "version"], ["law_version.law", "law_version.version"]),
        UniqueConstraint("law", "version", "number"),
        Index("ix_law_article_fingerprint", "fingerprint"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    law: Mapped[str] = mapped_column(String(120))
    version: Mapped[date]
    number: Mapped[str] = mapped_column(String(12))
    position: Mapped[int]
    path: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str | None]
    fingerprint: Mapped[str] = mapped_column(String(16))
    registered: Mapped[str] = mapped_column(String(16), default="")


class LawFile(Model):
    """A file that was read, by the SHA-256 of its bytes: reading it again changes nothing."""

    __tablename__ = "law_file"
    __table_args__ = (ForeignKeyConstraint(["law", "version"], ["law_version.law", "law_version.version"]),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(400))
    law: Mapped[str] = mapped_column(String(120))
    version: Mapped[date]


class LawRegister(Model):
    """One row: the digest of the register that was taken over last."""

    __tablename__ = "law_register"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
