from flask import Blueprint

from quizapp.access import signed_in

bp = Blueprint("audit", __name__, template_folder="templates")


@bp.get("/audit")
@signed_in
def events() -> str:
    return ""
