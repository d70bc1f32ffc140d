"""`make bench-exam`: an exam sat by whole candidates against the real production server and a real database.

`databases` and `server` start what is measured, `prepare` fills it, `load` (a process of its own) is the
candidates, `cpu` reads the operating system's accounting, `phases` says what happens when, `table` prints.
"""
