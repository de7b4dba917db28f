"""What a history says of its owner."""
