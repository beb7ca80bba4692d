"""What a release may show: blocks for disclosure control, its verdict laid over the cells, the attack on it."""
