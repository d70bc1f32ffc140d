"""The retention table as people read it: what, how long, and why that long. docs/security/retention.md says more."""

from __future__ import annotations

from quizapp.i18n import _
from quizapp.kernel.periods import Periods


def shown(periods: Periods) -> list[tuple[str, str, str]]:
    """(class of data, period, ground)."""
    def months(number: int) -> str:
        return _("%(n)s 个月", n=number)

    return [
        (_("登录记录、失败的登录"), months(periods.logs), _("网络日志依法不少于 6 个月")),
        (_("审计记录"), months(periods.audit), _("到期截断；证明考试的记录随考试保留")),
        (_("用过或者过期的一次性链接和代码"), _("30 天"), _("查对发放")),
        (_("后台任务的记录"), months(periods.jobs), _("查对导入和导出")),
        (_("没有确认的名册文件"), _("1 天"), _("试运行以后等待确认")),
        (_("写好的报表文件"), _("7 天"), _("等待下载")),
        (_("作答备注"), _("成绩确定后 90 天"), _("需要进一步了解的除外")),
        (_("作答、答案、评分、成绩、应考名单"), _("不自动删除"), _("证明成绩；本人离开后可以注销姓名和工号")),
    ]
