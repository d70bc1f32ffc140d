"""Errors as answers: one table of status codes, one page, one JSON shape, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flask import Flask, Response, g, jsonify, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from quizapp import refusals
from quizapp.i18n import N_, _, explain
from quizapp.kernel.errors import NotSignedInError, QuizappError, TooManyError
from quizapp.ui.pages import Page, render, wants_json

SENTENCES = {
    400: N_("这个请求不完整，请返回上一页重试"),
    403: N_("你的账号没有打开这个页面的权限；需要的话，请联系本单位联络员"),
    404: N_("没有找到这个页面；地址可能不完整，或者内容已经移走"),
    405: N_("这个地址不能这样打开，请从页面上的按钮进入"),
    413: N_("文件太大，请不要超过 20 MB"),
    429: N_("请求太多，请稍后再试"),
    503: N_("数据库暂时没有应答，请稍后重试；你已保存的内容不受影响"),
    500: N_("系统出了错，已经记录下来；你已保存的内容不受影响，请稍后重试"),
}
TITLES = {
    401: N_("请先登录"), 403: N_("没有权限"), 404: N_("没有找到"), 409: N_("现在不能这样做"), 413: N_("文件太大"),
    422: N_("需要改正"), 429: N_("请稍后再试"), 503: N_("暂时不能使用"), 500: N_("系统出了错"),
}


@dataclass(frozen=True)
class ErrorPage(Page):
    template: ClassVar[str] = "ui/error.html"

    title: str
    sentence: str
    status: int


def init_app(app: Flask) -> None:
    @app.errorhandler(QuizappError)
    def known(error: QuizappError) -> Response | BaseResponse:
        if isinstance(error, NotSignedInError) and not wants_json():
            return redirect(url_for("people.sign_in", next=_own_address()), 303)
        response = answer(error.status, explain(error))
        if isinstance(error, TooManyError) and "n" in error.values:
            response.headers["Retry-After"] = str(error.values["n"])  # what the sentence says to people
        return response

    @app.errorhandler(CSRFError)
    def stale(_error: CSRFError) -> Response | BaseResponse:
        refusals.mark(refusals.FORGERY)
        return answer(400, _("页面停留太久或者已在别处登录，请刷新页面后再试一次"))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | BaseResponse:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        return answer(status, _(SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])))

    @app.errorhandler(OperationalError)
    def no_database(_error: OperationalError) -> Response | BaseResponse:
        app.logger.exception("the database does not answer")
        return answer(503, _(SENTENCES[503]))

    @app.errorhandler(500)
    def unexpected(_error: Exception) -> Response | BaseResponse:
        return answer(500, _(SENTENCES[500]))


def answer(status: int, sentence: str) -> Response:
    if not hasattr(g, "actor"):
        g.actor = None
    if wants_json():
        response = jsonify(error=sentence, status=status)
        response.status_code = status
        return response
    return render(ErrorPage(_(TITLES.get(status, TITLES[404 if status < 500 else 500])), sentence, status), status)


def _own_address() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None
