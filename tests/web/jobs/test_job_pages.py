"""The pages about jobs: whose they are, what they say while the work goes on and afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from quizapp.db import db
from quizapp.jobs import service
from quizapp.jobs.models import Job
from quizapp.jobs.rules import REGISTRY, work
from quizapp.kernel.errors import InputError
from quizapp.kernel.roles import Role
from quizapp.people.models import Person, RoleGrant
from tests.builders.people import grant, make_person, sign_in
from tests.page_lint import LintingClient

KIND = "test.pages"


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    work(KIND, "试一试", [Role.EDITOR])(lambda params, progress: {"summary": "做完了", "address": "/help", "warnings": ["第 3 行缺电话"]})
    yield
    del REGISTRY[KIND]


@pytest.fixture
def owner(app: Flask) -> Person:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        return grant(session, make_person(session), Role.EDITOR)


@pytest.fixture
def job_id(app: Flask, owner: Person) -> uuid.UUID:
    with app.app_context(), db.transaction() as session:
        return service.enqueue(session, KIND, {}, owner.id).id


@pytest.fixture
def change(app: Flask, job_id: uuid.UUID) -> Callable[..., None]:
    def to(**values: Any) -> None:
        with app.app_context(), db.transaction() as session:
            session.execute(update(Job).where(Job.id == job_id).values(**values))

    return to


def enter_as(app: Flask, client: LintingClient, *roles: Role) -> None:
    with app.app_context(), db.transaction() as session:
        person = make_person(session)
        for role in roles:
            grant(session, person, role)
    sign_in(client, person)


@pytest.mark.parametrize("address", ["/jobs/{}", "/jobs/{}.json"])
def test_a_job_is_seen_by_whoever_started_it(
    client: LintingClient, owner: Person, job_id: uuid.UUID, address: str
) -> None:
    sign_in(client, owner)
    assert client.get(address.format(job_id)).status_code == 200


@pytest.mark.parametrize("address", ["/jobs/{}", "/jobs/{}.json"])
@pytest.mark.parametrize(
    ("roles", "status"), [((Role.EXAM_ADMIN,), 200), ((Role.SYSTEM_ADMIN,), 200), ((Role.EDITOR,), 404), ((), 404)]
)
def test_others_learn_nothing_of_it_except_administrators(
    app: Flask, client: LintingClient, job_id: uuid.UUID, address: str, roles: tuple[Role, ...], status: int
) -> None:
    enter_as(app, client, *roles)
    assert client.get(address.format(job_id)).status_code == status
    assert (str(job_id) in client.get("/jobs").get_data(as_text=True)) == (status == 200)


def test_a_waiting_job_says_so_and_works_without_script(
    client: LintingClient, owner: Person, job_id: uuid.UUID
) -> None:
    sign_in(client, owner)
    page = client.get(f"/jobs/{job_id}").get_data(as_text=True)
    assert "排队中" in page
    assert f'href="/jobs/{job_id}">刷新' in page
    assert 'http-equiv="refresh"' not in page


def test_a_running_job_shows_how_far_it_is(
    client: LintingClient, owner: Person, job_id: uuid.UUID, change: Callable[..., None]
) -> None:
    change(state="running", done=12, total=34, step="写入题库")
    sign_in(client, owner)
    assert "12 / 34 写入题库" in client.get(f"/jobs/{job_id}").get_data(as_text=True)
    answer = client.get(f"/jobs/{job_id}.json").get_json()
    assert {name: answer[name] for name in ("state", "done", "total", "step", "progress")} == {
        "state": "running", "done": 12, "total": 34, "step": "写入题库", "progress": "12 / 34 写入题库"}


def test_a_finished_job_says_what_came_of_it_and_leads_on(
    app: Flask, client: LintingClient, owner: Person, job_id: uuid.UUID
) -> None:
    with app.app_context():
        service.perform(job_id)
    sign_in(client, owner)
    page = client.get(f"/jobs/{job_id}").get_data(as_text=True)
    for words in ("做完了", "第 3 行缺电话", 'href="/help">看结果'):
        assert words in page
    assert "再做一次</button>" not in page


def test_a_failed_job_says_why_and_can_be_done_again(
    app: Flask, client: LintingClient, owner: Person, job_id: uuid.UUID
) -> None:
    good = REGISTRY[KIND]

    def refuse(params: dict[str, Any], progress: object) -> dict[str, Any]:
        raise InputError("第 %(row)s 行没有姓名", row=7)

    work(KIND, "试一试")(refuse)
    with app.app_context():
        service.perform(job_id)
    sign_in(client, owner)
    assert "第 7 行没有姓名" in client.get(f"/jobs/{job_id}").get_data(as_text=True)
    REGISTRY[KIND] = good
    answer = client.post(f"/jobs/{job_id}/again")
    assert answer.status_code == 303
    assert "做完了" in client.get(answer.location).get_data(as_text=True)
    assert client.post(f"{answer.location}/again").status_code == 409
    with app.app_context():
        assert len(db.session().scalars(select(Job)).all()) == 2


def test_nobody_does_the_work_of_another_again(
    app: Flask, client: LintingClient, job_id: uuid.UUID, change: Callable[..., None]
) -> None:
    change(state="failed", problem=service.INTERRUPTED)
    enter_as(app, client, Role.EXAM_ADMIN)
    assert "再做一次</button>" not in client.get(f"/jobs/{job_id}").get_data(as_text=True)
    assert client.post(f"/jobs/{job_id}/again").status_code == 404


def test_whoever_has_lost_the_right_to_the_work_does_not_do_it_again(
    app: Flask, client: LintingClient, owner: Person, job_id: uuid.UUID, change: Callable[..., None]
) -> None:
    change(state="failed", problem=service.INTERRUPTED)
    with app.app_context(), db.transaction() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.person_id == owner.id))
    sign_in(client, owner)
    answer = client.post(f"/jobs/{job_id}/again")
    assert answer.status_code == 403
    assert "没有做这项任务的权限" in answer.get_data(as_text=True)
    with app.app_context():
        assert len(db.session().scalars(select(Job)).all()) == 1


def test_every_kind_of_work_says_whose_it_is(app: Flask) -> None:
    assert {kind for kind, found in REGISTRY.items() if not found.roles} == set()


def test_the_list_is_downloaded_as_it_is_shown(client: LintingClient, owner: Person, job_id: uuid.UUID) -> None:
    sign_in(client, owner)
    assert "试一试,排队中" in client.get("/jobs?download=csv").get_data(as_text=True)


def test_an_address_that_is_no_id_is_not_found(client: LintingClient, owner: Person) -> None:
    sign_in(client, owner)
    assert client.get("/jobs/not-a-job").status_code == 404
