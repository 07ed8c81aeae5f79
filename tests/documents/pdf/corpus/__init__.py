"""PDF forms of different producers' shapes. `python -m tests.documents.pdf.corpus` makes them anew."""
