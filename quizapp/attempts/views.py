from flask import Blueprint

from quizapp.access import signed_in

bp = Blueprint("attempts", __name__, template_folder="templates")


@bp.get("/my-exams")
@signed_in
def my_exams() -> str:
    return ""
