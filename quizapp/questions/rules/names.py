"""The words for types, difficulties and states, in one place."""

from __future__ import annotations

TYPE_NAMES = {
    "single": "单选题",
    "multiple": "多选题",
    "true_false": "判断题",
    "fill": "填空题",
    "short": "简答题",
    "case": "案例题",
}
DIFFICULTY_NAMES = {1: "记忆", 2: "理解", 3: "运用"}
STATUS_NAMES = {
    "draft": "草稿",
    "review": "待审",
    "published": "已发布",
    "quarantined": "已隔离",
    "retired": "已停用",
}
STATUS_TAGS = {"draft": "", "review": "warn", "published": "ok", "quarantined": "err", "retired": ""}
ORIGIN_NAMES = {"authored": "人工命题", "generated": "按条文生成", "imported": "导入"}
REVIEW_KIND_NAMES = {"new": "新题", "edit": "修改", "generated": "按条文生成", "amendment": "法律变动"}
KIND_TAGS = {"new": "", "edit": "", "generated": "brand", "amendment": "warn"}
REVIEW_STATE_NAMES = {"open": "待审", "accepted": "通过", "rejected": "退回"}
CHANGE_NAMES = {"changed": "条文改动", "moved": "条号改动", "gone": "条文删去", "repealed": "法律废止"}
RESOLUTION_NAMES = {"rewritten": "已换新版", "confirmed": "已确认", "retired": "已停用", "withdrawn": "已撤销"}
