"""What a text is called, of which kind it is, who issued it."""

from __future__ import annotations

import pytest

from quizapp.statutes.rules.naming import KIND_NAMES, is_branch, issuer_of, kind_of, short_name, title_parts
from quizapp.statutes.rules.reading import parse_text


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("中华人民共和国示例法", "示例法"),
        (" 中华人民共和国示例法 ", "示例法"),
        ("示例条例", "示例条例"),
        ("关于适用《中华人民共和国示例法》的解释", "关于适用《示例法》的解释"),
        ("关于〈中华人民共和国示例法〉的说明", "关于〈示例法〉的说明"),
        ("中华人民共和国", "中华人民共和国"),
    ],
)
def test_the_short_name_leaves_the_name_of_the_country_out(title: str, name: str) -> None:
    assert short_name(title) == name
    assert short_name(name) == name


@pytest.mark.parametrize("title", ["中华人民共和国示例法", "示例条例", "中华人民共和国"])
def test_a_title_breaks_after_the_name_of_the_country_and_loses_nothing(title: str) -> None:
    parts = title_parts(title)
    assert "".join(parts) == title
    assert all(parts)


@pytest.mark.parametrize(
    ("title", "folder", "head", "kind"),
    [
        ("中华人民共和国宪法", "", "", "constitution"),
        ("中华人民共和国示例法", "", "", "law"),
        ("中华人民共和国示例法典", "", "", "law"),
        ("示例办法", "行政法规", "", "administrative_regulation"),
        ("示例条例", "", "2020年1月1日 国务院令第1号公布", "administrative_regulation"),
        ("示例法", "", "国务院令第1号", "administrative_regulation"),
        ("示例规定", "部门规章/示例部", "", "department_rule"),
        ("示例规定", "", "示例部令", "department_rule"),
        ("最高人民法院关于示例的规定", "", "", "judicial_interpretation"),
        ("示例法修正案", "刑法", "", "amendment"),
        ("示例决定", "经济法/更深的文件夹", "", "law"),
        ("示例条例", "我的下载", "国务院令第1号", "administrative_regulation"),
    ],
)
def test_the_kind_by_title_folder_and_head(title: str, folder: str, head: str, kind: str) -> None:
    assert kind_of(title, folder, head) == kind
    assert kind in KIND_NAMES


def test_folders_of_a_collection_are_known() -> None:
    assert is_branch("行政法")
    assert not is_branch("我的下载")


@pytest.mark.parametrize(
    ("head", "issuer"),
    [
        ("2020年1月1日 第一届全国人民代表大会常务委员会第一次会议通过", "全国人民代表大会常务委员会"),
        ("2020年1月1日 第一届全国人民代表大会第一次会议通过", "全国人民代表大会"),
        ("2020年1月1日 国务院令第1号公布", "国务院"),
        ("1954年1月1日 政务院公布", "中央人民政府政务院"),
        ("1988年1月1日 第七届全国人民代表大会常务委员会批准 国务院公布", "全国人民代表大会常务委员会"),
        ("2020年1月1日 示例会议通过", ""),
    ],
)
def test_who_issued_it_by_its_head(head: str, issuer: str) -> None:
    assert issuer_of(parse_text(f"# 示例法\n\n{head}\n\n第一条 示例。"), "") == issuer


def test_who_issued_it_by_header_folder_and_title() -> None:
    assert issuer_of(parse_text('---\nissuing_authority: "示例委员会"\n---\n# 示例法\n\n第一条 示例。'), "部门规章/示例部") == "示例委员会"
    assert issuer_of(parse_text("# 示例规定\n\n第一条 示例。"), "部门规章/示例部") == "示例部"
    assert issuer_of(parse_text("# 最高人民法院关于示例的规定\n\n第一条 示例。"), "") == "最高人民法院"
