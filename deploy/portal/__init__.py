"""A small shop with a chat widget, on an origin of its own: somebody's portal, to try Parley with. It has no Django."""
