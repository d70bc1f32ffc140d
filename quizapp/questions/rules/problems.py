"""What can be wrong with content, and how it is said: one catalogue of codes and Chinese sentences.

The sentences are message ids: the page or command translates `problem.message` and then fills in
`problem.values`; `problem.text` is the Chinese sentence filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["error", "warning"]

ERRORS: Mapping[str, str] = {
    # the file as YAML
    "not_utf8": "文件不是 UTF-8 编码，请另存为 UTF-8。",
    "yaml_syntax": "YAML 写法有误（%(detail)s）。以 [、{ 等符号开头的文字请加引号。",
    "yaml_empty": "文件没有内容。",
    "yaml_duplicate_key": "“%(field)s”写了两次，请删去一处。",
    "yaml_key": "冒号左边应当是一个词。",
    "yaml_alias": "不能使用锚点、别名或者标签（& * !），请把内容写全；以这些符号开头的文字请加引号。",
    "yaml_documents": "一个文件只能有一份内容，请删去“---”。",
    "yaml_too_deep": "层次太深，请检查缩进和括号。",
    # the shape of a file and of an item
    "field_missing": "缺少“%(field)s”。",
    "field_unknown": "不认识“%(field)s”，请删去或者改正拼写。",
    "field_empty": "“%(field)s”没有内容。",
    "not_text": "“%(field)s”应当是文字，请加引号。",
    "not_integer": "“%(field)s”应当是整数。",
    "not_boolean": "“%(field)s”应当写 true 或者 false。",
    "not_list": "“%(field)s”应当是列表，例如 [A]。",
    "not_mapping": "“%(field)s”应当由“名称: 内容”组成。",
    "badly_formed": "“%(field)s”的写法不对。",
    "type_unknown": "题型应当是 single、multiple、true_false、fill、short 或者 case；小题不能是 case。",
    "difficulty_range": "difficulty 应当是 1、2 或者 3。",
    "share_range": "share 应当是 1 至 100 的整数。",
    "position_range": "paragraph 和 item 应当是从 1 起的整数。",
    "date_form": "日期应当写成 2022-10-16 这样的形式，并且确有这一天。",
    "article_form": "article 应当写 189、133-1 或者 preamble。",
    # the bank
    "subject_unknown": "subjects.yaml 里没有科目“%(subject)s”。",
    "folder_mismatch": "文件夹“%(folder)s”与科目“%(subject)s”不同名。",
    "id_form": "题号“%(id)s”应当是“%(subject)s-”加三位数字。",
    "part_id_form": "小题题号“%(id)s”应当是“%(expected)s”。",
    "id_duplicate": "题号“%(id)s”已经用在 %(other)s。",
    "near_duplicate": "与 %(other)s 几乎相同（相似度 %(score)s），请改写或者删去一题。",
    # options and key
    "option_letters": "选项应当从 A 起依次编号。",
    "option_count": "选项应当有 %(low)s 至 %(high)s 个，现有 %(count)s 个。",
    "options_indistinct": "选项 %(first)s 与 %(second)s 实际相同。",
    "option_catch_all": "选项 %(option)s 是“以上都对”一类的写法，请换成具体内容。",
    "key_not_option": "答案“%(key)s”不在选项里。",
    "key_repeated": "答案里“%(key)s”写了两次。",
    "single_key_count": "单选题只有一个答案，现有 %(count)s 个。",
    "multiple_key_count": "多选题至少有两个答案，现有 %(count)s 个。",
    "distractor_missing": "没有说明“%(option)s”为什么不对。",
    "distractor_of_key": "“%(option)s”是正确答案，不应当有不对的理由。",
    "distractor_unknown": "干扰项理由“%(option)s”没有对应的选项。",
    "blanks_mismatch": "题干有 %(blanks)s 个空（____），答案有 %(keys)s 项。",
    "accepted_empty": "第 %(blank)s 个空的答案只有标点，无法判分。",
    "distractor_accepted": "“%(option)s”是可接受的写法，不应当列为错填。",
    "rubric_total": "得分点的 share 之和应当是 100，现为 %(total)s。",
    # basis
    "citation_missing": "没有依据（basis）。",
    "law_unknown": "laws.yaml 里没有登记“%(law)s”。",
    "version_unknown": "laws.yaml 里没有登记“%(law)s”的 %(version)s 版本。",
    "article_unknown": "“%(law)s”（%(version)s）只有 %(count)s 条，没有第 %(article)s 条。",
    "fingerprint_form": "text 应当是 16 位十六进制的条文指纹；用 quizapp bank prove 生成。",
    "span_form": "span 应当是两个整数，例如 [0, 24]；用 quizapp bank prove 生成。",
    # proof of key
    "quote_left": "“%(law)s”第 %(article)s 条还写着 quote；请运行 quizapp bank prove，把它换成条文指纹和位置。",
    "proof_missing": "“%(law)s”第 %(article)s 条没有写明哪几个字证明答案（text 和 span）；请写 quote，再运行 quizapp bank prove。",
    "span_wrong": "“%(law)s”第 %(article)s 条的 span 不对：应当从小到大，不超过 400 字。",
    "proof_changed": "“%(law)s”（%(version)s）第 %(article)s 条与登记的条文不一致；请重读条文，再运行 quizapp bank prove。",
    "version_ended": "“%(law)s”（%(version)s）自 %(day)s 起不再施行，第 %(article)s 条也没有原样保留；请改引现行版本。",
    "proof_wrong": "“%(law)s”（%(version)s）第 %(article)s 条的文本与证明不符；请重读条文，再运行 quizapp bank prove。",
    "copied_run": "与“%(law)s”第 %(article)s 条连续 %(count)s 个字相同（%(words)s……），请用自己的话写。",
    # wording
    "negation_unmarked": "题干问的是例外，“%(word)s”应当用 [[ ]] 标出。",
    "markup_broken": "[[ ]] 没有成对，或者里面没有文字。",
    "markup_outside_stem": "“%(field)s”里不能用 [[ ]]，只有题干可以。",
}

WARNINGS: Mapping[str, str] = {
    "key_longest": "正确选项明显比其他选项长，容易猜到。",
    "key_positions": "本文件 %(singles)s 道单选题有 %(count)s 道选 %(letter)s，请打散。",
    "all_correct": "多选题的选项全部正确。",
    "explanation_short": "解析只有 %(count)s 个字，请说明理由。",
    "stem_long": "题干有 %(count)s 个字，请缩短。",
    "proof_unregistered": "“%(law)s”（%(version)s）第 %(article)s 条没有登记指纹，答案只能凭文本核对。",
    # the bank as a whole
    "bank_key_longest": "全库 %(singles)s 道单选题中，%(count)s 道的答案是最长的选项（%(share)s%%）；太少或者太多都会泄露答案，请改到 5%% 至 30%% 之间。",
    "bank_key_positions": "全库 %(singles)s 道四选一的题中，%(count)s 道选 %(letter)s（%(share)s%%），请改到 22%% 至 28%% 之间。",
    "bank_judgements": "全库 %(judgements)s 道判断题中，%(count)s 道是正确的（%(share)s%%），请改到 45%% 至 55%% 之间。",
    "bank_key_count": "全库 %(multiples)s 道多选题中，%(count)s 道都是 %(keys)s 个答案，容易猜；请让答案个数有多有少。",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect of one file: `line` counts from 1, `where` is a path such as `options.A` ("" is the item).

    What concerns the bank as a whole has the file "" and the line 0.
    """

    code: str
    file: str
    line: int
    item_id: str | None = None
    where: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """Errors keep content out of the bank; warnings ask an editor to look again."""
        return "warning" if self.code in WARNINGS else "error"

    @property
    def message(self) -> str:
        """The Chinese sentence with %(name)s placeholders: the id under which it is translated."""
        return WARNINGS[self.code] if self.code in WARNINGS else ERRORS[self.code]

    @property
    def place(self) -> str:
        """`constitution/oath.yaml:12`, or "" for the bank as a whole."""
        return f"{self.file}:{self.line}" if self.file else ""

    @property
    def text(self) -> str:
        """The Chinese sentence with its values."""
        return self.message % self.values
