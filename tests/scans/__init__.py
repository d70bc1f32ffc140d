"""Scans of the code, of secrets in the repository and of known faults in packages; see docs/security/excuses.yaml."""
