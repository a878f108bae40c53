"""The JSON Schema of a template's data, made from its manifest.

What the schema accepts is drawn as it was given: nothing of it is replaced by a fallback and
nothing is cut. The server understands more than that (`1.234,5` for 1234.5, names in another
case), so a value that the schema refuses may be drawn all the same. Some things no schema can
say: whether a character is a letter of some script, whether the bytes of a `data:` URI are a
picture, whether a text grows when it is put into capitals, and what cannot be seen among the
characters beyond the first 65 536.
"""
