"""Camera traps: deployments, emptying a card, looking through pictures and saying what they show, known animals."""
