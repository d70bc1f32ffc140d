"""Words that several pages of an attempt share."""

from __future__ import annotations

from quizapp.kernel.numerals import to_chinese

JUDGEMENTS = {"true": "正确", "false": "错误"}

# said by the script of the exam page, which fills in %(name)s
SCRIPT_TEXTS = {
    "saved": "已保存 %(time)s",
    "saving": "保存中",
    "unsaved": "未保存 %(count)s 题",
    "offline": "网络已断开",
    "offlineFact": "网络已断开",
    "offlineText": "可以继续作答，请不要关闭页面。联网后自动保存，不需要你操作。",
    "onlineFact": "网络已恢复",
    "onlineText": "刚才的作答都已保存。",
    "signedOutFact": "登录已失效",
    "signedOutText": "作答留在这台设备上。请重新登录，回到这一页后会接着保存。",
    "signIn": "重新登录",
    "restoredFact": "找回了 %(count)s 题上次没有保存的改动",
    "restoredText": "已经放回原题，正在保存。",
    "rejectedFact": "第 %(number)s 题没有保存",
    "takenFact": "这里只能查看",
    "minutes": "%(count)s 分钟",
    "submitsAt": "%(time)s 到时交卷",
    "underTen": "不足 10 分钟",
    "timeHidden": "时间已隐藏",
    "hideTime": "隐藏剩余时间",
    "showTime": "显示剩余时间",
    "minutesLeft": "还剩 %(count)s 分钟",
    "timeUpFact": "时间到，正在交卷",
    "timeUpText": "作答不能再改。请不要关闭页面。",
    "timeUpOffline": "网络断开，联网后自动交卷；到时以前已保存的作答都会计入。",
    "cardSummary": "已答 %(done)s · 未答 %(open)s · 标记 %(flagged)s",
    "stripLabel": "打开题卡：%(total)s 题，已答 %(done)s 题，未答 %(open)s 题，标记 %(flagged)s 题",
    "filterAll": "全部 %(count)s",
    "filterOpen": "未答 %(count)s",
    "filterFlagged": "标记 %(count)s",
    "submitOpen": "还有 %(count)s 题未答，确认交卷？",
    "submitAll": "%(count)s 题都已答，确认交卷？",
    "submitOffline": "网络已断开，现在不能交卷。作答都留在这台设备上，联网后会自动保存，那时再交卷。",
    "submitting": "正在交卷",
    "submit": "确认交卷",
    "questionCount": "%(count)s 题",
    "questionCounted": "%(count)s 题，照常计分",
    "characters": "%(count)s / %(limit)s 字",
    "flagged": "已标记",
    "unflagged": "已取消标记",
}


def paragraph_words(number: int | None) -> str:
    """2 → 第二款; nothing where the article has no paragraphs to tell apart."""
    return f"第{to_chinese(number)}款" if number else ""
