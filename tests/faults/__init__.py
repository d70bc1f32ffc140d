"""Load, faults and a checker of what was promised: nothing acknowledged may be lost, nothing may be invented."""
