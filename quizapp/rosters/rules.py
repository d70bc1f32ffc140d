"""The way of an excuse or a deferral, and what may be attached to it. Pure."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath

from quizapp.kernel import handed_in
from quizapp.kernel.errors import ConflictError, FileError
from quizapp.kernel.rights import Right

EXCUSED, DEFERRED, EXPECTED = "excused", "deferred", "expected"
KIND_NAMES = {EXCUSED: "免考", DEFERRED: "缓考"}


class State(StrEnum):
    """Where an application stands. `dropped`: the person left the roster before the decision."""

    ASKED = "asked"
    CONSENTED = "consented"
    DECLINED = "declined"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"
    DROPPED = "dropped"


class Act(StrEnum):
    """A step of the history. `register`: the administrator writes down what came on paper with the unit's stamp."""

    ASK = "ask"
    REGISTER = "register"
    CONSENT = "consent"
    DECLINE = "decline"
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REVERSE = "reverse"
    DROP = "drop"


OFF = "这个人不在这场考试的名单里"
NO_CASE = "没有找到这份申请"
# on a line of the roster, and on an application: the unit is that of the roster, the people are whom it is about and who asked
ENTRY = Right(hidden=OFF)
RESTORE = Right(own="不能改自己的名单状态，请由另一位考试管理员办理")
REGISTER = Right(own="不能给自己登记免考或者缓考，请由另一位考试管理员办理")
REMOVE = Right(own="不能把自己移出名单，请由另一位考试管理员办理")
CASE = Right(hidden=NO_CASE)
DECIDE = Right(own="不能办自己的申请，请由另一位办理")

OPEN = (State.ASKED, State.CONSENTED)
STATE_NAMES: dict[str, str] = {
    State.ASKED: "等单位同意", State.CONSENTED: "等管理员决定", State.DECLINED: "单位不同意", State.GRANTED: "已同意",
    State.REFUSED: "没有同意", State.WITHDRAWN: "已撤回", State.REVERSED: "已恢复应考", State.DROPPED: "已移出名单",
}
STATE_TAGS: dict[str, str] = {
    State.ASKED: "warn", State.CONSENTED: "warn", State.GRANTED: "ok", State.DECLINED: "err", State.REFUSED: "err",
    State.WITHDRAWN: "", State.REVERSED: "", State.DROPPED: "",
}
ACT_NAMES: dict[str, str] = {
    Act.ASK: "提出申请", Act.REGISTER: "凭纸质材料登记", Act.CONSENT: "单位同意", Act.DECLINE: "单位不同意",
    Act.GRANT: "管理员同意", Act.REFUSE: "管理员没有同意", Act.WITHDRAW: "撤回申请", Act.REVERSE: "撤销，恢复应考",
    Act.DROP: "移出名单，申请作废",
}
# who acted: the candidate, the liaison of the unit, or the administrator
SELF, UNIT, DESK = "self", "unit", "desk"
CAPACITY_NAMES = {SELF: "考生本人", UNIT: "单位联络员", DESK: "考试管理员"}

_AFTER = {
    Act.CONSENT: ((State.ASKED,), State.CONSENTED),
    Act.DECLINE: ((State.ASKED,), State.DECLINED),
    Act.GRANT: (OPEN, State.GRANTED),
    Act.REFUSE: (OPEN, State.REFUSED),
    Act.WITHDRAW: (OPEN, State.WITHDRAWN),
    Act.DROP: (OPEN, State.DROPPED),
    Act.REVERSE: ((State.GRANTED,), State.REVERSED),
}


def after(state: str, act: Act) -> State:
    """The state that an act leads to. Raises ConflictError where the act comes too late or too early."""
    before, then = _AFTER[act]
    if State(state) not in before:
        raise ConflictError("这份申请已经办过了，请刷新页面看现在的状态")
    return then


# ---------------------------------------------------------------- attachments

MAX_BYTES = 5 * 1024 * 1024
MAX_FILES = 3
NAME_CHARS = 120
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SUFFIXES = {".pdf": PDF, ".jpg": JPEG, ".jpeg": JPEG, ".png": PNG, ".docx": DOCX}
_BEGINNINGS = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n", DOCX: b"PK\x03\x04"}
_DOCX_NEEDS = {"[Content_Types].xml", "word/document.xml"}


def shown_name(typed: str) -> str:
    """The name of an uploaded file without folders and control characters, short enough to keep; the ending stays."""
    name = PurePosixPath(typed.replace("\\", "/")).name
    name = "".join(character for character in name if character.isprintable() and character not in "/\\").strip() or "file"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:NAME_CHARS - 8]}{dot}{ending[:7]}" if dot else name[:NAME_CHARS]


def media_type_of(name: str, content: bytes) -> str:
    """What a file is, by its ending and its content, which have to agree.

    Raises FileError for anything but PDF, JPEG, PNG and Word without macros, and for what is empty or too large.
    """
    wanted = SUFFIXES.get(PurePosixPath(name.lower()).suffix)
    if wanted is None:
        raise FileError("“%(file)s”不是 PDF、JPG、PNG 或者 docx 文件，请换一种格式", file=name)
    if len(content) > MAX_BYTES:
        raise FileError("“%(file)s”超过 %(most)s MB，请压缩以后再传", file=name, most=MAX_BYTES // 1024 // 1024)
    if not content.startswith(_BEGINNINGS[wanted]) or (wanted == DOCX and not _is_plain_docx(name, content)):
        raise FileError("“%(file)s”的内容与扩展名不符或者已经损坏，请重新导出以后再传", file=name)
    return wanted


def _is_plain_docx(name: str, content: bytes) -> bool:
    names: set[str] = set()
    handed_in.check_package(name, content, lambda entry, _part: names.add(entry))
    return names >= _DOCX_NEEDS


# ---------------------------------------------------------------- late additions

MAX_LINES = 200


def listed(typed: str) -> list[tuple[int, str]]:
    """Line number → work number or name, blank lines left out and one entry a line; commas separate as well."""
    found = []
    for number, line in enumerate(typed.splitlines(), 1):
        words = line.replace("，", ",").replace("、", ",").replace("；", ",").replace(";", ",").split(",")
        found += [(number, word.strip()) for word in words if word.strip()]
    return found
