"""Every page in every state worth looking at: seeded, reached, photographed, held to rules."""
