"""One picture decided and drawn: plan, draw, ladder, flight."""
