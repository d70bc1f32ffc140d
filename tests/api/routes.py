"""The routes of the product, as its URL map knows them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.conftest import close_connections, make_app


def rules_of_the_product() -> dict[str, Any]:
    """Endpoint → rule."""
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(f"sqlite:///{folder}/none.sqlite3", Path(folder))
        rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
        close_connections(app)
    return rules
