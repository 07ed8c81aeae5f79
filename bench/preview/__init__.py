"""How quickly an administrator sees what a setting would do, however many sessions are open."""
