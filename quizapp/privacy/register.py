"""The register of personal data: every column of every table, and what becomes of it.

One entry a table. The build fails for a column without a class (tests/integration/privacy). Classes:

direct   says something about a person by itself: a name, a number that others know, an address, words of theirs
linked   belongs to a person only through the number of their row in `person`, which names nobody once that is erased
secret   proves who somebody is: never handed out, always deleted
none     about no person

`of` is the column that holds the number of the person a row belongs to. On erasure the rows go (`DELETE`), or they
stay (`KEEP`) with the columns of `cleared` emptied; a direct column that does neither is in `stays`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from quizapp.i18n import N_

DELETE, KEEP = "delete", "keep"
DIRECT, LINKED, SECRET, NONE = "direct", "linked", "secret", "none"

EVIDENCE = N_("考试证据：回执覆盖每一个字，删改以后成绩无从证明；只剩编号，不再有姓名和工号")
PUBLISHED = N_("已经公布的报表按它分组计数；只剩编号，不再有姓名和工号")
CHAIN = N_("审计链：哈希覆盖姓名，删改一处整条链就断；到保存期限由系统截断，此前只作安全核查（个人信息保护法第四十七条第二款）")
HISTORY = N_("题库的审题记录，写的是试题，不是人；只剩编号")


@dataclass(frozen=True)
class Entry:
    """What a table holds. `title`: what people call it; `withheld`: columns that a candidate may not see before
    results are released; `through`: the table whose row of the person `of` leads to, where that is not `person`;
    `signed`: columns with the name of whoever acted, each with the column of their number."""

    columns: dict[str, str]
    of: str = ""
    title: str = ""
    then: str = KEEP
    cleared: dict[str, Any] = field(default_factory=dict)
    stays: dict[str, str] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    through: str = ""
    signed: dict[str, str] = field(default_factory=dict)

    def named(self, *classes: str) -> list[str]:
        return [name for name, kind in self.columns.items() if kind in classes]


def _entry(*, direct: str = "", linked: str = "", proof: str = "", none: str = "", withheld: str = "", **more: Any) -> Entry:
    classes = ((DIRECT, direct), (LINKED, linked), (SECRET, proof), (NONE, none))
    return Entry({name: kind for kind, names in classes for name in names.split()}, withheld=frozenset(withheld.split()), **more)


REGISTER: dict[str, Entry] = {
    # ---------------------------------------------------------------- people
    "person": _entry(
        of="id", title=N_("账号与身份"), direct="login name rank post_type", proof="password_hash",
        linked="id active language created_at erased_at",
        cleared={"rank": "", "post_type": "", "password_hash": None, "active": False, "language": "zh"},
    ),
    "membership": _entry(of="person_id", title=N_("任职"), linked="id person_id unit_id since until kind counting ending"),
    "role_grant": _entry(of="person_id", title=N_("角色"), linked="id person_id role unit_id", then=DELETE),
    "sign_in": _entry(
        of="person_id", title=N_("登录"), direct="address device", proof="token_hash",
        linked="id person_id created_at last_seen_at expires_at ended_at way strong", then=DELETE,
    ),
    "external_identity": _entry(
        of="person_id", title=N_("统一登录账号"), direct="subject", linked="issuer person_id linked_at", then=DELETE,
    ),
    "one_time_link": _entry(
        of="person_id", title=N_("一次性链接和代码"), proof="token_hash",
        linked="person_id created_at expires_at used_at kind tries", then=DELETE,
    ),
    "second_factor": _entry(
        of="person_id", title=N_("两步验证"), proof="secret salt", linked="person_id created_at confirmed_at last_step", then=DELETE,
    ),
    "recovery_code": _entry(of="person_id", title=N_("恢复码"), proof="code_hash", linked="person_id used_at", then=DELETE),
    # found by the work number, which is all that it knows of a person
    "failed_sign_in": _entry(of="login", title=N_("失败的登录"), direct="login address", linked="id at step", then=DELETE),
    "roster_heading": _entry(none="heading column_name chosen_at", linked="chosen_by"),
    "unit": _entry(none="id code name parent_id path position kind closed_on"),
    # ---------------------------------------------------------------- exams
    "roster_entry": _entry(
        of="candidate_id", title=N_("应考名单"), direct="rank post_type reason",
        linked="exam_id candidate_id unit_id path status", cleared={"reason": ""},
        stays={"rank": PUBLISHED, "post_type": PUBLISHED},
    ),
    # why somebody does not sit is often a matter of health: words and evidence go with the person
    "excuse_case": _entry(
        of="candidate_id", title=N_("免考和缓考申请"), direct="reason note",
        linked="id exam_id candidate_id unit_id path kind reason_id state capacity asked_by asked_at",
        cleared={"reason": "", "note": ""},
    ),
    "excuse_step": _entry(
        of="case_id", through="excuse_case", title=N_("申请的办理经过"), direct="words by_name",
        linked="id case_id act capacity by_id at", cleared={"words": ""}, signed={"by_name": "by_id"},
    ),
    "excuse_file": _entry(
        of="case_id", through="excuse_case", title=N_("申请的附件"), direct="name",
        linked="id case_id media_type size digest by_id at", then=DELETE,
    ),
    "excuse_reason": _entry(none="id kind name retired_at"),
    "roster_change": _entry(
        of="candidate_id", title=N_("名单的补进和移出"), direct="reason by_name",
        linked="id exam_id candidate_id unit act by_id at", cleared={"reason": ""}, signed={"by_name": "by_id"},
    ),
    "accommodation": _entry(
        of="candidate_id", title=N_("便利措施"), direct="reason",
        linked="exam_id candidate_id extra_percent break_minutes granted_by granted_at", cleared={"reason": ""},
    ),
    "extension": _entry(
        of="candidate_id", title=N_("延时"), direct="reason", linked="id exam_id candidate_id minutes granted_by granted_at",
        cleared={"reason": ""},
    ),
    "result": _entry(
        of="candidate_id", title=N_("成绩"), linked="candidate_id exam_id source attempt_id attempts score sat_at", withheld="score",
    ),
    "attempt": _entry(
        of="candidate_id", title=N_("作答"), withheld="layout score needs_marking",
        linked="candidate_id id exam_id number form_id layout state epoch client_id started_at deadline_at finished_at "
               "revision break_left break_started_at score needs_marking receipt signature sealed_by",
    ),
    "answer": _entry(
        of="candidate_id", title=N_("答案"), direct="response", withheld="score",
        linked="candidate_id attempt_id position seq flagged seen saved_at score", stays={"response": EVIDENCE},
    ),
    "answer_event": _entry(
        of="candidate_id", title=N_("保存记录"), direct="response",
        linked="candidate_id attempt_id client_id seq position flagged seen received_at refused digest",
        stays={"response": EVIDENCE},
    ),
    "note": _entry(
        of="candidate_id", title=N_("作答备注"), direct="device", linked="candidate_id attempt_id id kind at lasted", then=DELETE,
    ),
    "note_review": _entry(
        of="candidate_id", title=N_("备注的说明与判断"), direct="reply reason",
        linked="candidate_id attempt_id replied_at decision decided_by decided_at", then=DELETE,
    ),
    "sealed_file": _entry(
        of="candidate_id", title=N_("封存文件"), direct="content reason",
        linked="candidate_id attempt_id id exam_id digest uploaded_by uploaded_at state first_by first_at second_by second_at",
        cleared={"reason": ""}, stays={"content": EVIDENCE},
    ),
    "marking_record": _entry(
        of="candidate_id", title=N_("评分"), linked="candidate_id attempt_id position marker_id score points marked_at",
        withheld="score points",
    ),
    "marking_reading": _entry(
        of="candidate_id", title=N_("评分"), withheld="score points",
        linked="candidate_id attempt_id position place marker_id score points marked_at",
    ),
    "challenge": _entry(
        of="candidate_id", title=N_("试题异议"), direct="reason words",
        linked="candidate_id id attempt_id exam_id position item_version_id part asked_at state basis answered_by answered_at",
        cleared={"reason": "", "words": ""},
    ),
    "regrade": _entry(
        none="exam_id number item_version_id part treatment key reason basis at answers attempts results digest",
        linked="proposed_by",
    ),
    "regraded_attempt": _entry(
        of="candidate_id", title=N_("重新评分前后的得分"),
        linked="candidate_id attempt_id exam_id number position answer_before answer_after score_before score_after",
    ),
    "regraded_result": _entry(
        of="candidate_id", title=N_("重新评分前后的成绩"),
        linked="candidate_id exam_id number attempt_before attempt_after score_before score_after",
    ),
    "personal_notice": _entry(
        of="person_id", title=N_("给本人的通知"), direct="message link", linked="person_id id exam_id at confirmed_at", then=DELETE,
    ),
    # whoever holds the paper may verify it as long as the platform exists; after an erasure without the name
    "certificate": _entry(
        of="person_id", title=N_("合格证书"), direct="name",
        linked="number code person_id exam_id issuer unit exam score grade sat_on issued_at digest revoked_at revoked_why replaced_by",
        cleared={"name": ""},
    ),
    # which form somebody will get is nobody's to know beforehand: it is said, and not handed out
    "prepared_paper": _entry(
        of="candidate_id", linked="candidate_id exam_id number attempt_id form_id layout", then=DELETE,
    ),
    "exam": _entry(
        none="id title year kind state opens_at closes_at settles_at paused_at minutes attempts_allowed score_rule pass_mark "
             "excellence_mark multiple_rule markers marker_tolerance own_unit_barred open_book shuffle_questions shuffle_options release released_at show_key "
             "form_count max_shared max_uses grace_seconds make_up_of_id blueprint_id campaign audience roster_as_of participation_target "
             "pass_target created_at published_at",
    ),
    "roster_unit": _entry(none="exam_id unit_id parent_id name path position"),
    "commitment": _entry(none="exam_id digest salt committed_at opened_at"),
    "blueprint": _entry(none="id name"),
    "blueprint_row": _entry(none="id blueprint_id position subject_code type difficulty count marks"),
    "form": _entry(none="id blueprint_id number total content_hash expected"),
    "form_question": _entry(none="form_id position item_version_id part type marks"),
    # sums over everybody: nothing in them leads back to a person
    "exam_analysis": _entry(none="exam_id state wanted_at computed_at people waiting timed forms slices"),
    "item_statistic": _entry(
        none="exam_id item_version_id part kind people forms marks facility discrimination item_rest omitted groups seconds timed "
             "quick model slope location expected flags notes",
    ),
    # ---------------------------------------------------------------- reports that were handed in
    "filing": _entry(none="id number kind subject year exam_id title settings created_at"),
    "filing_version": _entry(none="id filing_id version content digest key signature at reason difference", linked="by_id"),
    "filing_check": _entry(none="id filing_id reference exam_id reason at version_id", linked="by_id"),
    # by number alone, and under a seal: what was handed in stays what was handed in
    "filing_person": _entry(
        of="candidate_id", title=N_("上报件里的统计"), linked="version_id candidate_id unit_id status sat score sat_at",
        withheld="score",
    ),
    "filing_holder": _entry(of="person_id", title=N_("上报或者下载过的上报件"), linked="filing_id person_id known", then=DELETE),
    "filing_draft": _entry(none="year sections facts saved_at revision", linked="saved_by"),
    # ---------------------------------------------------------------- the record, and work behind the pages
    "audit_event": _entry(
        of="actor_id", title=N_("审计记录"), direct="actor detail address object_id",
        linked="actor_id id number at action object_type outcome previous hash",
        stays={"actor": CHAIN, "detail": CHAIN, "address": CHAIN, "object_id": CHAIN},
    ),
    "audit_head": _entry(none="id number hash"),
    "audit_cut": _entry(none="number hash at kept kept_digest key signature"),
    # lives for a minute; on erasure it goes into the chain at once
    "refusal": _entry(
        of="actor_id", direct="actor address object_id detail", linked="key minute actor_id action object_type count written",
        then=DELETE,
    ),
    # what was done is in the record of acts; here it waits for a second person
    "proposal": _entry(
        of="proposed_by", title=N_("提出的事"), direct="title params seen shown reason words outcome",
        linked="id kind object_id state proposed_by proposed_at expires_at decided_by decided_at alone told_at", then=DELETE,
    ),
    "job": _entry(
        of="person_id", title=N_("后台任务"), direct="params result problem problem_values step",
        linked="id kind person_id state done total created_at started_at heartbeat_at finished_at", then=DELETE,
    ),
    # ---------------------------------------------------------------- the bank, the law, plans
    "review_vote": _entry(
        of="person_id", title=N_("审题意见"), direct="reason", linked="review_id person_id verdict at", stays={"reason": HISTORY},
    ),
    "review": _entry(none="id item_id item_version_id kind state needed opened_at decided_at", linked="opened_by"),
    "subject": _entry(none="code name name_en position terms"),
    "item": _entry(none="id code subject_code status origin current_version listed file_hash"),
    "item_version": _entry(
        none="id item_id number type difficulty applied topic part_count stem content content_hash created_at", linked="author_id",
    ),
    "citation": _entry(
        none="id item_version_id law law_version article paragraph fingerprint span_start span_end document position",
    ),
    "quarantine": _entry(
        none="id item_id item_version_id law article old_version new_version new_article change ended_by from_day opened_at "
             "resolved_at resolution", linked="resolved_by",
    ),
    "law": _entry(none="name title issuer kind aliases"),
    "law_register": _entry(none="id digest"),
    "law_version": _entry(
        none="law version adopted published in_force_since ends_on ended_by article_count registered amended repeals note imported_at",
    ),
    "law_article": _entry(none="id law version number position path text fingerprint registered"),
    "law_file": _entry(none="digest name law version"),
    # the agency's own report, as it was published
    "source_report": _entry(none="id file_name sha256 text reading created_at", linked="person_id"),
    "plan": _entry(none="id year agency report_id state created_at confirmed_at", linked="confirmed_by"),
    "plan_fact": _entry(none="id plan_id position field value literal sentence start end interpreted state confirmed"),
}
