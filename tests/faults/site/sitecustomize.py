"""Python reads this at the start of every process of the server under test: it moves the clock of the product,
and puts in the mistakes by which the checker is proved. The product itself has no switch for either."""

import os

if "FAULTS_CLOCK" in os.environ:
    from tests.faults import tampering

    tampering.install(os.environ["FAULTS_CLOCK"], os.environ.get("FAULTS_MISTAKE", ""))
