"""What pictures have in common: how large one may be. Each kind is checked beside this."""

from filestore.errors import FileDamaged, TooManyPixels

# A0 at 300 dots an inch is 139 million; four bytes a pixel is then what a viewer must hold.
MAX_PIXELS = 200_000_000


def check_pixels(width: int, height: int) -> None:
    """Raise `FileDamaged` for a picture of nothing, `TooManyPixels` for one of too much."""
    if not width or not height:
        raise FileDamaged
    if width * height > MAX_PIXELS:
        raise TooManyPixels
