"""The client that reads every page must itself see each fault, and no fault where there is none."""

from __future__ import annotations

import pytest
from flask import Flask, redirect

from tests.page_lint import LintingClient, PageFault, faults_of

GOOD = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>登录 · 学法用法考试平台</title>
<script src="/static/exam.js" defer></script></head>
<body><main><h1>登录</h1>
<form method="post"><input type="hidden" name="csrf_token" value="x">
<label for="name">账号</label><input id="name" name="name" aria-describedby="hint"><p id="hint">工号</p>
<label>单位<select name="unit"><option>局机关</option></select></label>
<textarea name="reason" aria-label="理由"></textarea>
<script type="application/json" id="data">{"a": {"b": 1}}</script>
<button>登录</button><a href="/"><img src="/m.svg" alt="首页"></a></form></main></body></html>"""


def test_a_good_page_has_no_fault() -> None:
    assert faults_of(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (' lang="zh-Hans"', "", "no lang"),
        ("登录 · 学法用法考试平台", "登录", "title"),
        ("登录 · 学法用法考试平台", "登录 · 别的平台", "title"),
        ("<h1>登录</h1>", "", "0 h1"),
        ("<h1>登录</h1>", "<h1>登录</h1><h1>再来</h1>", "2 h1"),
        ("<h1>登录</h1>", "<h1> </h1>", "is empty"),
        ("main>", "div>", "<main>"),
        ('<label for="name">账号</label>', "", "has no label"),
        ('<label for="name">账号</label>', '<label for="name"></label>', "has no label"),
        (' aria-label="理由"', "", "has no label"),
        ("单位<select", "</label><select", "has no label"),
        ('id="hint"', 'id="other"', "#hint"),
        ('id="hint"', 'id="hint"><b id="hint"></b', "stands 2 times"),
        ('type="application/json"', "", "inline <script>"),
        ("</head>", "<style>p{}</style></head>", "<style>"),
        ("<button>", '<button style="color:red">', "attribute style"),
        ("<button>", '<button onclick="go()">', "attribute onclick"),
        ('href="/"', 'href=" JavaScript:go()"', "runs a script"),
        ("<button>登录</button>", "<button></button>", "has no text"),
        (' alt="首页"', ' alt=""', "has no text"),
        (' alt="首页"', "", "has no alt"),
        ("工号", "{{ hint }}", "unresolved"),
        ("工号", "还有 %(count)s 次", "unresolved"),
    ],
)
def test_each_fault_is_seen(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    assert any(fault in found for found in faults_of(GOOD.replace(old, new)))


def test_a_fragment_needs_no_heading_but_labels() -> None:
    assert faults_of("<p>已保存 12:03</p><p>第 3 题</p>") == []
    assert faults_of("已保存") == []
    assert faults_of('<input name="answer">') == ['<input name="answer"> has no label']


def test_the_client_reads_the_page_behind_a_redirect() -> None:
    app = Flask(__name__)
    app.test_client_class = LintingClient
    app.add_url_rule("/good", view_func=lambda: GOOD, endpoint="good")
    app.add_url_rule("/bad", view_func=lambda: "<!doctype html><title>坏</title>", endpoint="bad")
    app.add_url_rule("/old", view_func=lambda: redirect("/bad"), endpoint="old")
    client = app.test_client()
    assert client.get("/good").status_code == 200
    assert client.get("/old").status_code == 302
    with pytest.raises(PageFault, match="GET /bad"):
        client.get("/old", follow_redirects=True)
