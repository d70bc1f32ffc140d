"""The permission matrix (docs/security/permissions.yaml), and the tests that are made from it."""
