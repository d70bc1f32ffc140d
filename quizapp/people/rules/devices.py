"""The words by which a person knows a browser of their own again."""

from __future__ import annotations

# the first that the browser's own description of itself contains; who came later names the earlier ones too
BROWSERS = (
    ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("QQBrowser", "QQ Browser"), ("Edg", "Edge"),
    ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("Trident/", "Internet Explorer"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """`Chrome · Windows`; what is not recognised stays as it is, empty where the browser said nothing."""
    words = [
        next((name for sign, name in names if sign in user_agent), "") for names in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(filter(None, words)) or user_agent
