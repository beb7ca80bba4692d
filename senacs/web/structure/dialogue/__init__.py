"""What a structure and those who follow it say to each other about the answers."""
