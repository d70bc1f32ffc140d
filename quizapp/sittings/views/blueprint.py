"""The one blueprint of this feature. Its pages are reached from the page of an exam."""

from flask import Blueprint

bp = Blueprint("sittings", __name__, template_folder="../templates")
