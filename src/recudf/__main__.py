"""`python -m recudf` is `recudf`."""

from recudf.cli import main

main(prog_name="recudf")
