"""Pure words shared by every feature: no Flask, no SQLAlchemy."""
