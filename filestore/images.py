"""What pictures have in common: how large one may be. Each kind is checked beside this."""

from filestore.errors import FileDamaged, TooManyPixels

# A0 at 300 dots an inch is 139 million; four bytes a pixel is then what a viewer must hold.
MAX_PIXELS = 200_000_000


def check_pixels(width: int, height: int, *, bits: int = 32) -> None:
    """Raise `FileDamaged` for a picture of nothing, `TooManyPixels` for one of too much.

    `bits` are those of one pixel: of twice as many a picture may have half the pixels.
    """
    if not width or not height:
        raise FileDamaged
    if width * height * max(bits, 32) > MAX_PIXELS * 32:
        raise TooManyPixels
