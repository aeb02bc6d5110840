"""``python -m callcenter.cli`` does what ``callcenter`` does."""

from callcenter.cli import main

main()
