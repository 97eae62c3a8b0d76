"""The documents as a site: plain Markdown in, pages that need no other host out. `./run docs` builds it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / ".ci"))

project = "Teiden 停電"
author = "the Teiden project"
project_copyright = ""
language = "en"

extensions = ["myst_parser", "docs_sources", "docs_tree"]
source_suffix = {".md": "markdown"}
root_doc = "index"
nitpicky = True

# Anchors as Git hosts give them, so that one link serves both.
myst_heading_anchors = 6
myst_links_external_new_tab = False

html_theme = "furo"
html_title = project
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5cad", "color-brand-content": "#0b5cad"},
    "dark_css_variables": {"color-brand-primary": "#6db3f2", "color-brand-content": "#6db3f2"},
}
pygments_style = "default"
pygments_dark_style = "monokai"
