"""Pages of the front matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from quizapp.ui.pages import Page


@dataclass(frozen=True)
class HelpPage(Page):
    template: ClassVar[str] = "home/help_page.html"


@dataclass(frozen=True)
class AccessibilityPage(Page):
    template: ClassVar[str] = "home/accessibility.html"


@dataclass(frozen=True)
class PrivacyPage(Page):
    template: ClassVar[str] = "home/privacy.html"


@dataclass(frozen=True)
class FeedbackPage(Page):
    template: ClassVar[str] = "home/feedback.html"
