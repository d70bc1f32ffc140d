"""Whether a database keeps what it has acknowledged: what an exam may be held on.

"Saved" on the exam page means that the answer outlives a power cut. That rests on settings of the database which
somebody may have turned off for speed; so they are looked at before an exam is held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

POSTGRESQL_LEAST = 140_000
"""The oldest release that is still mended is 14 (server_version_num)."""
SQLITE_LEAST = (3, 38, 0)
"""JSON operators (`->`, `->>`) came with 3.38, RETURNING with 3.35."""
FULL = 2
SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
FLUSHED = ("on", "remote_apply")
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "fuse.glusterfs",
                     "lustre", "vboxsf", "prl_fs", "fuse.vmhgfs-fuse"})
MEMORY = frozenset({"tmpfs", "ramfs"})


class Severity(StrEnum):
    """`UNSAFE` forbids exams; a warning and a note are said and nothing more."""

    UNSAFE = "unsafe"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the database. `setting` for programs; `sentence` says what is the matter and what to do."""

    setting: str
    value: str
    severity: Severity
    sentence: str


@dataclass(frozen=True, slots=True)
class PostgresqlFacts:
    """`version` as server_version_num; `settings` as this application's own connections have them."""

    version: int
    in_recovery: bool
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SqliteFacts:
    """`synchronous` 0 to 3; `path` empty for a database in memory; `filesystem` empty where it is not known."""

    version: tuple[int, ...]
    journal_mode: str
    synchronous: int
    path: str
    filesystem: str


def unsafe(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.UNSAFE]


def of_postgresql(facts: PostgresqlFacts) -> list[Finding]:
    """What there is to say, the dangerous first."""
    found = [*_version(facts), *_flushing(facts.settings), *_commit(facts.settings["synchronous_commit"])]
    if facts.in_recovery or facts.settings["transaction_read_only"] == "on":
        found.append(Finding("primary", "off", Severity.UNSAFE,
                             "连接到的数据库只能读，可能是备库：请让 DATABASE_URL 指向主库。"))
    return [*found, *_standby(facts.settings)]


def _version(facts: PostgresqlFacts) -> list[Finding]:
    if facts.version >= POSTGRESQL_LEAST:
        return []
    return [Finding("server_version", str(facts.version // 10_000), Severity.UNSAFE,
                    f"PostgreSQL 是 {facts.version // 10_000}，至少要 14：请升级数据库。")]


def _flushing(settings: Mapping[str, str]) -> list[Finding]:
    reasons = {
        "fsync": "断电会丢失已确认的作答，还可能损坏整个数据库",
        "full_page_writes": "断电可能留下只写了一半的页，已确认的作答读不出来",
    }
    return [
        Finding(name, settings[name], Severity.UNSAFE,
                f"{name} 是 {settings[name]}，{reason}：请在 postgresql.conf 里改为 on，然后重新加载配置。")
        for name, reason in reasons.items() if settings[name] != "on"
    ]


def _commit(value: str) -> list[Finding]:
    """`on` and `remote_apply` wait for the flush here and, where there are synchronous standbys, there.

    `local` and `remote_write` flush here too, and without a standby they lose nothing more than `on` does. They are
    refused all the same: with the first synchronous standby they would break the promise without anybody noticing.
    """
    reasons = {
        "off": "数据库不等写入磁盘就确认，进程中止或者断电都会丢失已确认的作答",
        "local": "确认时不等同步备库，切换到备库会丢失已确认的作答",
        "remote_write": "确认时备库还没有写入磁盘，两边断电会丢失已确认的作答",
    }
    if value in FLUSHED:
        return []
    reason = reasons.get(value, "不知道它是否等写入磁盘")
    return [Finding("synchronous_commit", value, Severity.UNSAFE,
                    f"synchronous_commit 是 {value}，{reason}：请改为 on（角色和数据库上单独设的也要改）。")]


def _standby(settings: Mapping[str, str]) -> list[Finding]:
    names = settings["synchronous_standby_names"]
    sentence = (f"同步备库：{names}；确认以前两边都已写入磁盘。" if names else
                "没有同步备库：这台数据库整机损坏时，最近的作答只在备份里。")
    return [
        Finding("synchronous_standby_names", names, Severity.NOTE, sentence),
        Finding("wal_level", settings["wal_level"], Severity.NOTE, f"wal_level 是 {settings['wal_level']}。"),
    ]


def of_sqlite(facts: SqliteFacts) -> list[Finding]:
    """What there is to say, the dangerous first."""
    version = ".".join(map(str, facts.version))
    mode, level = facts.journal_mode, SYNCHRONOUS.get(facts.synchronous, str(facts.synchronous))
    judged = [
        (facts.version < SQLITE_LEAST, "sqlite_version", version, f"SQLite 是 {version}，至少要 3.38：请换新一些的 Python 或者 SQLite。"),
        (not facts.path, "path", ":memory:", "数据库在内存里，进程结束就全部丢失：请让 DATABASE_URL 指向文件。"),
        (bool(facts.path) and mode != "wal", "journal_mode", mode,
         f"journal_mode 是 {mode}，不是 wal：文件所在的磁盘可能不支持，请把数据库放到本机磁盘上。"),
        (facts.synchronous < FULL, "synchronous", level, f"synchronous 是 {level}，断电会丢失已确认的作答：请改为 FULL。"),
    ]
    found = [Finding(setting, value, Severity.UNSAFE, sentence) for wrong, setting, value, sentence in judged if wrong]
    return [*found, *_place(facts)]


def _place(facts: SqliteFacts) -> list[Finding]:
    if facts.filesystem in NETWORK:
        return [Finding("filesystem", facts.filesystem, Severity.WARNING,
                        f"数据库文件在网络磁盘（{facts.filesystem}）上，那里的锁和写入不可靠：请移到本机磁盘。")]
    if facts.filesystem in MEMORY:
        return [Finding("filesystem", facts.filesystem, Severity.WARNING,
                        f"数据库文件在内存盘（{facts.filesystem}）上，断电就全部丢失：请移到本机磁盘。")]
    return []


def filesystem_of(path: str, mounts: str) -> str:
    """The type of the file system that holds an absolute path, by the text of /proc/self/mountinfo; empty where
    it does not say."""
    place, best, found = PurePosixPath(path), -1, ""
    for line in mounts.splitlines():
        left, dash, right = line.partition(" - ")
        fields = left.split(" ")
        if not dash or len(fields) < 5 or not right:
            continue
        mounted = PurePosixPath(fields[4].encode("latin-1", "replace").decode("unicode_escape"))
        if place.is_relative_to(mounted) and len(mounted.parts) >= best:  # of two at one place the later covers
            best, found = len(mounted.parts), right.split(" ")[0]
    return found
