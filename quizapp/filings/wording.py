"""The words of filings on pages. What is in the files is Chinese and lies in their content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.filings.models import FilingCheck, FilingVersion
from quizapp.filings.pages import CheckView, Figure, VersionView
from quizapp.filings.printing import View
from quizapp.filings.rules.content import closed_units, code_of, shown
from quizapp.filings.rules.differences import of_total, of_units
from quizapp.filings.service import EDITED, FIRST
from quizapp.i18n import N_, _, show_time

KIND_NAMES = {"exam": N_("考试报告"), "year": N_("年度报告"), "notice": N_("通报")}
OWN_REASONS = frozenset({FIRST, EDITED})
SHOWN = ("expected", "sat", "participation", "passed", "pass_of_expected", "pass_of_sat")


def version_view(view: View, names: Mapping[int, str]) -> VersionView:
    version, content = view.version, view.content
    top = content.total or (content.rows[0] if content.rows else None)
    figures = [Figure(_(column.name), _(column.base) if column.base else "", shown(column, value))
               for column, value in zip(content.columns, top.values, strict=True) if column.key in SHOWN] if top else []
    found = version.difference
    if not view.whole:  # what changed elsewhere is not this reader's to see
        own = {row.key for row in content.rows}
        found = {"lines": [line for line in found.get("lines", []) if line["key"] in own], "more": 0, "added": [], "gone": [],
                 "sections": [], "people": 0, "check": []} if found else {}
    return VersionView(version.version, show_time(version.at), names.get(version.by_id or 0, _("平台")), reason_of(version.reason),
                       version.digest, code_of(version.digest), figures, _spoken(of_total(found)), _spoken(of_units(found)), found,
                       [fact.value for fact in closed_units(content.facts)])


def reason_of(reason: str) -> str:
    """The platform's own words in the reader's language, a person's as they are."""
    return _(reason) if reason in OWN_REASONS else reason


def _spoken(lines: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{**line, "figure": _(line["figure"]), "base": _(line["base"]) if line["base"] else ""} for line in lines]


def check_views(checks: Sequence[FilingCheck], names: Mapping[int, str], versions: Sequence[FilingVersion]) -> list[CheckView]:
    numbers = {one.id: one.version for one in versions}
    return [CheckView(show_time(one.at), names.get(one.by_id or 0, _("平台")), one.reason, numbers.get(one.version_id or 0))
            for one in checks]
