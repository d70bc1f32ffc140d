"""Passwords and the slowing of tries, as pure rules."""

from __future__ import annotations

from datetime import timedelta

from quizapp.kernel.errors import InputError

PASSWORD_MIN = 10
PASSWORD_MAX = 128
SIGN_IN_LASTS = timedelta(hours=12)
SIGN_IN_IDLE = timedelta(hours=2)
TOUCH_EVERY = timedelta(minutes=5)
LINK_LASTS = timedelta(days=7)
# Slowing, not locking: nobody can lock a candidate out by typing wrong passwords for them.
TRIES_BEFORE_WAIT = 5
WAIT_WINDOW = timedelta(minutes=15)
COMMON = frozenset({"1234567890", "0123456789", "password123", "qwertyuiop", "8888888888", "6666666666", "1111111111"})


def check_password(password: str, login: str) -> None:
    """Length counts, composition does not (ASVS 5.0, 6.2.1 to 6.2.5). Raises InputError."""
    if len(password) < PASSWORD_MIN:
        raise InputError("密码太短，请至少用 %(n)s 个字符；可以用一句容易记住的话", n=PASSWORD_MIN)
    if len(password) > PASSWORD_MAX:
        raise InputError("密码太长，请不要超过 %(n)s 个字符", n=PASSWORD_MAX)
    if password.lower() in COMMON or len(set(password)) < 4 or login.lower() in password.lower():
        raise InputError("这个密码太容易被猜到，请换一个，不要包含账号或者重复的字符")


def wait_after(failures: int) -> timedelta:
    """How long the next try has to wait after this many failures in the window: 0, then 1 s doubling to 60 s."""
    if failures < TRIES_BEFORE_WAIT:
        return timedelta(0)
    return timedelta(seconds=min(60, 2 ** (failures - TRIES_BEFORE_WAIT)))
