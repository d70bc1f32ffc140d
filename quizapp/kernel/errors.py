"""The errors of the product, drawn as one tree.

QuizappError
├── InputError        422  what was handed in is wrong: says what, where, what to do
│   └── FileError     422  a file cannot be read; names file and, where known, line
├── UnreadableError   400  what was sent is not in the format that it says: cut off on the way
├── ConflictError     409  the act does not fit the present state (second start, published exam)
├── DeadlineError     409  too late by the server's clock
├── ForbiddenError    403  signed in, but without the right
├── NotSignedInError  401  nobody is signed in
├── NotFoundError     404  nothing there, or nothing that this person may know of
├── TooManyError      429  slow down; says until when
└── UnavailableError  503  a part that the product depends on does not answer

A message is a Chinese source string with %(name)s placeholders; it is translated where it is shown.
"""

from __future__ import annotations


class QuizappError(Exception):
    """Root of the tree. `status` is the HTTP status of its branch."""

    status = 500

    def __init__(self, message: str, **values: object) -> None:
        self.message = message
        self.values = values
        super().__init__(message)

    def __str__(self) -> str:
        """The message in the source language, for logs and the terminal."""
        return self.message % self.values if self.values else self.message


class InputError(QuizappError):
    status = 422


class FileError(InputError):
    """A file that cannot be read. `file` and `line` (1-based) say where."""

    def __init__(self, message: str, *, file: str, line: int | None = None, **values: object) -> None:
        self.file = file
        self.line = line
        super().__init__(message, file=file, line=line, **values)


class UnreadableError(QuizappError):
    status = 400


class ConflictError(QuizappError):
    status = 409


class DeadlineError(ConflictError):
    pass


class ForbiddenError(QuizappError):
    status = 403


class NotSignedInError(QuizappError):
    status = 401


class NotFoundError(QuizappError):
    status = 404


class TooManyError(QuizappError):
    status = 429


class UnavailableError(QuizappError):
    status = 503
