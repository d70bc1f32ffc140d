"""What dev.py does. The standard library alone: all of it runs before any package is installed."""
