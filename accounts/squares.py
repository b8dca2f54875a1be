"""The square of dots that an authenticator app reads with its camera, as one SVG path."""

import qrcode

BORDER = 4  # dots of white around it, as readers need


def path_of_square(text: str) -> tuple[str, int]:
    """The path of the dark dots, and how many dots wide the whole square is."""
    code = qrcode.QRCode(border=BORDER)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    dots = [
        f"M{x},{y}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return "".join(dots), len(matrix)
