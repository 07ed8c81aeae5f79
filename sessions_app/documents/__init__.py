"""Documents that a customer completes, and files that an agent asks for (product.md A5, A8, A9, D6, D7)."""
