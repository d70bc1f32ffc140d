"""What is handed in on the pages of the law library."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import MultipleFileField
from wtforms.validators import ValidationError

from quizapp.i18n import lazy
from quizapp.statutes.files import SUFFIXES
from quizapp.statutes.uploads import ARCHIVE

ACCEPT = ",".join((*SUFFIXES, ARCHIVE))


class ImportForm(FlaskForm):
    files = MultipleFileField(lazy("法律文本"))

    def validate_files(self, field: Any) -> None:
        """A field left empty comes as one file without a name."""
        field.data = [file for file in field.data or () if getattr(file, "filename", "")]
        if not field.data:
            raise ValidationError(lazy("请选择文件"))
