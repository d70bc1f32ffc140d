"""The one blueprint of this feature, its entry in the navigation, and its press of tickets."""

from flask import Blueprint, current_app

from quizapp.attempts.rules.ticket import Press
from quizapp.i18n import N_

bp = Blueprint("attempts", __name__, template_folder="../templates")

NAV = [{"endpoint": "attempts.my_exams", "label": N_("我的考试"), "section": "my_exams", "icon": "exam", "roles": (),
        "order": 10}]


def press() -> Press:
    """The press of this installation, made on first use."""
    if "attempts.press" not in current_app.extensions:
        current_app.extensions["attempts.press"] = Press(current_app.config["SETTINGS"].secret_key)
    found: Press = current_app.extensions["attempts.press"]
    return found
