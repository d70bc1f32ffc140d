"""What the pages call the kinds, reasons and rules of memberships, and a scope."""

from __future__ import annotations

from collections.abc import Collection

from quizapp.i18n import N_, _
from quizapp.kernel.rights import ALL_UNITS

ENDINGS = {"transfer": N_("调出"), "left": N_("离开"), "retired": N_("退休"), "back": N_("借调结束")}
DEPARTURES = {"left": N_("离开（调出本机关、辞职等）"), "retired": N_("退休")}
COUNTING = {"home": N_("算在原单位"), "host": N_("算在借调单位")}
# the columns of a roster, as pages call them; files and templates keep the Chinese names
COLUMNS = {"工号": N_("工号"), "姓名": N_("姓名"), "单位编码": N_("单位编码"), "单位名称": N_("单位名称"), "职务层次": N_("职务层次"),
           "岗位类别": N_("岗位类别"), "党支部": N_("党支部")}


def scope_words(scope: Collection[str]) -> str:
    """Whose figures a reader with this scope sees."""
    return _("全部单位") if ALL_UNITS in scope else _("你负责的单位和下属单位")
