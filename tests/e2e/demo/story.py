"""Everything that is played in the demo, in its order."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.demo.challenges import doubt
from tests.e2e.demo.exams import make_exams, propose, publish_short_answers
from tests.e2e.demo.excuses import apply_for_deferral
from tests.e2e.demo.items import follow, rest_on_the_old_law, review_items
from tests.e2e.demo.laws import import_laws
from tests.e2e.demo.marking import mark_one
from tests.e2e.demo.people import change_people
from tests.e2e.demo.plans import read_reports
from tests.e2e.demo.reports import analyse_an_exam, hand_in_report
from tests.e2e.demo.second_factor import set_up_second_factor
from tests.e2e.demo.site import ADMIN, AUDITOR, SYSTEM, DemoSite, acting, first_link
from tests.e2e.demo.sittings import bring_file, hold_sittings, seal_answers
from tests.e2e.demo.taking import answer_at_length, take_exams


def play(site: DemoSite, folder: Path) -> None:
    """What the demo leaves to its visitor, so that every page has something to show."""
    with acting(site, ADMIN) as page:
        read_reports(site, page, folder)
        make_exams(site, page)
        publish_short_answers(site, page)
        hand_in_report(site, page)
        follow(site, page)
    rest_on_the_old_law(site, folder)
    with acting(site, ADMIN) as page:
        import_laws(site, page, folder)
        analyse_an_exam(site, page)
    review_items(site)
    with acting(site, SYSTEM) as page:
        change_people(site, page, folder)
    set_up_second_factor(site)
    with acting(site, AUDITOR) as page:
        page.goto("/audit")
        site.made["event"] = first_link(page, "/audit/")
    take_exams(site)
    answer_at_length(site)
    hold_sittings(site)
    apply_for_deferral(site)
    file = seal_answers(site)
    with acting(site, ADMIN) as page:
        propose(site, page)
        mark_one(site, page)
        doubt(site, page)
        bring_file(site, page, file)
