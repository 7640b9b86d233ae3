"""How the documentation site is built: ``make docs`` writes it to ``site/``.

Sphinx reads the pages of this folder (Markdown, by MyST) and the docstrings of ``engine``. Pages
load nothing from elsewhere, so the site is built and read without a network: fonts are the
reader's own, and mathematics or diagrams that would fetch a script are not used.
"""

from __future__ import annotations

import engine

project = "learner-engine"
author = "the authors of learner-engine"
release = engine.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
"""Headings down to this depth can be linked to, under the anchors that code hosts give them."""

autodoc_default_options = {"members": True, "show-inheritance": True, "undoc-members": False}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
add_module_names = False
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"learner-engine {release}"
html_show_sourcelink = False
html_copy_source = False
html_static_path: list[str] = []
exclude_patterns: list[str] = []

suppress_warnings = ["misc.highlighting_failure"]
"""Fences without a known language (``csv``, ``demo``, ``mermaid``) are shown without colours."""
