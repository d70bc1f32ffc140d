"""A phone that falls asleep in the middle of an exam: the browser freezes the page, and nothing in it runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.hall import Hall, Sitter, singles, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

SLEEP = 8  # seconds
WATCHING = """{
  window.lived = { told: [], longest: 0 };
  for (const name of ["freeze", "resume"]) document.addEventListener(name, () => lived.told.push(name));
  let last = performance.now();
  setInterval(() => {
    lived.longest = Math.max(lived.longest, performance.now() - last);
    last = performance.now();
  }, 50);
}"""


class Handset:
    """A page to which Playwright is not attached: it tells its own pages that they are looked at, and such a page is
    never frozen. Everything goes by messages of the DevTools protocol."""

    def __init__(self, hall: Hall, sitter: Sitter) -> None:
        self.devtools = hall.browser.new_browser_cdp_session()
        self.answers: dict[int, dict[str, Any]] = {}
        self.sent = 0
        self.devtools.on("Target.receivedMessageFromTarget", self._told)
        self.elsewhere = hall.context().new_page()  # lets messages come in while the test waits
        self.context = self.devtools.send("Target.createBrowserContext")["browserContextId"]
        cookie = hall.cookie(sitter)
        self.devtools.send("Storage.setCookies", {"browserContextId": self.context, "cookies": [cookie]})
        made = self.devtools.send("Target.createTarget", {"url": "about:blank", "browserContextId": self.context})
        attached = self.devtools.send("Target.attachToTarget", {"targetId": made["targetId"], "flatten": False})
        self.session = attached["sessionId"]

    def _told(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self.answers[message["id"]] = message

    def say(self, method: str, **values: Any) -> dict[str, Any]:
        self.sent += 1
        message = json.dumps({"id": self.sent, "method": method, "params": values})
        self.devtools.send("Target.sendMessageToTarget", {"sessionId": self.session, "message": message})
        until(lambda: self.sent in self.answers, f"no answer to {method}", page=self.elsewhere)
        answer = self.answers.pop(self.sent)
        assert "error" not in answer, answer
        found: dict[str, Any] = answer["result"]
        return found

    def run(self, expression: str) -> Any:
        return self.say("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def until(self, expression: str, seconds: float = 30) -> None:
        until(lambda: self.run(f"Boolean({expression})"), f"never: {expression}", seconds, self.elsewhere)

    def choose(self, number: int, option: int) -> None:
        self.run(f"document.querySelector(\"[data-cell='{number}']\").click()")
        self.run(f"document.getElementById('q{number}o{option}').click()")

    def wait(self, seconds: float) -> None:
        self.elsewhere.wait_for_timeout(seconds * 1000)

    def close(self) -> None:
        self.devtools.send("Target.disposeBrowserContext", {"browserContextId": self.context})


@pytest.fixture
def handset(exam_hall: Hall, sitter: Sitter) -> Iterator[Handset]:
    made = Handset(exam_hall, sitter)
    yield made
    made.close()


def begin(handset: Handset, address: str) -> None:
    handset.say("Page.enable")
    handset.say("Network.enable")
    handset.say("Page.addScriptToEvaluateOnNewDocument", source=WATCHING)
    handset.say("Page.navigate", url=address)
    handset.until("document.getElementById('understood')")
    handset.run("document.getElementById('understood').click()")
    handset.run("[...document.querySelectorAll('button')].find((one) => one.textContent.includes('开始作答')).click()")
    handset.until("document.body.matches('.live')")


def test_everything_is_sent_when_the_phone_wakes(exam_hall: Hall, handset: Handset, sitter: Sitter) -> None:
    """The server cannot be reached when the page is frozen, and one choice is made as late as can be. The server comes
    back while the phone sleeps, which the phone cannot notice: its network was there all the time."""
    begin(handset, f"{exam_hall.address}/my-exams/{sitter.exam_id}")
    asked = singles(sitter)[:5]
    first = {asked[0]: ["1"]}
    handset.choose(asked[0], 1)
    until(lambda: sitter.stored() == first, "nothing is saved at all", page=handset.elsewhere)
    handset.say("Network.setBlockedURLs", urls=["*/answers"])
    for number in asked[1:4]:
        handset.choose(number, 2)
    handset.until("document.getElementById('save-state').textContent.includes('未保存 3 题')")
    handset.choose(asked[4], 2)
    handset.say("Page.setWebLifecycleState", state="frozen")

    handset.wait(1)  # the last try of a page that is hidden gets nowhere either
    handset.say("Network.setBlockedURLs", urls=[])
    handset.wait(SLEEP)
    assert sitter.stored() == first, "it was awake"

    handset.say("Page.setWebLifecycleState", state="active")
    handset.say("Page.bringToFront")
    everything = first | {number: ["2"] for number in asked[1:]}
    until(lambda: sitter.stored() == everything, "not everything is sent", 60, handset.elsewhere)
    lived = handset.run("lived")
    assert lived["told"] == ["freeze", "resume"]
    assert lived["longest"] > (SLEEP - 1) * 1000, "its timers went on"
    handset.until("document.getElementById('save-state').textContent.includes('已保存')")
    assert not [event.refused for event in sitter.events() if event.refused]
