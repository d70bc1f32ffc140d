"""A real directory in a process of its own: OpenLDAP's slapd, on the loopback address, with certificates made for it.

It lets a bind without a password through on purpose, as many directories do.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.ports import free_port, wait_for

BASE = "dc=qingxi,dc=example"
SEARCH, SEARCH_PASSWORD = f"cn=search,{BASE}", "a password for searching in the tests"
SCHEMAS = (Path("/etc/ldap/schema"), Path("/etc/openldap/schema"))
MODULES = Path("/usr/lib/ldap")

CONFIGURATION = """\
{schemas}
pidfile {folder}/pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
allow bind_anon_cred
{module}
database mdb
suffix "{base}"
rootdn "{search}"
rootpw "{search_password}"
directory {folder}/data
maxsize 10485760
access to attrs=userPassword by anonymous auth by * none
access to * by * none
"""


@dataclass(frozen=True)
class Directory:
    """One that runs. Its certificate names `localhost` and nothing else."""

    folder: Path
    plain_port: int
    tls_port: int
    listener: socket.socket  # where its referrals lead: nobody should ever knock

    @property
    def plain(self) -> str:
        return f"ldap://localhost:{self.plain_port}"

    @property
    def tls(self) -> str:
        return f"ldaps://localhost:{self.tls_port}"

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.pem")

    @property
    def other_ca(self) -> str:
        return str(self.folder / "other.pem")


def find_slapd() -> str | None:
    from devscript.directory import find_slapd as found

    return found()


def need_slapd() -> str:
    """Where it is. Without one the test is skipped; where changes are judged, it fails."""
    found = find_slapd()
    if found is None and "CI" in os.environ:
        pytest.fail("no slapd was found: run `python3 dev.py test`, which installs one or says how")
    if found is None:
        pytest.skip("no slapd (OpenLDAP) on this machine: Debian's package of that name brings it")
    return found


@contextmanager
def running(entries: str) -> Iterator[Directory]:
    """With these entries (LDIF) below BASE."""
    program = need_slapd()
    folder = Path(tempfile.mkdtemp(prefix="quizapp-ldap-"))
    try:
        # a copy, since some systems let the installed one into its own folders only
        copy = Path(shutil.copy2(program, folder / "slapd"))
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            listener.settimeout(0.05)
            made = Directory(folder, free_port(), free_port(), listener)
            _write(made, entries)
            _load(copy, folder)
            process = subprocess.Popen(
                [copy, "-d", "0", "-f", folder / "slapd.conf",
                 "-h", f"ldap://127.0.0.1:{made.plain_port} ldaps://127.0.0.1:{made.tls_port}"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                wait_for(made.plain_port)
                yield made
            finally:
                process.terminate()
                process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _load(program: Path, folder: Path) -> None:
    """The entries, before it runs."""
    done = subprocess.run([program, "-T", "add", "-f", folder / "slapd.conf", "-l", folder / "entries.ldif"], check=False,
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


def _write(directory: Directory, entries: str) -> None:
    folder = directory.folder
    (folder / "data").mkdir()
    schema = next(place for place in SCHEMAS if place.is_dir())
    module = f"modulepath {MODULES}\nmoduleload back_mdb" if (MODULES / "back_mdb.so").exists() else ""
    includes = "\n".join(f"include {schema}/{name}.schema" for name in ("core", "cosine", "inetorgperson"))
    (folder / "slapd.conf").write_text(CONFIGURATION.format(
        schemas=includes, folder=folder, module=module, base=BASE, search=SEARCH, search_password=SEARCH_PASSWORD), encoding="utf-8")
    elsewhere = f"ldap://127.0.0.1:{directory.listener.getsockname()[1]}/ou=elsewhere,{BASE}"
    (folder / "entries.ldif").write_text(entries.format(base=BASE, elsewhere=elsewhere), encoding="utf-8")
    authority, certificate = _authority("Test CA")
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "other.pem").write_bytes(_authority("Another CA")[1].public_bytes(serialization.Encoding.PEM))
    key, signed = _signed("localhost", authority, certificate)
    (folder / "server.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def _authority(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key, subject = ec.generate_private_key(ec.SECP256R1()), _name(name)
    return key, _certificate(subject, subject, key, key, x509.BasicConstraints(ca=True, path_length=None))


def _signed(host: str, by: ec.EllipticCurvePrivateKey, authority: x509.Certificate) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate(_name(host), authority.subject, key, by, x509.SubjectAlternativeName([x509.DNSName(host)]))


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey,
    extension: x509.BasicConstraints | x509.SubjectAlternativeName,
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints)).sign(by, hashes.SHA256()))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
