"""What is handed in on the pages about exams on paper."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from quizapp.i18n import lazy


class UploadForm(FlaskForm):
    file = FileField(lazy("成绩表"), [FileRequired(lazy("请选择文件"))])
