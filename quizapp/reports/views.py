from flask import Blueprint

from quizapp.access import signed_in

bp = Blueprint("reports", __name__, template_folder="templates")


@bp.get("/reports")
@signed_in
def index() -> str:
    return ""
