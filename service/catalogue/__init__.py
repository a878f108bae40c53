"""Template folders: manifest, loading, filling, composing, lint."""
