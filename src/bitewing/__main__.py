"""``python -m bitewing`` equals ``bitewing``."""

from bitewing.cli.main import main

main(prog_name="bitewing")
