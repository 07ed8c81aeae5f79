"""PDF files from outside: read, drawn, filled. Only `engine` is for others; what it starts runs apart, in a worker."""
