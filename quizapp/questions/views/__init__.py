"""The pages of the bank: what it covers, its items, review, editing."""

from quizapp.questions import citing as citing
from quizapp.questions.views import bank as bank
from quizapp.questions.views import changes as changes
from quizapp.questions.views import editing as editing
from quizapp.questions.views import generating as generating
from quizapp.questions.views import review as review
from quizapp.questions.views.blueprint import NAV as NAV
from quizapp.questions.views.blueprint import bp as bp
