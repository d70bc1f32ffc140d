"""What is sent with a POST so that nothing but a right can stop it."""

from __future__ import annotations

from typing import Any

# what the exam page sends by itself: JSON with a ticket
HOT = frozenset(f"attempts.{name}" for name in ("save", "claim", "take_over", "submit", "note", "standing"))
SETTINGS = {
    "title": "改过的名称", "year": "2026", "kind": "online", "opens_at": "2026-12-01T09:00", "closes_at": "2026-12-05T18:00",
    "minutes": "60", "attempts_allowed": "3", "score_rule": "best", "pass_mark": "1", "excellence_mark": "2",
    "multiple_rule": "all_or_nothing", "release": "after_close", "form_count": "1", "participation_target": "100",
    "pass_target": "100", "make_up_of_id": "0",
}
FORMS: dict[str, dict[str, Any]] = {
    "people.new_person_post": {"login": "new-one", "name": "新来的人", "since": "2026-11-01", "unit": "1"},
    "people.person_post": {"name": "改过的名字", "rank": "科级", "post_type": "综合管理"},
    "people.transfer": {"unit": "1", "on": "2026-11-01"},
    "people.leave_branch": {"out_on": "2026-11-02"},
    "people.grant_role": {"role": "editor", "role_unit": "0"},
    "people.new_unit_post": {"code": "NEW", "name": "新单位", "parent": "1"},
    "people.unit_post": {"code": "OTHER", "name": "改过的单位"},
    "people.move_unit": {"step": "up"},
    "people.language": {"language": "en"},
    "people.sign_in_post": {"login": "nobody-has-this", "password": "wrong"},
    "people.set_password_post": {"password": "一个足够长的新密码 2026", "again": "一个足够长的新密码 2026"},
    "questions.generate_post": {"law": "示例法", "subject": "constitution", "limit": "1"},
    "questions.reject": {"reason": "解析没有点到条文"},
    "plans.plan_post": {"then": "literal"},
    "plans.delete": {"why": "读错了报告"}, "exams.release": {"why": "阅卷完成"}, "exams.delete": {"why": "建重了"},
    "approvals.refuse": {"words": "还有申诉没有处理"},
    "marking.override_post": {"p1": "4", "why": "复核"},
    "exams.new_post": SETTINGS, "exams.edit_post": SETTINGS,
    "exams.blueprint_post": {"subject": "", "type": "single", "difficulty": "", "count": "1", "marks": "2"},
    "rosters.own_post": {"reason": "1", "note": "住院"}, "rosters.register": {"reason": "1"}, "rosters.ask_for": {"reason": "1"},
    "rosters.consent": {"then": "yes"}, "rosters.decide": {"then": "yes"}, "rosters.restore": {"why": "登记错了"},
    "rosters.remove": {"why": "登记错了"}, "rosters.late_post": {"people": "p00001", "why": "新任职"},
    "rosters.add_reason": {"kind": "excused", "name": "新的理由"},
    "sittings.extend": {"minutes": "5", "why": "设备故障"},
    "sittings.accommodate": {"extra_percent": "30", "break_minutes": "0", "ground": "papers", "detail": ""},
    "sittings.extension_post": {"minutes": "5", "why": "设备故障"},
    "sittings.pause_post": {"why": "停电"},
    "sittings.postponement_post": {"minutes": "5", "why": "停电"},
    "sittings.notes_of_post": {"decision": "no_concern", "reason": "考生已经说明"},
    "sittings.refuse_sealed_file": {"reason": "与监考记录不符"},
    "marking.answer_post": {"p1": "5"},
    "marking.challenge_post": {"reason": "条文写的是另一项"},
    "marking.stands": {"words": "条文写的就是这一项", "basis": "示例法第十二条"},
    "marking.regrade_post": {"treatment": "full", "basis": "示例法第十二条", "why": "题干有歧义", "after": "0"},
    "filings.again": {"reason": "改过名单"}, "filings.year_post": {"then": "save"},
    "filings.new_post": {"exam": "6", "kind": "notice", "scope": "all", "mode": "plain", "threshold": "95"},
    "attempts.notes_post": {"reply": "去接了一个电话"},
}
