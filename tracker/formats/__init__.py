"""How dates are written on pages that leave it to Django."""
