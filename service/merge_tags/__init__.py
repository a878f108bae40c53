"""What e-mail platforms and web pages are given to paste: pure text, no I/O."""
