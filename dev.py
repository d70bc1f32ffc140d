#!/usr/bin/env python3
"""Sets up, runs and tests quizapp: one command each, on Linux, macOS and Windows, without make.

python3 dev.py demo  [--port 8000] [--no-serve] [--reset]   the product with a made-up agency
python3 dev.py test  [pytest options]                       everything that has to pass
python3 dev.py check [--fast]                               reads and scans the code, then the quick tests; --fast without
python3 dev.py bench [options]                              measures speed and memory
python3 dev.py bench-exam [--quick]                         the same of an exam under load, on the real server
python3 dev.py faults [--faults 200] [--seed 1]             kills, cuts and fills what it can: nothing may be lost
python3 dev.py fuzz [--examples 20] [--seed 1]              hostile input for every form and every JSON endpoint
python3 dev.py looks [pytest options]                      every page in both themes, at both widths, in both languages
python3 dev.py setup [--runtime] [--ldap]                   .venv alone, without the test tools by --runtime
python3 dev.py lock  [--upgrade]                            makes requirements*.txt again from pyproject.toml

Each may be run again at any time: what is done already is not done twice.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = (3, 11)


def _with_newer_python() -> None:
    """Run this script again by a newer Python of this machine, or say what is missing."""
    for minor in range(14, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        # the name alone may be a shim for a version that is not installed
        if found and os.name == "posix" and subprocess.call([found, "-c", ""]) == 0:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - this very script, no shell
    have = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        f"quizapp needs Python 3.11 or newer; this is {have} ({sys.executable}). Install a newer one and run"
        f" this again with it.\n需要 Python 3.11 或更新的版本，现在运行的是 {have}。请安装后再运行。"
    )


# Before the first annotation: an older Python can read this file, but not evaluate what follows.
if sys.version_info < OLDEST:
    _with_newer_python()

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
STATE = VENV / "quizapp-setup.json"
RUNTIME, DEV = "requirements.txt", "requirements-dev.txt"

COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header", "pyproject.toml"),
]


class Stop(Exception):
    """Something is missing that this script may not or cannot put right; says what to do, in two languages."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(f"{english}\n{chinese}")


def note(text: str) -> None:
    """Progress goes to standard error: standard output belongs to the tools."""
    print(text, file=sys.stderr, flush=True)


def run(*command: object, env: dict[str, str] | None = None, quiet: bool = False) -> int:
    """Run in the repository root; the exit status. With `quiet`, what it prints is shown only if it fails."""
    words = [str(word) for word in command]
    if not quiet:
        return subprocess.run(words, cwd=ROOT, env=env, check=False).returncode
    done = subprocess.run(
        words, cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.stdout.write(done.stdout.decode("utf-8", "replace"))
        sys.stdout.flush()
    return done.returncode


def output(*command: object) -> str:
    """What a command prints; empty if it fails or does not exist."""
    try:
        done = subprocess.run(
            [str(word) for word in command], cwd=ROOT, check=False, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


# ---------------------------------------------------------------- Debian packages


def on_debian_as_root() -> bool:
    release = Path("/etc/os-release")
    # Ubuntu's chromium is a pointer to a snap, which a container cannot open
    debian = release.exists() and re.search(r"^ID=\"?debian", release.read_text(encoding="utf-8"), re.M)
    return bool(debian) and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> bool:
    """Install Debian packages; true if that worked."""
    note(f"Installing {' '.join(packages)} (apt-get) …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    # stale package lists may still serve when the network does not
    run("apt-get", "update", "-qq", env=env, quiet=True)
    return run(*install, env=env, quiet=True) == 0


# ---------------------------------------------------------------- setup


def digest(lock: str) -> str:
    files = [ROOT / lock, ROOT / "pyproject.toml"]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def state() -> dict[str, str]:
    """What .venv was made from: `root`, `python` (real paths) and a digest per lock file; empty if unknown."""
    try:
        content: dict[str, str] = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def stands(known: dict[str, str]) -> bool:
    """False if .venv was copied from elsewhere, or its Python was replaced: its scripts would then miss."""
    return known.get("root") == str(ROOT) and known.get("python") == os.path.realpath(PYTHON)


def settled(lock: str) -> bool:
    known = state()
    return os.access(PYTHON, os.X_OK) and stands(known) and known.get(lock) == digest(lock)


def setup(dev: bool = True) -> None:
    """Make .venv and install the locked packages and the `quizapp` command; nothing if that is done."""
    lock = DEV if dev else RUNTIME
    if settled(lock) or settled(DEV):
        return
    make_venv()
    note(f"Installing the packages of {lock} (a minute or less) … 正在安装依赖，约一分钟")
    install(lock)
    install_project()
    known = {"root": str(ROOT), "python": os.path.realpath(PYTHON)}
    kept = {name: value for name, value in state().items() if name in (RUNTIME, DEV)}
    STATE.write_text(json.dumps({**kept, **known, lock: digest(lock)}, indent=1), encoding="utf-8")


def make_venv() -> None:
    known = state()
    if output(PYTHON, "-c", "print(1)") and (not known or stands(known)):
        return
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [base, "-m", "venv", "--clear"]
    if importlib.util.find_spec("ensurepip") is None:
        # Debian keeps ensurepip in a package of its own; a pip beside this Python does as well
        if importlib.util.find_spec("pip") is not None:
            command.append("--without-pip")
        elif not (on_debian_as_root() and apt_install(venv_package())):
            raise Stop(
                f"Python's venv module is not complete. Run: sudo apt-get install -y {venv_package()}"
                " (or your system's package of that kind), then this again.",
                f"缺少 Python 的 venv 组件。请先运行 sudo apt-get install -y {venv_package()}，再重试。",
            )
    note(f"Making .venv with {base} …")
    if run(*command, VENV) or not os.access(PYTHON, os.X_OK):
        raise Stop(
            f".venv could not be made with {base}; the reason stands above.",
            "无法建立 .venv，原因见上面的信息。",
        )


def venv_package() -> str:
    return f"python3.{sys.version_info.minor}-venv"


def install(lock: str) -> None:
    """Install a lock file, every file checked by its hash: by uv if it can be had, else by pip."""
    wanted = ("install", "--quiet", "--require-hashes", "--no-deps", "-r", ROOT / lock)
    if has_uv() and run(*uv("pip"), wanted[0], "--python", PYTHON, *wanted[1:], env=uv_env(), quiet=True) == 0:
        return
    if run(*pip(), *wanted, quiet=True):
        raise Stop(
            "The packages could not be installed; the reason stands above. Without a network, point pip to a"
            " mirror or a folder of wheels (PIP_INDEX_URL, PIP_FIND_LINKS) and run this again.",
            "依赖安装失败，原因见上面的信息。不能联网时，请为 pip 设置镜像或离线包目录后重试。",
        )


def pip() -> list[str]:
    own = output(PYTHON, "-c", "import pip; print(1)")
    host = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    command = [str(PYTHON), "-m", "pip"] if own else host
    return [*command, "--disable-pip-version-check"]


def uv(*words: str) -> list[str]:
    return [str(PYTHON), "-m", "uv", *words]


def has_uv() -> bool:
    """True if uv is in .venv, after an attempt to put it there at the locked version."""
    if output(*uv("--version")):
        return True
    return install_alone("uv")


def install_alone(*packages: str) -> bool:
    """Install these packages of the lock for development and no other; true if that worked."""
    lock = (ROOT / DEV).read_text(encoding="utf-8")
    pinned = [re.search(rf"^{name}==(?:.*\\\n)*.*\n", lock, re.M) for name in packages]
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "alone.txt"
        alone.write_text("".join(found.group() for found in pinned if found), encoding="utf-8")
        install = ("install", "--quiet", "--require-hashes", "--no-deps", "-r", alone)
        return all(pinned) and run(*pip(), *install, quiet=True) == 0


def uv_env() -> dict[str, str]:
    """uv does not read pip's settings: hand on the mirror and the certificates that this machine gave pip."""
    env = dict(os.environ)
    settings = output(*pip(), "config", "list")
    for name, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        found = re.search(rf"^[\w:]+\.{name}='([^']+)'", settings, re.M)
        if found:
            env.setdefault(variable, found.group(1))
    return env


def install_project() -> None:
    """Put this folder on the path of .venv, and the command `quizapp` beside its Python.

    A path file and a two-line script need no build tool and no network, and follow every edit.
    """
    site = output(PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    # before 3.13, Python reads path files in the encoding of the locale
    encoding = "utf-8" if sys.version_info >= (3, 13) else "locale"
    (Path(site) / "quizapp.pth").write_text(f"{ROOT}\n", encoding=encoding)
    if WINDOWS:
        (BIN / "quizapp.cmd").write_text('@"%~dp0python.exe" -P -m quizapp %*\n', encoding="ascii")
        return
    script = BIN / "quizapp"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -P -m quizapp "$@"\n', encoding="utf-8")
    script.chmod(0o755)


# ---------------------------------------------------------------- a browser and its letters


def find_chromium() -> str | None:
    """The path of a Chromium that starts, or None: QUIZAPP_CHROMIUM, the PATH, the usual places, Playwright's."""
    named = os.environ.get("QUIZAPP_CHROMIUM")
    if named:
        if not starts(named):
            raise Stop(
                f"QUIZAPP_CHROMIUM names {named}, which does not start.",
                f"QUIZAPP_CHROMIUM 指向的 {named} 无法启动，请改正或清除。",
            )
        return named
    on_path = map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))
    places = [*filter(None, on_path), *usual_places()]
    return next((place for place in places if starts(place)), None) or playwright_chromium()


def usual_places() -> list[str]:
    if sys.platform == "darwin":
        names = ("Google Chrome", "Chromium", "Microsoft Edge")
        return [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in names]
    if not WINDOWS:
        return []
    folders = (os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    programs = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
    return [rf"{folder}\{program}" for folder in folders if folder for program in programs]


def starts(place: str) -> bool:
    """A file that is there may still be a stub that only says where to get the browser."""
    return os.access(place, os.X_OK) and (WINDOWS or output(place, "--version") != "")


def playwright_chromium() -> str | None:
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    place = output(PYTHON, "-c", ask)
    return place if place and starts(place) else None


def need_chromium() -> str:
    """The path of a Chromium; installs one where this script may."""
    found = find_chromium()
    if found:
        return found
    if on_debian_as_root():
        apt_install("chromium", "fonts-noto-cjk")
    if not find_chromium():
        note("Installing Chromium (playwright) …")
        run(PYTHON, "-m", "playwright", "install", "chromium", quiet=True)
    found = find_chromium()
    if found:
        return found
    raise Stop(
        "The tests play in a real browser and found none. Install Chromium or Google Chrome (Debian: sudo apt-get"
        " install -y chromium fonts-noto-cjk), or name one by QUIZAPP_CHROMIUM, then run this again.",
        "测试需要真实的浏览器，本机没有找到。请安装 Chromium 或 Chrome，或用 QUIZAPP_CHROMIUM 指明它的位置。",
    )


def need_chinese_font() -> None:
    if not sys.platform.startswith("linux") or output("fc-list", ":lang=zh"):
        return
    if not (on_debian_as_root() and apt_install("fontconfig", "fonts-noto-cjk")):
        note(
            "No Chinese font was found: pages in the browser tests will show boxes. Install fonts-noto-cjk.\n"
            "没有找到中文字体，浏览器测试中的汉字会显示为方块。请安装 fonts-noto-cjk。"
        )


# ---------------------------------------------------------------- a directory


def find_slapd() -> str | None:
    """The path of OpenLDAP's server, or None: the PATH, the usual places, which are often not on it."""
    places = (shutil.which("slapd"), "/usr/sbin/slapd", "/usr/libexec/slapd", "/usr/lib/openldap/slapd")
    return next((place for place in places if place and os.access(place, os.X_OK)), None)


def need_slapd() -> None:
    """The tests of signing in by a directory start a real one. Without it they are skipped, and say so."""
    if not find_slapd() and on_debian_as_root():
        # installed without a configuration, so that no directory of this machine begins to listen
        answer = "slapd slapd/no_configuration boolean true"
        subprocess.run(["debconf-set-selections"], input=answer, text=True, check=False)
        apt_install("slapd")
    if not find_slapd():
        note(
            "No slapd (OpenLDAP) was found: the tests of signing in by a directory are skipped. Debian: sudo apt-get"
            " install -y slapd.\n没有找到 slapd（OpenLDAP），目录登录的测试会跳过。请安装 slapd。"
        )


# ---------------------------------------------------------------- the commands


def lint() -> list[tuple[str, int]]:
    """Name and exit status of each tool that reads the code without running it."""
    contracts = shutil.which("lint-imports", path=str(BIN)) or "lint-imports"
    tools: dict[str, list[object]] = {
        "ruff": [PYTHON, "-m", "ruff", "check", "."],
        "mypy": [PYTHON, "-m", "mypy"],
        "import contracts": [contracts],
    }
    results = []
    for name, command in tools.items():
        results.append((name, run(*command, quiet=True)))
        print(f"{name}: {'failed' if results[-1][1] else 'passed'}", flush=True)
    return results


NOT_CHECKED = 3


def scan(*names: str) -> list[tuple[str, int]]:
    """Name and exit status of scans for known faults. One that could not be made fails nothing, and says so aloud."""
    results = []
    for name in names:
        status = run(PYTHON, "-m", "tests.scans", name)
        if status == NOT_CHECKED:
            note(f"{name}: NOT CHECKED, which is no sign that all is well")
        else:
            print(f"{name} scan: {'failed' if status else 'passed'}", flush=True)
            results.append((f"{name} scan", status))
    return results


def first_failure(results: list[tuple[str, int]]) -> int:
    """The exit status of the first that failed, or 0; says which failed, and nothing if none did."""
    failed = [(name, status) for name, status in results if status]
    if not failed:
        return 0
    note(f"Failed: {', '.join(name for name, _ in failed)}")
    return failed[0][1]


def setup_command(words: list[str]) -> int:
    parser = parser_for("setup")
    parser.add_argument("--runtime", action="store_true", help="without the tools for tests")
    parser.add_argument("--ldap", action="store_true", help="with what signing in by a directory needs")
    chosen = parser.parse_args(words)
    setup(dev=not chosen.runtime)
    if not chosen.ldap or output(PYTHON, "-c", "import ldap3; print(1)"):
        return 0
    return 0 if install_alone("ldap3", "pyasn1", "pycryptodomex") else 1


def demo_command(words: list[str]) -> int:
    parser = parser_for("demo")
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (8000)")
    parser.add_argument("--no-serve", action="store_true", help="prepare the demo agency and stop")
    parser.add_argument("--reset", action="store_true", help="begin again with a fresh demo agency")
    chosen = parser.parse_args(words)
    setup(dev=False)
    command = [str(PYTHON), "-P", "-m", "quizapp", "demo", "--port", str(chosen.port)]
    command += ["--no-serve"] if chosen.no_serve else []
    command += ["--reset"] if chosen.reset else []
    os.chdir(ROOT)
    if not WINDOWS:
        os.execv(command[0], command)  # noqa: S606 - signals then reach the server itself
    return run(*command, env={**os.environ, "PYTHONUTF8": "1"})


def test_command(words: list[str]) -> int:
    setup()
    chromium = need_chromium()
    need_chinese_font()
    need_slapd()
    results = lint()
    env = {**os.environ, "QUIZAPP_CHROMIUM": chromium}
    results.append(("pytest", run(PYTHON, "-m", "pytest", "-n", "2", "--dist", "load", *words, env=env)))
    return first_failure(results)


def check_command(words: list[str]) -> int:
    parser = parser_for("check")
    parser.add_argument("--fast", action="store_true", help="read the code only, run no tests")
    chosen = parser.parse_args(words)
    setup()
    results = lint() + scan("code", "secrets", "packages")
    if not chosen.fast:
        results.append(("pytest", run(PYTHON, "-m", "pytest", "-q", "tests/unit", "tests/architecture")))
    return first_failure(results)


def bench_command(words: list[str]) -> int:
    setup()
    return run(PYTHON, "-m", "tests.bench", *words)


def bench_exam_command(words: list[str]) -> int:
    setup()
    return run(PYTHON, "-m", "tests.bench.exam", *words)


def faults_command(words: list[str]) -> int:
    setup()
    return run(PYTHON, "-m", "tests.faults", *words)


def fuzz_command(words: list[str]) -> int:
    parser = parser_for("fuzz")
    parser.add_argument("--examples", type=int, default=20, help="times as much as in every test run (20)")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins (1)")
    chosen, more = parser.parse_known_args(words)
    setup()
    env = {**os.environ, "QUIZAPP_FUZZ_EXAMPLES": str(chosen.examples), "QUIZAPP_FUZZ_SEED": str(chosen.seed)}
    limits = ("-n", "2", "--dist", "loadfile", "--timeout", "3600")
    return run(PYTHON, "-m", "pytest", *limits, "tests/fuzz", "tests/api", *more, env=env)


def looks_command(words: list[str]) -> int:
    """What `test` sees of every page in one theme a width, in all of them."""
    setup()
    env = {**os.environ, "QUIZAPP_CHROMIUM": need_chromium(), "QUIZAPP_EVERY_LOOK": "1"}
    need_chinese_font()
    return run(PYTHON, "-m", "pytest", "tests/e2e/test_every_page.py", *words, env=env)


def lock_command(words: list[str]) -> int:
    parser = parser_for("lock")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = ["--upgrade"] if parser.parse_args(words).upgrade else []
    make_venv()
    if not has_uv():
        raise Stop(
            f"uv is not in .venv and {DEV} does not name it.", f".venv 中没有 uv，{DEV} 也没有列出它。"
        )
    env = uv_env()
    # the development lock keeps to the versions of the runtime lock
    return run(*uv(), *COMPILE, *upgrade, "-o", RUNTIME, env=env) or run(
        *uv(), *COMPILE, *upgrade, "--extra", "ldap", "--group", "dev", "-c", RUNTIME, "-o", DEV, env=env
    )


def help_command(words: list[str]) -> int:
    print(str(__doc__).strip())
    return 0


def parser_for(command: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"dev.py {command}", allow_abbrev=False)


COMMANDS = {
    "setup": setup_command,
    "demo": demo_command,
    "test": test_command,
    "check": check_command,
    "bench": bench_command,
    "bench-exam": bench_exam_command,
    "faults": faults_command,
    "fuzz": fuzz_command,
    "looks": looks_command,
    "lock": lock_command,
    "help": help_command,
}


def main(words: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    name = {"-h": "help", "--help": "help"}.get(words[0], words[0]) if words else "help"
    if name not in COMMANDS:
        note(f"There is no command {name}; there are: {', '.join(COMMANDS)}.")
        return 2
    try:
        return COMMANDS[name](words[1:])
    except Stop as stop:
        note(str(stop))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
