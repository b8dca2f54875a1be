"""Forms of the front door: text into values. None of them saves."""
