"""Acts on people: signing in and out, links, passwords, units, memberships, roles, rosters."""

from quizapp.people.service.persons import add_person as add_person
from quizapp.people.service.persons import change_person as change_person
from quizapp.people.service.persons import deactivate as deactivate
from quizapp.people.service.persons import grant as grant
from quizapp.people.service.persons import reactivate as reactivate
from quizapp.people.service.persons import revoke as revoke
from quizapp.people.service.persons import transfer as transfer
from quizapp.people.service.roster import import_roster as import_roster
from quizapp.people.service.setup import first_administrator as first_administrator
from quizapp.people.service.sign_in import end_all_sign_ins as end_all_sign_ins
from quizapp.people.service.sign_in import end_sign_in as end_sign_in
from quizapp.people.service.sign_in import is_stale as is_stale
from quizapp.people.service.sign_in import make_link as make_link
from quizapp.people.service.sign_in import make_links as make_links
from quizapp.people.service.sign_in import note_failure as note_failure
from quizapp.people.service.sign_in import open_session as open_session
from quizapp.people.service.sign_in import set_language as set_language
from quizapp.people.service.sign_in import set_password as set_password
from quizapp.people.service.sign_in import touch as touch
from quizapp.people.service.sign_in import use_link as use_link
from quizapp.people.service.sign_in import verify as verify
from quizapp.people.service.units import add_unit as add_unit
from quizapp.people.service.units import change_unit as change_unit
from quizapp.people.service.units import close_unit as close_unit
from quizapp.people.service.units import move_unit as move_unit
from quizapp.people.service.units import reopen_unit as reopen_unit
