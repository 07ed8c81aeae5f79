"""Documents: filling and sealing a form of four pages, and the first page of one that was just uploaded."""
