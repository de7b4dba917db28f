"""One file per SQL function: its declaration and its documentation."""
