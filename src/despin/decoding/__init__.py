"""The one inference: candidates, lattice, noisy channel, forward–backward and expectation–maximisation."""
