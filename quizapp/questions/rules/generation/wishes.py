"""Sentences that call for a virtue, and acts that are wrong in themselves: turned round, they fool nobody."""

from __future__ import annotations

import re

from quizapp.questions.rules.generation.wordings import any_of

_EARNESTLY = "(?:依法|并|也|都|当|自觉|切实|认真|严格|按照规定|努力)?"
_VIRTUES = any_of(
    """
    坚持 遵循 遵守 加强 支持 鼓励 维护 尊重 保护 推进 促进 重视 树立 弘扬 贯彻 忠 热爱 提高 完善 健全 做好 增强 改进
    优化 发展 推动 引导 积极 努力 依法 严格 切实 认真 诚 保障 保守 保密 妥善 合理 厉行 爱护 关心 注重 加大 符合 公正 公平
    自觉 带头 以宪法 以人民 倾听 接受人民 勤 廉 清正 团结 节约 防止 预防 体现 适应 有利于 充分 服从 强化 深化 从实际
    创造条件 逐步 科学 围绕 依靠 吸收 对.{1,12}负责 客观 全面 如实 正确 执行[^，。]{0,16}(?:标准|规定|制度) 按照规定
    """
)
_VIRTUE = re.compile(_EARNESTLY + _VIRTUES)
_MANNER = re.compile(
    "^(?:按照|根据|依照|依据|结合|针对|本着|与|在|对|将|把|为)[^，。；]{2,40}，"
    "|^(?:按照|根据|依照|依据)[^，。；]{2,12}(?:的规定|规定|的要求|要求)"
)
_MODAL = re.compile("应当|必须|可以|不得|有权|要|都")
_COMMON = re.compile("(?:应当|必须)?(?:建立健全|建立、健全|加强|完善|落实|采取|组织开展|开展|做好|配合|协助)")
_WRONG_IN_ITSELF = re.compile(
    any_of(
        """
        侵犯 损害 危害 非法(?!人) 违法 违反 伪造 变造 篡改 泄露 阻碍 干涉 歧视 侮辱 诽谤 虚假 徇私 报复 贪污 贿 挪用 侵占 截留 隐瞒 破坏 滥用
        强迫 威胁 欺 骗 妨碍 妨害 侵害 毁 丢弃 推诿 恶意 私分 窃取 刺探 煽动 颠覆 分裂 压制 打击 损坏 抗 迟报 谎报 瞒报 胁迫 勒索 克扣 拖欠 不正当
        利用职务 渎职 玩忽 转嫁 侮 逃避 串通 排挤 擅自 变相 违背 强制 遗弃 虐待 污 刁难 敷衍 徇 假借 谋取 索取 接受.{0,6}宴请 浪费 超标准 虚列
        乱 霸 遮挡 诱导 误导 埋压 圈占 堵塞 封闭 易燃 违禁 任何
        """
    )
)
_POLITICS = re.compile(
    any_of(
        """
        习近平 马克思 毛泽东 中国共产党 社会主义 党的 党中央 思想 革命 民族团结 祖国 人民民主 核心价值 党委 爱国 统一战线 政治 主权 台湾 人权 民主 宗教
        少数民族 平等
        """
    )
)
_PROGRAMME = re.compile(
    any_of(
        """
        坚持 遵循 推进 加强 促进 发展 完善 健全 鼓励 支持 提高 弘扬 树立 努力 积极 受法律保护 神圣 光荣 根本 自由
        """
    )
)
_EMPTY = re.compile(
    any_of(
        """
        追究(?:刑事|法律)?责任 依法承担(?:民事|法律)责任 (?:有关|相关)规定(?:办理|执行|处理|进行|承担|给予)?。 从其规定 依照其规定 按照其规定
        按照其约定 ^法律 ^法律、 适用本法 参照适用 ^本法 ^本条例所称 依法给予 为准则 按照国家(?:有关)?规定 表彰 奖励 保密 重点保护 有计划
        """
    )
)
_BANAL = re.compile("不得|任何|依法|严禁|禁止")
_MODAL_ANYWHERE = re.compile("应当|必须|可以|不得")
_NO_RULE = ("国家", "鼓励", "支持", "禁止", "严禁", "中华人民共和国公民")


def is_exhortation(words: str) -> bool:
    """Whether what follows a subject or a modal verb is a call to virtue (「应当遵循诚信原则」)."""
    modal = _MODAL.match(words)
    rest = words[modal.end() :] if modal else words
    return bool(_VIRTUE.match(_MANNER.sub("", rest, count=1)))


def is_common_duty(words: str) -> bool:
    """Whether what follows a subject may be asked of any body: to be good, to have rules and plans."""
    return is_exhortation(words) or bool(_COMMON.match(words))


def is_wrong_in_itself(words: str) -> bool:
    """Whether the words name an act that no law could allow, or speak of everybody."""
    return bool(_WRONG_IN_ITSELF.search(words))


def is_political(words: str) -> bool:
    """Whether the words state a principle of the state, which is never turned round for a question."""
    return bool(_POLITICS.search(words))


def is_rule(sentence: str) -> bool:
    """Whether a sentence states a rule that one can know or not: no programme or wish, no mere reference to
    other rules, no ban of what is wrong in itself."""
    if sentence.startswith(_NO_RULE):
        return False
    if _PROGRAMME.search(sentence) or _EMPTY.search(sentence + "。"):
        return False
    if is_wrong_in_itself(sentence) and _BANAL.search(sentence):
        return False
    modal = _MODAL_ANYWHERE.search(sentence)
    return modal is None or not is_exhortation(sentence[modal.start() :])
