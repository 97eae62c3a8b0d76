"""The language in which texts are shown: English as written in the code, Japanese from the catalogue."""
