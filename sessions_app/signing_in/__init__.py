"""How agents and administrators sign in, with what second step, and how that ends (`docs/sign-in.md`)."""
