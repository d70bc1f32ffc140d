"""The commands: what each sets up first, and what it then runs."""

import argparse
import os

from devscript import environment
from devscript.browser import need_chinese_font, need_chromium
from devscript.checks import first_failure, lint, scan
from devscript.directory import need_slapd
from devscript.packages import has_uv, install_alone, uv, uv_env
from devscript.running import DEV, PYTHON, ROOT, RUNTIME, WINDOWS, Stop, output, run

COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header", "pyproject.toml"),
]


def setup(words: list[str]) -> int:
    parser = parser_for("setup")
    parser.add_argument("--runtime", action="store_true", help="without the tools for tests")
    parser.add_argument("--ldap", action="store_true", help="with what signing in by a directory needs")
    chosen = parser.parse_args(words)
    environment.setup(dev=not chosen.runtime)
    if not chosen.ldap or output(PYTHON, "-c", "import ldap3; print(1)"):
        return 0
    return 0 if install_alone("ldap3", "pyasn1", "pycryptodomex") else 1


def demo(words: list[str]) -> int:
    parser = parser_for("demo")
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (8000)")
    parser.add_argument("--no-serve", action="store_true", help="prepare the demo agency and stop")
    parser.add_argument("--reset", action="store_true", help="begin again with a fresh demo agency")
    chosen = parser.parse_args(words)
    environment.setup(dev=False)
    command = [str(PYTHON), "-P", "-m", "quizapp", "demo", "--port", str(chosen.port)]
    command += ["--no-serve"] if chosen.no_serve else []
    command += ["--reset"] if chosen.reset else []
    os.chdir(ROOT)
    if not WINDOWS:
        os.execv(command[0], command)  # noqa: S606 - signals then reach the server itself
    return run(*command, env={**os.environ, "PYTHONUTF8": "1"})


def test(words: list[str]) -> int:
    environment.setup()
    chromium = need_chromium()
    need_chinese_font()
    need_slapd()
    results = lint()
    env = {**os.environ, "QUIZAPP_CHROMIUM": chromium}
    results.append(("pytest", run(PYTHON, "-m", "pytest", "-n", "2", "--dist", "load", *words, env=env)))
    return first_failure(results)


def check(words: list[str]) -> int:
    parser = parser_for("check")
    parser.add_argument("--fast", action="store_true", help="read the code only, run no tests")
    chosen = parser.parse_args(words)
    environment.setup()
    results = lint() + scan("code", "secrets", "packages")
    if not chosen.fast:
        results.append(("pytest", run(PYTHON, "-m", "pytest", "-q", "tests/unit", "tests/architecture")))
    return first_failure(results)


def bench(words: list[str]) -> int:
    environment.setup()
    return run(PYTHON, "-m", "tests.bench", *words)


def bench_exam(words: list[str]) -> int:
    environment.setup()
    return run(PYTHON, "-m", "tests.bench.exam", *words)


def faults(words: list[str]) -> int:
    environment.setup()
    return run(PYTHON, "-m", "tests.faults", *words)


def fuzz(words: list[str]) -> int:
    parser = parser_for("fuzz")
    parser.add_argument("--examples", type=int, default=20, help="times as much as in every test run (20)")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins (1)")
    chosen, more = parser.parse_known_args(words)
    environment.setup()
    env = {**os.environ, "QUIZAPP_FUZZ_EXAMPLES": str(chosen.examples), "QUIZAPP_FUZZ_SEED": str(chosen.seed)}
    limits = ("-n", "2", "--dist", "loadfile", "--timeout", "3600")
    return run(PYTHON, "-m", "pytest", *limits, "tests/fuzz", "tests/api", *more, env=env)


def looks(words: list[str]) -> int:
    """What `test` sees of every page in one theme a width, in all of them."""
    environment.setup()
    env = {**os.environ, "QUIZAPP_CHROMIUM": need_chromium(), "QUIZAPP_EVERY_LOOK": "1"}
    need_chinese_font()
    return run(PYTHON, "-m", "pytest", "tests/e2e/test_every_page.py", *words, env=env)


def lock(words: list[str]) -> int:
    parser = parser_for("lock")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = ["--upgrade"] if parser.parse_args(words).upgrade else []
    environment.make_venv()
    if not has_uv():
        raise Stop(
            f"uv is not in .venv and {DEV} does not name it.", f".venv 中没有 uv，{DEV} 也没有列出它。"
        )
    env = uv_env()
    # the development lock keeps to the versions of the runtime lock
    return run(*uv(), *COMPILE, *upgrade, "-o", RUNTIME, env=env) or run(
        *uv(), *COMPILE, *upgrade, "--extra", "ldap", "--group", "dev", "-c", RUNTIME, "-o", DEV, env=env
    )


def parser_for(command: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"dev.py {command}", allow_abbrev=False)
