"""What every action is made of."""
