"""What the acts in the record are called on the page. An act without a name here shows its code."""

from __future__ import annotations

from quizapp.i18n import N_, _

ACTIONS = {
    "set_password": N_("设置密码"),
    "init": N_("初始化平台"),
    "add_unit": N_("新增单位"),
    "rename_unit": N_("修改单位"),
    "order_unit": N_("调整单位顺序"),
    "close_unit": N_("停用单位"),
    "reopen_unit": N_("恢复单位"),
    "add_person": N_("新增人员"),
    "change_person": N_("修改人员信息"),
    "make_link": N_("生成一次性链接"),
    "make_links": N_("批量生成一次性链接"),
    "transfer_person": N_("调动"),
    "deactivate_person": N_("停用账号"),
    "reactivate_person": N_("恢复账号"),
    "grant_role": N_("授予角色"),
    "revoke_role": N_("收回角色"),
    "end_sign_ins": N_("结束全部登录"),
    "import_roster": N_("导入名册"),
    "export_audit": N_("导出审计记录"),
    "create_exam": N_("新建考试"),
    "publish_exam": N_("发布考试"),
}
OBJECTS = {
    "person": N_("人员"),
    "unit": N_("单位"),
    "roster": N_("名册"),
    "exam": N_("考试"),
    "audit": N_("审计记录"),
    "blueprint": N_("细目表"),
    "item": N_("试题"),
    "plan": N_("学法计划"),
    "attempt": N_("作答"),
    "job": N_("任务"),
    "platform": N_("平台"),
}


def action_name(code: str) -> str:
    return _(ACTIONS[code]) if code in ACTIONS else code


def object_name(code: str) -> str:
    return _(OBJECTS[code]) if code in OBJECTS else code
