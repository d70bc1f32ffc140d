"""Pure rules of running an installation."""
