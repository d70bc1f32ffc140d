"""The one blueprint of this feature, and its entry in the navigation."""

from flask import Blueprint

from quizapp.i18n import N_

bp = Blueprint("attempts", __name__, template_folder="../templates")

NAV = [{"endpoint": "attempts.my_exams", "label": N_("我的考试"), "section": "my_exams", "icon": "exam", "roles": (),
        "order": 10}]
