"""Invented laws: never the text of a real one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import docx
from sqlalchemy.orm import Session

from quizapp.statutes import service
from quizapp.statutes.importing import import_path
from quizapp.statutes.register_files import Register
from quizapp.statutes.rules.register import RegisteredLaw, RegisteredVersion
from quizapp.statutes.rules.wording import fingerprint
from quizapp.statutes.service import ImportReport

SAMPLE = "清溪市示例管理条例"
OLD, NEW = date(2019, 3, 1), date(2024, 6, 20)
ACT = "清溪示例法"

OLD_TEXT = """# 清溪市示例管理条例

2019年3月1日 清溪市示例委员会通过

<!-- INFO END -->

## 第一章 总则

第一条 为了规范示例的登记和使用，制定本条例。

第二条 本条例所称示例，是指清溪市机关用来说明办事程序的样本。

第三条 示例的管理遵循公开、便民的原则。

## 第二章 登记

### 第一节 申请

第四条 申请登记示例，应当在使用以前三十日内向示例办公室提出。

第五条 申请材料包括：

（一）示例的名称和用途；

（二）制作人的姓名；

（三）示例办公室要求的其他材料。

### 第二节 办理

第六条 示例办公室应当自收到申请之日起十五日内决定是否登记。

第七条 登记的有效期为两年。

## 第三章 附则

第八条 示例的样式由示例办公室规定。

第九条 本条例自2019年5月1日起施行。
"""

NEW_TEXT = """# 清溪市示例管理条例

2019年3月1日 清溪市示例委员会通过 2024年6月20日 清溪市示例委员会修订

<!-- INFO END -->

## 第一章 总则

第一条 为了规范示例的登记和使用，制定本条例。

第二条 本条例所称示例，是指清溪市机关用来说明办事程序的样本。

第三条 示例的管理遵循公开、便民、节约的原则。

## 第二章 登记

### 第一节 申请

第四条 申请登记示例，应当在使用以前二十日内向示例办公室提出。

第五条 申请材料包括：

（一）示例的名称和用途；

（二）制作人的姓名；

（三）示例办公室要求的其他材料。

第六条 材料不齐的，示例办公室应当一次告知需要补正的全部内容，并且说明补正的期限。

### 第二节 办理

第七条 示例办公室应当自收到申请之日起十五日内决定是否登记。

## 第三章 附则

第八条 示例的样式由示例办公室规定。

第九条 本条例自2024年8月1日起施行。
"""

ACT_TEXT = """# 清溪示例法

2021年4月2日 清溪市示例委员会通过

<!-- INFO END -->

第一条 为了让例子有据可查，制定本法。

第二条 任何人不得拿例子冒充规定。

违反前款规定的，由示例办公室责令改正。

第三条 本法自2021年7月1日起施行。
"""

BROKEN_TEXT = """# 清溪市半截条例

2022年2月2日 清溪市示例委员会通过

<!-- INFO END -->

第一条 这一条写完了。

第二条 这一条没有写完，因为
"""

TEXTS = {"清溪市示例管理条例(2019-03-01).md": OLD_TEXT, "清溪市示例管理条例(2024-06-20).md": NEW_TEXT,
         "清溪示例法(2021-04-02).md": ACT_TEXT}


def write_texts(folder: Path, texts: Mapping[str, str] = TEXTS) -> list[Path]:
    """The texts as files of a folder; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in texts.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in texts]


def bring(folder: Path, texts: Mapping[str, str] = TEXTS) -> ImportReport:
    """Import texts into the library of the application at hand."""
    write_texts(folder, texts)
    return import_path(folder)


def register(session: Session, name: str = SAMPLE, articles: Mapping[str, str] | None = None, **dates: Any) -> None:
    """A version of a law known by the register alone. `articles`: number → text, of which the fingerprint is kept."""
    prints = {number: fingerprint(text) for number, text in (articles or {}).items()}
    facts = {"version": OLD, "adopted": OLD, "published": None, "in_force_since": date(2019, 5, 1), "ends_on": None} | dates
    version = RegisteredVersion(**facts, articles=len(prints) or None, note="登记的说明", fingerprints=prints)
    law = RegisteredLaw(name, name, "清溪市示例委员会", "department_rule", ("示例条例",), (version,))
    service.take_register(session, Register([law], {}, f"{name} {version.version}"))


def archive(entries: Mapping[str, bytes | str]) -> bytes:
    """A zip of these entries, name → content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return buffer.getvalue()


def word_file() -> bytes:
    """A law as the national database gives it: title, dates in brackets, contents, text."""
    document = docx.Document()
    for line in ("清溪市样本登记办法", "（2023年1月5日清溪市示例委员会通过　2023年1月9日公布　自2023年3月1日起施行）", "目　　录", "第一章　总则",
                 "第二章　附则", "第一章　总则", "第一条　为了登记样本，制定本办法。", "第二条　样本由办公室登记。", "第二章　附则",
                 "第三条　本办法自2023年3月1日起施行。"):
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
