"""What points to a person: found in texts and left out of them."""
