"""How a demo practice lives: what its people do, one small action after another."""
