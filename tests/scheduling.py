"""Which tests run in one process, one after the other, because what they stand on is dear to set up.

By file: pytest 9.2 keeps the identity of a test where xdist's own groups do not reach it.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "tests/e2e/test_every_page.py": "demo",  # a whole year is played first
    "tests/e2e/test_challenge.py": "hall", "tests/e2e/test_exam_network.py": "hall", "tests/e2e/test_exam_sitting.py": "hall", "tests/e2e/test_exam_storage.py": "hall",
    "tests/e2e/test_exam_poor_stores.py": "hall",
    "tests/e2e/test_people_stories.py": "hall", "tests/e2e/test_sitting_time.py": "hall",
    "tests/integration/faults/test_faults.py": "faults",  # takes both processors by itself
    "tests/integration/statutes/test_real_texts.py": "texts",  # 1,093 laws are imported
    "tests/unit/questions/generation/test_real_laws.py": "laws",
    "tests/api/test_description.py": "arena", "tests/fuzz/test_forms.py": "arena", "tests/fuzz/test_json.py": "arena",
}


class InGroups(LoadScopeScheduling):
    """Every test by itself to whichever process is free, but for those that belong together."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)
