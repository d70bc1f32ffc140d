"""The one blueprint of this feature, and who marks and answers challenges."""

from flask import Blueprint

from quizapp.kernel.roles import Role

bp = Blueprint("marking", __name__, template_folder="templates")
MARKERS = (Role.REVIEWER, Role.EXAM_ADMIN)
