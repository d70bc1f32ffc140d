"""Every sentence that a person may read has an English one beside it, with the same values in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment, nodes
from jinja2.ext import extract_from_ast

from quizapp.i18n import PACKAGE, english
from quizapp.kernel.rights import NO_ROLE
from quizapp.people.rules.rights import ABOVE, ACCOUNT_ABOVE, BY_OTHERS

HAN = re.compile("[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
MARKERS = frozenset({"_", "N_", "lazy"})
ERROR_CLASS = re.compile(r"[A-Z]\w*Error$")
# what is Chinese on purpose in both languages: the label of the switch to Chinese, and lines in the art
MARKED_CHINESE = re.compile(r"<(\w+)\b[^>]*\blang=\"zh-Hans\"[^>]*>.*?</\1>", re.S)
JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.S)
PAGE_MODULES = re.compile(r"(^|/)(views|forms|pages)(\.py$|/)")
Found = tuple[str, int, str]


def show(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def python_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def template_files() -> list[Path]:
    return sorted(PACKAGE.rglob("templates/**/*.html"))


@cache
def environment() -> Environment:
    return Environment(autoescape=True)


def messages() -> Iterator[Found]:
    """File, line and text of every sentence that is handed to a translator."""
    for path in python_files():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from refusals(path, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and is_marker(node.func):
                yield from ((show(path), node.lineno, text) for text in constants(node.args[0]))
            elif isinstance(node, ast.Call) and (is_roster_problem(path, node) or is_file_problem(node)):
                yield from ((show(path), node.lineno, text) for text in constants(node.args[2]))
    for path in template_files():
        tree = environment().parse(path.read_text(encoding="utf-8"))
        for line, _function, text in extract_from_ast(tree, gettext_functions=("_",)):
            # with values beside it, the text comes as the first of several
            first = text[0] if isinstance(text, tuple) else text
            if isinstance(first, str):
                yield show(path), line, first
    roles = PACKAGE / "kernel" / "roles.py"  # the kernel names its roles without knowing of translations
    for node in ast.walk(ast.parse(roles.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            yield from ((show(roles), node.lineno, text) for value in node.values for text in constants(value))
    yield from (("quizapp/people/rules/rights.py", 0, text) for text in (NO_ROLE, ABOVE, ACCOUNT_ABOVE, BY_OTHERS))


def refusals(path: Path, tree: ast.Module) -> Iterator[Found]:
    """The sentences of rights: written down by pure rules, as keywords or as names beside them, translated where they refuse."""
    texts = {target.id: node.value for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
             if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Right":
            used = [texts.get(one.id, one) for one in ast.walk(node) if isinstance(one, ast.Name)]
            for text in (one for part in (node, *used) for one in ast.walk(part)):
                yield from ((show(path), node.lineno, found) for found in constants(text)) if isinstance(text, ast.Constant) else ()


def is_marker(function: ast.expr) -> bool:
    """`_`, `N_`, `lazy` and the errors of the product, whose sentence is translated where it is shown."""
    name = function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    return name in MARKERS or bool(ERROR_CLASS.match(name))


def is_roster_problem(path: Path, call: ast.Call) -> bool:
    """What is wrong in a cell of a roster: made by pure rules, translated by the page."""
    return (path.name == "roster.py" and isinstance(call.func, ast.Name) and call.func.id == "Problem"
            and len(call.args) > 2)


def is_file_problem(call: ast.Call) -> bool:
    """What is wrong with a file with the text of a law: found by an import, translated by the page about it."""
    return isinstance(call.func, ast.Name) and call.func.id == "FileProblem" and len(call.args) > 2


def constants(node: ast.expr) -> Iterator[str]:
    """The texts that an argument may be: a constant, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*constants(node.body), *constants(node.orelse))


def chinese_messages() -> list[Found]:
    return [found for found in messages() if HAN.search(found[2])]


def listed(found: list[Found]) -> str:
    return "\n".join(f"{file}:{line} {text}" for file, line, text in found)


def test_every_message_has_an_english_one() -> None:
    catalogue = english()._catalog
    found = chinese_messages()
    assert len(found) > 100, "the search for messages finds next to nothing"
    missing = [entry for entry in found if not catalogue.get(entry[2])]
    assert not missing, f"{len(missing)} without English:\n{listed(missing)}"


def test_both_languages_name_the_same_values() -> None:
    wrong = [
        (file, line, f"{text} → {translated}") for file, line, text in chinese_messages()
        if (translated := english()._catalog.get(text))
        and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(translated))
    ]
    assert not wrong, listed(wrong)


def test_english_is_free_of_chinese_words() -> None:
    """Except titles, and words that the reader must type or find as they stand: quoted there or in the source."""
    wrong = []
    for text, translated in english()._catalog.items():
        if isinstance(translated, str) and isinstance(text, str) and text:
            rest = re.sub(r"“[^”]*”|\([^)]*\)|《[^》]*》", "", translated)
            for quoted in re.findall("“([^”]*)”", text):
                rest = rest.replace(quoted, "")
            if HAN.search(rest):
                wrong.append(("en.po", 0, f"{text} → {translated}"))
    assert not wrong, listed(wrong)


def bare_in_template(path: Path) -> Iterator[Found]:
    source = path.read_text(encoding="utf-8")
    # Chinese that is marked as Chinese stays in both languages; its lines are kept for the numbers
    unmarked = MARKED_CHINESE.sub(lambda m: "\n" * m[0].count("\n"), source)
    tree = environment().parse(unmarked)
    translated = {
        id(argument) for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_"
        for argument in walk(call.args[0] if call.args else None)
    }
    for node in tree.find_all((nodes.TemplateData, nodes.Const)):
        text = node.data if isinstance(node, nodes.TemplateData) else node.value
        if isinstance(text, str) and HAN.search(text) and id(node) not in translated:
            yield show(path), node.lineno, " ".join(text.split())[:80]


def walk(node: nodes.Node | None) -> Iterator[nodes.Node]:
    if node is not None:
        yield node
        for child in node.iter_child_nodes():
            yield from walk(child)


def test_no_template_speaks_chinese_by_itself() -> None:
    found = [entry for path in template_files() for entry in bare_in_template(path)]
    assert not found, listed(found)


def test_no_script_speaks_at_all() -> None:
    """Scripts take their words from the page, which knows the reader's language."""
    found = []
    for path in sorted((PACKAGE / "ui" / "static" / "js").rglob("*.js")):
        source = JS_COMMENT.sub(lambda m: "\n" * m[0].count("\n"), path.read_text(encoding="utf-8"))
        found += [(show(path), number, line.strip()) for number, line in enumerate(source.splitlines(), 1)
                  if HAN.search(line)]
    assert not found, listed(found)


def bare_in_python(path: Path) -> Iterator[Found]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = {id(node) for call in ast.walk(tree) if isinstance(call, ast.Call) and is_marker(call.func)
               for argument in call.args for node in ast.walk(argument)}
    allowed |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    source = path.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(tree):
        if (isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value)
                and id(node) not in allowed and "the same in both languages" not in source[node.lineno - 1]):
            yield show(path), node.lineno, node.value


def test_pages_hand_out_no_untranslated_text() -> None:
    found = [
        entry for path in python_files() if PAGE_MODULES.search(path.relative_to(PACKAGE).as_posix())
        for entry in bare_in_python(path)
    ]
    assert not found, listed(found)


def test_one_sentence_has_one_english() -> None:
    """The catalogues become one: two features that translate the same words apart would take turns."""
    seen: dict[str, dict[str, str]] = {}
    for path in sorted(PACKAGE.rglob("translations/en.po")):
        with path.open(encoding="utf-8") as file:
            for message in read_po(file, locale="en"):
                if message.id:
                    seen.setdefault(str(message.id), {})[show(path)] = str(message.string)
    wrong = [f"{text}: {by_file}" for text, by_file in seen.items() if len(set(by_file.values())) > 1]
    assert not wrong, "\n".join(wrong)
