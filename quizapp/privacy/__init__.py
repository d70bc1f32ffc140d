"""Personal data: what is held of a person, for how long, handing it out, and forgetting who somebody was."""
