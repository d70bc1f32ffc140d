"""What is handed in on the pages about sealed files."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from quizapp.i18n import lazy
from quizapp.sittings.service.sealed import REASON_CHARS


class UploadForm(FlaskForm):
    file = FileField(lazy("封存的作答文件"), [FileRequired(lazy("请选择文件"))])


class RefusalForm(FlaskForm):
    reason = TextAreaField(lazy("退回原因"), [
        InputRequired(lazy("退回要写明原因，考生会看到")),
        Length(max=REASON_CHARS, message=lazy("原因不要超过 500 字")),
    ])
