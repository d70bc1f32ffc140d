"""The pages about people: signing in, units, persons, rosters."""

from quizapp.people.views import accounts as accounts
from quizapp.people.views import branches as branches
from quizapp.people.views import forgotten as forgotten
from quizapp.people.views import links as links
from quizapp.people.views import memberships as memberships
from quizapp.people.views import own_password as own_password
from quizapp.people.views import persons as persons
from quizapp.people.views import roster as roster
from quizapp.people.views import second_factor as second_factor
from quizapp.people.views import second_step as second_step
from quizapp.people.views import sign_in as sign_in
from quizapp.people.views import single_sign_on as single_sign_on
from quizapp.people.views import units as units
from quizapp.people.views.blueprint import NAV as NAV
from quizapp.people.views.blueprint import bp as bp
