"""Which settings of a database forbid exams."""

from __future__ import annotations

import pytest

from quizapp.ops.rules.durability import (
    PostgresqlFacts,
    Severity,
    SqliteFacts,
    filesystem_of,
    of_postgresql,
    of_sqlite,
    unsafe,
)

SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "synchronous_standby_names": "",
        "wal_level": "replica", "transaction_read_only": "off"}


def postgresql(version: int = 150_004, in_recovery: bool = False, **settings: str) -> list[str]:
    return [f.setting for f in unsafe(of_postgresql(PostgresqlFacts(version, in_recovery, SAFE | settings)))]


def sqlite(**changes: object) -> list[str]:
    facts = {"version": (3, 40, 1), "journal_mode": "wal", "synchronous": 2, "path": "/srv/quizapp.sqlite3",
             "filesystem": "ext4"} | changes
    return [f.setting for f in unsafe(of_sqlite(SqliteFacts(**facts)))]  # type: ignore[arg-type]


def test_what_postgresql_does_by_default_is_safe() -> None:
    assert postgresql() == []
    assert postgresql(synchronous_commit="remote_apply", synchronous_standby_names="ANY 1 (a, b)") == []


@pytest.mark.parametrize("settings", [
    {"fsync": "off"}, {"full_page_writes": "off"}, {"synchronous_commit": "off"}, {"synchronous_commit": "local"},
    {"synchronous_commit": "remote_write"}, {"synchronous_commit": "something new"},
])
def test_each_dangerous_setting_is_named_with_what_to_do(settings: dict[str, str]) -> None:
    [finding] = unsafe(of_postgresql(PostgresqlFacts(150_004, False, SAFE | settings)))
    assert [finding.setting] == list(settings)
    assert finding.value in finding.sentence
    assert "请" in finding.sentence


def test_an_old_server_and_a_standby_hold_no_exams() -> None:
    assert postgresql(130_012) == ["server_version"]
    assert postgresql(140_000) == []
    assert postgresql(in_recovery=True) == ["primary"]
    assert postgresql(transaction_read_only="on") == ["primary"]


def test_standbys_are_told_and_forbid_nothing() -> None:
    notes = {f.setting: f.sentence for f in of_postgresql(PostgresqlFacts(160_000, False, SAFE))}
    assert "没有同步备库" in notes["synchronous_standby_names"]
    named = of_postgresql(PostgresqlFacts(160_000, False, SAFE | {"synchronous_standby_names": "ANY 1 (a)"}))
    assert any("ANY 1 (a)" in f.sentence for f in named)


def test_what_this_application_asks_of_sqlite_is_safe() -> None:
    assert sqlite() == sqlite(synchronous=3) == sqlite(version=(3, 38, 0)) == []


@pytest.mark.parametrize(("changes", "setting"), [
    ({"synchronous": 1}, "synchronous"), ({"synchronous": 0}, "synchronous"), ({"journal_mode": "delete"}, "journal_mode"),
    ({"version": (3, 37, 2)}, "sqlite_version"), ({"path": "", "journal_mode": "memory"}, "path"),
])
def test_each_dangerous_setting_of_sqlite_is_named(changes: dict[str, object], setting: str) -> None:
    assert sqlite(**changes) == [setting]


@pytest.mark.parametrize("filesystem", ["nfs4", "cifs", "9p", "tmpfs"])
def test_a_doubtful_disk_is_a_warning(filesystem: str) -> None:
    found = of_sqlite(SqliteFacts((3, 40, 1), "wal", 2, "/mnt/q.sqlite3", filesystem))
    assert [(f.setting, f.severity) for f in found] == [("filesystem", Severity.WARNING)]


MOUNTS = r"""22 1 0:20 / / rw,relatime - overlay overlay rw
30 22 0:40 / /srv rw shared:1 - ext4 /dev/sda1 rw
31 30 0:41 / /srv/network rw - nfs4 server:/export rw
32 22 0:42 / /a\040place rw - cifs //server/share rw
33 22 0:43 / /srv/over rw - ext4 /dev/sdb1 rw
34 22 0:44 / /srv/over rw - tmpfs tmpfs rw
nonsense
"""


@pytest.mark.parametrize(("path", "expected"), [
    ("/srv/quizapp/quizapp.sqlite3", "ext4"), ("/srv/network/q.sqlite3", "nfs4"), ("/srv/networked/q.sqlite3", "ext4"),
    ("/home/q.sqlite3", "overlay"), ("/a place/q.sqlite3", "cifs"), ("/srv/over/q.sqlite3", "tmpfs"),
])
def test_the_disk_of_a_file_is_the_nearest_mount(path: str, expected: str) -> None:
    assert filesystem_of(path, MOUNTS) == expected


def test_without_mounts_nothing_is_known() -> None:
    assert filesystem_of("/srv/q.sqlite3", "") == ""
