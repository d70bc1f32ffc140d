"""Words that several pages of an attempt share."""

from __future__ import annotations

KIND_NAMES = {
    "single": "单选题", "multiple": "多选题", "true_false": "判断题", "fill": "填空题", "short": "简答题", "case": "案例题",
}
KIND_HINTS = {
    "single": "选一项", "multiple": "可选多项", "true_false": "判断正确或者错误", "fill": "在空格中填写", "short": "用文字回答",
}
JUDGEMENTS = {"true": "正确", "false": "错误"}
OUTCOME_NAMES = {"right": "答对", "partial": "部分得分", "wrong": "答错", "empty": "未答", "pending": "待评分"}
OUTCOME_TAGS = {"right": "ok", "partial": "warn", "wrong": "err", "empty": "", "pending": "brand"}
RELEASE_WORDS = {
    "at_once": "交卷后立即公布成绩", "after_close": "考试结束后公布成绩", "manual": "由考试管理员公布成绩",
}
