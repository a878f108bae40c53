"""Opens what is kept on disk, and hands out clients; knows no meaning."""
