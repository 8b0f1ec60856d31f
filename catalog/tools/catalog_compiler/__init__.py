"""Makes the one file that the program reads of cards, facts and alternatives, and checks all of them on the way."""
