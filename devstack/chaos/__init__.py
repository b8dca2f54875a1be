"""The fault harness: real workers are killed at every step, and nothing may be lost or invented.

`show` runs it, `plan` says what happens, `wires` breaks workers from inside, `oracles` judges.
Nothing in the application knows of it.
"""
