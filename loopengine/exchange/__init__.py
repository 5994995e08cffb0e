"""What goes to other programs and other bodies, and comes from them."""
