"""Pixels in and out: decode, check, encode. libvips and Pillow live here alone."""
