"""Bodies in the text of a law: which words name one, and in which role it acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.questions.rules.generation.wordings import any_of, words_of

_HEAD = any_of(
    """
    人民代表大会常务委员会 人民代表大会 常务委员会 代表大会 主席团 委员长会议 主任会议 人民政府 政府 国务院 中央军事委员会 监察委员会 专门委员会 委员会 理事会 人民法院
    人民检察院 部门 机关 机构 主席 总理 委员长 审计长 院长 检察长 办公厅 办公室 财政部 审计署 国家统计局 中国人民银行 领导小组 联席会议 审判委员会 村民会议
    企业事业单位 事业单位 采购人 采购代理机构 供应商 用人单位 用工单位 劳务派遣单位 劳动者 [\u4e00-\u9fff]{1,4}人 [\u4e00-\u9fff]{2,5}单位
    """
)
_ENUMERATED = re.compile(
    any_of(
        """
        省、自治区、直辖市 乡、民族乡、镇 乡、镇 设区的市、自治州 县、自治县、不设区的市、市辖区 省、自治区 县、自治县 设区的市 不设区的市
        """
    )
)
RANK = any_of(
    """
    国务院 中央 国家 全国 地方各级 地方 各级 县级以上 省级以上 设区的市级以上 县级 省级 市级 乡镇 上一级 下一级 上级 下级 本级 同级 上届 最高 高级 中级 基层
    省、自治区、直辖市 设区的市 乡、民族乡、镇 人民政府 政府
    """
)
_BODY = re.compile(f"{RANK}*(?P<matter>[\u4e00-\u9fff]{{0,9}}?){_HEAD}")
_NO_MATTER = any_of(
    """
    部门 机关 支持 减少 最大 受理 [两多数]个 如果 严格 执行 撤销 授权 监督$ [将为] 发生地 确定 接受 投诉 当事 质疑 调任 所属
    要求 人(?![民力事大])
    """
)
_NOT_A_MATTER = re.compile(f"{RANK}|{_NO_MATTER}")
_DESCRIBING = re.compile(
    any_of(
        """
        下列 认定 施工人 需要 致使 使 分支 [两多数]个 自 从 证明 有(?!权机关) 无权 请求 也 实行 派遣劳动 [的、或和及其各本该与并以] 会同 有关 相关 所在
        认为 决定 规定 批准 应当 可以 作出 负责 承担 另 原 他人 进行 提供 是 除 符合 达到 通过 拒绝 但 期内 清偿 告知 妨害 选举 任何 同一 双方
        被征求 受本 等 非法人 处理 设立 委托 协议 不(?!动产) 依法 按照 根据 经过? 向 由 报 在 对 被派 自己 本人
        """
    )
)
_ALLOWED = ("各级", "以上", "本级", "中央和地方", "国务院")
_VAGUE = words_of(
    """
    部门 机关 机构 单位 行政机关 国家机关 主管部门 行政主管部门 有关部门 上级机关 上级部门 上一级机关 上级行政机关
    上级主管部门 政府部门 政府 人民政府 各级政府 委员会 工作机构 专业机构 事业单位 专门机构 第三人 个人 他人 法人 自然人
    当事人 人员 负责人 责任人 本人 行为人 权利人 义务人 代表人 代理人 一人 二人 三人 两人 五人 十人 多人 数人 任何人
    主要负责人 机关负责人 行政机关负责人 法定代表人 工作人 专门人 每人 组织人 相关责任人 其他人 受害人 侵权人 实际控制人
    直接责任人 有关单位 所在单位 其他单位 下属单位 所属单位 本单位 各单位 原单位 各部门各单位 上级单位 相关单位 接收单位
    公民个人 中国人 外国人 候选人 主持人 联系人 领导人
    """
)

_VERBS = {
    "agent": any_of(
        """
        负责 规定 制定 决定 批准 组织 统一 会同 商 责令 给予 予以 处以? 没收 吊销 撤销 承担 确定 编制 审批 审核 审查 任命 选举 提请 提出 公布 发布
        管辖 受理 管理 实施 执行 指定 任免 主持 召集 监督 指导 协调 裁决 裁定 收缴 依法 依照 按照 根据 向 报 作出 予 进行 追缴 取缔 领导 支付 赔偿
        补足 处理 处罚 设立 颁发 核发 任 解释 推选 聘任 认定 证明 通知 代为 主管 签署 提名 产生 罢免 征收 拟订 拟定 起草 开展 建立 采取 派出 指派
        牵头 具体 代理 分别 征求 接收 保管 颁布 核查 检查 评估 复核 登记
        """
    ),
    "target": any_of(
        """
        申请 报告 提出 备案 报送 申诉 控告 举报 通报 移送 提起 登记 提交 检举 请求 投诉 申报 作出 反映 汇报 说明 提供 支付 主张 交付 负责 追偿 返还
        披露 告知 发出 缴纳 如实 书面 报
        """
    ),
    "report": any_of("批准 备案 审批 核准 审查 决定 同意 审核 裁决 审定 汇总 处理"),
    "consent": any_of("批准 同意 审核 审查 决定 授权 审批 认定 许可 确认 核准 审定 指定 检查 认可"),
    "subject": any_of(
        """
        负责 主管 统一 领导 制定 规定 组织 指导 编制 设立 行使 会同 依法对 根据 应当 可以 有权 依照 不得 建立 开展 对 接受 定期 每年 统筹 拟订 审查
        批准 审议 决定 任免 选举 监督 承担 管理 拟定 发布 公布 行使 负有 必须 按照 领导 发现 受理 审理 作出 认为 接到 收到 提出 代表 推进 加强
        """
    ),
}
_MARKS = {
    "agent": "由",
    "target": "向",
    "report": "报(?:送|请|经)?|提请",
    "consent": "(?<![已曾应])(?:应当经|须经|经)|未经",
    "subject": "^|(?<=[，；。])",
}
_FIND = {
    role: re.compile(f"(?:{mark})(?P<body>[\u4e00-\u9fff、]{{2,28}}?)(?={_VERBS[role]})")
    for role, mark in _MARKS.items()
}
_DESCRIBED = re.compile("[^，。；]{0,16}的(?:部门|机构|组织|机关|单位|主管部门)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A body named at `start` of some text, in a role: it acts (agent), is applied to (target), reported to
    (report), must agree (consent), or is the subject of the sentence."""

    text: str
    start: int
    role: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def mentions_in(text: str) -> Iterator[Mention]:
    """The bodies of `text` that stand in a role; vague ones (「有关部门」) and joint ones (「甲或者乙」) left out."""
    seen: set[int] = set()
    for role, pattern in _FIND.items():
        for match in pattern.finditer(text):
            described = _DESCRIBED.match(text, match.end())
            if match.start("body") not in seen and not described and is_body(match["body"]):
                seen.add(match.start("body"))
                yield Mention(match["body"], match.start("body"), role)


def is_body(words: str) -> bool:
    """Whether `words` name one definite body."""
    form = _BODY.fullmatch(words)
    plain = _ENUMERATED.sub("", words)
    for allowed in _ALLOWED:
        plain = plain.replace(allowed, "")
    return (
        form is not None
        and words not in _VAGUE
        and len(words) >= 3
        and not _DESCRIBING.search(plain)
        and not _NOT_A_MATTER.search(form["matter"])
        and not words.endswith("当事人")
    )
