from flask import Blueprint

from quizapp.access import signed_in

bp = Blueprint("questions", __name__, template_folder="templates")


@bp.get("/bank")
@signed_in
def bank() -> str:
    return ""
