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
    "make_code": N_("生成一次性代码"),
    "enable_second_factor": N_("开启两步验证"),
    "disable_second_factor": N_("关闭两步验证"),
    "reset_second_factor": N_("重置两步验证"),
    "renew_recovery_codes": N_("换新恢复码"),
    "use_recovery_code": N_("用恢复码登录"),
    "transfer_person": N_("调动"),
    "deactivate_person": N_("停用账号"),
    "reactivate_person": N_("恢复账号"),
    "grant_role": N_("授予角色"),
    "revoke_role": N_("收回角色"),
    "end_sign_ins": N_("结束全部登录"),
    "import_roster": N_("导入名册"),
    "choose_columns": N_("选名册的列"),
    "second_person": N_("登记借调"),
    "end_secondment": N_("结束借调"),
    "leave_person": N_("登记离开"),
    "undo_leave": N_("撤销离开"),
    "return_person": N_("登记任职"),
    "export_people": N_("导出人员名单"),
    "export_audit": N_("导出审计记录"),
    "export_report": N_("导出考试报表"),
    "download_names": N_("下载名单"),
    "download_file": N_("下载文件"),
    "cut_audit": N_("截断审计链"),
    "run_retention": N_("清理到期数据"),
    "export_personal_data": N_("导出个人信息"),
    "erase_person": N_("注销人员信息"),
    "refuse_right": N_("没有权限"),
    "refuse_object": N_("够不到的对象"),
    "refuse_sign_in": N_("登录失败"),
    "refuse_second_step": N_("第二步没有通过"),
    "refuse_code": N_("一次性代码不对"),
    "refuse_link": N_("一次性链接无效"),
    "refuse_proof": N_("本人核实没有通过"),
    "refuse_forgery": N_("来路不明的提交"),
    "refuse_limit": N_("次数太多"),
    "refuse_many": N_("大量拒绝的合计"),
    "create_exam": N_("新建考试"),
    "publish_exam": N_("发布考试"),
    "start_job": N_("开始任务"),
    "build_bank": N_("构建题库"),
    "change_exam": N_("修改考试设置"),
    "change_blueprint": N_("修改考试的细目表"),
    "change_roster_status": N_("登记免考或者缓考"),
    "delete_exam": N_("删除考试草稿"),
    "download_result_template": N_("下载成绩模板"),
    "import_paper_results": N_("导入纸笔成绩"),
    "mark_answer": N_("给简答题评分"),
    "release_results": N_("公布考试成绩"),
    "change_accommodation": N_("改便利措施"),
    "extend_attempt": N_("给一人延时"),
    "extend_exam": N_("全场延时"),
    "pause_exam": N_("暂停考试"),
    "resume_exam": N_("恢复考试"),
    "postpone_exam": N_("推迟开始"),
    "read_report": N_("读取年度报告"),
    "draft_plan": N_("起草学法计划"),
    "review_plan": N_("核对学法计划"),
    "undo_plan_review": N_("撤回计划核对"),
    "confirm_plan": N_("确认学法计划"),
    "reopen_plan": N_("重开学法计划"),
    "replace_plan": N_("替换学法计划"),
    "delete_plan": N_("删除学法计划"),
    "propose_item": N_("提交试题审题"),
    "accept_item": N_("通过试题"),
    "reject_item": N_("退回试题"),
    "generate_items": N_("按条文生成试题"),
    "upload_laws": N_("上传法律文本"),
    "import_laws": N_("导入法律文本"),
    "upload_sealed_file": N_("收下封存文件"),
    "approve_sealed_file": N_("同意封存文件"),
    "accept_sealed_file": N_("采纳封存文件"),
    "refuse_sealed_file": N_("退回封存文件"),
    "seal_receipts": N_("封存交卷回执"),
    "commit_exam": N_("登记试卷承诺"),
    "open_commitment": N_("公开试卷承诺"),
    "decide_notes": N_("判断作答备注"),
    "ask_excuse": N_("申请免考或者缓考"),
    "consent_excuse": N_("单位同意免考或者缓考"),
    "decline_excuse": N_("单位不同意免考或者缓考"),
    "grant_excuse": N_("同意免考或者缓考"),
    "refuse_excuse": N_("不同意免考或者缓考"),
    "withdraw_excuse": N_("撤回免考或者缓考申请"),
    "restore_to_roster": N_("恢复应考"),
    "download_excuse_file": N_("下载申请的附件"),
    "add_excuse_reason": N_("加免考或者缓考的理由"),
    "retire_excuse_reason": N_("停用免考或者缓考的理由"),
    "reinstate_excuse_reason": N_("恢复免考或者缓考的理由"),
    "add_to_roster": N_("补进名单"),
    "remove_from_roster": N_("移出名单"),
    "draft_make_up": N_("建补考草稿"),
}
OBJECTS = {
    "person": N_("人员"),
    "unit": N_("单位"),
    "roster": N_("名册"),
    "exam": N_("考试"),
    "audit": N_("审计记录"),
    "blueprint": N_("细目表"),
    "item": N_("试题"),
    "review": N_("审题"),
    "plan": N_("学法计划"),
    "attempt": N_("作答"),
    "job": N_("任务"),
    "report": N_("年度报告"),
    "platform": N_("平台"),
    "receipts": N_("回执"),
    "file": N_("文件"),
    "role": N_("角色"),
    "membership": N_("任职记录"),
    "sign_in": N_("登录"),
    "sealed_file": N_("封存文件"),
    "change": N_("条文变动"),
    "account": N_("没有的账号"),
    "retention": N_("保存期限"),
    "excuse": N_("免考和缓考申请"),
    "excuse_reason": N_("免考和缓考的理由"),
}
OUTCOMES = {"allowed": N_("通过"), "refused": N_("拒绝")}
ACTORS = {"system": N_("平台"), "cli": N_("命令行"), "demo": N_("演示数据"), "nobody": N_("没有登录的人")}


FACTS = {
    "code": N_("编码"), "name": N_("名称"), "parent": N_("上级单位"), "login": N_("工号"), "logins": N_("工号"),
    "unit": N_("单位"), "role": N_("角色"), "from": N_("从"), "to": N_("到"), "on": N_("从哪一天起"),
    "since": N_("从哪一天起"), "before": N_("之前"), "after": N_("之后"), "rank": N_("职务层次"),
    "post_type": N_("岗位类别"), "title": N_("标题"), "agency": N_("机关名称"), "new": N_("新增"),
    "moved": N_("调动"), "changed": N_("更新"), "unchanged": N_("未变"), "not_in_file": N_("名册里没有"),
    "exam": N_("考试"), "year": N_("年度"), "report": N_("年度报告"), "file": N_("文件"), "sha256": N_("文件指纹"),
    "state": N_("状态"), "rows": N_("行数"), "total": N_("总分"), "reason": N_("原因"), "position": N_("第几题"),
    "points": N_("各点得分"), "roster_as_of": N_("名单截至"), "candidate": N_("人员编号"), "format": N_("格式"),
    "job": N_("任务"), "changes": N_("变动"), "kind": N_("种类"), "facts": N_("事实"), "again": N_("重做的任务"),
    "files": N_("文件"), "added": N_("新增"), "replaced": N_("更新"), "articles": N_("条数"), "problems": N_("没有导入的文件"),
    "receipts": N_("回执"), "root": N_("根哈希"), "key": N_("公钥"), "digest": N_("摘要"), "method": N_("方法"),
    "salt": N_("盐值"), "committed_at": N_("登记时间"), "opened_at": N_("公开时间"), "at": N_("时间"), "sat_at": N_("考试时间"),
    "decision": N_("判断"), "notes": N_("备注条数"),
    "first": N_("第一位同意者"),
    "receipt": N_("回执"),
    "record": N_("封存摘要"),
    "questions": N_("题目编号"),
    "positions": N_("卷上位置"),
    "open": N_("作答进行中"),
    "score": N_("总成绩"),
    "until": N_("到哪一天"), "left": N_("离开"), "left_logins": N_("离开的工号"), "counting": N_("统计归属"),
    "revoked": N_("一并收回的角色"),
    "route": N_("地址名"), "asked": N_("要打开的"), "exists": N_("确有此对象"), "more": N_("又有几次"), "minute": N_("在哪一分钟"),
    "others": N_("同一分钟还试了"), "filters": N_("筛选"), "known": N_("确有此账号"), "number": N_("序号"), "removed": N_("删去条数"),
    "kept": N_("留下条数"), "classes": N_("各类条数"), "tables": N_("各表条数"), "kinds": N_("种数"),
    "case": N_("申请编号"), "people": N_("人数"),
}


def fact_name(path: str) -> str:
    """`before.code` as 之前 · 编码; a word without a name stays as it is."""
    return " · ".join(_(FACTS[word]) if word in FACTS else word for word in path.split("."))


def outcome_name(code: str | None) -> str:
    """Events from before the outcome was kept were all of acts that were allowed."""
    return _(OUTCOMES[code or "allowed"])


def person_name(name: str) -> str:
    """The name of a person as it is; of what is no person, in the reader's language."""
    return _(ACTORS[name]) if name in ACTORS else name


def action_name(code: str) -> str:
    return _(ACTIONS[code]) if code in ACTIONS else code


def object_name(code: str) -> str:
    return _(OBJECTS[code]) if code in OBJECTS else code
