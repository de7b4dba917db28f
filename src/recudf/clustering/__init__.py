"""Groups of vectors: fitted, numbered so that ids outlive a refit, and assigned to."""
