"""The files in `deploy/`, given to the programs they are for. A program that is not there is a reason to skip."""

from __future__ import annotations

import configparser
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from quizapp.config import ROOT
from quizapp.ops.rules.durability import unsafe
from tests.databases import make_server_folder
from tests.faults.postgres import Postgres
from tests.faults.processes import free_port
from tests.integration.ops.test_checking import findings_on

DEPLOY = ROOT / "deploy"
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


def program(name: str) -> str:
    found = shutil.which(name, path=PLACES)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.postgresql
def test_postgresql_takes_its_settings_and_is_safe_with_them() -> None:
    folder = make_server_folder()
    lines = [line.partition("#")[0] for line in (DEPLOY / "postgresql.conf").read_text().splitlines()]
    settings = {name.strip(): value.strip().strip("'") for name, _, value in (line.partition("=") for line in lines if "=" in line)}
    assert {"fsync", "full_page_writes", "synchronous_commit"} <= settings.keys()
    server = Postgres(folder, folder, settings)
    try:
        server.start()
        server.await_recovery()
        found = findings_on(server.uri())
        assert unsafe(found) == []
        assert {finding.setting for finding in found} == {"synchronous_standby_names", "wal_level"}
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_pgbouncer_hands_out_connections_by_transaction() -> None:
    """test_behind_a_pooler.py runs this very file with other addresses."""
    settings = configparser.ConfigParser()
    settings.read(DEPLOY / "pgbouncer.ini")
    assert settings["pgbouncer"]["pool_mode"] == "transaction"


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    unit = tmp_path / "quizapp.service"
    text = (DEPLOY / "quizapp.service").read_text()
    assert "/opt/quizapp/.venv/bin/quizapp" in text
    unit.write_text(text.replace("/opt/quizapp/.venv/bin/quizapp", sys.executable))  # it has to be there
    done = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "quizapp.service" in line]
    assert (done.returncode, said) == (0, [])


@pytest.fixture
def behind_nginx(tmp_path: Path) -> Iterator[str]:
    """The real server behind a real nginx with the file as it is, but for ports and places."""
    nginx, openssl = program("nginx"), program("openssl")
    backend, front = free_port(), free_port()
    subprocess.run([openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=exam.example.cn",
                    "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")],
                   check=True, capture_output=True)
    server = (DEPLOY / "nginx.conf").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{backend}") \
        .replace("listen 443 ssl", f"listen 127.0.0.1:{front} ssl").replace("/etc/quizapp/tls", str(tmp_path))
    temporary = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "nginx.conf").write_text(
        f"daemon off;\npid {tmp_path}/nginx.pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{server}\n}}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("QUIZAPP_", "DATABASE_"))}
    environment |= {"QUIZAPP_INSTANCE": str(tmp_path / "instance"), "QUIZAPP_HTTPS": "1", "QUIZAPP_PROXIES": "1"}
    subprocess.run([sys.executable, "-m", "quizapp", "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    processes = [
        subprocess.Popen([sys.executable, "-m", "quizapp", "serve", "--port", str(backend), "--workers", "1"], cwd=ROOT,
                         env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
        subprocess.Popen([nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], stderr=subprocess.DEVNULL),
    ]
    try:
        yield f"https://127.0.0.1:{front}"
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(20)


@pytest.mark.timeout(120)
def test_pages_come_through_nginx_with_safe_cookies(behind_nginx: str) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # made a moment ago
    asked = urllib.request.Request(f"{behind_nginx}/sign-in", headers={"Host": "exam.example.cn"})  # noqa: S310 - our own server
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=5, context=trusting) as answer:  # noqa: S310
                cookie, page = answer.headers["Set-Cookie"], answer.read().decode()
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
    assert cookie.startswith("__Host-quizapp=")
    assert "Secure" in cookie
    assert 'name="password"' in page
