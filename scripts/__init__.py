"""What makes and checks the project; none of it is part of the installed program."""
