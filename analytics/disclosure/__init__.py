"""Release policy (step F): decide which figures may be published, and round them."""
